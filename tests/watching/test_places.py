"""The folders of files and windows, and how a window is opened: once, or the reason is said."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

import xorviz
from tests.watching.programs import Program, trained
from xorviz.files import atomic
from xorviz.watching import places
from xorviz.watching import watch as watching
from xorviz.watching.places import obstacle

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="users are of POSIX")

Patch = pytest.MonkeyPatch
Processes = list[subprocess.Popen[bytes]]
Start = Callable[[str], Processes]


@pytest.fixture
def window_program(tmp_path: Path, monkeypatch: Patch) -> Iterator[Start]:
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
        monkeypatch.setattr(places, "obstacle", lambda: None)
        return processes

    yield make
    for process in processes:
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    process.returncode = None  # whatever was made of it
    process.kill()
    process.wait()


def shown(monkeypatch: Patch, **options: Any) -> None:
    """Run a program that nobody has opened a window for."""
    monkeypatch.setattr(places, "_opened", [])
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
    window_program: Start, state: Path, monkeypatch: Patch
) -> None:
    processes = window_program("exec sleep 60")
    shown(monkeypatch, window=False)
    with places.hold_as_window(places.made(state)):
        shown(monkeypatch)
    with monkeypatch.context() as patched:
        patched.setenv("XORVIZ_WATCH", "off")
        shown(monkeypatch)
    with monkeypatch.context() as patched, places.hold_as_window(state, is_only=True):
        patched.setattr(places, "is_window_open", lambda: False)  # when another program asked, too
        shown(monkeypatch)
    assert not processes
    for _ in range(2):  # the window holds its file though its program has ended
        shown(monkeypatch)
        assert len(processes) == 1
    end(processes[0])
    shown(monkeypatch)
    assert len(processes) == 2


@pytest.mark.parametrize(("script", "code"), [("exit 1", 1), ("kill -9 $$", -9)])
def test_a_window_that_fails_is_said(
    script: str, code: int, window_program: Start, capsys: Any, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(watching, "FRAME_SECONDS", 0.0)
    processes = window_program(script)
    with xorviz.watch() as see:
        see(*Program.of().arrays)
        processes[0].wait()
        trained(see, 5)
    assert capsys.readouterr().err == (
        f"xorviz: the window has ended with exit code {code}; run 'xorviz watch' to see why\n"
    )
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
    environment: dict[str, str], why: str | None, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert (obstacle(environment) or "").startswith(why or "")
    assert (obstacle(environment) is None) == (why is None)


def test_a_window_needs_qt_and_a_python(monkeypatch: Patch, capsys: Any) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(places, "find_spec", lambda name: None)
        patched.setattr(places, "obstacle", obstacle)
        for _ in range(2):
            shown(patched)
    assert capsys.readouterr().err == (
        "xorviz: no window can be opened: PySide6 is not installed for this Python. "
        "'xorviz watch' shows this run, too\n"
    )
    monkeypatch.setattr(sys, "executable", "")
    assert obstacle({}) == "this Python does not know its own program"


def test_a_folder_is_sought_in_the_state_then_in_the_session_then_among_temporary_files(
    state: Path, tmp_path: Path, monkeypatch: Patch
) -> None:
    session = tmp_path / "XDG_RUNTIME_DIR" / "xorviz" / "watched"
    temporary = tmp_path / f"xorviz-watched-{os.getuid()}"
    assert places.candidates() == [state, session, temporary]
    for age, folder in enumerate((session, state, temporary)):
        path = places.made(folder) / f"{age}.xwatch"
        path.touch()
        os.utime(path, (age, age))
    assert [path.name for path in places.files()] == ["2.xwatch", "1.xwatch", "0.xwatch"]
    assert places.path_of("0") == session / "0.xwatch"
    assert places.path_of("9") == state / "9.xwatch"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert places.candidates() == [tmp_path / ".local/state/xorviz/watched", temporary]

    def missing() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", missing)
    assert len(places.candidates()) == 1


def test_a_folder_of_another_user_or_machine_is_not_used(
    state: Path, tmp_path: Path, monkeypatch: Patch
) -> None:
    for kind in ("nfs4", "fuse.sshfs", "ext4"):
        mounts = f"/dev/sda / ext4 rw 0 0\nserver:/home {tmp_path} {kind} rw 0 0\n"
        with monkeypatch.context() as patched:
            patched.setattr(Path, "read_text", lambda *_, text=mounts, **__: text)
            if kind == "ext4":
                assert places.made(state) == state
                continue
            with pytest.raises(OSError, match="on the disk of another machine"):
                places.made(state)
    assert list(places.folders()) == [state]
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    assert list(places.folders()) == []
    with pytest.raises(OSError, match="belongs to another user"):
        places.made(state)


@pytest.mark.parametrize(("most_files", "most_bytes"), [(4, 10**6), (100, 30)])
def test_the_oldest_files_of_programs_that_have_ended_go_first(
    most_files: int, most_bytes: int, state: Path, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(places, "MOST_FILES", most_files)
    monkeypatch.setattr(places, "MOST_BYTES", most_bytes)
    places.made(state)
    for number in range(10):
        path = state / f"{number}.xwatch"
        path.write_bytes(b"x" * 10)
        os.utime(path, (number, number))
    (state / "notes.txt").touch()
    (state / "folder.xwatch").mkdir()
    os.mkfifo(state / "pipe.xwatch")
    (state / "gone.xwatch").symlink_to("nowhere")
    with places.hold(state / "2.xwatch"):
        places.tidy(state)
        left = {path.name for path in state.iterdir() if path.is_file()}
    least = {"2.xwatch", "9.xwatch", "notes.txt"}
    assert least <= left <= {*least, "8.xwatch", "7.xwatch"}


def test_who_holds_a_file_is_there_and_nobody_else_and_who_asks_is_in_no_one_s_way(
    state: Path,
) -> None:
    path, hold = places.made(state) / "run.xwatch", places.hold_as_window
    assert not places.is_window_open()
    with hold(state, is_only=True) as first, hold(state) as second:
        assert [Path(str(one.name)).name for one in (first, second)] == ["1.window", "2.window"]
        for window in state.iterdir():
            assert window.stat().st_mode & 0o777 == 0o600
            assert places.is_held(window)
        with pytest.raises(BlockingIOError, match="another program"):
            hold(state, is_only=True)
        first.close()
        assert places.is_window_open()
        hold(state, is_only=True).close()
    assert not places.is_window_open()
    path.touch()
    with path.open("rb") as file:
        atomic.lock(file, is_shared=True)  # as one who asks does for a moment
        assert not places.is_held(path)
        releasing = Timer(0.005, file.close)
        releasing.start()
        with places.hold(path):
            assert places.is_held(path)
        releasing.join()
