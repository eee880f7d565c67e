"""The table of seeds: keys, mouse and appearance."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import with_outcomes
from tests.support.screen import active_window, is_near, press, shown
from xorviz.core.diagnosis.stuck_states import ON_THE_FENCE
from xorviz.panels.lab.outcomes import RIGHT, color_of
from xorviz.panels.lab.seeds.model import OUTCOME, SEED, SeedModel
from xorviz.panels.lab.seeds.table import SeedTable
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

LOSS = 4
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def table(qtbot: QtBot) -> SeedTable:
    model = SeedModel()
    table = SeedTable(model)
    model.setParent(table)
    model.show_snapshot(with_outcomes([ON_THE_FENCE, RIGHT] * 20))
    return shown(qtbot, table, 540, 240)


@pytest.fixture
def used(table: SeedTable) -> list[tuple[int, bool]]:
    seen: list[tuple[int, bool]] = []
    table.used.connect(lambda number, shift: seen.append((number, shift)))
    return seen


def middle(table: SeedTable, row: int, column: int = SEED) -> QPoint:
    return table.visualRect(table.model().index(row, column)).center()


def seeds(table: SeedTable) -> list[str]:
    return [table.model().index(row, SEED).data() for row in range(table.model().rowCount())]


def test_a_click_reports_the_seed_and_shift(table: SeedTable, used: list[tuple[int, bool]]) -> None:
    QTest.mouseClick(table.viewport(), LEFT, NONE, middle(table, 3))
    QTest.mouseClick(table.viewport(), LEFT, SHIFT, middle(table, 1))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.RightButton, NONE, middle(table, 2))
    assert used == [(3, False), (1, True)]
    assert table.current_number() is not None


def test_releasing_elsewhere_is_no_click(table: SeedTable, used: list[tuple[int, bool]]) -> None:
    QTest.mousePress(table.viewport(), LEFT, NONE, middle(table, 3))
    QTest.mouseRelease(table.viewport(), LEFT, NONE, middle(table, 5))
    assert used == []


def test_enter_reports_the_current_seed(
    qtbot: QtBot, table: SeedTable, used: list[tuple[int, bool]]
) -> None:
    window = active_window(qtbot, table, "Return", "Home", "End", "Down", "Right")
    press(Qt.Key.Key_Return)  # the first row is current at first
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Enter, SHIFT)
    assert used == [(0, False), (2, False), (2, True)]
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_End)
    press(Qt.Key.Key_Home)
    assert window.used == []


def test_a_click_on_a_header_sorts_and_another_reverses(table: SeedTable) -> None:
    header = table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(LOSS) + 20, 8)
    QTest.mouseClick(header.viewport(), LEFT, NONE, at)
    assert seeds(table)[:2] == ["1", "3"]
    QTest.mouseClick(header.viewport(), LEFT, NONE, at)
    assert seeds(table)[:2] == ["0", "2"]


def test_a_key_sorts_by_the_current_column_and_keeps_the_current_seed(
    qtbot: QtBot, table: SeedTable
) -> None:
    window = active_window(qtbot, table, "O")
    table.setCurrentIndex(table.model().index(0, LOSS))
    press(Qt.Key.Key_O)
    assert seeds(table)[:2] == ["1", "3"]
    assert table.current_number() == 0
    press(Qt.Key.Key_O)
    assert seeds(table)[:2] == ["0", "2"]
    assert window.used == []


def test_the_current_seed_is_reported(table: SeedTable) -> None:
    seen: list[int | None] = []
    table.pointed_at.connect(seen.append)
    table.show_current(7)
    table.sortByColumn(LOSS, Qt.SortOrder.AscendingOrder)
    table.show_current(8)
    assert seen == [7, 8]
    assert table.currentIndex().row() != 8


@pytest.mark.parametrize(
    "reason", some([QContextMenuEvent.Reason.Keyboard, QContextMenuEvent.Reason.Mouse], 1)
)
def test_a_menu_is_requested_for_the_seed_at_mouse_or_cursor(
    table: SeedTable, reason: QContextMenuEvent.Reason
) -> None:
    seen: list[int] = []
    table.menu_requested.connect(lambda number, _: seen.append(number))
    table.show_current(4)
    at = middle(table, 2)
    event = QContextMenuEvent(reason, at, table.viewport().mapToGlobal(at))
    QApplication.sendEvent(table.viewport(), event)
    assert seen == [2 if reason == QContextMenuEvent.Reason.Mouse else 4]


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_an_outcome_has_its_mark_before_its_name(table: SeedTable, theme: Theme) -> None:
    table.apply_theme(theme)
    image = table.viewport().grab().toImage()
    for row, outcome in enumerate((ON_THE_FENCE, RIGHT)):
        rect = table.visualRect(table.model().index(row, OUTCOME))
        colors = [image.pixelColor(rect.left() + x, rect.center().y() + 1) for x in range(14)]
        assert any(is_near(color, QColor(color_of(theme, outcome))) for color in colors)


def test_columns_fit_long_numbers(qtbot: QtBot) -> None:
    model = SeedModel()
    table = shown(qtbot, SeedTable(model), 300, 240)
    model.setParent(table)
    model.show_snapshot(with_outcomes([RIGHT] * 3, first_seed=4294967290))
    metrics = table.fontMetrics()
    for column in range(model.columnCount()):
        text = model.index(2, column).data()
        assert table.columnWidth(column) > metrics.horizontalAdvance(text) + 4
