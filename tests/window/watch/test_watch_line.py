"""The line of a watched run: what it says and offers, and what gives way in a narrow one."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from tests.support.watched import SHOWN, source_of
from xorviz.core.check.said import BATCHES
from xorviz.core.network import flat, initial_weights
from xorviz.core.runs.source import ProgramState
from xorviz.core.runs.watched import WatchedRun
from xorviz.engine.analyst import Analyst
from xorviz.engine.session import TrainingSession
from xorviz.window.bars.actions import WATCHED, Actions
from xorviz.window.document.document import Document
from xorviz.window.watch.watch_line import WatchLine

OFFERS = ["Train from this state", "Compare with a correct copy"]


class Shown(WatchLine):
    """A line in a window of its own."""

    def __init__(self, session: TrainingSession) -> None:
        self.analyst, self.owner = Analyst(), QMainWindow()
        self.actions_of = Actions(self.owner)
        super().__init__(session, Document(session), self.actions_of, self.analyst)
        self.resize(1250, 40)

    def put(self, step: int = 340, name: str = "my network", **more: Any) -> None:
        """Show a run whose newest state is of a step; no step of it can be checked."""
        run = WatchedRun(SHOWN, source_of(name, **({"state": ProgramState.LIVE} | more)))
        run.extend(np.array([0, 10, step]), np.tile(flat(initial_weights(SHOWN)), (3, 1)))
        self.show_snapshot(run.snapshot())
        QTest.qWait(0)

    @property
    def label(self) -> QLabel:
        return child(self, QLabel, "watched_run")

    @property
    def buttons(self) -> list[str]:
        return [button.text() for button in self.findChildren(QPushButton) if button.isVisible()]

    @property
    def is_verdict_whole(self) -> bool:
        return self.verdict.width() >= self.verdict.whole_width


@pytest.fixture
def line(qtbot: QtBot, session: TrainingSession) -> Iterator[Shown]:
    made = Shown(session)
    for widget in (made, made.owner):
        qtbot.addWidget(widget)
    made.put()
    yield made
    made.analyst.close()


def test_it_says_all_that_is_known_of_a_run_and_offers_both_buttons(line: Shown) -> None:
    line.put(40, assumed=("rate", "loss"), every=10, finding="correct: every array")
    assert line.label.text() == "my network, watched, step 40"
    assert line.label.toolTip() == (
        "my network, trained by train.py, Python 3.11.7: 40 steps, 3 states recorded. It shows one "
        "state of every 10 steps. Assumed: rate 0.7, loss sse. To say it: "
        "xorviz.watch(rate=…, loss=…). The check of its first updates: correct: every array"
    )
    assert line.verdict.line.text() == "No step checked yet"
    assert "takes two consecutive states" in line.verdict.toolTip()
    assert line.buttons == OFFERS


def test_in_a_narrow_line_the_buttons_give_way_first(line: Shown) -> None:
    """First the buttons, for a menu, then the text of the run, and at last the verdict."""
    whole, seen = line.label.width(), list[tuple[int, bool, bool]]()
    for width in range(1250, 250, -10):
        line.resize(width, 40)
        QTest.qWait(0)
        state = len(line.buttons), line.label.width() == whole, line.is_verdict_whole
        if not seen or seen[-1] != state:
            seen.append(state)
    assert seen == [(2, True, True), (1, True, True), (1, False, True), (1, False, False)]
    assert [one.text().replace("&", "") for one in line._offers.actions()] == OFFERS
    assert line.label.width() > 30  # a part of its name
    line.resize(830, 40)
    line.put(name=60 * "n")
    assert line.is_verdict_whole
    line.resize(2000, 100)
    QTest.qWait(0)
    font, height = line.font(), line.label.height()
    font.setPointSizeF(2 * font.pointSizeF())
    line.setFont(font)
    QTest.qWait(0)
    assert line.label.height() > 1.4 * height
    assert line.verdict.geometry().right() <= line.width()


def test_other_digits_move_nothing(line: Shown) -> None:
    before = line.label.geometry(), line.verdict.geometry()
    for step in range(341, 391):
        line.put(step)
        assert (line.label.geometry(), line.verdict.geometry()) == before
    line.put(1341)
    assert line.label.geometry() != before[0]


@pytest.mark.parametrize("batch", [None, *BATCHES])
def test_every_program_has_a_correct_copy(line: Shown, batch: str | None) -> None:
    line.put(batch=batch)
    here, twin, difference = (line.actions_of[name] for name in WATCHED)
    states = here.isEnabled(), twin.isEnabled(), difference.isEnabled()
    assert states == (True, True, False)
