"""A plot of bars."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from xorviz.core.arrays import Array
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.overlay import Overlay, Scales

_STUB = 2.0
"""Least height of a bar in pixels, so that one among thousands is visible."""
_ZERO = 3.0
"""Height in pixels of the mark for a bar without height, on the line of zero."""


class Bars(Overlay):
    """Bars from zero up or down, side by side. Shapes: B bars.

    The bar that the cursor is at is framed over the whole height, so that one without height is
    found too.
    """

    def __init__(self, scales: Scales) -> None:
        super().__init__(scales)
        self.edges: Array = np.zeros(1)
        self.heights: Array = np.zeros(0)
        self.colors: Sequence[str] = ()
        self.shows_zeros = False
        self.marked: int | None = None
        self.setZValue(-0.5)

    def show_bars(
        self, edges: Array, heights: Array, colors: Sequence[str], shows_zeros: bool = False
    ) -> None:
        """Draw bars of heights (B,) between edges (B + 1,), each in its colour."""
        self.edges, self.heights, self.colors = edges, heights, colors
        self.shows_zeros = shows_zeros
        self.update()

    def mark(self, bar: int | None) -> None:
        """Frame a bar, or none."""
        if bar != self.marked:
            self.marked = bar
            self.update()

    def rects(self) -> list[QRectF]:
        """Return the rectangle of each bar in the pixels of the view box."""
        ends = self.scales.x_of(self.edges).round()
        widths = np.diff(ends)
        widths = np.maximum(1, widths - np.where(widths > 6, 2, widths > 3))
        zero = round(self.scales.at(0, 0.0)[1])
        heights = self.heights
        tops = self.scales.y_of(heights)
        tops[heights > 0] = np.minimum(tops[heights > 0], zero - _STUB)
        bottoms = np.where(heights > 0, zero, np.maximum(tops, zero + 1 + _STUB))
        tops[heights < 0] = zero + 1
        high = _ZERO if self.shows_zeros else 0.0
        tops[heights == 0], bottoms[heights == 0] = zero - high / 3, zero + 2 * high / 3
        places = (ends[:-1], tops, widths, bottoms - tops)
        return [QRectF(*place) for place in zip(*(p.tolist() for p in places), strict=True)]

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        rects = self.rects()
        painter.setPen(Qt.PenStyle.NoPen)
        for color in dict.fromkeys(self.colors):
            painter.setBrush(QColor(color))
            painter.drawRects(
                [rect for rect, c in zip(rects, self.colors, strict=True) if c == color]
            )
        if self.marked is not None and self.marked < len(rects):
            rect = rects[self.marked]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.text), self._theme.stroke))
            height = self.scales.area.height() - 1
            painter.drawRect(QRectF(rect.left() - 1.5, 0.5, rect.width() + 2, height - 0.5))


class BarPlot(CurvePlot):
    """A plot of bars; marks and pointers are positions on its axis."""

    def __init__(self, name: str, axis: ScaledAxis, title: str) -> None:
        super().__init__(name, axis, titles=[title])
        self.bars = Bars(self.rows[0].scales)
        self.rows[0].overlays.append(self.bars)

    def bar_at(self, place: float | None) -> int | None:
        """Return the bar at a place, if there is one."""
        edges = self.bars.edges
        if place is None or not edges[0] <= place < edges[-1]:
            return None
        return int(np.searchsorted(edges, place, side="right")) - 1

    def mark(self, step: float | None) -> None:
        """Frame the bar at a place, or none."""
        super().mark(step)
        self.bars.mark(self.bar_at(step))

    def neighbour(self, dx: int, dy: int) -> float | None:  # noqa: ARG002
        """Return where the bar beside the framed one begins; without one, the first or the last."""
        count, framed = len(self.bars.heights), self.bars.marked
        if not count:
            return None
        start = (-1 if dx > 0 else count) if framed is None else framed
        return float(self.bars.edges[min(max(start + dx, 0), count - 1)])
