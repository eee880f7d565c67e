"""What the thread does as windows come, go, refuse, and read nothing."""

import gc
import signal
import socket
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

import xorviz
from tests.support.commands import python
from tests.watching.conftest import Opened
from tests.watching.programs import Program
from tests.watching.stub_window import StubWindow
from xorviz.watching import places, search, sender
from xorviz.watching.frames import End
from xorviz.watching.link import connected
from xorviz.watching.watch import Watch

CLOSED = "the window was closed; 'xorviz watch' opens another one, which shows the whole run"


def train(see: Watch, program: Program, steps: int = 40) -> None:
    for _ in range(steps):
        see(*program.arrays)
        program.step()


def has(steps: int) -> Any:
    return lambda window: sum(len(s.steps) for s in window.frames if hasattr(s, "steps")) >= steps


def test_a_closed_window_is_told_once_and_the_next_one_gets_all(
    open_stub: Opened, capsys: Any
) -> None:
    program, first = Program.of(), open_stub()
    with xorviz.watch() as see:
        train(see, program)
        first.wait(has(40))
        first.close()
        train(see, program)
        second = open_stub()
        second.wait(has(80))
        train(see, program)
    second.wait(lambda window: window.ends)
    assert second.states.steps.tolist() == list(range(120))
    assert first.hellos[0].source == second.hellos[0].source
    assert capsys.readouterr().err == f"xorviz: {CLOSED}\n"


