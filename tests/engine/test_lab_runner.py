"""Plans trained one after another in a thread of their own."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xorviz.core.kernels.compiler import INSTEAD, KernelError
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine import lab_runner
from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.lab.plan import LabPlan, WorkShare, recipes_of, shares_of
from xorviz.lab.results.findings import train_many
from xorviz.lab.training import training as lab_training
from xorviz.lab.training.cohort import responses
from xorviz.lab.workers import workers
from xorviz.lab.workers.workers import LabError, Workers

PLAN = LabPlan((RunConfig(rate=0.5),), range(5), 700)
ENDLESS = LabPlan((RunConfig(),), range(3), 10**9)


@pytest.fixture(autouse=True)
def _progress_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_runner, "_SECONDS_BETWEEN_REPORTS", 0)


class Office:
    """A runner and a log of its signals."""

    def __init__(self, runner: LabRunner) -> None:
        self.runner = runner
        self.log: list[Progress] = []
        self.names: list[list[str]] = []
        runner.progressed.connect(self.log.append)
        runner.changed.connect(lambda: self.names.append(self.ordered))

    @property
    def ordered(self) -> list[str]:
        return [order.name for order in self.runner.orders]

    @property
    def over(self) -> list[str]:
        return [progress.order.name for progress in self.log if progress.is_over]


@pytest.fixture
def office(qtbot: QtBot) -> Iterator[Office]:
    office = Office(LabRunner(workers=Workers(lambda: ThreadPoolExecutor(1), 1)))
    yield office
    office.runner.close()


def idle(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: not office.runner.orders)


def test_a_plan_is_trained_to_its_end(qtbot: QtBot, office: Office) -> None:
    office.runner.train(Order("seeds", PLAN))
    idle(qtbot, office)
    assert office.over == ["seeds"]
    snapshot = office.log[-1].snapshot
    direct = train_many([PLAN.config(place) for place in range(5)], 700)
    assert snapshot.done.all()
    np.testing.assert_array_equal(snapshot.loss, direct.loss)
    np.testing.assert_array_equal(snapshot.first_right, direct.first_right)
    assert office.names[0] == ["seeds"]
    assert office.names[-1] == []


def test_orders_are_carried_out_in_turn_the_newest_of_a_name(qtbot: QtBot, office: Office) -> None:
    runner, other = office.runner, LabPlan((RunConfig(width=2),), range(2), 10)
    assert (runner.jobs, runner.orders) == (1, [])
    orders = [Order("a", PLAN), Order("b", PLAN), Order("c", PLAN), Order("b", other)]
    for order in orders:
        runner.train(order)
    assert runner.orders == [orders[0], *orders[2:]]
    assert [runner.has(order) for order in orders] == [True, False, True, True]
    idle(qtbot, office)
    assert office.over == ["a", "c", "b"]
    assert office.log[-1].order.plan is other


def test_an_order_under_way_can_be_stopped(qtbot: QtBot, office: Office) -> None:
    office.runner.train(Order("long", ENDLESS))
    qtbot.waitUntil(lambda: bool(office.log))
    assert 0 < office.log[0].snapshot.progress < 1
    assert office.log[0].seconds_left > 0
    office.runner.cancel("long")
    idle(qtbot, office)
    assert office.over == ["long"]
    assert not office.log[-1].snapshot.done.any()
    assert office.log[-1].snapshot.steps.min() > 0
    office.runner.train(Order("long", ENDLESS))
    office.runner.train(Order("long", PLAN))  # takes its place
    idle(qtbot, office)
    assert office.over == ["long"] * 3
    assert office.log[-1].snapshot.done.all()


def test_all_orders_can_be_cancelled_also_before_they_begin(qtbot: QtBot, office: Office) -> None:
    long = Order("long", ENDLESS)
    office.runner.train(long)
    office.runner.train(Order("waits", PLAN))
    log = len(office.names)
    office.runner.cancel("nobody")
    assert len(office.names) == log
    office.runner.cancel("waits")
    assert office.names[-1] == ["long"]
    office.runner.train(Order("waits", PLAN))
    office.runner.cancel_all()
    assert (len(office.names), office.runner.has(long)) == (log + 3, False)
    idle(qtbot, office)
    assert office.over == ["long"]


def test_closing_ends_what_is_under_way(qtbot: QtBot, office: Office) -> None:
    office.runner.train(Order("long", ENDLESS))
    qtbot.waitUntil(lambda: bool(office.log))
    log = len(office.log)
    office.runner.close()
    office.runner.train(Order("late", PLAN))
    assert not office.runner.orders
    assert not office.runner.isRunning()
    QApplication.processEvents()
    assert len(office.log) == log
    assert not office.over


def test_progress_rises_and_arrives_in_the_main_thread(qtbot: QtBot, office: Office) -> None:
    threads = set()
    office.runner.progressed.connect(lambda _: threads.add(threading.current_thread()))
    plan = LabPlan(recipes_of({"rate": [0.1, 0.5], "width": [1, 3]}), range(70), 50)
    office.runner.train(Order("many", plan))
    idle(qtbot, office)
    assert threads == {threading.main_thread()}
    seen = [progress.snapshot.progress for progress in office.log]
    assert seen == sorted(seen)
    assert seen[-1] == 1


class DirectRunner:
    """A runner that runs in the test's own thread, and a log of its signals."""

    def __init__(self, order: Order, kernel: str = "numpy", workers: Workers | None = None) -> None:
        workers = workers or Workers(lambda: ThreadPoolExecutor(1), 1)
        self.runner = LabRunner(workers=workers, kernel=kernel)
        self.runner._lab._seconds = 0.0
        self.runner._wanted = order
        self.order = order
        self.log: list[Progress] = []
        self.runner._made.connect(self.receive, Qt.ConnectionType.DirectConnection)
        self.drops_after, self.receives = -1, True

    def receive(self, progress: Progress) -> None:
        self.log.append(progress)
        if self.receives:
            self.runner._is_received.set()
        if len(self.log) == self.drops_after:
            self.runner._wanted = None

    def carry_out(self) -> None:
        self.runner._carry_out(self.order)
        self.runner._lab.close()


