"""The training thread, and the signal that comes after painting."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from tests.support.screen import child
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.core.settings import RunConfig
from xorviz.engine.commands import Advance, Answer, Begin, Command, Failure, Seek
from xorviz.engine.session import TrainingSession
from xorviz.engine.thread import GarbageCollector, TrainingThread
from xorviz.engine.worker import TrainingWorker


class Knot:
    """A reference cycle, which only the collector can free."""

    def __init__(self) -> None:
        self.me = self


def test_closing_the_last_collector_restores_automatic_collection(qtbot: QtBot) -> None:
    owner = QObject()
    assert gc.isenabled()
    one, other = GarbageCollector(owner), GarbageCollector(owner)
    assert not gc.isenabled()
    one.close()
    one.close()
    assert not gc.isenabled()
    other.close()
    assert gc.isenabled()


def test_garbage_is_freed_in_the_windows_thread(
    qtbot: QtBot, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.engine.thread._EVERY_MS", 10)
    session = TrainingSession(clock=clock)
    freed_in: list[int] = []
    weakref.finalize(Knot(), lambda: freed_in.append(threading.get_ident()))
    allocating = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    allocating.start()
    allocating.join()
    assert freed_in == []
    qtbot.waitUntil(lambda: bool(freed_in))
    assert freed_in == [threading.get_ident()]
    session.close()


def test_every_sixtieth_collection_is_full(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = QObject()
    collector = GarbageCollector(owner)
    generations: list[int] = []
    monkeypatch.setattr(gc, "collect", generations.append)
    for _ in range(120):
        collector._collect()
    collector.close()
    assert generations.count(2) == 2
    assert generations.count(1) == 118


BEGIN = Begin(7, Record(RunConfig()))


@pytest.fixture
def thread(qtbot: QtBot) -> Iterator[TrainingThread]:
    parent = QObject()
    thread = TrainingThread(parent)
    yield thread
    thread.close()
    parent.deleteLater()


@pytest.fixture
def answers(thread: TrainingThread) -> list[tuple[Command, Answer]]:
    """Return a list of commands with their answers."""
    seen: list[tuple[Command, Answer]] = []

    def note(command: Command, answer: Answer) -> None:
        assert QThread.currentThread() is thread.thread()
        assert not any(command is one for one in thread.unanswered)
        seen.append((command, answer))

    thread.answered.connect(note)
    return seen


def own_thread(thread: TrainingThread) -> QThread:
    return child(thread, QThread)


def advance(steps: int) -> Advance:
    return Advance(7, steps, 1e9, NEVER)


def test_the_thread_starts_after_the_first_painting(qtbot: QtBot, thread: TrainingThread) -> None:
    assert not thread.unanswered
    assert not own_thread(thread).isRunning()
    qtbot.waitUntil(own_thread(thread).isRunning)


def test_a_thread_closed_before_painting_never_starts(qtbot: QtBot, thread: TrainingThread) -> None:
    thread.send(BEGIN)
    thread.close()
    with qtbot.waitSignal(thread.painted, timeout=60_000):  # which takes as long
        thread.begin_painting()
    assert not own_thread(thread).isRunning()
    assert list(thread.unanswered) == [BEGIN]


def test_each_command_has_one_answer_in_order_and_is_unanswered_until_then(
    qtbot: QtBot, thread: TrainingThread, answers: list[tuple[Command, Answer]]
) -> None:
    commands: list[Command] = [advance(1), BEGIN, *map(advance, (1, 500, 1, 1)), Seek(7, 400)]
    for command in commands:
        thread.send(command)
    assert list(thread.unanswered) == commands
    assert answers == []  # nothing is answered at once
    qtbot.waitUntil(lambda: not thread.unanswered)
    assert all(mine is its for mine, (its, _) in zip(commands, answers, strict=True))
    (_, failure), *others = answers
    assert isinstance(failure, Failure)  # as no run had begun: the next is answered all the same
    steps = [answer.step for _, answer in others if isinstance(answer, Snapshot)]
    assert steps == [0, 1, 501, 502, 503, 400]


def test_answers_held_back_keep_their_order_and_come_after_painting(
    qtbot: QtBot, thread: TrainingThread
) -> None:
    log: list[int | str] = []

    def note(_: Command, answer: Failure) -> None:
        log.append(answer.run)
        if answer.run in {1, 3}:
            thread.begin_painting()
            thread.begin_painting()  # both are one

    thread.painted.connect(lambda: log.append("painted"))
    thread.answered.connect(note)
    thread.begin_painting()  # also without any answer
    for run in (1, 2, 3, 4):
        thread.send(Seek(run, 0))  # fails, as no run has begun
    qtbot.waitUntil(lambda: 4 in log)
    for _ in range(3):
        qtbot.wait(0)
    assert log == ["painted", 1, "painted", 2, 3, "painted", 4]


def test_closing_skips_the_commands_waiting(
    qtbot: QtBot, thread: TrainingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried_out: list[Command] = []
    started, is_closing = threading.Event(), threading.Event()

    def answer(_: TrainingWorker, command: Command) -> Answer:
        carried_out.append(command)
        started.set()
        is_closing.wait()
        return Failure(7, "", "")

    def wait(most: int) -> bool:
        is_closing.set()
        return QThread.wait(own, most)

    own = own_thread(thread)
    monkeypatch.setattr(TrainingWorker, "_answer", answer)
    monkeypatch.setattr(own, "wait", wait)
    for _ in range(3):
        thread.send(BEGIN)
    qtbot.waitUntil(started.is_set)
    thread.close()
    assert own.isFinished()
    assert carried_out == [BEGIN]
    thread.close()  # has no effect
