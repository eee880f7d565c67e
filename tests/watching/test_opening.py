"""A window is opened once, where one can be opened; otherwise the reason is told."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import xorviz
from tests.watching.conftest import Opened
from tests.watching.programs import Program
from xorviz.watching import opening, search
from xorviz.watching.opening import Opening, obstacle


@pytest.fixture
def window_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return a function that makes a shell script the program that opens a window.

    Its words and the folders of its modules are in the file that is returned.
    """

    def make(script: str) -> Path:
        path, noted = tmp_path / "python", tmp_path / "noted"
        path.write_text(f'#!/bin/sh\necho "$@" "$PYTHONPATH" >> {noted}\n{script}\n')
        path.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(path))
        monkeypatch.setattr(search, "obstacle", lambda: None)
        return noted

    return make


def shown(**options: Any) -> None:
    with xorviz.watch(**options) as see:
        for _ in range(5):
            see(*Program.of().arrays)


def test_a_window_is_opened_and_waited_for(
    window_program: Callable[[str], Path], open_stub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = window_program("exec sleep 60")
    opened = []
    started = Opening.start

    def start(self: Opening) -> None:
        started(self)
        opened.append((self._process, open_stub()))

    monkeypatch.setattr(Opening, "start", start)
    shown()
    [(process, window)] = opened
    window.wait(lambda window: window.ends)
    words = noted.read_text().split()
    assert words[:4] == ["-P", "-m", "xorviz", "watch"]
    assert str(Path(xorviz.__file__).parents[1]) in words[4]
    assert process is not None
    process.returncode = None  # it was left alone
    process.kill()
    process.wait()


def test_a_window_that_fails_to_open_is_told_and_not_waited_for(
    window_program: Callable[[str], Path], capsys: Any
) -> None:
    window_program('echo "xorviz: There is no display here." >&2; exit 1')
    shown()
    assert capsys.readouterr().err == (
        "xorviz: no window could be opened: There is no display here; the program continues\n"
    )


def test_a_program_that_cannot_be_started_is_told(
    window_program: Callable[[str], Path], capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window_program("")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    shown()
    assert "no window could be opened: " in capsys.readouterr().err


def test_only_one_window_is_opened_at_a_time() -> None:
    first = Opening()
    with pytest.raises(BlockingIOError):
        Opening()
    first.close()
    Opening().close()


def test_a_program_waits_for_the_window_that_another_opens(
    window_program: Callable[[str], Path], open_stub: Opened
) -> None:
    noted = window_program("")
    other = Opening()
    see = xorviz.watch()
    see(*Program.of().arrays)
    window = open_stub()
    window.wait(lambda window: window.hellos)
    see.close()
    other.close()
    assert not noted.exists()


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"DISPLAY": ":0"}, None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, None),
        ({"QT_QPA_PLATFORM": "vnc:size=1280x800"}, None),
        (
            {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:configfile=f"},
            "QT_QPA_PLATFORM is offscreen, where nobody sees a window",
        ),
        ({}, "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)"),
    ],
)
def test_a_window_needs_a_display(
    environment: dict[str, str], why: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert obstacle(environment) == why


def test_a_window_needs_qt_and_a_python(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(opening, "find_spec", lambda name: None)
        assert obstacle() == "PySide6 is not installed for this Python"
        patched.setattr(search, "obstacle", obstacle)
        for _ in range(2):
            shown()
    assert capsys.readouterr().err == (
        "xorviz: no window is open, and none can be opened: PySide6 is not installed for this"
        " Python; the program continues\n"
    )
    monkeypatch.setattr(sys, "executable", "")
    assert obstacle({}) == "this Python does not know its own program"
