"""The model of a table: cells, sorting and updates."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.ui.table.parts import COLUMNS, FRUITS, NAME, Fruit, names, prices
from xorviz.ui.table.model import LEFT, RIGHT, Column, TableModel
from xorviz.ui.theme.palette import DARK

Role = Qt.ItemDataRole
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
HEADERS = Qt.Orientation.Horizontal


@pytest.fixture
def model(qtbot: QtBot) -> TableModel:
    model = TableModel(COLUMNS)
    model.show_rows(FRUITS)
    return model


def changed_cells(model: TableModel, rows: tuple[Fruit, ...]) -> set[tuple[int, int]]:
    """Show rows; return the cells (row, column) that are announced as changed."""
    cells: set[tuple[int, int]] = set()

    def note(first: QModelIndex, last: QModelIndex) -> None:
        down = range(first.row(), last.row() + 1)
        across = range(first.column(), last.column() + 1)
        cells.update((row, column) for row in down for column in across)

    model.dataChanged.connect(note)
    model.show_rows(rows)
    model.dataChanged.disconnect(note)
    return cells


def test_cells_and_headers_are_what_their_column_says(model: TableModel) -> None:
    model.apply_theme(DARK)
    roles = (Role.DisplayRole, Role.AccessibleTextRole, Role.TextAlignmentRole, Role.ToolTipRole)
    cells = [[model.index(0, column).data(role) for role in roles] for column in range(3)]
    assert cells == [
        ["pear", "name pear", LEFT, None],
        ["3.00", "price 3.00", RIGHT, None],
        ["✓", "pear sold", RIGHT, None],
    ]
    assert model.index(0, 1).data(Role.ForegroundRole).color().name().upper() == DARK.accent

    headers = [[model.headerData(column, HEADERS, role) for role in roles] for column in (1, 2)]
    assert headers == [
        ["price", None, RIGHT, "What it costs; click to sort by it (O)"],
        ["sold", None, RIGHT, ""],
    ]
    assert model.headerData(0, Qt.Orientation.Vertical) is None


@pytest.mark.parametrize(
    ("order", "expected", "arrow"),
    [(UP, ["plum", "pear", "lime", "fig"], "▴"), (DOWN, ["pear", "lime", "plum", "fig"], "▾")],
)
def test_sorting_is_stable_and_puts_what_is_missing_last(
    model: TableModel, order: Qt.SortOrder, expected: list[str], arrow: str
) -> None:
    model.sort(1, order)
    assert names(model) == expected
    assert model.headerData(1, HEADERS) == f"price {arrow}"
    assert [FRUITS[model.number_at(place) or 0].name for place in range(4)] == expected
    assert [model.place_of(number) for number in range(4)] == [
        expected.index(fruit.name) for fruit in FRUITS
    ]
    assert model.number_at(-1) is None
    assert model.number_at(4) is None


def test_a_table_without_keys_has_no_arrow(qtbot: QtBot) -> None:
    assert TableModel([NAME]).headerData(0, HEADERS) == "name"


def test_persistent_indexes_follow_their_rows(model: TableModel) -> None:
    held = QPersistentModelIndex(model.index(2, 1))
    model.sort(1)
    assert (held.row(), held.column()) == (0, 1)
    model.show_rows([replace(FRUITS[0], price=0.5), *FRUITS[1:]])
    assert held.row() == 1
    assert names(model) == ["pear", "plum", "lime", "fig"]
    model.show_rows(FRUITS, "of another kind")
    assert not held.isValid()


def test_only_cells_with_another_text_are_announced(model: TableModel) -> None:
    pear, *others = FRUITS
    assert changed_cells(model, FRUITS) == set(), "nobody has asked for any"
    names(model)
    assert changed_cells(model, FRUITS) == set()
    assert changed_cells(model, (replace(pear, price=3.001), *others)) == set()
    assert changed_cells(model, (replace(pear, price=4), *others)) == {(0, 1)}
    model.sort(1, DOWN)
    assert changed_cells(model, (replace(pear, name="apple", price=5), *others)) == {(0, 0), (0, 1)}
    assert names(model)[0] == "apple"


def test_texts_of_a_row_that_is_the_same_object_are_not_made_again(qtbot: QtBot) -> None:
    asked: list[str] = []

    def text(fruit: Fruit) -> str:
        asked.append(fruit.name)
        return fruit.name

    model = TableModel([Column("name", text)])
    model.show_rows(FRUITS)
    names(model)
    asked.clear()
    model.show_rows([replace(FRUITS[0], price=9), *FRUITS[1:]])
    assert names(model) == [fruit.name for fruit in FRUITS]
    assert asked == ["pear"]


def test_a_column_must_fit_its_sample_and_its_largest_value(model: TableModel) -> None:
    assert model.widest(0) == ["grapefruit"]
    assert model.widest(1) == ["", "3.00"]
    model.show_rows([Fruit("fig")])
    assert model.widest(1) == [""]


def test_it_passes_qt_s_model_tester(model: TableModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.sort(1, DOWN)
    model.show_rows(FRUITS[::-1])
    model.apply_theme(DARK)
    model.show_rows(FRUITS[:1])
    model.show_rows(())
    model.apply_theme(DARK)
    assert model.rowCount() == 0
    del tester


@pytest.mark.perf
def test_ten_thousand_rows_are_sorted_quickly(qtbot: QtBot) -> None:
    model = TableModel(COLUMNS)
    rows = [Fruit("fig", price) for price in np.random.default_rng(1).random(10_000)]
    assert len(prices(rows)) == 10_000
    began = time.process_time()
    model.show_rows(rows)
    model.sort(1)
    assert time.process_time() - began < 0.1
    assert model.rowCount() == 10_000
