"""Connections through real sockets, in the test's own thread."""

import json
import os
import socket
import sys
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from tests.engine.watching.conftest import Connect, Server
from tests.engine.watching.program import Program, states, zeros
from tests.support.cases import some
from tests.support.watched import SHOWN, source_of
from xorviz.core.runs.watched import WatchedRun
from xorviz.engine.watching.connection import TURNS_TO_FRAME, TURNS_TO_HELLO
from xorviz.engine.watching.program_listener import MOST_CONNECTIONS, ProgramListener
from xorviz.watching import places
from xorviz.watching.frames import MOST_HEADER, MOST_PAYLOAD, Hello
from xorviz.watching.places import WindowAddress

KEY = source_of().key


def listener_of(server: Server) -> ProgramListener:
    """Return what listens."""
    assert server._listener is not None
    return server._listener


def connections(server: Server) -> int:
    """Return how many connections there are."""
    return len(listener_of(server)._connections)


def steps_of(server: Server, name: str = "my network") -> list[int]:
    """Return the steps that are kept of a run."""
    return [state.step for state in server.watched.by_key[source_of(name).key].record().checkpoints]


def refused(qtbot: QtBot, program: Program) -> str:
    """Wait until the window has closed the connection; return what it has said."""
    said: list[str] = []

    def is_closed() -> bool:
        said.append(program.refusal())
        return program.is_closed

    qtbot.waitUntil(is_closed)
    return "".join(said)


def test_a_run_comes_through(qtbot: QtBot, server: Server, connect: Connect) -> None:
    program = connect().hello().show(range(3)).show([3, 9])
    qtbot.waitUntil(lambda: (9, True, False) in server.told)
    assert steps_of(server) == [0, 1, 2, 3, 9]
    program.end()
    qtbot.waitUntil(lambda: server.last == (9, False, False))
    assert refused(qtbot, program) == ""
    assert not listener_of(server)._timer.isActive()


def test_several_runs_come_at_once(qtbot: QtBot, server: Server, connect: Connect) -> None:
    for number in range(MOST_CONNECTIONS):
        connect(f"{number}").hello().show(range(number + 1))
    qtbot.waitUntil(lambda: len(server.watched.by_key) == MOST_CONNECTIONS)
    qtbot.waitUntil(lambda: len({news.key for news in server.news}) == MOST_CONNECTIONS)
    assert [steps_of(server, str(n))[-1] for n in range(8)] == list(range(8))
    ninth = connect("8")
    assert refused(qtbot, ninth) == "8 programs are connected already"
    assert connections(server) == MOST_CONNECTIONS


def test_all_is_read_of_a_program_that_has_died(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    data = b"".join(zeros(step, 16) for step in range(0, 2000, 16))
    program, sent = connect().hello(), 0
    while sent < len(data):
        sent += program.flood(data[sent:])
        QCoreApplication.processEvents()
    program.die()
    qtbot.waitUntil(lambda: server.last == (1999, False, True))


@pytest.mark.parametrize("cut", some(range(1, 900, 44), 3))
def test_a_program_may_die_at_any_byte(
    qtbot: QtBot, server: Server, connect: Connect, cut: int
) -> None:
    frames = [states([step]).packed() for step in range(8)]
    program = connect().hello()
    program.flood(b"".join(frames)[:cut])
    program.die()
    whole = cut // len(frames[0])
    qtbot.waitUntil(lambda: listener_of(server)._turns > 0 and connections(server) == 0)
    assert server.last == ((whole - 1, False, True) if whole else None)
    assert len(server.watched.by_key) == bool(whole)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "these are not frames of xorviz"),
        (b"XORV" + b"\xff" * 8, "too large"),
        (states([0]).packed(), "out of turn"),
        (Hello("", SHOWN, source_of()).packed(), "token"),
        (b"XORV" + bytes([0, 0, 0, 0] * 2), "not JSON"),
    ],
    ids=["no frame", "too large", "no hello", "no token", "empty"],
)
def test_what_no_program_says_is_refused(
    qtbot: QtBot, server: Server, connect: Connect, sent: bytes, why: str
) -> None:
    program = connect()
    program.flood(sent)
    assert why in refused(qtbot, program)
    assert connections(server) == 0
    assert server.watched.by_key == {}


