"""Dashed lines with texts at steps."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from xorviz.ui.plot.overlay import Overlay, Scales
from xorviz.ui.theme.palette import faint

_GAP = 4.0
"""Pixels between a line and its text."""
_NEAR = 4.0
"""Pixels from a line within which the mouse is at it."""
_BESIDE = 150.0
"""Pixels beside the axes that texts in a lane may use."""
_VEIL = 190
"""Opacity of a text's background, of 255: what is below stays visible."""


@dataclass(frozen=True, slots=True)
class StepMark:
    """A line with a text."""

    step: float
    text: str
    is_success: bool = False
    tip: str = ""


class StepMarks(Overlay):
    """All marks as one item, with their texts in a row: in a lane above the axes, or at their top.

    A text that finds no room beside its line is left out; the tool tip has it.
    """

    def __init__(self, scales: Scales, has_lane: bool = False) -> None:
        self.has_lane, self._above = has_lane, 0.0
        if has_lane:
            self.around = QMarginsF(_BESIDE, 1, _BESIDE, 0)
        super().__init__(scales)
        self.marks: list[StepMark] = []
        self._places: list[tuple[StepMark, QRectF, QRectF]] = []
        """Each mark that is in sight, with its line, and its text where there is one."""
        self.setZValue(5)

    def leave_above(self, pixels: float) -> None:
        """Write the texts in a lane this high."""
        self.around, self._above = QMarginsF(_BESIDE, pixels, _BESIDE, 0), pixels
        self.place()

    def show_marks(self, marks: list[StepMark]) -> None:
        """Draw these marks."""
        if marks != self.marks:
            self.marks = marks
            self.update()

    def marks_at(self, point: QPointF) -> list[StepMark]:
        """Return the mark whose text is at a point of the view box, else those with a line there.

        The newest come first.
        """
        places = self._places[::-1]
        written = [mark for mark, _, text in places if text.contains(point)]
        return written or [mark for mark, line, _ in places if line.contains(point)]

    def tip_at(self, point: QPointF) -> str:
        return "\n".join(mark.tip for mark in self.marks_at(point))

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._places = self._placed(QFontMetricsF(painter.font()))
        for mark, line, text in self._places:
            painter.setPen(QPen(self._ink(mark), self._theme.stroke, Qt.PenStyle.DashLine))
            x, top = line.center().x(), min(text.top(), 0.0)
            painter.drawLine(QPointF(x, top), QPointF(x, line.bottom()))
        for mark, _, text in self._places:  # above all lines
            if not text.isEmpty():
                painter.fillRect(text, faint(self._theme.panel, _VEIL))
                painter.setPen(self._ink(mark))
                painter.drawText(text, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _placed(self, metrics: QFontMetricsF) -> list[tuple[StepMark, QRectF, QRectF]]:
        """Return each mark in sight with its line, and with its text where there is room for it.

        The newest are placed first.
        """
        area, placed, taken = self.scales.area, [], list[QRectF]()
        low, high = 0.0, area.width()
        if self.has_lane:
            low, high = -self.pos().x(), self.scales.size().width() - self.pos().x()
        across = self.scales.x_of(np.array([mark.step for mark in self.marks], dtype=float))
        for mark, x in reversed(list(zip(self.marks, across.tolist(), strict=True))):
            if not 0 <= x <= area.width():
                continue
            size = QSizeF(metrics.horizontalAdvance(mark.text), metrics.height())
            sides = [
                QRectF(QPointF(left, -self._above), size)
                for left in (x + _GAP, x - _GAP - size.width())
                if low <= left <= high - size.width()
            ]
            free = (text for text in sides if not any(map(text.intersects, taken)))
            text = next(free, QRectF())
            taken.append(text.adjusted(-_GAP, 0, _GAP, 0))  # its line, too
            placed.append((mark, QRectF(x - _NEAR, 0, 2 * _NEAR, area.height()), text))
        return placed[::-1]

    def _ink(self, mark: StepMark) -> QColor:
        return QColor(self._theme.accent if mark.is_success else self._theme.quiet)
