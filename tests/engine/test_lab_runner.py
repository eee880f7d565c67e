"""Plans trained in a thread beside the window, one after the other."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xorviz.core.config import RunConfig
from xorviz.core.kernels.compiler import CompilerError
from xorviz.engine import lab_runner
from xorviz.engine.lab_runner import LabRunner, Order, Progress, _Foreman
from xorviz.lab.plan import LabPlan, WorkShare, recipes_of, shares_of
from xorviz.lab.results.findings import train_many
from xorviz.lab.results.lab_results import LabResults
from xorviz.lab.training import training as lab_training
from xorviz.lab.workers.lab import Lab
from xorviz.lab.workers.workers import LabError, Workers

PLAN = LabPlan((RunConfig(rate=0.5),), range(5), 700)
ENDLESS = LabPlan((RunConfig(),), range(3), 10**9)


class Office:
    """A runner, and all that it told."""

    def __init__(self, runner: LabRunner) -> None:
        self.runner = runner
        self.told: list[Progress] = []
        self.names: list[tuple[str, ...]] = []
        runner.progressed.connect(self.told.append)
        runner.changed.connect(lambda: self.names.append(runner.names))

    @property
    def over(self) -> list[str]:
        return [progress.order.name for progress in self.told if progress.is_over]


@pytest.fixture
def office(qtbot: QtBot) -> Iterator[Office]:
    office = Office(LabRunner(workers=Workers(lambda: ThreadPoolExecutor(1), 1)))
    yield office
    office.runner.close()


def idle(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: not office.runner.names, timeout=20_000)


def test_a_plan_is_trained_to_its_end(qtbot: QtBot, office: Office) -> None:
    office.runner.run(Order("seeds", PLAN))
    idle(qtbot, office)
    assert office.over == ["seeds"]
    snapshot = office.told[-1].snapshot
    direct = train_many([PLAN.config(place) for place in range(5)], 700)
    assert snapshot.done.all()
    np.testing.assert_array_equal(snapshot.loss, direct.loss)
    np.testing.assert_array_equal(snapshot.first_right, direct.first_right)
    assert office.names[0] == ("seeds",)
    assert office.names[-1] == ()


def test_orders_are_carried_out_one_after_the_other(qtbot: QtBot, office: Office) -> None:
    for name in ("a", "b", "c"):
        office.runner.run(Order(name, PLAN))
    assert office.runner.names == ("a", "b", "c")
    idle(qtbot, office)
    assert office.over == ["a", "b", "c"]


def test_of_waiting_orders_of_one_name_the_latest_counts(qtbot: QtBot, office: Office) -> None:
    other = LabPlan((RunConfig(width=2),), range(2), 10)
    for name, plan in (("a", PLAN), ("b", PLAN), ("b", other)):
        office.runner.run(Order(name, plan))
    idle(qtbot, office)
    assert office.over == ["a", "b"]
    assert office.told[-1].order.plan is other


def test_an_order_under_way_can_be_stopped(qtbot: QtBot, office: Office) -> None:
    office.runner.run(Order("long", ENDLESS))
    qtbot.waitUntil(lambda: bool(office.told), timeout=10_000)
    assert 0 < office.told[0].snapshot.progress < 1
    assert office.told[0].seconds_left > 0
    office.runner.cancel("long")
    idle(qtbot, office)
    assert office.over == ["long"]
    assert not office.told[-1].snapshot.done.any()
    assert office.told[-1].snapshot.steps.min() > 0


def test_one_that_has_not_begun_yet_can_be_stopped_too(qtbot: QtBot, office: Office) -> None:
    office.runner.run(Order("long", ENDLESS))
    office.runner.cancel("long")
    idle(qtbot, office)
    assert office.over == ["long"]


def test_a_new_order_takes_the_place_of_one_under_way(qtbot: QtBot, office: Office) -> None:
    office.runner.run(Order("seeds", ENDLESS))
    qtbot.waitUntil(lambda: bool(office.told), timeout=10_000)
    office.runner.run(Order("seeds", PLAN))
    idle(qtbot, office)
    assert office.over == ["seeds", "seeds"]
    assert office.told[-1].snapshot.done.all()


def test_all_orders_can_be_cancelled(qtbot: QtBot, office: Office) -> None:
    office.runner.run(Order("long", ENDLESS))
    office.runner.run(Order("waits", PLAN))
    office.runner.cancel_all()
    idle(qtbot, office)
    assert office.over == ["long"]


def test_closing_ends_what_is_under_way(qtbot: QtBot, office: Office) -> None:
    office.runner.run(Order("long", ENDLESS))
    qtbot.waitUntil(lambda: bool(office.told), timeout=10_000)
    told = len(office.told)
    office.runner.close()
    QApplication.processEvents()
    assert len(office.told) == told
    assert not office.over


@pytest.mark.parametrize(
    ("error", "line"),
    [(LabError("Workers are gone."), "Workers are gone."), (ValueError("odd"), "ValueError: odd")],
)
def test_a_failure_is_told_and_the_next_order_is_carried_out(
    qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception, line: str
) -> None:
    def throw(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(lab_runner, "shares_of", throw)
        office.runner.run(Order("bad", PLAN))
        idle(qtbot, office)
    office.runner.run(Order("good", PLAN))
    idle(qtbot, office)
    assert [(p.order.name, p.trouble) for p in office.told if p.is_over] == [
        ("bad", line),
        ("good", ""),
    ]


def test_progress_waits_until_the_last_was_seen(
    qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_runner, "_SECONDS_BETWEEN_PICTURES", 0)
    threads = set()
    office.runner.progressed.connect(lambda _: threads.add(threading.current_thread()))
    plan = LabPlan(recipes_of({"rate": [0.1, 0.5], "width": [1, 2, 3, 4, 5]}), range(70), 50)
    office.runner.run(Order("many", plan))
    idle(qtbot, office)
    assert threads == {threading.main_thread()}
    seen = [progress.snapshot.progress for progress in office.told]
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_it_says_what_is_under_way_and_what_waits(qtbot: QtBot, office: Office) -> None:
    assert office.runner.jobs == 1
    assert office.runner.under_way is None
    first, second = Order("a", ENDLESS), Order("b", PLAN)
    office.runner.run(first)
    office.runner.run(second)
    assert office.runner.under_way is first
    assert office.runner.waiting == (second,)
    told = len(office.names)
    office.runner.cancel("nobody")
    assert len(office.names) == told
    office.runner.cancel_all()
    idle(qtbot, office)


def test_what_comes_after_the_end_is_not_told(office: Office) -> None:
    order = Order("late", PLAN)
    office.runner._deliver(Progress(order, LabResults(PLAN).snapshot(is_over=True)))
    assert (office.told, office.names) == ([], [])


class Foreman:
    """One that was never moved to a thread: what it tells is told at once."""

    def __init__(self, order: Order) -> None:
        self.foreman = _Foreman(Lab(Workers(lambda: ThreadPoolExecutor(1), 1), seconds=0))
        self.foreman.wanted = order
        self.order = order
        self.told: list[Progress] = []
        self.foreman.progressed.connect(self.take)
        self.drops_after, self.takes = -1, True

    def take(self, progress: Progress) -> None:
        self.told.append(progress)
        if self.takes:
            self.foreman.is_taken.set()
        if len(self.told) == self.drops_after:
            self.foreman.wanted = None

    def carry_out(self) -> None:
        self.foreman.carry_out(self.order)
        self.foreman._lab.close()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_runner, "_SECONDS_BETWEEN_PICTURES", 0)


@pytest.mark.usefixtures("often")
def test_progress_is_told_with_the_time_that_is_left(qapp: QApplication) -> None:
    foreman = Foreman(Order("long", LabPlan((RunConfig(),), range(3), 20_000)))
    foreman.carry_out()
    *before, last = foreman.told
    assert before
    assert all(progress.seconds_left > 0 for progress in before[:1])
    assert [progress.is_over for progress in foreman.told] == [False] * len(before) + [True]
    assert last.snapshot.is_over
    assert last.snapshot.done.all()


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("drops_after", [0, 1])
def test_what_is_dropped_is_over_soon(qapp: QApplication, drops_after: int) -> None:
    foreman = Foreman(Order("long", ENDLESS))
    foreman.drops_after = drops_after
    if drops_after == 0:
        foreman.foreman.wanted = None
    foreman.carry_out()
    assert [progress.is_over for progress in foreman.told] == [False] * drops_after + [True]
    assert foreman.told[-1].snapshot.was_stopped


@pytest.mark.parametrize(
    ("error", "told"),
    [(LabError("Gone."), ("Gone.", False)), (ValueError("odd"), ("ValueError: odd", True))],
)
def test_whatever_goes_wrong_is_told_once(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, error: Exception, told: tuple[str, bool]
) -> None:
    """With all that was found before, and as over."""

    def few(plan: LabPlan, *_: object) -> Iterator[WorkShare]:
        yield next(shares_of(plan, 1))
        raise error

    monkeypatch.setattr(lab_runner, "shares_of", few)
    monkeypatch.setattr(Workers, "count", 0)  # so that no share is asked for ahead
    plan = LabPlan(recipes_of({"width": [1, 2]}), range(5), 700)
    foreman = Foreman(Order("bad", plan))
    foreman.carry_out()
    (over,) = (progress for progress in foreman.told if progress.is_over)
    assert over is foreman.told[-1]
    assert (over.trouble, bool(over.details)) == told
    assert over.snapshot.was_stopped
    assert over.snapshot.done.tolist() == [True] * 5 + [False] * 5


def test_that_the_kernel_cannot_be_had_is_told_with_the_way_out(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CompilerError("It is broken.")

    monkeypatch.setattr(lab_training, "prepare", fail)
    foreman = Foreman(Order("bad", PLAN))
    foreman.carry_out()
    (over,) = foreman.told
    assert over.is_over
    assert (over.trouble, over.details) == (
        "It is broken. To go on without it: --kernel numpy",
        "",
    )


def test_that_something_is_compiled_is_told_until_it_is_done(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(lab_training, "prepare", lambda _, tell: tell())
    foreman = Foreman(Order("some", LabPlan((RunConfig(),), range(3), 20)))
    foreman.foreman.compiling_changed.connect(told.append)
    foreman.carry_out()
    assert told == [True, False]


@pytest.mark.usefixtures("often")
def test_nothing_more_is_told_before_the_last_was_seen(qapp: QApplication) -> None:
    foreman = Foreman(Order("long", LabPlan((RunConfig(),), range(3), 20_000)))
    foreman.takes = False
    foreman.carry_out()
    assert [progress.is_over for progress in foreman.told] == [False, True]