def test_a_run_goes_on_however_often_all_has_been_sent(
    open_stub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_FRAME_SECONDS", "_BUSY_SECONDS"):
        monkeypatch.setattr(sender, name, 0.0)
    program, window = Program.of(), open_stub()
    with xorviz.watch() as see:
        for count in range(1, 121):
            train(see, program, 1)
            window.wait(has(count))
        assert not window.ends
    window.wait(lambda window: window.ends)
    assert window.connections == 1


def test_a_window_that_closes_while_the_program_rests_is_replaced(
    open_stub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_IDLE_SECONDS", 0.01)
    first = open_stub()
    with xorviz.watch() as see:
        train(see, Program.of())
        first.wait(has(40))
        first.close()
        open_stub().wait(has(40))


def test_a_folder_of_windows_that_others_can_open_is_told_and_not_used(
    place: Path, capsys: Any
) -> None:
    place.mkdir()
    place.chmod(0o755)
    with xorviz.watch() as see:
        train(see, Program.of())
    assert capsys.readouterr().err == (
        f"xorviz: no window can be found: {place} belongs to another user, or others can open it; "
        "the program continues\n"
    )


def test_no_window_is_opened_again_once_one_was_closed(
    open_stub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_stub()
    with xorviz.watch() as see:
        train(see, Program.of())
        window.wait(has(40))
        window.close()
        thread = see._sender and see._sender._thread
        assert isinstance(thread, Thread)
    thread.join()
    monkeypatch.setattr(search, "obstacle", lambda: pytest.fail("it would open one"))
    with xorviz.watch() as see:
        train(see, Program.of())


def test_the_newest_window_that_answers_gets_the_run(open_stub: Opened) -> None:
    older, newer = open_stub(), open_stub()
    places.publish(places.WindowAddress(str(places.folder() / "9.sock"), "0"), 9)  # has died
    with xorviz.watch() as see:
        train(see, Program.of())
    newer.wait(lambda window: window.ends)
    assert older.connections == 0


def test_a_closed_window_raises_no_signal_in_the_program(place: Path) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGPIPE, lambda number, _: heard.append(number))
    try:
        with socket.socket(socket.AF_UNIX) as window:
            window.bind(str(places.folder() / "1.sock"))
            window.listen()
            link = connected(places.WindowAddress(str(place / "1.sock"), ""))
            window.accept()[0].close()
        link.put(b"states")
        with pytest.raises(BrokenPipeError):
            link.push()
        link.close()
    finally:
        signal.signal(signal.SIGPIPE, before)
    assert not heard


def test_an_address_that_no_window_writes_is_passed_over(open_stub: Opened) -> None:
    window = open_stub()
    places.publish(places.WindowAddress("\0\0\ud800", "0"), 9)
    with xorviz.watch() as see:
        train(see, Program.of())
    window.wait(lambda window: window.ends)


def test_a_program_with_too_many_threads_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> None:
    def start(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", start)
    with xorviz.watch() as see:
        see.record(tmp_path / "run.npz")
        train(see, Program.of())
    assert (
        capsys.readouterr().err
        == "xorviz: no window can be found: can't start new thread; the program continues\n"
    )
    with np.load(tmp_path / "run.npz") as kept:
        assert kept["steps"].tolist() == list(range(40))


def test_a_window_that_refuses_is_told_once_and_asked_no_more(
    open_stub: Opened, capsys: Any
) -> None:
    program, willing = Program.of(), open_stub()
    refusing = open_stub(refusal="the program speaks version 9, the window 1")
    with xorviz.watch() as see:
        train(see, program)
        willing.wait(has(40))
    willing.wait(lambda window: window.ends)
    assert refusing.connections == 1
    assert capsys.readouterr().err == (
        "xorviz: the window does not show this run: the program speaks version 9, the window 1\n"
    )


def test_a_window_that_reads_nothing_stops_nobody(
    open_stub: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_STALLED_SECONDS", 0.05)
    window, program = open_stub(reads=False), Program.of(width=64)
    with xorviz.watch() as see:
        see(*program.arrays)
        window.wait(lambda window: window.connections)
        train(see, program, 3000)  # far more than any socket holds
    assert not window.frames
    assert see._sender is not None
    assert not see._sender._thread.is_alive()


def test_ctrl_c_ends_the_waiting_and_loses_no_file(
    open_stub: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    window, see = open_stub(), xorviz.watch()
    see.record(tmp_path / "run.npz")
    train(see, Program.of())
    with monkeypatch.context() as patched:
        patched.setattr(Thread, "join", interrupted)
        with pytest.raises(KeyboardInterrupt):
            see.close()
    assert (tmp_path / "run.npz").exists()
    window.wait(lambda window: window.ends)


def test_a_watch_that_is_dropped_ends_its_run(open_stub: Opened) -> None:
    window, see = open_stub(), xorviz.watch()
    train(see, Program.of())
    del see
    gc.collect()
    window.wait(lambda window: window.ends)
    assert window.states.steps[-1] == 39


FORKED = """
import os, sys
import xorviz
from tests.watching.programs import Program
program = Program.of()
see = xorviz.watch("parent")
for _ in range(20):
    see(*program.arrays)
child = os.fork()
for _ in range(20):
    see(*program.arrays)
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.thorough
def test_a_forked_process_leaves_the_run_to_its_parent_which_ends_it_at_its_exit(
    open_stub: Opened,
) -> None:
    window: StubWindow = open_stub()
    done = python("-W", "ignore", "-c", FORKED)
    window.wait(lambda window: window.ends)
    assert done.status == 0, done.err
    assert window.connections == 1
    assert window.states.steps.tolist() == list(range(40))
    assert window.ends == [End()]
    assert done.err == (
        "xorviz: this process was forked from the one that is watched; "
        "call xorviz.watch in it, too\n"
    )


def test_many_states_are_kept_thinned(tmp_path: Path) -> None:
    program = Program.of()
    with xorviz.watch(window=False, every=10) as see:
        see.record(tmp_path / "run.npz")
        for _ in range(4_500):
            see._next_call = 0  # whatever the time
            see(*program.arrays)
            program.step()
    with np.load(tmp_path / "run.npz") as kept:
        steps = kept["steps"]
    assert 500 < len(steps) <= 4096
    assert steps[:33].tolist() == list(range(0, 330, 10))
    assert steps[-1] == 44_990
