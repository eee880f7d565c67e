"""Where each seed stands in a strip that wraps: cells as large as they can be."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

LARGEST, SMALLEST = 16, 3
"""Sides of a cell in pixels."""
_ROUND_FROM, _ROUND_BY = 20, 5
"""From so many cells in a row on, there is a multiple of five of them: seeds can be found."""


@dataclass(frozen=True, slots=True)
class SeedGrid:
    """Square cells, row by row from the top left, in pixels. A value."""

    cell: int
    """The side, with the gap to the next."""
    columns: int
    shown: int
    """How many seeds have a cell: all that there are, or as many as fit."""

    @classmethod
    def fitted(cls, count: int, width: int, height: int) -> "SeedGrid":
        """Return the largest cells for so many seeds in so much room."""
        for cell in range(LARGEST, SMALLEST - 1, -1):
            grid = cls(cell, _columns(width, cell), count)
            if grid.height <= height:
                return grid
        columns = _columns(width, SMALLEST)
        return cls(SMALLEST, columns, min(count, columns * max(1, height // SMALLEST)))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return math.ceil(self.shown / self.columns)

    @property
    def height(self) -> int:
        """Of all rows."""
        return self.rows * self.cell

    @property
    def mark(self) -> int:
        """The side of what is painted into a cell."""
        return self.cell - (2 if self.cell >= 9 else 1)

    def rect(self, index: int) -> QRectF:
        """Return where a seed's mark stands."""
        row, column = divmod(index, self.columns)
        return QRectF(column * self.cell, row * self.cell, self.mark, self.mark)

    def index_at(self, point: QPointF) -> int | None:
        """Return the seed whose cell is under a point."""
        column, row = math.floor(point.x() / self.cell), math.floor(point.y() / self.cell)
        index = row * self.columns + column
        is_inside = 0 <= column < self.columns and 0 <= index < self.shown
        return index if is_inside else None

    def moved(self, index: int | None, dx: int, dy: int) -> int | None:
        """Return the seed so many cells to the right and down; the first one from none."""
        if not self.shown:
            return None
        if index is None:
            return 0
        moved = index + dx + dy * self.columns
        return moved if 0 <= moved < self.shown else index


def _columns(width: int, cell: int) -> int:
    columns = max(1, width // cell)
    return columns - columns % _ROUND_BY if columns >= _ROUND_FROM else columns
