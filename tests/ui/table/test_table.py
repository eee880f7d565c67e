"""The view of a table: keys, mouse, current row and widths."""

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, is_near, pixel, press, shown
from tests.ui.table.parts import COLUMNS, FRUITS, NAME, PRICE, Fruit, names
from xorviz.ui.table.model import Column
from xorviz.ui.table.table import Table, tint
from xorviz.ui.theme import style
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast

SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
BOTH_THEMES = pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
MANY = [Fruit(str(number), number) for number in range(40)]


def made(columns: tuple[Column[Fruit], ...] = COLUMNS) -> Table:
    table = Table("Fruit", columns, 22)
    table.rows.show_rows(FRUITS)
    return table


@pytest.fixture
def table(qtbot: QtBot) -> Table:
    return shown(qtbot, made(), 400, 200)


@pytest.fixture
def used(table: Table) -> list[tuple[int, bool]]:
    return uses(table)


def uses(table: Table) -> list[tuple[int, bool]]:
    """Return a list that records the rows used, and whether Shift was held."""
    seen: list[tuple[int, bool]] = []
    table.used.connect(lambda number, shift: seen.append((number, shift)))
    return seen


def middle(table: Table, place: int, column: int) -> QPoint:
    return table.visualRect(table.rows.index(place, column)).center()


def test_a_click_on_a_button_s_column_uses_its_row(
    table: Table, used: list[tuple[int, bool]]
) -> None:
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    QTest.mouseClick(table.viewport(), LEFT, NONE, middle(table, 0, 1))
    QTest.mouseClick(table.viewport(), LEFT, SHIFT, middle(table, 1, 1))
    assert used == [(2, False), (0, True)], "rows have their number however they are sorted"
    assert table.current_number() == 0
    QTest.mouseClick(table.viewport(), LEFT, NONE, middle(table, 2, 0))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.RightButton, NONE, middle(table, 2, 1))
    QTest.mousePress(table.viewport(), LEFT, NONE, middle(table, 3, 1))
    QTest.mouseRelease(table.viewport(), LEFT, NONE, middle(table, 1, 1))
    assert len(used) == 2


def test_a_row_pressed_before_other_rows_is_not_used(
    table: Table, used: list[tuple[int, bool]]
) -> None:
    QTest.mousePress(table.viewport(), LEFT, NONE, middle(table, 0, 1))
    table.rows.show_rows(FRUITS, "others")
    QTest.mouseRelease(table.viewport(), LEFT, NONE, middle(table, 0, 1))
    assert used == []


def test_keys_reach_the_table_before_shortcuts(qtbot: QtBot) -> None:
    used = uses(table := made())
    claimed = ("Return", "Enter", "Shift+Return", "Home", "End", "PgUp", "Down", "Right", "O")
    window = active_window(qtbot, table, *claimed, "Space", "S", "Shift+O", "Ctrl+Return")
    press(Qt.Key.Key_Return)  # the first row is current at first
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Enter)
    press(Qt.Key.Key_Return, SHIFT)
    assert used == [(0, False), (2, False), (2, True)]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_O):
        press(key)
    assert window.used == []
    for key in (Qt.Key.Key_Space, Qt.Key.Key_S):
        press(key)
    press(Qt.Key.Key_O, SHIFT)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.used == ["Space", "S", "Shift+O", "Ctrl+Return"]


def test_a_held_key_uses_a_row_once(table: Table, used: list[tuple[int, bool]]) -> None:
    table.show_current(1)
    for is_held in (False, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, NONE, "", autorep=is_held)
        QApplication.sendEvent(table, event)
    assert used == [(1, False)]


def test_without_keys_to_sort_by_the_sort_key_is_the_window_s(qtbot: QtBot) -> None:
    window = active_window(qtbot, made((NAME,)), "O", "Down")
    press(Qt.Key.Key_O)
    assert window.used == ["O"]


def test_without_the_focus_the_table_claims_no_key(qtbot: QtBot) -> None:
    button = QPushButton("elsewhere")
    window = active_window(qtbot, button, "Down", "O")
    child(window, QVBoxLayout).addWidget(made())
    assert button.hasFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_O):
        press(key)
    assert window.used == ["Down", "O"]


def test_a_click_on_a_header_sorts_and_another_reverses(table: Table) -> None:
    header = table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(1) + 20, 8)
    QTest.mouseClick(header.viewport(), LEFT, NONE, at)
    assert names(table.rows) == ["plum", "pear", "lime", "fig"]
    QTest.mouseClick(header.viewport(), LEFT, NONE, at)
    assert names(table.rows) == ["pear", "lime", "plum", "fig"]


def test_a_key_sorts_by_the_current_column_and_keeps_the_current_row(qtbot: QtBot) -> None:
    window = active_window(qtbot, table := made(), "O")
    pointed: list[object] = []
    table.pointed_at.connect(pointed.append)
    table.setCurrentIndex(table.rows.index(0, 1))
    press(Qt.Key.Key_O)
    assert names(table.rows)[0] == "plum"
    assert table.current_number() == 0
    press(Qt.Key.Key_O)
    assert names(table.rows)[0] == "pear"
    table.show_current(3)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (1, 1)
    assert pointed[-1] == 3
    assert window.used == []


