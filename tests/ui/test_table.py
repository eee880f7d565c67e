"""The view of a table: keys, mouse, current row and widths."""

import string
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, contrast, heard, move_mouse, press, shown
from tests.ui.fruit import COLUMNS, FRUITS, LEFT, NAME, NONE, PRICE, Cells, Fruit, names
from xorviz.ui.table import LEFT as AT_LEFT
from xorviz.ui.table import RIGHT, Column, Table, TableModel, tint
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

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
        ["pear", "name pear", AT_LEFT, None],
        ["3.00", "price 3.00", RIGHT, None],
        ["✓", "pear sold", RIGHT, None],
    ]
    assert model.index(0, 1).data(Role.ForegroundRole).color().name().upper() == DARK.accent

    headers = [[model.headerData(column, HEADERS, role) for role in roles] for column in (1, 2)]
    assert headers == [
        ["price", None, RIGHT, "What it costs; click to sort by it (F3)"],
        ["sold", None, RIGHT, ""],
    ]
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert TableModel([NAME]).headerData(0, HEADERS) == "name", "without an arrow"


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


Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
MANY = [Fruit(str(number), number) for number in range(40)]


class FruitTable(Cells):
    """A table with the focus in a window with shortcuts, and what it emits."""

    def __init__(self, qtbot: QtBot, *columns: Column[Fruit], keys: tuple[str, ...] = ()) -> None:
        self.view = Table("Fruit", columns or COLUMNS, 8)
        self.view.rows.show_rows(FRUITS)
        self.used: list[tuple[int, bool]] = []
        self.view.used.connect(lambda number, shift: self.used.append((number, shift)))
        self.pointed: list[int | None] = heard(self.view.pointed_at)
        self.menus: list[tuple[int, QPoint]] = []
        self.view.menu_requested.connect(lambda number, at: self.menus.append((number, at)))
        super().__init__(self.view)
        self.window = active_window(qtbot, self.view, *keys)
        self.resize(400)

    def resize(self, width: int, height: int = 200) -> None:
        """Give the table this size in its window."""
        self.window.resize(width + 18, height + 18)
        QApplication.processEvents()

    @property
    def widths(self) -> list[int]:
        return [self.table.columnWidth(column) for column in range(self.model.columnCount())]


@pytest.fixture
def fruit(qtbot: QtBot) -> FruitTable:
    return FruitTable(qtbot)


def test_a_click_on_a_button_s_column_uses_its_row(fruit: FruitTable) -> None:
    fruit.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    fruit.click(0, "price ▴")
    fruit.click(1, "price ▴", SHIFT)
    assert fruit.used == [(2, False), (0, True)], "rows have their number however they are sorted"
    assert fruit.view.current_number() == 0
    fruit.click(2, "name")
    port = fruit.table.viewport()
    QTest.mouseClick(port, Qt.MouseButton.RightButton, NONE, fruit.center(2, "price ▴"))
    QTest.mousePress(port, LEFT, NONE, fruit.center(3, "price ▴"))
    QTest.mouseRelease(port, LEFT, NONE, fruit.center(1, "price ▴"))
    QTest.mousePress(port, LEFT, NONE, fruit.center(0, "price ▴"))
    fruit.view.rows.show_rows(FRUITS, "others")
    QTest.mouseRelease(port, LEFT, NONE, fruit.center(0, "price ▴"))
    assert len(fruit.used) == 2


def test_enter_uses_the_current_row_once_and_no_character_does(fruit: FruitTable) -> None:
    fruit.press(Key.Key_Return)  # the first row is current at first
    fruit.press(Key.Key_Down, Key.Key_Down, Key.Key_Enter)
    press(Key.Key_Return, SHIFT)
    assert fruit.used == [(0, False), (2, False), (2, True)]
    held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, NONE, "", autorep=True)
    QApplication.sendEvent(fruit.table, held)
    before = names(fruit.view.rows)
    QTest.keyClicks(fruit.table, string.printable.strip())
    assert (names(fruit.view.rows), len(fruit.used)) == (before, 3)


def test_a_key_sorts_by_the_current_column_and_keeps_the_current_row(fruit: FruitTable) -> None:
    fruit.table.setCurrentIndex(fruit.index(0, "price"))
    fruit.press(Key.Key_F3)
    assert fruit.column("name")[0] == "plum"
    assert fruit.view.current_number() == 0
    fruit.press(Key.Key_F3)
    assert fruit.column("name")[0] == "pear"
    fruit.view.show_current(3)
    assert fruit.table.currentIndex() == fruit.index(1, "price ▾")
    assert fruit.pointed[-1] == 3


