"""The truth table: cells, and flipping a target."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPixmap
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, is_near
from tests.support.snapshots import QUICK, trained
from tests.ui.fruit import Cells
from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.learn.truth_table import COLUMNS, TruthTable
from xorviz.ui.theme.palette import DARK, LIGHT

Role = Qt.ItemDataRole
Targets = tuple[int, ...]
TITLES = [column.title for column in COLUMNS]
COUNTED = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The rows in counting order."""


class Harness(Cells):
    """A visible truth table, its requests and read-outs."""

    def __init__(self, qtbot: QtBot) -> None:
        self.view = TruthTable()
        self.view.apply_theme(LIGHT)
        self.window = active_window(qtbot, self.view)
        self.window.resize(1, 260)
        self.requests: list[Targets] = []
        self.readouts: list[str] = []
        self.view.targets_requested.connect(self.requests.append)
        self.view.readout_changed.connect(self.readouts.append)
        super().__init__(child(self.view, QTableView))


@pytest.fixture
def harness(qtbot: QtBot) -> Harness:
    return Harness(qtbot)


@pytest.fixture
def halfway() -> Snapshot:
    """Return a run with correct and wrong rows."""
    snapshot = trained(replace(QUICK, targets=(1, 0, 0, 0)), 1)
    assert 0 < snapshot.right.sum() < 4
    return snapshot


def flipped(targets: Targets, inputs: tuple[int, int]) -> Targets:
    return tuple(1 - bit if row == inputs else bit for row, bit in zip(ROWS, targets, strict=True))


def test_cells_have_the_values_of_rows_in_counting_order(harness: Harness) -> None:
    assert harness.titles == TITLES
    for snapshot in (None, trained(QUICK, 130)):
        if snapshot:
            harness.view.show_snapshot(snapshot)
        else:
            assert [harness.column(title) for title in TITLES[2:]] == [[""] * 4] * 4
        assert harness.column("x1") == ["0", "0", "1", "1"]
        assert harness.column("x2") == ["0", "1", "0", "1"]
    assert harness.column("target") == ["0", "1", "1", "0"]
    assert harness.column("output") == ["0.084", "0.882", "0.871", "0.156"]
    assert harness.column("error") == ["+0.084", "−0.118", "−0.129", "+0.156"]
    assert harness.column("") == ["✓", "✓", "✓", "✓"]
    assert harness.readouts[-1] == "4 of 4 correct"
    learned = trained(QUICK, 2000)
    assert learned.learned_since is not None
    harness.view.show_snapshot(learned)
    assert harness.readouts[-1] == "4 of 4 learned"
    harness.view.show_snapshot(replace(learned, beside=snapshot))
    assert harness.readouts[-1] == "A: 4 of 4 learned"
    assert harness.view.description().startswith(f"At step {numerals.whole(2000)} of run A: ")


def test_outputs_that_alternate_are_shown_both_in_one_order(harness: Harness) -> None:
    """Two rows of the original program at rate 5 swing between 0.3 and 0.7 at every step."""
    for step in (40_000, 40_001):
        seen = trained(RunConfig(rate=5), step)
        harness.view.show_snapshot(seen)
        texts = [str(text) for text in harness.column("output")]
        assert texts[1] == texts[3] == "0.30↔0.70"
        assert "↔" not in texts[0] + texts[2]
        tip = str(harness.column("output", Role.ToolTipRole)[1])
        assert "alternates between 0.30 and 0.70" in tip
        assert harness.column("output", Role.AccessibleTextRole)[1] == "output 0.30 and 0.70"
        assert harness.column("error")[1] == numerals.signed(float(seen.errors[2]), 3)
    harness.view.show_snapshot(trained(RunConfig(rate=5)))
    assert "↔" not in "".join(map(str, harness.column("output")))


