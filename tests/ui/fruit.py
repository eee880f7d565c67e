"""A table of fruit, and the cells of any table, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView

from tests.support.screen import press
from xorviz.ui import table
from xorviz.ui.table import Column, TableModel

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Fruit:
    """A row."""

    name: str
    price: float = nan


def prices(fruits: Sequence[Fruit]) -> NDArray[np.float64]:
    return np.array([fruit.price for fruit in fruits])


NAME: Column[Fruit] = Column(
    "name", lambda fruit: fruit.name, align=table.LEFT, sample="grapefruit"
)
PRICE: Column[Fruit] = Column(
    "price",
    lambda fruit: f"{fruit.price:.2f}",
    "What it costs",
    ink=lambda _, theme: theme.accent,
    keys=prices,
    is_button=True,
)
SOLD: Column[Fruit] = Column(
    "sold", lambda fruit: "✓" if fruit.price else "✗", spoken=lambda fruit: f"{fruit.name} sold"
)
COLUMNS = (NAME, PRICE, SOLD)
FRUITS = (Fruit("pear", 3), Fruit("fig"), Fruit("plum", 1), Fruit("lime", 3))


def names(rows: TableModel) -> list[str]:
    """Return the first column from the top."""
    return [rows.index(place, 0).data() for place in range(rows.rowCount())]


class Cells:
    """The cells of a table, by their row from the top and the title of their column."""

    def __init__(self, table: QTableView) -> None:
        self.table = table
        self.model = table.model()

    @property
    def titles(self) -> list[str]:
        """The titles of the visible columns."""
        return list(self._columns)

    @property
    def _columns(self) -> dict[str, int]:
        shown = (i for i in range(self.model.columnCount()) if not self.table.isColumnHidden(i))
        return {self.model.headerData(i, Qt.Orientation.Horizontal): i for i in shown}

    def index(self, row: int, title: str) -> QModelIndex:
        return self.model.index(row, self._columns[title])

    def column(self, title: str, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> list[Any]:
        """Return what the cells of a column have, by default their texts."""
        return [self.index(row, title).data(role) for row in range(self.model.rowCount())]

    def center(self, row: int, title: str) -> QPoint:
        return self.table.visualRect(self.index(row, title)).center()

    def click(self, row: int, title: str, held: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.table.viewport(), LEFT, held, self.center(row, title))

    def double_click(self, row: int, title: str) -> None:
        self.click(row, title)
        at = self.center(row, title)
        QTest.mouseDClick(self.table.viewport(), LEFT, NONE, at)
        QTest.mouseRelease(self.table.viewport(), LEFT, NONE, at)

    def ask_for_menu(self, at: QPoint, reason: QContextMenuEvent.Reason) -> None:
        event = QContextMenuEvent(reason, at, self.table.viewport().mapToGlobal(at))
        QApplication.sendEvent(self.table.viewport(), event)

    def press(self, *keys: Qt.Key) -> None:
        """Press keys in the widget that has the focus."""
        for key in keys:
            press(key)
        QApplication.processEvents()
