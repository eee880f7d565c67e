"""Strip of all seeds of a recipe, each as a mark of its outcome."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from xorviz.core import numerals
from xorviz.panels.lab.outcomes import OUTCOMES, OutcomeLegend, paint_mark
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.painted import is_vector
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

LARGEST, SMALLEST = 16, 3
"""Largest and smallest side of a cell in pixels."""
_ROUND_FROM, _ROUND_BY = 20, 5
"""Longer rows have a multiple of five cells, so that seeds can be found."""


def seed_tiles(count: int, width: int, height: int) -> Tiles:
    """Return the largest cells that fit, from the top left; of too many seeds, the first."""
    for cell in range(LARGEST, SMALLEST - 1, -1):
        tiles = _cells(count, width, cell)
        if tiles.rows * cell <= height:
            return tiles
    return _cells(min(count, tiles.columns * max(1, height // SMALLEST)), width, SMALLEST)


def _cells(count: int, width: int, cell: int) -> Tiles:
    columns, gap = max(1, width // cell), 2 if cell >= 9 else 1
    if columns >= _ROUND_FROM:
        columns -= columns % _ROUND_BY
    return Tiles(count, columns, cell - gap, foot=0, gap=gap, left=0, top=0)


Codes = NDArray[np.uint8]

_ABOVE_LEGEND = 6
_OPEN_LINES = 2
"""Lines reserved while networks are in training, so that little moves as outcomes come."""
_EDGE = 2.0
"""Pixels around the cells, for outlines at the edge."""
_CLOSE_FROM = 7
"""Side of a cell from which outlines are close to the mark."""


@guarded
class SeedStrip(Canvas):
    """Wrapped cells with a legend below; its spots are the seeds, by their numbers.

    Marks the seed pointed at and the chosen one.
    """

    is_cached = True
    has_menus = True

    def __init__(self) -> None:
        super().__init__(QSize(0, 0), QSize(0, 0))
        self.setObjectName("seed_strip")
        self.legend = OutcomeLegend()
        self.grid = seed_tiles(0, 1, 1)
        self.codes: Codes = np.empty(0, dtype=np.uint8)
        """(N,) indices in OUTCOMES."""
        self.chosen: int | None = None

    def show_codes(self, codes: Codes) -> None:
        """Show outcomes (N,), given as indices in OUTCOMES."""
        self.codes = codes
        self.legend.show_codes(codes)
        self.setAccessibleName(f"Seeds: {self.legend.spoken}")
        self.lay_out()

    def choose(self, chosen: int | None) -> None:
        """Mark the seed that was made the current run."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()

    def height_for(self, width: int, most: int) -> int:
        """Return the height at a width, up to a limit."""
        grid = self._grid_for(width, most)
        is_short = grid.count < len(self.codes)
        return min(most, grid.rows * grid.pitch + self._foot(width, most, is_short))

    def center_of(self, index: int) -> QPointF:
        return self.grid.picture(index).translated(_EDGE, _EDGE).center()

    def spot_at(self, point: QPointF) -> int | None:
        return self.grid.index_at(point - QPointF(_EDGE, _EDGE))

    def neighbour(self, dx: int, dy: int) -> int | None:
        return self.grid.beside(self.marked, dx, dy)

    def _lay_out(self) -> None:
        self.grid = self._grid_for(self.width(), self.height())

    def _paint(self, painter: QPainter) -> None:
        painter.translate(_EDGE, _EDGE)
        if is_vector(painter):
            for index, code in enumerate(self.codes[: self.grid.count].tolist()):
                paint_mark(painter, self.grid.picture(index), OUTCOMES[code], self.theme)
        elif self.grid.count:
            ratio = painter.deviceTransform().m11()
            painter.drawImage(0, 0, strip_image(self.codes, self.grid, self.theme, ratio))
        across, top = (
            self._across(self.width()),
            float(self.grid.rows * self.grid.pitch + _ABOVE_LEGEND),
        )
        if self.grid.count < len(self.codes):
            metrics = QFontMetricsF(self.font())
            painter.setPen(QColor(self.theme.quiet))
            painter.drawText(QPointF(0, top + metrics.ascent()), self._shortage())
            top += metrics.height()
        lines = self._legend_lines(self.width(), self.height())
        self.legend.paint(painter, QPointF(0, top), across, lines, self.theme)

    def _paint_marks(self, painter: QPainter) -> None:
        """Frame the seed pointed at and the chosen one, outside the marks."""
        painter.translate(_EDGE, _EDGE)
        for index, width in ((self.marked, 1.5), (self.chosen, 2.0)):
            if index is not None and index < self.grid.count:
                out = 1.0 if self.grid.pitch >= _CLOSE_FROM else 1.5
                frame = self.grid.picture(index).adjusted(-out, -out, out, out)
                painter.setPen(QPen(QColor(self.theme.text), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(frame)

    def _grid_for(self, width: int, height: int) -> Tiles:
        count, across = len(self.codes), self._across(width)
        grid = seed_tiles(count, across, height - self._foot(width, height))
        if grid.count < count:
            grid = seed_tiles(count, across, height - self._foot(width, height, True))
        return grid

    def _foot(self, width: int, height: int, is_short: bool = False) -> int:
        """Return the height below the cells, with an extra line if not all seeds have a cell."""
        lines = self._legend_lines(width, height) + is_short
        return round(lines * QFontMetricsF(self.font()).height() + _ABOVE_LEGEND + 2 * _EDGE)

    def _legend_lines(self, width: int, height: int) -> int:
        """Return the number of legend lines, up to half the height."""
        needed = self.legend.lines(self.font(), self._across(width))
        if self.legend.is_open:
            needed = max(needed, _OPEN_LINES)
        return max(1, min(needed, int(height / 2 / QFontMetricsF(self.font()).height())))

    def _across(self, width: int) -> int:
        return round(width - 2 * _EDGE)

    def _shortage(self) -> str:
        shown, count = numerals.whole(self.grid.count), numerals.whole(len(self.codes))
        return f"The first {shown} of {count}; T shows all."


_FORMAT = QImage.Format.Format_ARGB32_Premultiplied
Pixels = NDArray[np.uint32]


def strip_image(codes: NDArray[np.uint8], grid: Tiles, theme: Theme, ratio: float) -> QImage:
    """Return the image of all cells at a pixel ratio.

    Ten thousand seeds take 1 ms; painted one by one they take 38 ms.
    """
    side = max(1, round(grid.pitch * ratio))
    stamps = _stamps(grid.pitch, grid.side, theme, side)
    padded = np.full(grid.rows * grid.columns, len(OUTCOMES), dtype=np.uint8)
    padded[: grid.count] = codes[: grid.count]
    cells = stamps[padded].reshape(grid.rows, grid.columns, side, side)
    pixels = np.ascontiguousarray(cells.transpose(0, 2, 1, 3)).reshape(grid.rows * side, -1)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, _FORMAT).copy()
    image.setDevicePixelRatio(side / grid.pitch)
    return image


@lru_cache(maxsize=16)
def _stamps(cell: int, mark: int, theme: Theme, side: int) -> Pixels:
    """Return the cell of each outcome, and an empty one: (O + 1, side, side)."""
    image = QImage(side, side * (len(OUTCOMES) + 1), _FORMAT)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(side / cell, side / cell)
    for place, outcome in enumerate(OUTCOMES):
        rect = QRectF(0, place * cell, mark, mark)
        paint_mark(painter, rect, outcome, theme)
    painter.end()
    found = np.frombuffer(image.constBits(), dtype=np.uint32)
    return found.reshape(len(OUTCOMES) + 1, side, side).copy()
