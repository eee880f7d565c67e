"""Fix it: the button, the table of changes, their order, and which run they are of."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.lab import trained_snapshot
from tests.support.screen import child, is_near, shown
from tests.support.snapshots import QUICK, trained
from tests.ui.fruit import Cells
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.lab.trials import trials as trial_module
from xorviz.lab.trials.trials import LONGER_RUN, NOTHING_HELPS, Trial, trial_of
from xorviz.panels.why.fixes import (
    AT_REST,
    BAR,
    RESULT,
    TITLE,
    Fix,
    Fixes,
    FixTable,
    Trying,
    effect,
)
from xorviz.ui.theme.palette import LIGHT, mixed

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


class Bench:
    """The part on the screen, and what it requests."""

    def __init__(self, qtbot: QtBot) -> None:
        self.part = Fixes()
        shown(qtbot, self.part, 460, 700)
        self.table = child(self.part, FixTable)
        self.table.apply_theme(LIGHT)
        self.heard: list[Any] = []
        self.part.all_requested.connect(lambda: self.heard.append("all"))
        self.part.cancel_requested.connect(lambda: self.heard.append("cancel"))
        self.part.fix_requested.connect(lambda *asked: self.heard.append(asked))

    def show(self, seen: Snapshot, trial: Trial | None = None, state: Trying = AT_REST) -> None:
        self.part.note_trial(trial, state)
        self.part.show_state(diagnose_seen(seen), seen)

    @property
    def names(self) -> list[str]:
        return [fix.change.name for fix in self.table.shown]

    def texts(self, column: int) -> list[str]:
        rows = self.table.rows
        return [rows.index(row, column).data() for row in range(rows.rowCount())]

    @property
    def buttons(self) -> list[str]:
        """The buttons in sight."""
        return [one.text() for one in self.part.findChildren(QPushButton) if one.isVisible()]

    @property
    def labels(self) -> set[str]:
        """The texts in sight."""
        return {one.text() for one in self.part.findChildren(QLabel) if one.isVisible()}


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_before_anything_is_tried_a_button_says_how_many_and_how_long(bench: Bench) -> None:
    bench.show(TRAP)
    count = len(trial_of(TRAP).changes)
    seconds = round(trial_of(TRAP).seconds())
    assert bench.buttons == [f"Try {count} changes"]
    assert bench.labels == {f"about {seconds} s"}
    assert not bench.table.isVisible()
    child(bench.part, QPushButton, "try_all").click()
    assert bench.heard == ["all"]
    for seen in (trained(QUICK), trained(QUICK, 400)):
        bench.show(seen)
        assert bench.buttons == [], "not begun, or all is correct"


def test_advice_stands_above_the_tries(bench: Bench) -> None:
    bench.show(trained(RunConfig(width=1, rate=0.5, biases=True), 380))
    assert {
        "Use two hidden units or more: one hidden unit draws one line; XOR needs two."
    } <= bench.labels


def test_rows_keep_their_order_until_all_is_tried_and_then_the_best_is_first(
    bench: Bench, tried: list[Trial]
) -> None:
    order, last = [change.name for change in tried[0].changes], tried[-1]
    almost = replace(last, done=len(tried) - 2, before=last.before[:-1])
    for trial in (almost, *tried[:-1]):
        bench.show(TRAP, trial, GOING_ON)
        assert bench.names == order
        assert bench.texts(RESULT).count("…") == len(trial.changes) - len(trial.tried)
        bar = child(bench.part, QProgressBar)
        assert (bar.isVisible(), bar.value()) == (True, round(1000 * trial.share))
        assert bench.buttons == ["Cancel"]
    child(bench.part, QPushButton, "cancel_trial").click()
    assert bench.heard == ["cancel"]
    bench.table.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    bench.show(TRAP, last)
    assert bench.names == order, "below the mouse"
    bench.table.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    QApplication.sendEvent(bench.part, QEvent(QEvent.Type.Leave))
    assert bench.names == [one.change.name for one in last.tried] != order
    assert bench.buttons == []
    inks = Cells(bench.table).column("worked", Qt.ItemDataRole.ForegroundRole)
    assert inks == [QBrush(LIGHT.text if one.helped else LIGHT.quiet) for one in last.tried]


@pytest.mark.parametrize("row", [0, 5])
def test_the_current_row_stays_on_its_change_but_the_first_stays_the_first(
    bench: Bench, tried: list[Trial], row: int
) -> None:
    bench.show(TRAP, tried[0], GOING_ON)
    bench.table.show_current(row)
    followed = bench.names[row]
    bench.show(TRAP, tried[-1])
    number = bench.table.current_number() or 0
    assert bench.names[number] == (followed if row else tried[-1].tried[0].change.name)
    QTest.keyClick(bench.table, Qt.Key.Key_Return)
    at = bench.table.visualRect(bench.table.rows.index(0, TITLE)).center()
    QTest.mouseClick(bench.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert bench.heard == [(tried[-1], bench.names[one]) for one in (number, 0)]


def test_tries_of_another_step_say_so_and_those_of_another_run_are_gone(
    bench: Bench, tried: list[Trial]
) -> None:
    bench.show(TRAP, tried[-1])
    assert bench.labels == set()
    assert bench.part.said.startswith("Tried from step 2\u202f000: ")
    bench.show(LATER, tried[-1])
    assert "Tried from step 2\u202f000:" in bench.labels
    assert bench.buttons[0].startswith("Try "), "of this step"
    assert bench.table.isVisible()
    for same in (replace(TRAP, run=3), TRAP):  # as after Undo
        bench.show(same, tried[-1])
        assert (bench.labels, bench.buttons) == (set(), [])
    for state in (AT_REST, GOING_ON):
        bench.show(replace(LATER, run=3), tried[-1], state)
        assert not bench.table.isVisible()
        assert bench.buttons[0].startswith("Try ")
        assert list(bench.part.rows()) == []
        assert bench.part.said == ""


def test_it_says_what_the_lab_does_and_how_it_ended(bench: Bench, tried: list[Trial]) -> None:
    for state, text in (
        (Trying(is_going_on=True, note="Waiting."), "Waiting."),
        (Trying(note="Cancelled."), "Cancelled."),
    ):
        bench.show(TRAP, tried[1], state)
        assert text in bench.labels
    assert len(bench.names) == len(tried[1].tried), "those that were tried"
    nothing = [replace(one, right=replace(one.right, count=0)) for one in tried[-1].tried]
    bench.show(TRAP, replace(tried[-1], before=tuple(nothing)))
    assert bench.labels == {f"{NOTHING_HELPS}."}


def test_bars_are_as_long_as_the_share(bench: Bench, tried: list[Trial]) -> None:
    bench.show(TRAP, tried[-1])
    fill, shares = QColor(mixed(LIGHT.accent, LIGHT.panel, 0.5)), set[float]()
    for row, fix in enumerate(bench.table.shown):
        picture = bench.table.rows.index(row, BAR).data(Qt.ItemDataRole.DecorationRole).toImage()
        y, width = round(0.3 * picture.height()), picture.width()  # above the interval
        filled = sum(is_near(picture.pixelColor(x, y), fill) for x in range(width))
        assert fix.tried is not None
        assert filled / width == pytest.approx(fix.tried.right.value, abs=0.13)
        shares.add(fix.tried.right.value)
    assert len(shares) > 2


def test_a_change_tells_what_it_means_and_what_became_of_it(tried: list[Trial]) -> None:
    for one in tried[-1].tried:
        fix, is_certain = Fix(one.change, one), one.change.is_certain
        is_longer, is_new = one.change.name == LONGER_RUN, one.change.start is None
        word = "train on for 400" if is_longer else "new run" if is_new else "side by side"
        assert word in effect(one.change)
        assert fix.told.startswith(f"{one.change.title}: {one.text}")
        assert fix.told.endswith(f"{effect(one.change)}.")
        assert ("median" in fix.spoken) == (one.median_steps is not None and not is_certain)
        certain = "yes" if one.helped else "no"
        assert fix.result == (certain if is_certain else one.text)


def test_all_numbers_are_in_the_table(bench: Bench, tried: list[Trial]) -> None:
    bench.show(TRAP, tried[-1])
    rows = list(bench.part.rows())
    assert len(rows) == 5 * len(tried[-1].tried)
    best = tried[-1].tried[0]
    assert rows[:2] == [
        (best.change.title, "worked", best.right.count),
        (best.change.title, "of", best.right.of),
    ]
