"""The training thread and its worker: answers in order and after painting, and what each is."""

import gc
import threading
import weakref
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from tests.support.bits import assert_same_state, bits
from tests.support.screen import child
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.kernels.kernel import Kernel
from xorviz.core.kernels.numba_kernel import BLOCK as FAST_BLOCK
from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.engine.commands import Advance, Answer, Begin, Command, Failure, Intervene, Seek
from xorviz.engine.session import TrainingSession
from xorviz.engine.thread import GarbageCollector, TrainingThread, TrainingWorker


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
    assert not thread.isRunning()
    assert list(thread.unanswered) == [BEGIN]


def test_each_command_has_one_answer_in_order_and_none_arrives_during_painting(
    qtbot: QtBot, thread: TrainingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.engine.thread.LEAST_SECONDS", 1e9)
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
        return QThread.wait(thread, most)

    monkeypatch.setattr(TrainingWorker, "answer", answer)
    monkeypatch.setattr(thread, "wait", wait)
    for _ in range(3):
        thread.send(BEGIN)
    qtbot.waitUntil(started.is_set)
    thread.close()
    assert thread.isFinished()
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
def test_each_snapshot_is_painted_once_and_a_free_kernel_goes_on(qtbot: QtBot, kernel: str) -> None:
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


RUN = 7
BEGIN = Begin(RUN, Record(RunConfig()))
STEP = 2.0**-17
"""Seconds per step; a power of two, so that sums are exact."""
A_SECOND = 2**17
FRAME = 1400 * STEP


class Machine:
    """A worker that is asked directly, by a clock that advances with the steps taken."""

    def __init__(self) -> None:
        self.worker = TrainingWorker()
        self.now = self.worked = 0.0
        self.step_seconds = STEP
        self.waiting_seconds = 0.0
        """How long the worker waits for the GIL after each call."""
        self.asked: list[int] = []
        """How many steps were asked for at once."""

    def take(self, n: int, steps: int) -> None:
        """Note that n steps were asked for; let the time of those taken pass."""
        self.asked.append(n)
        self.worked += steps * self.step_seconds
        self.now += steps * self.step_seconds + self.waiting_seconds

    def ask(self, command: Command) -> Answer:
        """Return the one answer to a command."""
        self.asked.clear()
        answer = self.worker.answer(command)
        assert answer.command is command
        return answer

    def snapshot(self, command: Command) -> Snapshot:
        """Return the answer to a valid command."""
        result = self.ask(command).result
        assert isinstance(result, Snapshot), result
        return result

    def failure(self, command: Command) -> Failure:
        """Return the answer to an invalid command."""
        result = self.ask(command).result
        assert isinstance(result, Failure), result
        return result

    def calls(self, command: Command) -> list[int]:
        """Return how many steps are taken at once for a command."""
        self.ask(command)
        return self.asked.copy()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a worker at step 0 of a run with Numba, which takes many steps at once."""
    machine = Machine()
    clock = SimpleNamespace(perf_counter=lambda: machine.now, thread_time=lambda: machine.worked)
    monkeypatch.setattr("xorviz.engine.thread.time", clock)
    for budget in ("LEAST_SECONDS", "FREE_SECONDS", "FULL_SECONDS"):
        monkeypatch.setattr(f"xorviz.engine.thread.{budget}", FRAME)
    advance = CurrentRun.advance

    def advancing(run: CurrentRun, n: int, rules: StopRules = NEVER) -> bool:
        before = run.step
        is_stopped = advance(run, n, rules)
        machine.take(n, run.step - before)
        return is_stopped

    monkeypatch.setattr(CurrentRun, "advance", advancing)
    kernels.prepare(NUMBA)
    machine.ask(replace(BEGIN, kernel=NUMBA))
    return machine


def steps(n: int = 10**9, rules: StopRules = NEVER) -> Advance:
    return Advance(RUN, n, rules)


def changing(field: str, value: float) -> Intervene:
    return Intervene(RUN, (Intervention(0, field, value),))


def test_numpy_continues_where_the_run_is_if_its_kernel_cannot_be_used(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = RunConfig(rate=0.5)
    machine.ask(Begin(RUN, Record(config), beside=Record(config), kernel=NUMBA))
    machine.ask(changing("rate", 0.7))
    before = machine.snapshot(steps(200))
    monkeypatch.setattr(kernels, "is_ready", lambda name: name == NUMPY)
    after = machine.snapshot(steps(0))
    assert (after.run, after.step, after.config) == (RUN, 200, before.config)
    for mine, other in zip(after.weights.arrays(), before.weights.arrays(), strict=True):
        assert bits(mine) == bits(other)
    np.testing.assert_allclose(after.outputs, before.outputs, rtol=1e-14)
    end = machine.snapshot(steps(100))
    assert (end.step, end.record.kernels) == (300, (NUMBA, NUMPY))
    assert end.beside is not None
    assert end.beside.record.kernels == (NUMBA, NUMPY)


@pytest.mark.parametrize(
    ("broken", "command"),
    [
        ("__init__", BEGIN),
        ("advance", steps(1)),
        ("intervene", changing("rate", 0.5)),
        ("snapshot", steps(0)),
    ],
)
def test_any_error_is_answered_once_and_the_next_command_works(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, broken: str, command: Command
) -> None:
    assert "no run has begun" in Machine().failure(steps(1)).message

    def give_up(*_: object) -> None:
        raise ArithmeticError("out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, broken, give_up)
        failure = machine.failure(command)
    assert failure.message == "ArithmeticError: out of luck"
    assert "give_up" in failure.details
    for name, value in (("rate", -1.0), ("width", 5)):
        assert name in machine.failure(changing(name, value)).message
    assert machine.snapshot(steps(2)).config == RunConfig()


def test_calls_are_as_long_as_the_time_allows_and_measure_only_the_steps_taken(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.calls(steps()) == [64, 1336]
    assert machine.now == FRAME
    machine.waiting_seconds = 500 * STEP  # for the GIL, which is no training
    assert machine.calls(steps()) == [1400]
    machine.waiting_seconds = 0.0
    machine.step_seconds = 8 * STEP  # the machine is slower now
    assert machine.calls(steps()) == [1400]
    assert machine.calls(steps()) == [175]
    machine.ask(Seek(RUN, 100))
    machine.ask(Seek(RUN, 10**9))
    assert not machine.ask(steps(1)).is_stopped
    assert machine.ask(steps(rules=StopRules(at_step=4500))).is_stopped
    with monkeypatch.context() as broken:
        broken.setattr(Kernel, "run", lambda self, *_: self.retake(0))
        assert machine.ask(steps()).is_stopped
    assert machine.calls(steps()) == [175]
    machine.step_seconds = 1.0
    machine.ask(Begin(RUN, Record(RunConfig(width=64)), kernel=NUMBA))  # it is measured again
    assert [machine.calls(steps()) for _ in range(2)] == [[64], [64]]  # some steps at least


def test_calls_never_cross_a_block(machine: Machine) -> None:
    machine.step_seconds = FRAME / 10**6
    rest = 80_000 - 2 * FAST_BLOCK
    assert machine.calls(steps(80_000)) == [64, FAST_BLOCK - 64, FAST_BLOCK, rest]


def test_a_seek_goes_there_at_once_or_ends_early_where_that_takes_more_than_a_second(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.engine.thread.FREE_SECONDS", 3.0)
    record = machine.snapshot(steps(300_000)).record
    few = replace(record, checkpoints=(record.checkpoints[0], record.checkpoints[-1]))
    for step in (A_SECOND - 64, A_SECOND, A_SECOND + 2000, 300_000):
        machine.ask(Begin(RUN, few, 300_000, kernel=NUMBA))
        start = machine.now
        shown = machine.snapshot(Seek(RUN, step))
        if step == A_SECOND + 2000:  # it has measured that this takes too long
            assert shown.step < A_SECOND / 100
        else:
            assert shown.step == step
        assert machine.now - start <= 1
        assert all(n * STEP <= 0.004 for n in machine.asked)  # the window is to be on time
        assert_same_state(shown, Recording(record, NUMBA).state_at(shown.step))
