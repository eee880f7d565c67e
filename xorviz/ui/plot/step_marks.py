"""Dashed lines with texts at steps."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from xorviz.core.arrays import Array
from xorviz.ui.plot.curve_row import Curves
from xorviz.ui.plot.overlay import Overlay, Scales
from xorviz.ui.theme.palette import faint

MARK_LINES = 4
"""Lines between which the texts alternate, so that neighbours do not overlap."""
GAP = 4.0
_NEAR = 4.0
"""Pixels from a line within which the mouse is at it."""
_LOW = 6.0
"""Height of a plot below which all texts are in one row, in heights of a line."""
_AROUND = 2.0
"""Pixels between a text and a curve."""
_VEIL = 190
"""Opacity of a text's background, of 255: the curve below stays visible."""


@dataclass(frozen=True, slots=True)
class StepMark:
    """A line with a text."""

    step: float
    text: str
    is_success: bool = False
    tip: str = ""


class StepMarks(Overlay):
    """All marks as one item. Their texts are beside their lines, off the curves if they can be."""

    def __init__(self, scales: Scales, curves: Curves | None = None) -> None:
        super().__init__(scales)
        self._curves = curves
        self.stays_high = False
        """Whether texts are only at the top."""
        self.marks: list[StepMark] = []
        self._pointed: StepMark | None = None
        self._places: list[tuple[StepMark, QRectF, QRectF]] = []
        """Each mark that is in sight, with its line and its text."""
        self.setZValue(5)

    def show_marks(self, marks: list[StepMark]) -> None:
        """Draw these marks."""
        if marks != self.marks:
            self.marks = marks
            self.update()

    def point_at(self, mark: StepMark | None) -> None:
        """Write the text of the mark under the mouse, also where there is no room for all."""
        if mark != self._pointed:
            self._pointed = mark
            self.update()

    def mark_at(self, point: QPointF) -> StepMark | None:
        """Return the mark whose line or text is at a point of the view box, if any."""
        for mark, line, text in reversed(self._places):
            if line.contains(point) or text.contains(point):
                return mark
        return None

    def tip_at(self, point: QPointF) -> str:
        mark = self.mark_at(point)
        return mark.tip if mark else ""

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._places.clear()
        metrics, area = QFontMetricsF(painter.font()), self.scales.area
        low = area.height() < _LOW * metrics.height()
        across = self.scales.x_of(np.array([mark.step for mark in self.marks], dtype=float))
        heights = self._heights()
        for place, (mark, x) in enumerate(zip(self.marks, across.tolist(), strict=True)):
            if not 0 <= x <= area.width():
                continue
            painter.setPen(QPen(self._ink(mark), self._theme.stroke, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, area.height()))
            size = QSizeF(metrics.horizontalAdvance(mark.text), metrics.height())
            text = self._beside(x, size, 0 if low else place % MARK_LINES, heights)
            line = QRectF(x - _NEAR, 0, 2 * _NEAR, area.height())
            self._places.append((mark, line, text))
        # Above all lines; the newest first, but the one that is pointed at before it.
        written: list[QRectF] = []
        first = (place for place in self._places if place[0] == self._pointed)
        for mark, _, text in (*first, *reversed(self._places)):
            if not any(map(text.intersects, written)):
                written.append(text)
                painter.fillRect(text, faint(self._theme.panel, _VEIL))
                painter.setPen(self._ink(mark))
                painter.drawText(text, Qt.AlignmentFlag.AlignCenter, mark.text)
        self._places = [
            (mark, line, text if text in written else QRectF()) for mark, line, text in self._places
        ]

    def _heights(self) -> list[Array]:
        """Return the heights of each curve by columns of pixels, NaN where there is none."""
        scales, curves = self.scales, self._curves.curves if self._curves and self.marks else ()
        columns = np.arange(scales.area.width())
        lines = ((scales.x_of(c.steps.astype(float)), scales.y_of(c.values)) for c in curves)
        return [np.interp(columns, x, y, np.nan, np.nan) for x, y in lines if len(x)]

    def _beside(self, x: float, size: QSizeF, number: int, heights: list[Array]) -> QRectF:
        """Return the first place off all curves for a text beside a line at x, else the first.

        The number is that of its row from the top, or else from the bottom.
        """
        area, down = self.scales.area, number * (size.height() + GAP)
        sides = x + GAP, x - GAP - size.width()
        fitting = [left for left in sides if 0 <= left <= area.width() - size.width()]
        tops = [down] if self.stays_high else [down, area.height() - size.height() - down]
        lefts = fitting or [max(sides[1], 0.0)]
        places = [QRectF(QPointF(left, top), size) for top in tops for left in lefts]
        free = (one for one in places if not any(_is_crossed(one, y) for y in heights))
        return next(free, places[0])

    def _ink(self, mark: StepMark) -> QColor:
        return QColor(self._theme.accent if mark.is_success else self._theme.quiet)


def _is_crossed(rect: QRectF, heights: Array) -> bool:
    """Return whether a curve, by its heights in columns of pixels, touches a rectangle."""
    here = heights[max(0, int(rect.left() - _AROUND)) : int(rect.right() + _AROUND)]
    return bool(((here > rect.top() - _AROUND) & (here < rect.bottom() + _AROUND)).any())