@pytest.mark.parametrize("drops_after", [0, 1])
def test_a_dropped_order_ends_with_one_report(qapp: QApplication, drops_after: int) -> None:
    runner = DirectRunner(Order("long", ENDLESS))
    runner.drops_after = drops_after
    if drops_after == 0:
        runner.runner._wanted = None
    runner.carry_out()
    assert [progress.is_over for progress in runner.log] == [False] * drops_after + [True]
    assert runner.log[-1].snapshot.was_stopped


@pytest.mark.parametrize(
    ("error", "log"),
    [(LabError("Gone."), ("Gone.", False)), (ValueError("odd"), ("ValueError: odd", True))],
)
def test_any_error_is_reported_once_with_the_results_so_far(
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: Exception,
    log: tuple[str, bool],
) -> None:
    def few(plan: LabPlan, *_: object) -> Iterator[WorkShare]:
        yield next(shares_of(plan, 1))
        raise error

    monkeypatch.setattr(workers, "shares_of", few)
    monkeypatch.setattr(Workers, "count", 0)  # no share is requested in advance
    monkeypatch.setattr(LabRunner, "jobs", 1)
    plan = LabPlan(recipes_of({"width": [1, 2]}), range(5), 700)
    runner = DirectRunner(Order("bad", plan))
    runner.carry_out()
    (over,) = (progress for progress in runner.log if progress.is_over)
    assert over is runner.log[-1]
    assert (over.trouble, "Traceback" in capfd.readouterr().err) == log
    assert over.snapshot.was_stopped
    assert over.snapshot.done.tolist() == [True] * 5 + [False] * 5


def test_numpy_trains_where_numba_cannot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(kernel: str, *_: object) -> None:
        if kernel == "numba":
            raise KernelError("It is broken.")

    monkeypatch.setattr(lab_training, "prepare", fail)
    workers = Workers(lambda: ThreadPoolExecutor(1), 1)
    office = Office(LabRunner(workers=workers, kernel="numba"))
    said: list[str] = []
    office.runner.fell_back.connect(said.append)
    for name in ("first", "second"):
        office.runner.train(Order(name, PLAN))
    idle(qtbot, office)
    office.runner.close()
    assert said == [f"It is broken. {INSTEAD}"]
    assert office.over == ["first", "second"]
    assert not any(progress.trouble for progress in office.log)
    direct = train_many([PLAN.config(place) for place in range(5)], 700)
    for progress in office.log:
        if progress.is_over:
            np.testing.assert_array_equal(progress.snapshot.loss, direct.loss)


def test_compiling_is_signalled(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[bool] = []
    monkeypatch.setattr(lab_training, "prepare", lambda _, tell: tell())
    runner = DirectRunner(Order("some", LabPlan((RunConfig(),), range(3), 20)))
    runner.runner.compiling_changed.connect(log.append)
    runner.carry_out()
    assert log == [True, False]


def test_no_progress_is_sent_before_the_last_was_received(qapp: QApplication) -> None:
    runner = DirectRunner(Order("long", LabPlan((RunConfig(),), range(3), 3000)))
    runner.receives = False
    runner.carry_out()
    assert [progress.is_over for progress in runner.log] == [False, True]


class SlowMachine(Workers):
    """A worker whose work takes longer than the lab assumes, on a clock of its own."""

    def __init__(self) -> None:
        super().__init__(lambda: ThreadPoolExecutor(1), 1)
        self.now = 100.0
        self._steps = np.zeros(10_000, dtype=int)

    def result(self, future: Future[Any]) -> Any:
        """Return a piece after the time that its steps take: 4 to 5 times as long as assumed."""
        piece = future.result()
        cohort, before = piece.cohort, self._steps[piece.places]
        steps = np.where(cohort.going_on, cohort.step, cohort.stopped_at)
        self._steps[piece.places] = steps
        each = 80e-9 + 25e-9 * responses(cohort.shape)
        seconds = (steps - before).sum() * each + (cohort.step - before.max()) * 60e-6
        self.now += seconds
        return replace(piece, seconds=seconds)


@pytest.mark.parametrize(
    "plan",
    [
        LabPlan(recipes_of({"width": [1, 2, 4, 8, 16, 32, 64]}), range(64), 3000),
        LabPlan(
            recipes_of({"width": [2, 3, 4], "rate": [2.0, 8.0]}, RunConfig(biases=True)),
            range(160),
            3000,
            StopRules(at_step=None, when_learned=True),
            waves=(20,) * 7,
        ),
    ],
    ids=["widths", "stops"],
)
def test_from_the_first_second_on_the_time_left_is_within_a_factor_of_one_and_a_half(
    qapp: QApplication, plan: LabPlan
) -> None:
    machine = SlowMachine()
    runner = DirectRunner(Order("job", plan), workers=machine)
    times: list[tuple[float, float]] = []
    runner.runner._made.connect(
        lambda progress: times.append((machine.now, progress.seconds_left)),
        Qt.ConnectionType.DirectConnection,
    )
    runner.carry_out()
    end, total = machine.now, machine.now - 100
    late = [(left, end - now) for now, left in times if now > 101 and end - now > total / 10]
    assert len(late) > 5
    assert all(left / 1.5 < actual < 1.5 * left for left, actual in late)
