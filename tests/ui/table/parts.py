"""A table of fruit for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from xorviz.ui.table.model import LEFT, Column, TableModel


@dataclass(frozen=True)
class Fruit:
    """A row."""

    name: str
    price: float = nan


def prices(fruits: Sequence[Fruit]) -> NDArray[np.float64]:
    return np.array([fruit.price for fruit in fruits])


NAME: Column[Fruit] = Column("name", lambda fruit: fruit.name, align=LEFT, sample="grapefruit")
PRICE: Column[Fruit] = Column(
    "price",
    lambda fruit: f"{fruit.price:.2f}",
    "What it costs",
    looks={Qt.ItemDataRole.ForegroundRole: lambda _, theme: QBrush(QColor(theme.accent))},
    keys=prices,
    is_button=True,
)
SOLD: Column[Fruit] = Column(
    "sold", lambda fruit: "✓" if fruit.price else "✗", spoken=lambda fruit: f"{fruit.name} sold"
)
COLUMNS = (NAME, PRICE, SOLD)
FRUITS = (Fruit("pear", 3), Fruit("fig"), Fruit("plum", 1), Fruit("lime", 3))


def names(model: TableModel) -> list[str]:
    """Return the first column from the top."""
    return [model.index(place, 0).data() for place in range(model.rowCount())]
