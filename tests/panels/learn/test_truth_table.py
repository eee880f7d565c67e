"""The truth table: cells, and flipping a target."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPixmap
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.page import Page
from tests.support.screen import child, is_near
from tests.support.snapshots import QUICK, trained
from tests.ui.fruit import Cells
from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.panels.learn.truth_table import COLUMNS, TruthTable
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

Role = Qt.ItemDataRole
COUNTED = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The rows in counting order."""
HALFWAY = trained(replace(QUICK, targets=(1, 0, 0, 0)), 1)
"""Three rows are correct."""


@pytest.fixture
def page(qtbot: QtBot) -> Page[TruthTable]:
    view = TruthTable()
    return Page(qtbot, view, size=(view.minimumSizeHint().width(), 260))


@pytest.fixture
def cells(page: Page[TruthTable]) -> Cells:
    return Cells(child(page.view, QTableView))


def test_cells_have_the_values_of_rows_in_counting_order(
    page: Page[TruthTable], cells: Cells
) -> None:
    assert cells.titles == [column.title for column in COLUMNS]
    assert [cells.column(title) for title in cells.titles[2:]] == [[""] * 4] * 4
    page.show(trained(QUICK, 130))
    assert [cells.column(title) for title in cells.titles] == [
        ["0", "0", "1", "1"],
        ["0", "1", "0", "1"],
        ["0", "1", "1", "0"],
        ["0.084", "0.882", "0.871", "0.156"],
        ["+0.084", "−0.118", "−0.129", "+0.156"],
        ["✓"] * 4,
    ]
    last = cells.table.visualRect(cells.index(3, ""))
    assert cells.table.viewport().rect().contains(last), "whole in the narrowest panel"
    header, rows = page.view.table() or ((), ())
    assert header == ("x1", "x2", "target", "output", "error")
    assert [f"{row[3]:.3f}" for row in rows] == ["0.084", "0.882", "0.871", "0.156"]


def test_it_reads_out_how_many_rows_are_correct_or_learned(page: Page[TruthTable]) -> None:
    shown: list[tuple[Snapshot, str]] = [
        (trained(QUICK), "not trained yet"),
        (HALFWAY, "3 of 4 correct"),
        (replace(trained(QUICK, 200), beside=HALFWAY), "A: 4 of 4 learned"),
    ]
    for snapshot, read in shown:
        page.show(snapshot)
        assert page.read() == read


def test_outputs_that_alternate_are_shown_both_in_one_order(
    page: Page[TruthTable], cells: Cells
) -> None:
    """Two rows of this recipe swing between 0.3 and 0.7 at every step."""
    config = RunConfig(width=3, rate=5, seed=4)
    for step in (1000, 1001):
        seen = trained(config, step)
        page.show(seen)
        assert cells.column("output")[2:] == ["0.30↔0.70"] * 2
        assert "↔" not in "".join(cells.column("output")[:2])
        assert "alternates between 0.30 and 0.70" in cells.column("output", Role.ToolTipRole)[2]
        assert cells.column("output", Role.AccessibleTextRole)[2] == "output 0.30 and 0.70"
        errors = [numerals.signed(seen.errors[ROWS.index(row)], 3) for row in COUNTED]
        assert cells.column("error") == errors
    page.show(trained(config))
    assert "↔" not in "".join(cells.column("output"))
    assert all(cells.column("output", Role.ToolTipRole))


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_marks_and_signs_say_in_colour_shape_and_words_what_a_row_is(
    page: Page[TruthTable], cells: Cells, theme: Theme
) -> None:
    page.view.apply_theme(theme)
    page.show(HALFWAY)
    signs = cells.column("target", Role.DecorationRole)
    for row, inputs in enumerate(COUNTED):
        is_right, target = (
            HALFWAY.right[ROWS.index(inputs)],
            HALFWAY.config.targets[ROWS.index(inputs)],
        )
        assert cells.column("")[row] == ("✓" if is_right else "✗")
        assert cells.column("", Role.AccessibleTextRole)[row] == (
            "correct" if is_right else "wrong"
        )
        ink = cells.column("", Role.ForegroundRole)[row]
        assert ink == QBrush(QColor(theme.accent if is_right else theme.wrong))
        assert isinstance(signs[row], QPixmap)
        sign = signs[row].toImage()
        side = sign.width()
        wanted = theme.plus if target else theme.minus
        assert is_near(sign.pixelColor(side // 2, side // 2), wanted)
        assert (sign.pixelColor(side * 3 // 14, side * 3 // 14).alpha() > 128) == bool(target)


@pytest.mark.parametrize("row", some(range(4), 2))
def test_a_click_on_a_target_and_enter_request_its_flip(
    page: Page[TruthTable], cells: Cells, row: int
) -> None:
    cells.click(row, "target")
    assert page.heard["targets_requested"] == [], "there is no run yet"
    page.show(trained(RunConfig(targets=(1, 1, 0, 0))))
    for title in ("x1", "x2", "output", "error", ""):
        cells.click(row, title)
    assert page.heard["targets_requested"] == []
    cells.click(row, "target")
    page.press(Qt.Key.Key_Return)
    targets = [1, 1, 0, 0]
    targets[ROWS.index(COUNTED[row])] ^= 1
    assert page.heard["targets_requested"] == [tuple(targets)] * 2


def test_a_click_chooses_a_row_and_another_view_marks_one(
    page: Page[TruthTable], cells: Cells
) -> None:
    cells.click(3, "output")
    assert ROWS[page.heard["row_chosen"][-1]] == (1, 1)
    page.heard["row_chosen"].clear()
    for row, inputs in enumerate(ROWS):
        page.view.show_row(row)
        assert cells.table.currentIndex().row() == COUNTED.index(inputs)
    assert page.heard["row_chosen"] == [*range(4)]