@pytest.mark.parametrize(
    "reason", some([QContextMenuEvent.Reason.Keyboard, QContextMenuEvent.Reason.Mouse], 1)
)
def test_a_menu_is_requested_at_the_mouse_or_below_the_current_cell(
    table: Table, reason: QContextMenuEvent.Reason
) -> None:
    seen: list[tuple[int, QPoint]] = []
    table.menu_requested.connect(lambda number, at: seen.append((number, at)))
    table.has_menus = True
    is_mouse = reason == QContextMenuEvent.Reason.Mouse

    def ask(at: QPoint) -> None:
        event = QContextMenuEvent(reason, at, table.viewport().mapToGlobal(at))
        QApplication.sendEvent(table.viewport(), event)

    table.setCurrentIndex(QModelIndex())
    ask(QPoint(10, table.viewport().height() - 3))
    assert seen == [], "there is no row"
    table.show_current(3)
    at = middle(table, 2, 1)
    ask(at)
    below = table.visualRect(table.rows.index(3, 0)).bottomLeft()
    assert seen == [
        (2, table.viewport().mapToGlobal(at)) if is_mouse
        else (3, table.viewport().mapToGlobal(below))
    ]  # fmt: skip
    assert table.current_number() == (2 if is_mouse else 3)


@BOTH_THEMES
def test_the_current_row_and_tinted_columns_are_marked(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    style.apply_theme(qapp, theme)
    table = made((*COLUMNS, NAME))
    window = active_window(qtbot, table)
    window.resize(400, 200)
    table.apply_theme(theme)
    table.tinted = [1]
    table.setCurrentIndex(table.rows.index(1, 3))

    def colors(place: int) -> list[QColor]:
        rect = table.visualRect(table.rows.index(place, 2))
        tinted = table.visualRect(table.rows.index(place, 1)).left() + 3
        xs = (1, rect.left() + 2, tinted)
        return [pixel(table.viewport(), QPoint(x, rect.center().y())) for x in xs]

    def are_near(place: int, *expected: str) -> bool:
        return all(map(is_near, colors(place), map(QColor, expected)))

    assert are_near(1, theme.accent, theme.hover, tint(theme))
    assert are_near(2, theme.panel, theme.panel, tint(theme))
    table.show_current(2)
    assert are_near(1, theme.panel, theme.panel, tint(theme))
    table.clearFocus()
    assert are_near(2, theme.accent, theme.panel, tint(theme))


@BOTH_THEMES
def test_text_is_legible_on_every_ground(theme: Theme) -> None:
    for ink in (theme.text, theme.accent):
        assert contrast(ink, tint(theme)) >= 4.5
        assert contrast(ink, theme.hover) >= 4.5
    assert tint(theme) not in {theme.panel, theme.hover}


def test_columns_fit_their_texts_and_share_the_rest(qtbot: QtBot) -> None:
    long = Column[Fruit](
        "kind", lambda _: "a citrus fruit, rather sour", sample="kind", elides=True
    )
    fixed = Column[Fruit]("price", PRICE.text, shares=False)
    table = made((long, NAME, fixed))
    shown(qtbot, table, 1000, 200)
    advance = table.fontMetrics().horizontalAdvance

    def widths() -> list[int]:
        return [table.columnWidth(column) for column in range(3)]

    wide = widths()
    assert 1000 - 12 < sum(wide) <= table.viewport().width()
    assert wide[0] > advance(long.text(FRUITS[0]))
    assert advance("price") < wide[2] < advance("price") + 20
    table.resize(220, 200)
    narrow = widths()
    assert sum(narrow) <= 220
    assert advance("kind") < narrow[0] < advance(long.text(FRUITS[0])), "this one is cut off"
    assert narrow[1] > advance("grapefruit")
    assert narrow[2] == wide[2]
    table.resize(60, 200)
    assert table.horizontalScrollBar().maximum() > 0
    table.setColumnHidden(1, True)
    table.resize(1000, 200)
    table.fit_columns()
    assert 1000 - 12 < table.columnWidth(0) + table.columnWidth(2) <= table.viewport().width()


def test_columns_fit_the_largest_value_out_of_sight(qtbot: QtBot) -> None:
    table = made()
    table.rows.show_rows([*MANY, Fruit("gold", 123_456_789_012)], "many")
    shown(qtbot, table, 100, 100)
    assert table.columnWidth(1) > table.fontMetrics().horizontalAdvance("123456789012.00")


def test_a_table_is_whole_or_scrolls(qtbot: QtBot, table: Table) -> None:
    last = table.visualRect(table.rows.index(3, 0))
    assert table.whole_height < 200
    table.show_whole()
    assert table.height() == table.whole_height
    assert table.viewport().rect().contains(last)
    scrolling = shown(qtbot, made(), 400, 100)
    scrolling.rows.show_rows(MANY, "many")
    QApplication.processEvents()
    scrolling.show_current(39)
    at = scrolling.visualRect(scrolling.currentIndex()).center()
    assert scrolling.viewport().rect().contains(at)


def test_screen_readers_find_a_table_of_cells(table: Table) -> None:
    found = QAccessible.queryAccessibleInterface(table)
    assert found.role() == QAccessible.Role.Table
    assert found.text(QAccessible.Text.Name) == "Fruit"
    said = [found.child(i).text(QAccessible.Text.Name) for i in range(found.childCount())]
    assert said[:8] == ["", "name ▴", "price", "sold", "", "name pear", "price 3.00", "pear sold"]
