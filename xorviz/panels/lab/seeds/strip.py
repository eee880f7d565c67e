"""Strip of all seeds of a recipe, each as a mark of its outcome."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.panels.lab.outcomes import OUTCOMES, OutcomeLegend, paint_mark
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

LARGEST, SMALLEST = 16, 3
"""Largest and smallest side of a cell in pixels."""
_ROUND_FROM, _ROUND_BY = 20, 5
"""Longer rows have a multiple of five cells, so that seeds can be found."""


@dataclass(frozen=True, slots=True)
class SeedGrid:
    """Square cells in rows from the top left, in pixels."""

    cell: int
    """Side of a cell, including the gap to the next."""
    columns: int
    shown: int
    """Number of seeds with a cell: all, or as many as fit."""

    @classmethod
    def fitted(cls, count: int, width: int, height: int) -> "SeedGrid":
        """Return the grid of the largest cells that fit."""
        for cell in range(LARGEST, SMALLEST - 1, -1):
            grid = cls(cell, _columns(width, cell), count)
            if grid.height <= height:
                return grid
        columns = _columns(width, SMALLEST)
        return cls(SMALLEST, columns, min(count, columns * max(1, height // SMALLEST)))

    @property
    def rows(self) -> int:
        return math.ceil(self.shown / self.columns)

    @property
    def height(self) -> int:
        return self.rows * self.cell

    @property
    def mark(self) -> int:
        return self.cell - (2 if self.cell >= 9 else 1)

    def rect(self, index: int) -> QRectF:
        row, column = divmod(index, self.columns)
        return QRectF(column * self.cell, row * self.cell, self.mark, self.mark)

    def index_at(self, point: QPointF) -> int | None:
        """Return the seed whose cell is at a point."""
        column, row = math.floor(point.x() / self.cell), math.floor(point.y() / self.cell)
        index = row * self.columns + column
        is_inside = 0 <= column < self.columns and 0 <= index < self.shown
        return index if is_inside else None

    def moved(self, index: int | None, dx: int, dy: int) -> int | None:
        """Return a neighbour of a seed; of none, the first seed."""
        if not self.shown:
            return None
        if index is None:
            return 0
        moved = index + dx + dy * self.columns
        return moved if 0 <= moved < self.shown else index


def _columns(width: int, cell: int) -> int:
    columns = max(1, width // cell)
    return columns - columns % _ROUND_BY if columns >= _ROUND_FROM else columns


Codes = NDArray[np.uint8]

_ABOVE_LEGEND = 6
_OPEN_LINES = 2
"""Lines reserved while networks are in training, so that little moves as outcomes come."""
_EDGE = 2.0
"""Pixels around the cells, for outlines at the edge."""
_CLOSE_FROM = 7
"""Side of a cell from which outlines are close to the mark."""


@guarded
class SeedStrip(QWidget):
    """Wrapped cells with a legend below. Marks the cell pointed at and the chosen one."""

    pointed_at = Signal(object)  # int | None: number of a seed
    clicked = Signal(int, bool)  # number of a seed, whether Shift was held
    menu_requested = Signal(int, QPoint)  # number of a seed, point of the screen

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("seed_strip")
        self.legend = OutcomeLegend()
        self.grid = SeedGrid(SMALLEST, 1, 0)
        self.codes: Codes = np.empty(0, dtype=np.uint8)
        """(N,) indices in OUTCOMES."""
        self.pointed: int | None = None
        self.chosen: int | None = None
        self._theme = LIGHT
        self._image: QImage | None = None
        self._ratio = 1.0
        self.setMouseTracking(True)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._image = None
        self.update()

    def show_codes(self, codes: Codes) -> None:
        """Show outcomes (N,), given as indices in OUTCOMES."""
        self.codes, self._image = codes, None
        self.legend.show_codes(codes)
        self.setAccessibleName(f"Seeds: {self.legend.spoken}")
        self._fit()
        self.update()

    def mark(self, pointed: int | None, chosen: int | None) -> None:
        if (pointed, chosen) != (self.pointed, self.chosen):
            self.pointed, self.chosen = pointed, chosen
            self.update()

    def height_for(self, width: int, most: int) -> int:
        """Return the height at a width, up to a limit."""
        grid = self._grid_for(width, most)
        is_short = grid.shown < len(self.codes)
        return min(most, grid.height + self._foot(width, most, is_short))

    def center_of(self, index: int) -> QPointF:
        return self.grid.rect(index).translated(_EDGE, _EDGE).center()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self._index_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            is_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.clicked.emit(index, is_shift)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            event.ignore()  # the view handles the keyboard
        elif (index := self._index_at(QPointF(event.pos()))) is not None:
            self.menu_requested.emit(index, event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.translate(_EDGE, _EDGE)
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:  # export as SVG or PDF
            self._paint_marks(painter)
        elif self.grid.shown:
            painter.drawImage(QPointF(0, 0), self._pictured(painter.deviceTransform().m11()))
        self._paint_outlines(painter)
        across, top = self._across(self.width()), float(self.grid.height + _ABOVE_LEGEND)
        if self.grid.shown < len(self.codes):
            metrics = QFontMetricsF(self.font())
            painter.setPen(QColor(self._theme.quiet))
            painter.drawText(QPointF(0, top + metrics.ascent()), self._shortage())
            top += metrics.height()
        lines = self._legend_lines(self.width(), self.height())
        self.legend.paint(painter, QPointF(0, top), across, lines, self._theme)
        painter.end()

    def _fit(self) -> None:
        grid = self._grid_for(self.width(), self.height())
        if grid != self.grid:
            self.grid, self._image = grid, None
            self.update()

    def _grid_for(self, width: int, height: int) -> SeedGrid:
        count, across = len(self.codes), self._across(width)
        grid = SeedGrid.fitted(count, across, height - self._foot(width, height))
        if grid.shown < count:
            grid = SeedGrid.fitted(count, across, height - self._foot(width, height, True))
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
        shown, count = numerals.whole(self.grid.shown), numerals.whole(len(self.codes))
        return f"The first {shown} of {count}; T shows all."

    def _index_at(self, point: QPointF) -> int | None:
        return self.grid.index_at(point - QPointF(_EDGE, _EDGE))

    def _pictured(self, ratio: float) -> QImage:
        """Return the cached image of all marks at a pixel ratio."""
        if self._image is None or ratio != self._ratio:
            self._ratio = ratio
            self._image = strip_image(self.codes, self.grid, self._theme, ratio)
        return self._image

    def _paint_marks(self, painter: QPainter) -> None:
        for index, code in enumerate(self.codes[: self.grid.shown].tolist()):
            paint_mark(painter, self.grid.rect(index), OUTCOMES[code], self._theme)

    def _paint_outlines(self, painter: QPainter) -> None:
        """Frame the seed pointed at and the chosen one, outside the marks."""
        for index, width in ((self.pointed, 1.5), (self.chosen, 2.0)):
            if index is not None and index < self.grid.shown:
                out = 1.0 if self.grid.cell >= _CLOSE_FROM else 1.5
                frame = self.grid.rect(index).adjusted(-out, -out, out, out)
                painter.setPen(QPen(QColor(self._theme.text), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(frame)


_FORMAT = QImage.Format.Format_ARGB32_Premultiplied
Pixels = NDArray[np.uint32]


def strip_image(codes: NDArray[np.uint8], grid: SeedGrid, theme: Theme, ratio: float) -> QImage:
    """Return the image of all cells at a pixel ratio."""
    side = max(1, round(grid.cell * ratio))
    stamps = _stamps(grid.cell, grid.mark, theme, side)
    padded = np.full(grid.rows * grid.columns, len(OUTCOMES), dtype=np.uint8)
    padded[: grid.shown] = codes[: grid.shown]
    cells = stamps[padded].reshape(grid.rows, grid.columns, side, side)
    pixels = np.ascontiguousarray(cells.transpose(0, 2, 1, 3)).reshape(grid.rows * side, -1)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, _FORMAT).copy()
    image.setDevicePixelRatio(side / grid.cell)
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
