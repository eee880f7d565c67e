"""A window is opened once, where one can be opened; otherwise the reason is said."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import xorviz
from tests.watching.programs import Program, trained
from xorviz.watching import opening, places
from xorviz.watching import watch as watching
from xorviz.watching.opening import obstacle

Processes = list[subprocess.Popen[bytes]]
Start = Callable[[str], Processes]


@pytest.fixture
def window_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Return a function that makes a shell script the program that opens a window.

    It returns the processes that are started from then on. Their words are in the file ``noted``.
    """
    processes: Processes = []

    def make(script: str) -> Processes:
        path, start = tmp_path / "python", subprocess.Popen
        path.write_text(f'#!/bin/sh\necho "$@" "$PYTHONPATH" >> {tmp_path}/noted\n{script}\n')
        path.chmod(0o700)

        def noting(*words: Any, **options: Any) -> Any:
            processes.append(start(*words, **options))
            return processes[-1]

        monkeypatch.setattr(subprocess, "Popen", noting)
        monkeypatch.setattr(sys, "executable", str(path))
        monkeypatch.setattr(opening, "obstacle", lambda: None)
        return processes

    yield make
    for process in processes:
        process.returncode = None  # whatever was made of it
        process.kill()
        process.wait()


def shown(monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    """Run a program that nobody has opened a window for."""
    monkeypatch.setattr(opening, "_opened", [])
    with xorviz.watch(**options) as see:
        trained(see, 5)


def test_a_window_is_opened_once_on_the_file(
    window_program: Start, tmp_path: Path, capsys: Any
) -> None:
    processes = window_program("true")
    for _ in range(2):  # its user closes the window, and wants no other
        with xorviz.watch() as see:
            see(*Program.of().arrays)
            processes[0].wait()
            trained(see)
    *words, folders = (tmp_path / "noted").read_text().split()
    assert words == ["-P", "-m", "xorviz", "watch", str(places.files()[-1])]
    assert folders.endswith(str(Path(xorviz.__file__).parents[1]))
    assert capsys.readouterr().err == ""


def test_none_is_opened_while_one_is_open_or_opening_or_where_none_is_wanted(
    window_program: Start, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = window_program("exec sleep 60")
    with places.hold_as_window(places.made(state)):
        shown(monkeypatch)
    shown(monkeypatch, window=False)
    with monkeypatch.context() as patched:
        patched.setenv("XORVIZ_WATCH", "off")
        shown(monkeypatch)
    with monkeypatch.context() as patched, places.hold_as_only_window(state):
        patched.setattr(places, "is_window_open", lambda: False)  # when another program asked, too
        shown(monkeypatch)
    assert not processes
    for _ in range(2):  # the window holds its file though its program has ended
        shown(monkeypatch)
        assert len(processes) == 1
    processes[0].returncode = None
    processes[0].kill()
    processes[0].wait()
    shown(monkeypatch)
    assert len(processes) == 2


@pytest.mark.parametrize("code", [1, -9])
def test_a_window_that_fails_is_said(
    code: int, window_program: Start, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FRAME_SECONDS", 0.0)
    processes = window_program("exit 1" if code == 1 else "kill -9 $$")
    with xorviz.watch() as see:
        see(*Program.of().arrays)
        processes[0].wait()
        trained(see, 5)
    assert capsys.readouterr().err == (
        f"xorviz: the window has ended with exit code {code}; run 'xorviz watch' to see why\n"
    )


def test_a_program_that_cannot_be_started_is_said(
    window_program: Start, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window_program("")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    shown(monkeypatch)
    assert capsys.readouterr().err.startswith("xorviz: no window can be opened: [Errno 2] No such")
    assert not places.is_window_open()


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"DISPLAY": ":0"}, None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, None),
        ({"QT_QPA_PLATFORM": "vnc:size=1280x800"}, None),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:configfile=f"}, "QT_QPA_PLATFORM is off"),
        ({}, "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)"),
    ],
)
def test_a_window_needs_a_display(
    environment: dict[str, str], why: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert (obstacle(environment) or "").startswith(why or "")
    assert (obstacle(environment) is None) == (why is None)


def test_a_window_needs_qt_and_a_python(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(opening, "find_spec", lambda name: None)
        patched.setattr(opening, "obstacle", obstacle)
        for _ in range(2):
            shown(patched)
    assert capsys.readouterr().err == (
        "xorviz: no window can be opened: PySide6 is not installed for this Python. "
        "'xorviz watch' shows this run, too\n"
    )
    monkeypatch.setattr(sys, "executable", "")
    assert obstacle({}) == "this Python does not know its own program"
