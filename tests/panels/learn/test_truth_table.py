"""The truth table: cells, and flipping a target."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.page import Page
from tests.support.screen import child, is_near
from tests.support.snapshots import QUICK, RECIPES, trained
from tests.ui.fruit import Cells
from xorviz.core import numerals
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


def test_cells_and_read_out_have_the_values_of_rows_in_counting_order(
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
    assert [f"{row[3]:.3f}" for row in rows] == cells.column("output")
    for snapshot, read in (
        (trained(QUICK), ""),
        (HALFWAY, "3 correct"),
        (replace(trained(QUICK, 200), beside=HALFWAY), "A: 4 learned"),
    ):
        page.show(snapshot)
        assert page.read() == read


def test_numbers_are_those_of_the_run(page: Page[TruthTable], cells: Cells) -> None:
    page.show(trained(RECIPES["tanh, −1 and 1, passes"], 300))
    assert [cells.column(title) for title in ("x1", "x2", "target")] == [
        ["−1", "−1", "1", "1"],
        ["−1", "1", "−1", "1"],
        ["−1", "1", "1", "−1"],
    ]
    cells.click(0, "target")
    assert page.heard["targets_requested"] == [(1, 1, 1, 0)]
    assert cells.table.sizeHintForColumn(0) <= cells.table.columnWidth(0), "not cut off"


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
    for row, number in enumerate(ROWS.index(inputs) for inputs in COUNTED):
        is_right, target = bool(HALFWAY.right[number]), HALFWAY.config.targets[number]
        assert cells.column("")[row] == "✗✓"[is_right]
        assert cells.column("", Role.AccessibleTextRole)[row] == ("wrong", "correct")[is_right]
        ink = cells.column("", Role.ForegroundRole)[row]
        assert ink == QBrush(QColor(theme.accent if is_right else theme.wrong))
        sign = signs[row].toImage()
        middle, corner = (
            sign.pixelColor(at, at) for at in (sign.width() // 2, sign.width() * 3 // 14)
        )
        assert is_near(middle, theme.plus if target else theme.minus)
        assert (corner.alpha() > 128) == bool(target), "a square"


def test_a_click_on_a_target_and_enter_request_its_flip_and_rows_are_chosen(
    page: Page[TruthTable], cells: Cells
) -> None:
    asked, chosen = page.heard["targets_requested"], page.heard["row_chosen"]
    cells.click(1, "target")
    assert asked == [], "there is no run yet"
    page.show(trained(RunConfig(targets=(1, 1, 0, 0))))
    for title in ("x1", "x2", "output", "error", ""):
        cells.click(3, title)
    assert (asked, ROWS[chosen[-1]]) == ([], (1, 1))
    for row, inputs in enumerate(COUNTED):
        targets = [1, 1, 0, 0]
        targets[ROWS.index(inputs)] ^= 1
        asked.clear()
        cells.click(row, "target")
        page.press(Qt.Key.Key_Return)
        assert asked == [tuple(targets)] * 2
    chosen.clear()
    for row, inputs in enumerate(ROWS):
        page.view.show_row(row)
        assert cells.table.currentIndex().row() == COUNTED.index(inputs)
    assert chosen == [*range(4)]