def test_a_run_is_lost_where_its_program_is_refused(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    program = connect().hello().show(range(3)).show([2])
    assert refused(qtbot, program) == "steps do not rise"
    qtbot.waitUntil(lambda: server.last == (2, False, True))


def test_a_program_that_floods_fills_no_memory_and_holds_nobody_up(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    flooding, calm = connect("flooding").hello(), connect("calm").hello()
    steps, unsent, sent = count(0, 64), b"", 0
    qtbot.waitUntil(lambda: len(server.watched.by_key) == 2)
    held, step, most = 0, 0, 256 * 1024 + MOST_PAYLOAD + MOST_HEADER
    while sent <= 2 * most:
        calm.show([step])
        while steps_of(server, "calm")[-1:] != [step]:
            unsent = unsent or zeros(next(steps), 64)
            number = flooding.flood(unsent)
            unsent, sent = unsent[number:], sent + number
            QCoreApplication.processEvents()
            sizes = [len(c._reader._bytes) for c in listener_of(server)._connections]
            held = max(held, *sizes)
        step += 1
    assert held <= most
    assert len(steps_of(server, "flooding")) <= 4096


def test_what_is_not_read_waits_in_the_program(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    program = connect().hello()
    qtbot.waitUntil(lambda: len(server.watched.by_key) == 1)
    (connection,) = listener_of(server)._connections
    listener_of(server)._timer.stop()
    data, refused_times = zeros(0, 64) * 100, 0
    while refused_times < 20 and connection._socket.bytesAvailable() < len(data):
        refused_times += not program.flood(data)
        QCoreApplication.processEvents()
    assert connection._socket.bytesAvailable() <= 256 * 1024


def test_a_turn_ends_in_time_and_the_next_begins_with_another_program(
    qtbot: QtBot, server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = connect("first").hello(), connect("second").hello()
    qtbot.waitUntil(lambda: len(server.watched.by_key) == 2)
    listener = listener_of(server)
    listener._timer.stop()
    seconds = count()
    clock = SimpleNamespace(perf_counter=lambda: float(next(seconds)))
    monkeypatch.setattr("xorviz.engine.watching.program_listener.time", clock)
    for program in (first, second):
        program.show([0]).show([1]).show([2])
    sockets = [connection._socket for connection in listener._connections]
    qtbot.waitUntil(lambda: all(socket.bytesAvailable() for socket in sockets))
    read = []
    for _ in range(6):
        listener.turn()
        read.append({len(steps_of(server, name)) for name in ("first", "second")})
    assert read == [{0, 1}, {1}, {1, 2}, {2}, {2, 3}, {3}]


@pytest.mark.thorough
def test_news_come_at_most_once_a_turn(
    qtbot: QtBot, server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.engine.watching.program_listener.QUIET_TURNS", 9)
    program = connect().hello()
    program.flood(b"".join(zeros(step, 1) for step in range(300)))
    qtbot.waitUntil(lambda: server.last == (299, True, False))
    assert len(server.told) <= listener_of(server)._turns
    told = len(server.told)
    qtbot.waitUntil(lambda: len(server.told) > told)  # though there is no other state
    assert server.last == (299, True, False)


def test_a_program_that_says_nothing_is_closed(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    program = connect()
    qtbot.waitUntil(lambda: connections(server) == 1)
    for _ in range(TURNS_TO_HELLO):
        listener_of(server).turn()
    assert connections(server) == 1
    listener_of(server).turn()
    assert refused(qtbot, program) == "the program has not said what it shows"


def test_a_program_that_stalls_in_the_middle_of_a_frame_is_closed(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    program = connect().hello().show([0])
    qtbot.waitUntil(lambda: bool(server.news))
    for _ in range(2 * TURNS_TO_FRAME):  # pausing between frames is fine
        listener_of(server).turn()
    assert connections(server) == 1
    program.flood(states([1]).packed()[:-1])
    (connection,) = listener_of(server)._connections
    qtbot.waitUntil(lambda: connection._reader.is_midway)
    for _ in range(TURNS_TO_FRAME + 1):
        listener_of(server).turn()
    assert refused(qtbot, program) == "the rest of a frame did not come"
    assert server.last == (0, False, True)


def test_a_program_that_comes_again_replaces_its_old_connection(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    old = connect().hello().show(range(3))
    qtbot.waitUntil(lambda: bool(server.news))
    new = connect().hello().show(range(5))
    assert refused(qtbot, old) == "another connection shows this run"
    qtbot.waitUntil(lambda: server.last == (4, True, False))
    assert {is_live for _, is_live, _ in server.told} == {True}
    new.end()
    qtbot.waitUntil(lambda: server.last == (4, False, False))


def test_a_run_that_is_forgotten_is_closed_and_refused(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    program = connect().hello().show([0])
    other = connect("other").hello().show([0])
    qtbot.waitUntil(lambda: len(server.news) >= 2)
    server.forget(KEY)
    for refused_one in (program, connect().hello()):
        assert refused(qtbot, refused_one) == "the window shows this run no more"
    other.show([1])
    qtbot.waitUntil(lambda: server.last == (1, True, False))


def test_an_error_in_the_window_ends_one_connection_only(
    qtbot: QtBot,
    server: Server,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = connect("other").hello().show([0])
    qtbot.waitUntil(lambda: bool(server.news))
    program = connect().hello().show([0])
    with monkeypatch.context() as patch:
        patch.setattr(WatchedRun, "extend", lambda *_: 1 / 0)
        why = refused(qtbot, program)
    assert why == "the window has failed: ZeroDivisionError: division by zero"
    assert "ZeroDivisionError" in capsys.readouterr().err
    other.show([1])
    qtbot.waitUntil(lambda: server.last == (1, True, False))


def test_only_this_user_can_read_where_a_window_is_found(server: Server, folder: Path) -> None:
    pid = os.getpid()
    file, pipe = folder / f"{pid}.json", folder / f"{pid}.sock"
    assert sorted(folder.iterdir()) == [file, pipe]
    assert file.stat().st_mode & 0o077 == pipe.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())["address"] == str(pipe)
    assert server.listen() == ""  # again: nothing happens
    assert len(list(places.published())) == 1
    server.close()
    server.close()
    assert list(folder.iterdir()) == []


def test_what_dead_windows_have_left_is_removed(qtbot: QtBot, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    left = [folder / "77.json", folder / "77.sock", folder / "78.json", folder / "79.sock"]
    for path in left[::2]:
        path.write_text("{}")
    for path in left[1::2]:
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
    others = [folder / "notes.json", folder / "80.txt", folder / "81.json", folder / "81.sock"]
    for path in others[:3]:
        path.write_text("{}")
    with socket.socket(socket.AF_UNIX) as living, socket.socket(socket.AF_UNIX) as waiting:
        living.bind(str(others[3]))
        living.listen(0)
        waiting.connect(str(others[3]))  # so that the window is too busy to answer
        server = Server()
        assert server.listen() == ""
        assert not any(path.exists() for path in left)
        assert all(path.exists() for path in others)
        server.close()


def test_a_window_that_cannot_listen_says_so(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    with monkeypatch.context() as patch:
        patch.setattr(places, "new_place", lambda _: WindowAddress("/nowhere/1.sock", "token"))
        assert "QLocalServer::listen" in server.listen()
        patch.undo()
        patch.setattr(places, "publish", lambda *_: (folder / "none" / "x").touch())
        assert "No such file" in server.listen()
    assert list(folder.iterdir()) == []
    server.forget(KEY)
    assert server.listen() == ""  # it may be tried again
    server.close()


def test_a_second_window_of_a_process_leaves_the_first_its_place(
    qtbot: QtBot, server: Server, connect: Connect
) -> None:
    second = Server()
    assert "another window listens in its place" in second.listen()
    connect().hello().show([0])
    qtbot.waitUntil(lambda: server.last == (0, True, False))


def test_a_window_without_qtnetwork_works(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    for name in ("program_listener", "connection", "leftovers"):
        monkeypatch.delitem(sys.modules, f"xorviz.engine.watching.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "PySide6.QtNetwork", None)
    server = Server()
    assert "PySide6.QtNetwork" in server.listen()
    server.close()
    assert not folder.exists()
