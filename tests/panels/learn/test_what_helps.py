"""The panel of changes that may help: rows, bars, their order, and what it says."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QBrush
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.lab import trained_snapshot
from tests.support.page import Page
from tests.support.screen import child
from tests.support.snapshots import QUICK, trained
from tests.ui.fruit import Cells
from xorviz.core.settings import RunConfig
from xorviz.lab.trials import trials as trial_module
from xorviz.lab.trials.trials import LONGER_RUN, Trial, best_text, trial_of
from xorviz.panels.learn.what_helps import (
    ALL_CORRECT,
    RESULT,
    TRY,
    HelpRow,
    HelpTable,
    Trying,
    WhatHelps,
    effect,
)
from xorviz.ui.theme.palette import LIGHT

TRAP = trained(RunConfig(width=2, biases=True, rate=0.5, seed=13), 2000)
LATER = trained(TRAP.config, 2001)
GOING_ON = Trying(is_going_on=True)


@pytest.fixture(scope="module")
def tried() -> Iterator[list[Trial]]:
    """Return a trial of a run that is stuck, with the results of none, one and all rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial_module, "_SECONDS", 0.05)
        for name in ("_LEAST_STEPS", "FEWEST_STEPS", "_MOST_STEPS"):
            patch.setattr(trial_module, name, 400)
        states = [trial_of(TRAP)]
        for one in states[0].rounds:
            states.append(states[-1].after(replace(trained_snapshot(one.plan), is_over=True)))
        yield states


class Helps(Page[WhatHelps]):
    """The panel on the screen."""

    @property
    def table(self) -> HelpTable:
        return child(self.view, HelpTable)

    @property
    def names(self) -> list[str]:
        return [row.change.name for row in self.table.shown]

    def texts(self, column: int) -> list[str]:
        rows = self.table.rows
        return [rows.index(row, column).data() for row in range(rows.rowCount())]

    @property
    def buttons(self) -> list[str]:
        """The buttons that can be pressed."""
        every = self.view.findChildren(QPushButton)
        return [one.text() for one in every if one.isVisible() and one.isEnabled()]

    @property
    def says(self) -> tuple[str, str]:
        """Which state the rows are about, and what came out."""
        return self.view._about.text(), self.view._message.text()


@pytest.fixture
def page(qtbot: QtBot) -> Helps:
    return Helps(qtbot, WhatHelps(), TRAP, (460, 420))


def test_before_anything_is_tried_each_change_can_be_made_at_the_state_shown(page: Helps) -> None:
    before = page.table.shown
    assert page.names == [change.name for change in trial_of(TRAP).changes]
    assert ({*page.texts(RESULT)}, {*page.texts(TRY)}) == ({""}, {"Try"})
    assert (page.buttons, page.read()) == (["Try all"], "")
    assert "nothing is tried" in page.view.description()
    page.show(LATER)
    page.table.show_current(1)
    page.press(Qt.Key.Key_Return)
    ((trial, name),) = page.heard["try_requested"]
    assert (trial.is_about(LATER), name) == (True, page.names[1])
    page.choose("try_all")
    assert len(page.heard["all_requested"]) == 1
    page.show(trained(TRAP.config, 40))
    assert page.table.shown is before
    page.view._rest.timeout.emit()
    assert page.names == [change.name for change in trial_of(trained(TRAP.config, 40)).changes]
    page.view._buttons[0].setFocus()
    page.show(trained(QUICK, 400))
    assert page.view.focusWidget() is page.table, "not the button that is hidden"
    assert (page.says[1], page.buttons) == (ALL_CORRECT, [])
    assert page.names == [change.name for change in trial_of(trained(QUICK, 400)).changes]


