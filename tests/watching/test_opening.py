"""A window is opened once, where one can be opened; otherwise the reason is said."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import xorviz
from tests.watching.programs import Program, trained
from xorviz.watching import opening, places
from xorviz.watching.opening import Opening, obstacle

Processes = list[subprocess.Popen[bytes]]
Start = Callable[[str], Processes]


@pytest.fixture
def window_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Return a function that makes a shell script the program that opens a window.

    It returns the processes that are started from then on. Their words are in the file ``noted``.
    """

    def make(script: str) -> Processes:
        path, processes, start = tmp_path / "python", [], subprocess.Popen
        path.write_text(f'#!/bin/sh\necho "$@" "$PYTHONPATH" >> {tmp_path}/noted\n{script}\n')
        path.chmod(0o700)

        def noting(*words: Any, **options: Any) -> Any:
            processes.append(start(*words, **options))
            return processes[-1]

        monkeypatch.setattr(subprocess, "Popen", noting)
        monkeypatch.setattr(sys, "executable", str(path))
        monkeypatch.setattr(opening, "obstacle", lambda: None)
        return processes

    return make


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


@pytest.mark.parametrize("is_open", [False, True])
def test_a_window_that_fails_to_open_is_said_and_not_one_that_is_killed_later(
    is_open: bool, window_program: Start, capsys: Any, state: Path
) -> None:
    processes = window_program("exec sleep 60")
    with xorviz.watch() as see:
        see(*Program.of().arrays)
        assert places.is_opening(state)
        if is_open:
            places.end_opening()  # as the window does
        processes[0].kill()
        os.waitid(os.P_PID, processes[0].pid, os.WEXITED | os.WNOWAIT)
        trained(see)
        assert not places.is_opening(state)
    said = "xorviz: no window could be opened; run 'xorviz watch' to see why\n"
    assert capsys.readouterr().err == ("" if is_open else said)
    processes[0].returncode = None  # it was left alone
    processes[0].wait()


def test_none_is_opened_where_one_is_open_or_opening_or_unwanted(
    window_program: Start, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = window_program("true")
    places.made(state)

    def show(**options: Any) -> None:
        monkeypatch.setattr(Opening, "_has_opened", False)
        with xorviz.watch(**options) as see:
            trained(see, 5)

    with places.hold(state / "1.window"):
        show()
    assert places.begin_opening(state)
    show()
    places.end_opening()
    show(window=False)
    monkeypatch.setenv("XORVIZ_WATCH", "off")
    show()
    assert not processes


def test_a_program_that_cannot_be_started_is_said(
    window_program: Start, capsys: Any, monkeypatch: pytest.MonkeyPatch, state: Path
) -> None:
    window_program("")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with xorviz.watch() as see:
        trained(see, 5)
    assert capsys.readouterr().err.startswith("xorviz: no window can be opened: [Errno 2] No such")
    assert not places.is_opening(state)


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
        patched.setattr(opening, "obstacle", obstacle)
        for _ in range(2):
            with xorviz.watch() as see:
                trained(see, 5)
    assert capsys.readouterr().err == (
        "xorviz: no window can be opened: PySide6 is not installed for this Python. "
        "'xorviz watch' shows this run, too\n"
    )
    monkeypatch.setattr(sys, "executable", "")
    assert obstacle({}) == "this Python does not know its own program"
