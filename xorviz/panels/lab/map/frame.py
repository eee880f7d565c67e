"""Layout of a map of the lab, in pixels."""

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

from xorviz.lab.results.map import Cell, MapPlan, Value, value_text

HEADINGS = ("biases off", "biases on")
GAP = 4
"""Pixels between the cells and the texts beside them."""
_BLOCK_GAP = 12
_LEAST_NUMBER = 9
"""Least size in pixels of the digits in the cells."""
_PADDING = 1.5
"""Least distance in pixels between a number and the edge of its cell."""
_WITH_NAME = 130
"""Least height in pixels that shows the name of the rows' setting."""


@dataclass(frozen=True, slots=True)
class MapFrame:
    """Rectangles of the visible blocks, their cells, and the parts around them."""

    map_plan: MapPlan
    blocks: dict[int, QRectF]
    """Area of each visible block."""
    rects: dict[Cell, QRectF]
    """Each visible cell, block by block and row by row."""
    headings: dict[int, QRectF]
    """Headings of both blocks, if there are two; also if one is visible."""
    is_stacked: bool
    """Whether the blocks are above each other rather than side by side."""
    has_name: bool
    """Whether the name of the rows' setting fits."""
    number: int
    """Size in pixels of the digits in the cells; 0 if they do not fit."""
    foot: QRectF
    """Line with the name of the columns' setting and the colour bar."""

    @classmethod
    def of(
        cls, size: QSizeF, map_plan: MapPlan, front: int | None, font: QFont, widest: str
    ) -> "MapFrame":
        """Choose the layout with the largest numbers, no wider than the widest.

        Two blocks are laid out side by side or above each other. If numbers fit in neither,
        only the front block is visible, if one is given.
        """
        if map_plan.shape[0] == 1:
            return cls._laid(size, map_plan, (0,), False, font, widest)
        both = [cls._laid(size, map_plan, (0, 1), down, font, widest) for down in (False, True)]
        best = max(both, key=lambda frame: frame.number)
        if best.number or front is None:
            return best
        return cls._laid(size, map_plan, (front,), False, font, widest)

    @classmethod
    def _laid(
        cls,
        size: QSizeF,
        map_plan: MapPlan,
        shown: tuple[int, ...],
        is_stacked: bool,
        font: QFont,
        widest: str,
    ) -> "MapFrame":
        metrics, (count, rows, columns) = QFontMetricsF(font), map_plan.shape
        line, across, down = metrics.height(), 1, 1
        if len(shown) > 1:
            across, down = (1, 2) if is_stacked else (2, 1)
        has_name = size.height() >= _WITH_NAME
        left = has_name * (line + GAP) + widest_value(map_plan.up_values, metrics) + GAP
        top = line + GAP if count > 1 else 1
        bottom = 2 * line + 2 * GAP
        width = (size.width() - left - 2 - (across - 1) * _BLOCK_GAP) / across
        height = (size.height() - bottom - down * top - (down - 1) * GAP) / down
        width, height = (float(max(1, int(length))) for length in (width, height))
        blocks = {
            block: QRectF(
                left + (0 if is_stacked else place * (width + _BLOCK_GAP)),
                top + (place * (height + GAP + top) if is_stacked else 0),
                *(width, height),
            )
            for place, block in enumerate(shown)
        }
        cell = QSizeF(width / columns - gap(width / columns), height / rows - gap(height / rows))
        foot = QRectF(left, size.height() - line - 1, size.width() - left - 2, line)
        headings = _headings(blocks, count, line, metrics)
        number = largest_number(cell, font, widest)
        rects = _rects(blocks, rows, columns)
        return cls(map_plan, blocks, rects, headings, is_stacked, has_name, number, foot)

    def cell_at(self, point: QPointF) -> Cell | None:
        _, rows, columns = self.map_plan.shape
        for block, area in self.blocks.items():
            across = (point.x() - area.left()) / area.width()
            down = (point.y() - area.top()) / area.height()
            if 0 <= across < 1 and 0 <= down < 1:
                return block, int(down * rows), int(across * columns)
        return None

    def heading_at(self, point: QPointF) -> int | None:
        return next((b for b, rect in self.headings.items() if rect.contains(point)), None)

    def neighbour(self, cell: Cell, dx: int, dy: int) -> Cell:
        """Return the cell to the right or below, continuing in the other block."""
        blocks, rows, columns = self.map_plan.shape
        block, row, column = cell
        if self.is_stacked:
            place = min(max(block * rows + row + dy, 0), blocks * rows - 1)
            return place // rows, place % rows, min(max(column + dx, 0), columns - 1)
        place = min(max(block * columns + column + dx, 0), blocks * columns - 1)
        return place // columns, min(max(row + dy, 0), rows - 1), place % columns


def gap(length: float) -> int:
    """Return the pixels between cells of this length."""
    return 2 if length >= 14 else 1


def largest_number(cell: QSizeF, font: QFont, widest: str) -> int:
    """Return the size in pixels of the largest digits that fit into a cell, or 0."""
    most = QFontInfo(font).pixelSize()
    for pixels in range(most, _LEAST_NUMBER - 1, -1):
        width, height = _number_size(font.key(), pixels, widest)
        if width + 2 * _PADDING <= cell.width() and height + 2 <= cell.height():
            return pixels
    return 0


def sized(font: QFont, pixels: int) -> QFont:
    """Return a font in another size."""
    found = QFont(font)
    found.setPixelSize(pixels)
    return found


def widest_value(values: tuple[Value, ...], metrics: QFontMetricsF) -> float:
    """Return the width of the widest text of an axis."""
    return max(metrics.horizontalAdvance(value_text(value)) for value in values)


def _rects(blocks: dict[int, QRectF], rows: int, columns: int) -> dict[Cell, QRectF]:
    """Return the rectangles of the cells, on whole pixels with gaps between them."""
    found = {}
    for block, area in blocks.items():
        width, height = area.width() / columns, area.height() / rows
        ends_x = [round(area.left() + width * column) for column in range(columns + 1)]
        ends_y = [round(area.top() + height * row) for row in range(rows + 1)]
        for row in range(rows):
            for column in range(columns):
                found[block, row, column] = QRectF(
                    ends_x[column],
                    ends_y[row],
                    ends_x[column + 1] - ends_x[column] - gap(width),
                    ends_y[row + 1] - ends_y[row] - gap(height),
                )
    return found


def _headings(
    blocks: dict[int, QRectF], count: int, line: float, metrics: QFontMetricsF
) -> dict[int, QRectF]:
    """Return the headings: above each block, or side by side if one block is visible."""
    if count == 1:
        return {}
    if len(blocks) == count:
        return {b: QRectF(a.left(), a.top() - line - 2, a.width(), line) for b, a in blocks.items()}
    found, left = {}, next(iter(blocks.values())).left()
    for block, text in enumerate(HEADINGS):
        width = metrics.horizontalAdvance(text) + 4 * GAP
        found[block] = QRectF(left, 0, width, line)
        left += width + GAP
    return found


@cache
def _number_size(font_key: str, pixels: int, text: str) -> tuple[float, float]:
    font = QFont()
    font.fromString(font_key)
    metrics = QFontMetricsF(sized(font, pixels))
    return metrics.horizontalAdvance(text), metrics.capHeight() + 4
