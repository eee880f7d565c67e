"""The training thread: answers in order and after painting, its start and end, and garbage."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA
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


def test_garbage_is_collected_in_the_windows_thread_until_the_last_collector_is_closed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.engine.thread._EVERY_MS", 10)
    owner, freed_in = QObject(), list[int]()
    one, other = GarbageCollector(owner), GarbageCollector(owner)
    weakref.finalize(Knot(), lambda: freed_in.append(threading.get_ident()))
    allocating = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    allocating.start()
    allocating.join()
    assert freed_in == []
    qtbot.waitUntil(lambda: bool(freed_in))
    assert freed_in == [threading.get_ident()]
    for collector, is_automatic in ((one, False), (one, False), (other, True)):
        collector.close()
        assert gc.isenabled() == is_automatic
    generations: list[int] = []
    monkeypatch.setattr(gc, "collect", generations.append)
    for _ in range(120):
        one._collect()
    assert (generations.count(1), generations.count(2)) == (118, 2)


BEGIN = Begin(7, Record(RunConfig()))


@pytest.fixture
def thread(qtbot: QtBot) -> Iterator[TrainingThread]:
    parent = QObject()
    thread = TrainingThread(parent)
    yield thread
    thread.close()
    parent.deleteLater()


def test_a_thread_closed_before_painting_never_starts(qtbot: QtBot, thread: TrainingThread) -> None:
    thread.send(BEGIN)
    thread.close()
    with qtbot.waitSignal(thread.painted, timeout=60_000):  # which takes as long
        thread.begin_painting()
    assert not child(thread, QThread).isRunning()
    assert list(thread.unanswered) == [BEGIN]


def test_each_command_has_one_answer_in_order_and_none_arrives_during_painting(
    qtbot: QtBot, thread: TrainingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.engine.worker.BUDGET_SECONDS", 1e9)
    advances = [Advance(7, n, NEVER) for n in (1, 500, 2)]
    commands: list[Command] = [advances[0], BEGIN, *advances, Seek(7, 400)]
    log: list[int | str] = []

    def note(answer: Answer) -> None:
        assert QThread.currentThread() is thread.thread()
        assert answer.command is commands[-len(thread.unanswered) - 1]
        if isinstance(answer.result, Snapshot):
            log.append(answer.result.step)
        else:
            log.append("failed")  # as no run had begun: the next is answered all the same
        if answer.command in (BEGIN, commands[-2]):
            thread.begin_painting()
            thread.begin_painting()  # both are one

    thread.painted.connect(lambda: log.append("painted"))
    thread.answered.connect(note)
    thread.begin_painting()  # also without any answer
    for command in commands:
        thread.send(command)
    assert (list(thread.unanswered), log) == (commands, [])  # nothing is answered at once
    qtbot.waitUntil(lambda: 400 in log)
    assert log == ["painted", "failed", 0, "painted", 1, 501, 503, "painted", 400]
    assert not thread.unanswered


def test_closing_skips_the_commands_waiting(
    qtbot: QtBot, thread: TrainingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried_out: list[Command] = []
    started, is_closing = threading.Event(), threading.Event()

    def answer(_: TrainingWorker, command: Command) -> Answer:
        carried_out.append(command)
        started.set()
        is_closing.wait()
        return Answer(command, Failure("", ""))

    def wait(most: int) -> bool:
        is_closing.set()
        return QThread.wait(own, most)

    own = child(thread, QThread)
    monkeypatch.setattr(TrainingWorker, "_answer", answer)
    monkeypatch.setattr(own, "wait", wait)
    for _ in range(3):
        thread.send(BEGIN)
    qtbot.waitUntil(started.is_set)
    thread.close()
    assert own.isFinished()
    assert carried_out == [BEGIN]
    thread.close()  # has no effect


class Picture(QWidget):
    """A slow picture that logs which snapshots were painted, and how much was under way."""

    def __init__(self, session: TrainingSession) -> None:
        super().__init__()
        self.painted: list[int] = []
        self.under_way: list[int] = []
        self._step = 0
        self._session = session

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._step = snapshot.step
        self.update()

    def paintEvent(self, _: object) -> None:  # noqa: N802
        self.painted.append(self._step)
        self.under_way.append(self._session.unanswered)
        sum(range(200_000))  # longer than a frame of training takes


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
def test_each_snapshot_is_painted_once_and_only_a_free_kernel_trains_meanwhile(
    qtbot: QtBot, kernel: str
) -> None:
    session = TrainingSession(kernel=kernel)
    session.rules = NEVER
    steps: list[int] = []
    session.snapshot_arrived.connect(lambda seen: steps.append(seen.step))
    picture, scene = Picture(session), QGraphicsScene(session)
    scene.addWidget(picture)  # it notifies its view only in the next pass of the event loop
    shown = QGraphicsView(scene)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    session.open_run(Record(RunConfig()), 0)
    qtbot.waitUntil(lambda: steps == [0])
    session.snapshot_arrived.connect(picture.show_snapshot)
    picture.under_way.clear()
    session.play()
    qtbot.waitUntil(lambda: len(steps) >= 15)
    session.pause()
    qtbot.waitUntil(lambda: session.unanswered == 0)
    painted = [step for step in picture.painted if step > 0]
    assert painted[: len(steps) - 3] == steps[1:-2]
    assert max(picture.under_way) == (kernel == NUMBA)
    session.play()
    session.close()
    session.close()  # has no effect
    assert not child(session, QThread, "training").isRunning()
    scene.clear()
