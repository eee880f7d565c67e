"""The check whether Qt can open a window."""

import socket
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.cases import some
from tests.support.commands import ROOT, environment, python, xorviz
from xorviz.cli import preflight

NO_DISPLAY = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def problem(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str | None:
    """Return what is wrong in an environment, by default without a display."""
    for name, value in (NO_DISPLAY | environment).items():
        monkeypatch.setenv(name, value)
    return preflight.problem()


def without_window(tmp_path: Path, **more: str) -> str:
    """Run xorviz where it cannot open a window; return its one line of error."""
    done = xorviz(env=environment(tmp_path, **more))
    assert done.status == 1
    assert done.line.startswith("xorviz: ")
    return done.line


def fake_pyside(folder: Path, module: str) -> str:
    """Make a package that replaces PySide6; return the path to add for Python."""
    package = folder / "fake" / "PySide6"
    package.mkdir(parents=True)
    for name in ("QtGui", "QtSvg", "QtWidgets"):
        (package / f"{name}.py").touch()
    (package / "__init__.py").write_text(module)
    return str(package.parent)


def test_a_missing_display_is_reported_with_the_alternative(tmp_path: Path) -> None:
    line = without_window(tmp_path, **NO_DISPLAY)
    assert "no display" in line
    assert "xorviz train" in line


def test_an_unreachable_display_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "START_SECONDS", 0)
    line = problem(monkeypatch, DISPLAY=":32109")
    assert line is not None
    assert ":32109" in line
    assert "xorviz train" in line
    unreachable = {"WAYLAND_DISPLAY": "nowhere", "XDG_RUNTIME_DIR": str(tmp_path)}
    line = problem(monkeypatch, **unreachable, DISPLAY="")
    assert line is not None
    assert "nowhere" in line


def test_a_missing_library_is_reported_with_its_packages(tmp_path: Path) -> None:
    error = "libEGL.so.1: cannot open shared object file: No such file or directory"
    path = fake_pyside(tmp_path, f"raise ImportError({error!r})")
    line = without_window(tmp_path, PYTHONPATH=path)
    assert "libEGL.so.1" in line
    assert "apt-get install" in line
    assert "libegl1" in line


def test_a_missing_qt_is_reported_with_the_remedy(tmp_path: Path) -> None:
    path = fake_pyside(tmp_path, "raise ModuleNotFoundError(\"No module named 'PySide6'\")")
    assert f"pip install '{preflight._qt_wanted()}'" in without_window(tmp_path, PYTHONPATH=path)


@pytest.mark.parametrize("python", [(3, 11), (3, 12)])
def test_the_remedy_is_what_the_package_needs(
    monkeypatch: pytest.MonkeyPatch, python: tuple[int, int]
) -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    always, for_3_11 = (line for line in needed if line.startswith("PySide6-Essentials"))
    below, marker = for_3_11.removeprefix("PySide6-Essentials").split("; ")
    assert marker == "python_version < '3.12'"
    monkeypatch.setattr(sys, "version_info", python)
    assert preflight._qt_wanted() == (f"{always},{below}" if python < (3, 12) else always)


@pytest.mark.parametrize(
    ("qt", "python", "is_refused"),
    some(
        [
            ((6, 12, 0), (3, 11), True),
            ((6, 11, 3), (3, 11), False),
            ((6, 12, 1), (3, 11), False),
            ((6, 12, 0), (3, 12), False),
        ]
    ),
)
def test_the_crashing_combination_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    qt: tuple[int, int, int],
    python: tuple[int, int],
    is_refused: bool,
) -> None:
    monkeypatch.setattr("PySide6.__version_info__", qt)
    monkeypatch.setattr(sys, "version_info", python)
    line = problem(monkeypatch, QT_QPA_PLATFORM="offscreen")
    assert (line is not None) is is_refused
    if line:
        assert "6.12.0" in line
        assert "3.12" in line


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the pair needs Python 3.11")
def test_the_crashing_combination_is_one_line(tmp_path: Path) -> None:
    path = fake_pyside(tmp_path, "__version_info__ = (6, 12, 0, '', '')")
    assert f"pip install '{preflight._qt_wanted()}'" in without_window(tmp_path, PYTHONPATH=path)


def test_a_missing_x11_library_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file")

    monkeypatch.setattr("ctypes.CDLL", load)
    line = problem(monkeypatch, DISPLAY=":0")
    assert line is not None
    assert "libxcb-cursor.so.0" in line
    assert "libxcb-cursor0" in line


def test_the_test_suite_reports_a_missing_library(tmp_path: Path) -> None:
    error = "libGL.so.1: cannot open shared object file: No such file or directory"
    path = fake_pyside(tmp_path, f"raise ImportError({error!r})")
    words = ("-m", "pytest", "-n", "0", "--collect-only", "-q", "tests/cli/test_preflight.py")
    done = python(*words, env=environment(tmp_path, PYTHONPATH=path))
    assert done.status == 1
    assert "libGL.so.1" in done.err
    assert "apt-get install" in done.err
    assert "Traceback" not in done.err + done.out


def test_one_of_two_displays_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "START_SECONDS", 0)
    both = {"DISPLAY": ":32109", "WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert problem(monkeypatch, **both) is not None
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        assert problem(monkeypatch, **both) is None
        assert problem(monkeypatch, **both, QT_QPA_PLATFORM="xcb") is not None
