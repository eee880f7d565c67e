"""The panel of changes that may help: rows, bars, their order, and what it says."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.lab import trained_snapshot
from tests.support.screen import child, is_near, shown
from tests.support.snapshots import trained
from xorviz.core.settings import RunConfig
from xorviz.lab.trials import trials as trial_module
from xorviz.lab.trials.trials import NOTHING_HELPS, Trial, best_text, trial_of
from xorviz.panels.learn.what_helps import (
    AT_REST,
    BAR,
    RESULT,
    STEPS,
    TRY,
    HelpTable,
    Trying,
    WhatHelps,
)
from xorviz.ui.theme.palette import LIGHT, mixed

TRAP = trained(RunConfig(width=2, biases=True, rate=0.5, seed=13), 2000)
GOING_ON = Trying(is_going_on=True)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Trial]:
    """Return a trial of a run that is stuck, with the results of none, one and all rounds."""
    monkeypatch.setattr(trial_module, "_SECONDS", 0.05)
    for name in ("_LEAST_STEPS", "FEWEST_STEPS", "_MOST_STEPS"):
        monkeypatch.setattr(trial_module, name, 400)
    states = [trial_of(TRAP)]
    for one in states[0].rounds:
        states.append(states[-1].after(replace(trained_snapshot(one.plan), is_over=True)))
    return states


@pytest.fixture
def view(qtbot: QtBot) -> WhatHelps:
    view = WhatHelps()
    view.apply_theme(LIGHT)
    view.show_snapshot(TRAP)
    return shown(qtbot, view, 460, 420)


def names(view: WhatHelps) -> list[str]:
    return [row.change.name for row in child(view, HelpTable).shown]


def texts(view: WhatHelps, column: int) -> list[str]:
    model = child(view, HelpTable).rows
    return [model.index(row, column).data() for row in range(model.rowCount())]


def message(view: WhatHelps) -> str:
    return view._message.text()


def test_before_anything_is_tried_each_change_can_be_made(view: WhatHelps) -> None:
    assert names(view) == [change.name for change in trial_of(TRAP).changes]
    assert set(texts(view, RESULT)) == {""}
    assert set(texts(view, TRY)) == {"Try"}
    assert child(view, QPushButton, "try_all_button").isVisible()


def test_rows_keep_their_order_until_all_is_tried_and_then_the_best_is_first(
    view: WhatHelps, tried: list[Trial]
) -> None:
    order = names(view)
    almost = replace(tried[-1], done=len(tried) - 2, before=tried[-1].before[:-1])
    assert [one.change.name for one in almost.tried] != order[:-1]
    for trial in (almost, *tried[:-1]):
        view.show_trial(trial, GOING_ON)
        assert names(view) == order
        assert texts(view, RESULT).count("…") == len(trial.changes) - len(trial.tried)
    assert texts(view, RESULT)[0] == "not correct"
    view.show_trial(tried[-1])
    assert names(view) == [one.change.name for one in tried[-1].tried] != order
    assert texts(view, RESULT)[-1] in {"not correct", "0 of 50"}
    assert message(view) == f"{best_text(tried[-1].best)}."
    assert not child(view, QPushButton, "try_all_button").isVisible()  # all is tried


def test_rows_below_the_mouse_wait_until_it_leaves(view: WhatHelps, tried: list[Trial]) -> None:
    order = names(view)
    view.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    view.show_trial(tried[-1])
    assert names(view) == order
    view.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert names(view) != order


@pytest.mark.parametrize("row", [0, 5])
def test_the_current_row_stays_on_its_change_but_the_first_stays_the_first(
    view: WhatHelps, tried: list[Trial], row: int
) -> None:
    table = child(view, HelpTable)
    view.show_trial(tried[0], GOING_ON)
    table.show_current(row)
    followed = names(view)[row]
    view.show_trial(tried[-1])
    number = table.current_number()
    assert number is not None
    assert names(view)[number] == (followed if row else tried[-1].tried[0].change.name)


def test_a_bar_is_as_long_as_the_share(view: WhatHelps, tried: list[Trial]) -> None:
    view.show_trial(tried[-1])
    table = child(view, HelpTable)
    table.scrollToTop()
    image = table.viewport().grab().toImage()
    fill = mixed(LIGHT.accent, LIGHT.panel, 0.5)
    for number in (0, 3):
        share = table.shown[number].tried.right.value  # type: ignore[union-attr]
        cell = table.visualRect(table.rows.index(number, BAR))
        y = cell.center().y() + 3  # beside the line of the interval
        filled = [
            is_near(QColor(image.pixel(x, y)), fill, 40) for x in range(cell.left(), cell.right())
        ]
        assert sum(filled) == pytest.approx(share * (cell.width() - 12), abs=6)


def test_it_says_of_which_state_the_results_are(view: WhatHelps, tried: list[Trial]) -> None:
    view.show_trial(tried[-1])
    where = "At step 2\u202f000 (width 2, rate 0.5, seed 13)"
    assert view._about.text() == f"{where}."
    assert view.description().startswith(f"{where}. ")
    view.show_snapshot(trained(TRAP.config, 2001))
    assert view._about.text() == f"Out of date: a{where[1:]}."
    view.show_snapshot(replace(TRAP, run=3))  # the same state of the same recipe
    assert view._about.text() == f"{where}."


def test_enter_and_a_click_on_try_request_the_change(view: WhatHelps, tried: list[Trial]) -> None:
    view.show_trial(tried[-1])
    made: list[tuple[Trial, str]] = []
    view.try_requested.connect(lambda trial, name: made.append((trial, name)))
    table = child(view, HelpTable)
    table.show_current(1)
    QTest.keyClick(table, Qt.Key.Key_Return)
    at = table.visualRect(table.rows.index(2, TRY)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert made == [(tried[-1], name) for name in names(view)[1:3]]


def test_before_anything_is_tried_try_is_about_the_state_shown(view: WhatHelps) -> None:
    made: list[Trial] = []
    view.try_requested.connect(lambda trial, _: made.append(trial))
    later = trained(TRAP.config, 2001)
    view.show_snapshot(later)
    table = child(view, HelpTable)
    table.show_current(1)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert [trial.is_about(later) for trial in made] == [True]


def test_the_table_has_the_numbers_of_each_change_that_was_tried(
    view: WhatHelps, tried: list[Trial]
) -> None:
    view.show_trial(tried[1], AT_REST)
    cells = view.table()
    assert cells is not None
    header, rows = cells[0], list(cells[1])
    assert len(rows) == len(tried[1].changes)
    assert all(len(row) == len(header) for row in rows)
    known = [row for row in rows if row[2] is not None]
    assert len(known) == len(tried[1].tried)
    assert known[0] == (2000, "A longer run", 0, 1, 0.0, 0.0, None, 400)


def test_narrow_panels_leave_out_the_steps(view: WhatHelps, qtbot: QtBot) -> None:
    table = child(view, HelpTable)
    assert not table.isColumnHidden(STEPS)
    view.resize(270, 420)
    qtbot.waitUntil(lambda: table.isColumnHidden(STEPS))
    qtbot.waitUntil(lambda: not table.horizontalScrollBar().isVisible())


def test_what_helps_best_is_said_as_it_is(tried: list[Trial]) -> None:
    best = tried[-1].tried[0]
    assert best_text(best) == f"{best.change.title} would help: {best.text}"
    few = replace(best, right=replace(best.right, count=best.right.of // 2 - 1))
    assert best_text(few) == f"{best.change.title}: {few.text}"
    assert best_text(None) == NOTHING_HELPS
    assert [trial.best for trial in (tried[0], tried[-1])] == [None, best]


def test_the_share_of_a_trial_grows_to_one(tried: list[Trial]) -> None:
    shares = [trial.share for trial in tried]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert shares == sorted(set(shares))
    assert [trial.is_done for trial in tried] == [*[False] * (len(tried) - 1), True]


def test_a_round_ends_with_its_order(tried: list[Trial]) -> None:
    """The last report but one may have all networks done; the last one repeats it."""
    almost = tried[0].after(trained_snapshot(tried[0].rounds[0].plan))
    assert (almost.done, len(almost.now)) == (0, len(tried[0].rounds[0].changes))
    assert almost.tried == tried[1].tried