@pytest.mark.parametrize(
    "reason", some([QContextMenuEvent.Reason.Keyboard, QContextMenuEvent.Reason.Mouse], 1)
)
def test_a_menu_is_requested_at_the_mouse_or_below_the_current_cell(
    fruit: FruitTable, reason: QContextMenuEvent.Reason
) -> None:
    fruit.view.has_menus = True
    port = fruit.table.viewport()
    fruit.table.setCurrentIndex(QModelIndex())
    fruit.ask_for_menu(QPoint(10, port.height() - 3), reason)
    assert fruit.menus == [], "there is no row"
    fruit.view.show_current(3)
    at = fruit.center(2, "price")
    fruit.ask_for_menu(at, reason)
    below = fruit.table.visualRect(fruit.index(3, "name ▴")).bottomLeft()
    is_mouse = reason == QContextMenuEvent.Reason.Mouse
    expected = (2, at) if is_mouse else (3, below)
    assert fruit.menus == [(expected[0], port.mapToGlobal(expected[1]))]
    assert fruit.view.current_number() == expected[0]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_text_is_legible_on_marked_rows_and_tinted_columns(theme: Theme) -> None:
    for ink in (theme.text, theme.accent):
        assert min(contrast(ink, tint(theme)), contrast(ink, theme.hover)) >= 4.5


def test_columns_fit_their_texts_and_share_the_rest(qtbot: QtBot) -> None:
    words = "a citrus fruit, rather sour"
    elided: Column[Fruit] = Column("kind", lambda _: words, sample="kind", elides=True)
    fixed: Column[Fruit] = Column("price", PRICE.text, shares=False)
    fruit = FruitTable(qtbot, elided, NAME, fixed)
    advance = fruit.table.fontMetrics().horizontalAdvance
    fruit.resize(1000)
    wide = fruit.widths
    assert 1000 - 12 < sum(wide) <= fruit.table.viewport().width()
    fruit.resize(220)
    assert sum(fruit.widths) <= 220
    assert advance("kind") < fruit.widths[0] < advance(words) < wide[0], "this one is cut off"
    assert fruit.widths[1] > advance("grapefruit")
    assert fruit.widths[2] == wide[2]


def test_an_optional_column_gives_way_to_the_whole_texts_of_others(qtbot: QtBot) -> None:
    words = "a citrus fruit, rather sour"
    elided: Column[Fruit] = Column("kind", lambda _: words, sample="kind", elides=True)
    fruit = FruitTable(qtbot, elided, NAME)
    fruit.view.optional = (1,)
    needed = fruit.table.fontMetrics().horizontalAdvance(words)
    for width, is_hidden in ((1000, False), (needed + 40, True), (1000, False)):
        fruit.resize(width)
        assert fruit.table.isColumnHidden(1) == is_hidden
        assert fruit.widths[0] > needed


def test_a_table_is_whole_or_scrolls(qtbot: QtBot, fruit: FruitTable) -> None:
    fruit.view.show_whole()
    assert fruit.table.height() == fruit.view.height_of(fruit.view.rows.rowCount())
    assert fruit.table.viewport().rect().contains(fruit.table.visualRect(fruit.index(3, "name ▴")))
    table = shown(qtbot, Table("Fruit", COLUMNS, 8), 100, 100)
    table.rows.show_rows([*MANY, Fruit("gold", 123_456_789_012)], "many")
    widest = table.fontMetrics().horizontalAdvance("123456789012.00")
    assert table.columnWidth(1) > widest, "although it is out of sight"
    QApplication.processEvents()
    table.show_current(39)
    at = table.visualRect(table.currentIndex()).center()
    assert table.viewport().rect().contains(at)


def test_the_mouse_shows_what_can_be_clicked_and_the_focus_is_told(fruit: FruitTable) -> None:
    focused: list[bool] = []
    fruit.view.focused.connect(lambda: focused.append(True))
    fruit.table.clearFocus()
    fruit.table.setFocus()
    assert focused == [True]
    port, shapes = fruit.table.viewport(), Qt.CursorShape
    for title, shape in (("sold", shapes.ArrowCursor), ("price", shapes.PointingHandCursor)):
        move_mouse(port, fruit.center(0, title))
        assert port.cursor().shape() == shape
    move_mouse(port, QPoint(9, port.height() - 3))
    assert port.cursor().shape() == shapes.ArrowCursor
    details: Column[Fruit] = Column("note", NAME.text, details=lambda one: f"about {one.name}")
    model = TableModel([details])
    model.show_rows(FRUITS)
    assert model.index(1, 0).data(Role.ToolTipRole) == "about fig"
