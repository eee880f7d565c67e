"""The check whether Qt can open a window."""

import ctypes
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.support.commands import environment, xorviz
from xorviz.cli import preflight

NO_DISPLAY = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def problem(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """Return what is wrong in an environment, by default without a display; else nothing."""
    for name, value in (NO_DISPLAY | environment).items():
        monkeypatch.setenv(name, value)
    return preflight.problem() or ""


def fake_pyside(folder: Path, module: str) -> Path:
    """Make a package that replaces PySide6; return the path to add for Python."""
    package = folder / "fake" / "PySide6"
    package.mkdir(parents=True)
    for name in ("QtGui", "QtSvg", "QtWidgets"):
        (package / f"{name}.py").touch()
    (package / "__init__.py").write_text(module)
    return package.parent


def missing(library: str) -> str:
    error = f"{library}: cannot open shared object file: No such file or directory"
    return f"raise ImportError({error!r})"


def test_a_missing_display_is_reported_in_one_line_with_the_alternative(tmp_path: Path) -> None:
    done = xorviz(env=environment(tmp_path, **NO_DISPLAY))
    assert done.status == 1
    assert done.line.startswith("xorviz: There is no display here")
    assert "xorviz train" in done.line


REFUSED = Mock(**{"return_value.xcb_connect.return_value": None})
"""Loads Qt's plugin for X11 and what it needs, which not every machine has; no display answers."""


@pytest.mark.parametrize("load", [REFUSED, pytest.param(ctypes.CDLL, marks=pytest.mark.display)])
def test_one_display_of_two_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: Callable[..., object]
) -> None:
    monkeypatch.setattr("ctypes.CDLL", load)
    monkeypatch.setattr(preflight, "START_SECONDS", 0)
    wayland = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    both = {"DISPLAY": ":32109", **wayland}
    for variables, name in (
        ({"DISPLAY": ":32109"}, ":32109"),
        (wayland, "wayland-7"),
        (both, ":32109"),
        (both | {"QT_QPA_PLATFORM": "wayland"}, "wayland-7"),
    ):
        line = problem(monkeypatch, **variables)
        assert name in line
        assert "xorviz train" in line
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        assert problem(monkeypatch, **both) == ""
        assert ":32109" in problem(monkeypatch, **both, QT_QPA_PLATFORM="xcb")
    assert problem(monkeypatch, QT_QPA_PLATFORM="offscreen") == ""


def test_a_missing_library_of_x11_is_told_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    error = OSError("libxcb-cursor.so.0: cannot open shared object file: No such file")
    monkeypatch.setattr("ctypes.CDLL", Mock(side_effect=error))
    line = problem(monkeypatch, DISPLAY=":0")
    assert line.startswith("A window needs libxcb-cursor.so.0,")
    assert "libxcb-cursor0" in line


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (missing("libEGL.so.1"), ("libEGL.so.1", "apt-get install", "libegl1")),
        ("raise ModuleNotFoundError(\"No module named 'PySide6'\")", ("PySide6", "pip install")),
    ],
    ids=["library", "package"],
)
def test_a_qt_that_cannot_be_used_is_one_line_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, words: tuple[str, ...]
) -> None:
    monkeypatch.syspath_prepend(fake_pyside(tmp_path, module))
    for name in [name for name in sys.modules if name.startswith("PySide6")]:
        monkeypatch.delitem(sys.modules, name)
    line = problem(monkeypatch, QT_QPA_PLATFORM="offscreen")
    assert "\n" not in line
    for word in words:
        assert word in line