def test_a_mark_says_in_colour_shape_and_words_whether_a_row_is_right(
    harness: Harness, halfway: Snapshot
) -> None:
    right = [bool(halfway.right[ROWS.index(inputs)]) for inputs in COUNTED]
    for theme in (LIGHT, DARK):
        harness.view.apply_theme(theme)
        harness.view.show_snapshot(halfway)
        assert harness.column("") == ["✓" if is_right else "✗" for is_right in right]
        spoken = harness.column("", Role.AccessibleTextRole)
        assert spoken == ["correct" if is_right else "wrong" for is_right in right]
        inks = harness.column("", Role.ForegroundRole)
        colors = [theme.accent if is_right else theme.wrong for is_right in right]
        assert inks == [QBrush(QColor(color)) for color in colors]
    assert harness.readouts[-1] == "3 of 4 correct"
    harness.view.show_snapshot(trained(QUICK))
    assert harness.readouts[-1] == "not trained yet"


def test_a_target_is_a_circle_or_a_square_of_its_colour(
    harness: Harness, halfway: Snapshot
) -> None:
    harness.view.show_snapshot(halfway)
    for inputs, sign in zip(COUNTED, harness.column("target", Role.DecorationRole), strict=True):
        target = halfway.config.targets[ROWS.index(inputs)]
        assert isinstance(sign, QPixmap)
        picture = sign.toImage()
        middle = picture.pixelColor(picture.width() // 2, picture.height() // 2)
        assert is_near(middle, LIGHT.plus if target else LIGHT.minus)
        corner = picture.pixelColor(picture.width() * 3 // 14, picture.height() * 3 // 14)
        assert (corner.alpha() > 128) == bool(target)


@pytest.mark.parametrize("shown_row", some(range(4), 2))
@pytest.mark.parametrize(
    "targets", [(1, 0, 1, 0), pytest.param((1, 1, 0, 0), marks=pytest.mark.thorough)]
)
def test_a_click_on_a_target_and_enter_request_its_flip(
    harness: Harness, shown_row: int, targets: Targets
) -> None:
    harness.click(shown_row, "target")
    assert harness.requests == [], "there is no run yet"
    harness.view.show_snapshot(trained(RunConfig(targets=targets)))
    for title in ("x1", "x2", "output", "error", ""):
        harness.click(shown_row, title)
    assert harness.requests == []
    harness.click(shown_row, "target")
    harness.press(Qt.Key.Key_Return)
    assert harness.requests == [flipped(targets, COUNTED[shown_row])] * 2


def test_the_whole_table_fits_into_the_narrowest_panel(harness: Harness) -> None:
    harness.view.show_snapshot(trained(RunConfig()))
    assert harness.view.width() == harness.view.minimumSizeHint().width()
    last = harness.table.visualRect(harness.index(3, ""))
    assert harness.table.viewport().rect().contains(last)
    for column in range(len(TITLES)):
        assert harness.table.columnWidth(column) >= harness.table.sizeHintForColumn(column)


def test_only_changed_cells_are_repainted(harness: Harness, halfway: Snapshot) -> None:
    corners: set[tuple[int, int]] = set()
    harness.view.show_snapshot(halfway)
    harness.table.grab()  # cells that were never painted are not painted anew
    harness.model.dataChanged.connect(
        lambda *found: corners.update((index.row(), index.column()) for index in found[:2])
    )
    harness.view.show_snapshot(replace(halfway, outputs=halfway.outputs + 1e-7))
    assert corners == set()
    outputs = halfway.outputs.copy()
    outputs[ROWS.index(COUNTED[2])] += 0.01
    harness.view.show_snapshot(replace(halfway, outputs=outputs))
    assert corners == {(2, 3), (2, 4)}


def test_a_click_chooses_a_row_and_another_view_marks_one(harness: Harness) -> None:
    chosen: list[int] = []
    harness.view.row_chosen.connect(chosen.append)
    harness.click(3, "output")
    assert [ROWS[row] for row in chosen] == [(1, 1)]
    assert harness.requests == []
    for row, inputs in enumerate(ROWS):
        harness.view.show_row(row)
        assert harness.table.currentIndex().row() == COUNTED.index(inputs)
    assert chosen[1:] == list(range(4))
