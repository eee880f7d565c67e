"""Published experiments, from the wish for one to what came of it."""

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
from xorviz.window.lab.published import PublishedDesk

QUICK = next(one for one in EXPERIMENTS if one.name == "hinton_problems")


class Desk:
    """A panel with its desk and a runner of its own."""

    def __init__(self, qtbot: QtBot) -> None:
        self.view = shown(qtbot, LabPublished())
        self.runner = LabRunner(workers=Workers(lambda: ThreadPoolExecutor(1), 1))
        self._parent = QObject()
        self.desk = PublishedDesk(self.view, self.runner, self.order, self._parent)

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
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(qtbot)
    yield desk
    desk.runner.close()


def test_an_experiment_is_run_and_read(qtbot: QtBot, desk: Desk) -> None:
    desk.view.experiment_requested.emit(QUICK)
    assert not desk.row(QUICK.name).is_free
    qtbot.waitUntil(lambda: QUICK.name in desk.view.readings, timeout=20_000)
    assert desk.view.readings[QUICK.name].mark == "match"
    qtbot.waitUntil(lambda: not desk.runner.names)
    assert all(desk.free)


def test_those_that_wait_are_free_again_when_all_is_cancelled(qtbot: QtBot, desk: Desk) -> None:
    desk.view.all_requested.emit()
    assert not any(desk.free)
    names = desk.runner.names
    desk.view.all_requested.emit()  # none is thrown away for itself
    assert desk.runner.names == names
    desk.runner.cancel_all()
    qtbot.waitUntil(lambda: not desk.runner.names, timeout=20_000)
    assert all(desk.free)
    assert not desk.view.readings


def test_what_others_have_trained_is_none_of_its_business(qtbot: QtBot, desk: Desk) -> None:
    desk.order("seeds", QUICK.plan, ())
    desk.view.experiment_requested.emit(EXPERIMENTS[0])
    desk.runner.cancel(f"published {EXPERIMENTS[0].name}")
    qtbot.waitUntil(lambda: not desk.runner.names, timeout=20_000)
    assert all(desk.free)
    assert not desk.view.readings