def test_rows_keep_their_order_until_all_is_tried_and_then_the_best_is_first(
    page: Helps, tried: list[Trial]
) -> None:
    order, last = page.names, tried[-1]
    almost = replace(last, done=len(tried) - 2, before=last.before[:-1])
    assert [one.change.name for one in almost.tried] != order[:-1]
    for trial in (almost, *tried[:-1]):
        page.view.show_trial(trial, GOING_ON)
        assert page.names == order
        assert page.texts(RESULT).count("…") == len(trial.changes) - len(trial.tried)
        assert page.says[1] == f"Trying: {int(100 * trial.share)} %."
        bar = child(page.view, QProgressBar)
        assert (bar.isVisible(), bar.value()) == (True, round(1000 * trial.share))
        assert page.buttons == ["Cancel"]
    assert page.texts(RESULT)[0] == "not correct"
    page.choose("cancel_trial")
    assert len(page.heard["cancel_requested"]) == 1
    page.view.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    page.view.show_trial(last)
    assert page.names == order, "below the mouse"
    page.view.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    QApplication.sendEvent(page.view, QEvent(QEvent.Type.Leave))
    assert page.names == [one.change.name for one in last.tried] != order
    assert page.texts(RESULT)[-1] in {"not correct", "0 of 50"}
    assert page.says[1] == f"{best_text(last.best)}."
    inks = Cells(page.table).column("change", Qt.ItemDataRole.ForegroundRole)
    assert inks == [QBrush(LIGHT.text if one.helped else LIGHT.quiet) for one in last.tried]
    assert (page.buttons, page.read()) == ([], f"{len(order)} of {len(order)} tried")


@pytest.mark.parametrize("row", [0, 5])
def test_the_current_row_stays_on_its_change_but_the_first_stays_the_first(
    page: Helps, tried: list[Trial], row: int
) -> None:
    page.view.show_trial(tried[0], GOING_ON)
    page.table.show_current(row)
    followed = page.names[row]
    page.view.show_trial(tried[-1])
    number = page.table.current_number() or 0
    assert page.names[number] == (followed if row else tried[-1].tried[0].change.name)
    assert page.read() == page.texts(RESULT)[number]
    page.press(Qt.Key.Key_Return)
    at = page.table.visualRect(page.table.rows.index(0, TRY)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    asked = [(tried[-1], page.names[one]) for one in (number, 0)]
    assert page.heard["try_requested"] == asked


def test_it_says_of_which_state_the_results_are_and_has_their_numbers(
    page: Helps, tried: list[Trial]
) -> None:
    page.view.show_trial(tried[-1])
    where = "At step 2\u202f000 (width 2, rate 0.5, seed 13)"
    assert page.says[0] == f"{where}."
    assert page.view.accessibleDescription() == page.view.description()
    assert page.view.description().startswith(where)
    page.show(LATER)
    assert (page.says[0], page.buttons) == (f"Out of date: a{where[1:]}.", ["Try all"])
    page.show(replace(TRAP, run=3))  # the same state of the same recipe
    assert page.says[0] == f"{where}."
    for state, word in ((Trying(waits_for="the map"), "the map"), (Trying(trouble="Oh"), "Oh")):
        page.view.show_trial(tried[1], state)
        assert word in page.says[1]
    header, rows = page.view.table() or ((), ())
    found = list(rows)
    assert found[0] == (2000, "A longer run", 0, 1, 0.0, 0.0, None, 400)
    assert (len(found), {*map(len, found)}) == (len(tried[1].changes), {len(header)})
    assert sum(row[2] is not None for row in found) == len(tried[1].tried)


def test_a_change_tells_what_it_means_and_what_became_of_it(tried: list[Trial]) -> None:
    for one in tried[-1].tried:
        row, is_certain = HelpRow(one.change, one), one.change.is_certain
        is_longer, is_new = one.change.name == LONGER_RUN, one.change.start is None
        word = "Train on for 400" if is_longer else "new run" if is_new else "side by side"
        assert word in effect(one.change)
        assert row.told.startswith(f"{one.change.title}: {one.text}")
        assert row.told.endswith(f"{effect(one.change)}.")
        assert bool(row.steps) == (one.median_steps is not None)
        assert ("median" in row.spoken) == (bool(row.steps) and not is_certain)
        certain = "correct" if one.helped else "not correct"
        assert row.result == (certain if is_certain else one.text)
