"""What is said where no window can be opened."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import environment, xorviz
from tests.support.places import ROOT
from xorviz.cli import preflight

NO_DISPLAY = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def without_window(tmp_path: Path, **more: str) -> str:
    """Run xorviz where it cannot open a window; return the line it says so in."""
    done = xorviz(env=environment(tmp_path, **more))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("xorviz: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def fake_pyside(folder: Path, module: str) -> str:
    """Put another PySide6 before the real one; return the path to give to Python."""
    package = folder / "fake" / "PySide6"
    package.mkdir(parents=True)
    for name in ("QtGui", "QtSvg", "QtWidgets"):
        (package / f"{name}.py").touch()
    (package / "__init__.py").write_text(module)
    return str(package.parent)


def test_no_display_is_said_with_what_works_without_one(tmp_path: Path) -> None:
    said = without_window(tmp_path, **NO_DISPLAY)
    assert "no display" in said
    assert "xorviz train" in said


def test_a_display_that_cannot_be_reached_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "START_SECONDS", 0)
    said = preflight.problem(NO_DISPLAY | {"DISPLAY": ":32109"})
    assert said is not None
    assert ":32109" in said
    assert "xorviz train" in said
    said = preflight.problem(
        NO_DISPLAY | {"WAYLAND_DISPLAY": "nowhere", "XDG_RUNTIME_DIR": str(tmp_path)}
    )
    assert said is not None
    assert "nowhere" in said


def test_a_missing_system_library_is_said_with_the_packages_that_bring_it(tmp_path: Path) -> None:
    error = "libEGL.so.1: cannot open shared object file: No such file or directory"
    path = fake_pyside(tmp_path, f"raise ImportError({error!r})")
    said = without_window(tmp_path, PYTHONPATH=path)
    assert "libEGL.so.1" in said
    assert "apt-get install" in said
    assert "libegl1" in said


def test_a_missing_qt_is_said_with_how_to_get_it(tmp_path: Path) -> None:
    path = fake_pyside(tmp_path, "raise ModuleNotFoundError(\"No module named 'PySide6'\")")
    assert "pip install 'PySide6-Essentials" in without_window(tmp_path, PYTHONPATH=path)


@pytest.mark.parametrize(
    ("qt", "python", "is_refused"),
    [
        ((6, 12, 0), (3, 11), True),
        ((6, 12, 0), (3, 12), False),
        ((6, 11, 3), (3, 11), False),
        ((6, 12, 1), (3, 11), False),
    ],
)
def test_the_pair_that_crashes_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    qt: tuple[int, int, int],
    python: tuple[int, int],
    is_refused: bool,
) -> None:
    monkeypatch.setattr("PySide6.__version_info__", qt)
    monkeypatch.setattr(sys, "version_info", python)
    said = preflight.problem({"QT_QPA_PLATFORM": "offscreen"})
    assert (said is not None) is is_refused
    if said:
        assert "6.12.0" in said
        assert "3.12" in said


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the pair needs Python 3.11")
def test_the_pair_that_crashes_ends_the_command_in_one_line(tmp_path: Path) -> None:
    path = fake_pyside(tmp_path, "__version_info__ = (6, 12, 0, '', '')")
    assert "PySide6-Essentials<6.12" in without_window(tmp_path, PYTHONPATH=path)


def test_a_library_that_only_x11_needs_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file")

    monkeypatch.setattr("ctypes.CDLL", load)
    said = preflight.problem(NO_DISPLAY | {"DISPLAY": ":0"})
    assert said is not None
    assert "libxcb-cursor.so.0" in said
    assert "libxcb-cursor0" in said


def test_the_tests_say_it_too(tmp_path: Path) -> None:

    error = "libGL.so.1: cannot open shared object file: No such file or directory"
    path = fake_pyside(tmp_path, f"raise ImportError({error!r})")
    command = [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", "-q"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(tmp_path, PYTHONPATH=path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "libGL.so.1" in done.stderr
    assert "apt-get install" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_one_display_of_two_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "START_SECONDS", 0)
    both = {"DISPLAY": ":32109", "WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert preflight.problem(both) is not None
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        assert preflight.problem(both) is None
        assert preflight.problem(both | {"QT_QPA_PLATFORM": "xcb"}) is not None
