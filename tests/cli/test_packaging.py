"""The wheel holds all that the program needs, without the checkout."""

import json
import shutil
import sys
import venv
import zipfile
from functools import partial
from itertools import chain
from pathlib import Path

import pytest

from tests.support.commands import ROOT, ended, environment
from xorviz.core.kernels import compiler, kernels
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as a person would who has the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy: what an earlier build has left beside the sources would get into the wheel.
    sources = folder / "sources"
    for name in ("xorviz", "resources"):
        shutil.copytree(ROOT / name, sources / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, sources / name)
    done = ended(sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", folder, sources)
    assert done.status == 0, done.err
    return next(folder.glob("xorviz-*.whl"))


@pytest.mark.thorough
def test_modules_and_resources_ship_in_the_wheel(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "xorviz").rglob("*.py")}
    resources = {
        f"xorviz/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "resources").rglob("*")
        if path.suffix in {".svg", ".json", ".html", ".desktop", ".xml"}
    }
    assert len(resources) > 10
    assert modules | resources | {"xorviz/py.typed"} <= held
    assert not any(name.startswith(("tests/", "resources/")) for name in held)


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python in which the wheel is installed, and nothing of the checkout."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=False, system_site_packages=False)
    python = place / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    assert ended(*pip, "install", "-q", "--no-deps", wheel).status == 0
    # Qt, pyqtgraph and NumPy are those of the tests; xorviz itself must not be.
    here = Path(sys.prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    site = next(place.glob("lib/python*/site-packages"))
    for found in (here / "site-packages").iterdir():
        if "xorviz" not in found.name and not (site / found.name).exists():
            (site / found.name).symlink_to(found)
    return python


@pytest.mark.thorough
def test_runs_are_saved_and_exported_from_the_wheel_alone(python: Path, tmp_path: Path) -> None:
    xorviz = partial(
        ended, python.with_name("xorviz"), env=environment(tmp_path, PYTHONPATH=""), folder=tmp_path
    )
    done = xorviz("train", "--steps", 50, "--width", 4, "--seed", 9, "--save", "run.xorviz")
    assert done.status == 0, done.err
    where = ended(python, "-c", "import xorviz; print(xorviz.__file__)", folder=tmp_path).out
    assert Path(where).is_relative_to(python.parent.parent)
    done = xorviz("lesson", "--list")
    assert len(done.out.splitlines()) == 9, done.err
    suffixes = ("script", "csv", "npz", "json", "png", "svg")
    outputs = {f"--{suffix}": f"out.{suffix}" for suffix in suffixes}
    done = xorviz("export", "run.xorviz", "--step", 30, *chain.from_iterable(outputs.items()))
    assert done.status == 0, done.err
    for name in outputs.values():
        assert (tmp_path / name).stat().st_size > 100, name
    kernels.prepare(compiler.NUMBA)
    trainer = Trainer(RunConfig(width=4, seed=9), kernel=compiler.NUMBA)
    trainer.advance(30)
    exported = json.loads((tmp_path / "out.json").read_text())
    assert (exported["step"], exported["loss"]) == (30, trainer.loss)
