"""Published experiments, from the request to the result."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.engine.lab_runner import LabRunner, Order
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.published import EXPERIMENTS
from xorviz.lab.workers.workers import Workers
from xorviz.panels.lab.published.lab_published import LabPublished
from xorviz.panels.lab.published.row import PublishedRow
from xorviz.window.lab.published_runs import PublishedRuns

QUICK = next(one for one in EXPERIMENTS if one.name == "hinton_problems")


class Harness:
    """The panel with a runner of its own."""

    def __init__(self, qtbot: QtBot) -> None:
        self.view = shown(qtbot, LabPublished())
        self.runner = LabRunner(workers=Workers(lambda: ThreadPoolExecutor(1), 1))
        self._parent = QObject()
        self.harness = PublishedRuns(self.view, self.runner, self.order, self._parent)

    def order(
        self, name: str, plan: LabPlan, waves: tuple[int, ...], subject: object = None
    ) -> None:
        self.runner.run(Order(name, plan, waves, subject))

    def row(self, name: str) -> PublishedRow:
        return self.view._rows[name]

    @property
    def free(self) -> list[bool]:
        return [self.row(one.name).is_free for one in EXPERIMENTS]


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    harness = Harness(qtbot)
    yield harness
    harness.runner.close()


def test_a_requested_experiment_is_trained_and_read(qtbot: QtBot, harness: Harness) -> None:
    harness.view.experiment_requested.emit(QUICK)
    assert not harness.row(QUICK.name).is_free
    qtbot.waitUntil(lambda: QUICK.name in harness.view.results, timeout=20_000)
    assert harness.view.results[QUICK.name].mark == "match"
    qtbot.waitUntil(lambda: not harness.runner.names)
    assert all(harness.free)


def test_cancelled_experiments_can_be_requested_again(qtbot: QtBot, harness: Harness) -> None:
    harness.view.all_requested.emit()
    assert not any(harness.free)
    names = harness.runner.names
    harness.view.all_requested.emit()  # does not replace the same orders
    assert harness.runner.names == names
    harness.runner.cancel_all()
    qtbot.waitUntil(lambda: not harness.runner.names, timeout=20_000)
    assert all(harness.free)
    assert not harness.view.results


@pytest.mark.thorough
def test_other_orders_are_ignored(qtbot: QtBot, harness: Harness) -> None:
    harness.order("seeds", QUICK.plan, ())
    harness.view.experiment_requested.emit(EXPERIMENTS[0])
    harness.runner.cancel(f"published {EXPERIMENTS[0].name}")
    qtbot.waitUntil(lambda: not harness.runner.names, timeout=20_000)
    assert all(harness.free)
    assert not harness.view.results
