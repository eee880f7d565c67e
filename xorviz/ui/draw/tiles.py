"""Layout of equal tiles, as large as they fit."""

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF


@dataclass(frozen=True, slots=True)
class Tiles:
    """Square pictures in rows and columns, each with a line of text below; in pixels."""

    count: int
    columns: int
    side: int
    """Of a picture."""
    foot: int
    """Height of the text below a picture."""
    gap: int
    left: int
    top: int
    """Of the first tile."""

    @classmethod
    def fitted(
        cls, count: int, width: int, height: int, foot: int, gap: int, least: int, bar: int
    ) -> "Tiles":
        """Return the largest tiles that fit, of at least the least side.

        Where those do not all fit, leave space for a scroll bar at the right.
        """
        count = max(1, count)
        sides = [_side(n, count, width, height, foot, gap) for n in range(1, count + 1)]
        side = max(sides)
        columns = sides.index(side) + 1
        if side < least:
            width -= bar
            columns = min(count, max(1, (width + gap) // (least + gap)))
            side = min(max(least, (width + gap) // columns - gap), max(least, height - foot))
        rows = math.ceil(count / columns)
        used, tall = columns * (side + gap) - gap, rows * (side + foot + gap) - gap
        left, top = max(0, (width - used) // 2), max(0, (height - tall) // 3)
        return cls(count, columns, side, foot, gap, left, top)

    def moved(self, right: int, down: int) -> "Tiles":
        """Return the same tiles, moved."""
        return replace(self, left=self.left + right, top=self.top + down)

    @property
    def rows(self) -> int:
        return math.ceil(self.count / self.columns)

    @property
    def height(self) -> int:
        """Of all rows."""
        return self.top + self.rows * self.pitch - self.gap

    @property
    def pitch(self) -> int:
        """From one row to the next."""
        return self.side + self.foot + self.gap

    def picture(self, index: int) -> QRectF:
        """Return the rectangle of a tile's picture."""
        row, column = divmod(index, self.columns)
        left = self.left + column * (self.side + self.gap)
        return QRectF(left, self.top + row * self.pitch, self.side, self.side)

    def tile(self, index: int) -> QRectF:
        """Return the rectangle of a tile's picture and foot."""
        return self.picture(index).adjusted(0, 0, 0, self.foot)

    def index_at(self, point: QPointF) -> int | None:
        """Return the tile at a point, which may be in the gap after it."""
        column = math.floor((point.x() - self.left) / (self.side + self.gap))
        index = math.floor((point.y() - self.top) / self.pitch) * self.columns + column
        return index if 0 <= column < self.columns and 0 <= index < self.count else None

    def beside(self, index: int | None, dx: int, dy: int) -> int | None:
        """Return the tile beside one, the same at an edge; the first if there is none yet."""
        if index is None or index >= self.count:
            return 0 if self.count else None
        moved = index + dx + dy * self.columns
        return moved if 0 <= moved < self.count else index

    def between(self, top: int, bottom: int) -> range:
        """Return the tiles of the rows that intersect a horizontal strip."""
        first = max(0, (top - self.top + self.gap) // self.pitch)
        last = max(-1, (bottom - 1 - self.top) // self.pitch)
        return range(
            min(first * self.columns, self.count), min((last + 1) * self.columns, self.count)
        )


def _side(columns: int, count: int, width: int, height: int, foot: int, gap: int) -> int:
    """Return the largest side of the pictures in this many columns."""
    rows = math.ceil(count / columns)
    return min((width + gap) // columns - gap, (height + gap) // rows - gap - foot)
