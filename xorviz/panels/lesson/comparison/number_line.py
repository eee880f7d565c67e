"""Predicted numbers on a line, and what happened."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.lessons.lesson import NumberAsked
from xorviz.panels.lesson.answers.keys import place
from xorviz.ui.draw.painted import PaintedPart
from xorviz.ui.guard import guarded

_DOT = 0.6
"""Diameter of the largest dot in heights of a line; dots of one number are stacked."""
_MOST_TICKS = 10
_RAISED = 0.4
"""Heights of a line between the line and the lowest dots."""
_LABELS = 0.75
"""Heights of a line between the line and its labels, for the mark of what happened."""
_STACK = 5.0
"""Heights of a line that the tallest stack has."""


@guarded
class NumberLine(PaintedPart):
    """A dot for each answer, above a line with a mark for what happened and its interval."""

    def __init__(
        self,
        asked: NumberAsked,
        answers: Sequence[float],
        happened: float | None,
        interval: tuple[float, float] | None,
    ) -> None:
        super().__init__()
        self._asked, self._happened, self._interval = asked, happened, interval
        self._counts = Counter(answers)
        self._tallest = max(self._counts.values(), default=1)
        self._low = min(asked.low, happened if happened is not None else asked.low)
        self._high = max(asked.high, happened if happened is not None else asked.high)

    def heightForWidth(self, width: int) -> int:  # noqa: ARG002
        return round(self._base() + (_LABELS + 1.1) * self.fontMetrics().height())

    def x_of(self, number: float) -> float:
        """Return where a number is, in pixels from the left."""
        edge = 0.8 * self.fontMetrics().height()
        low, high = (place(self._asked, end) for end in (self._low, self._high))
        share = (place(self._asked, number) - low) / ((high - low) or 1)
        return edge + min(max(share, 0.0), 1.0) * (self.width() - 2 * edge)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = self._base()
        self._paint_line(painter, base)
        self._paint_happened(painter, base)
        self._paint_answers(painter)
        painter.end()

    def _paint_line(self, painter: QPainter, base: float) -> None:
        colors, roles, line = self.palette(), QPalette.ColorRole, self.fontMetrics().height()
        painter.setPen(QPen(colors.color(roles.PlaceholderText), 1.2))
        painter.drawLine(QPointF(self.x_of(self._low), base), QPointF(self.x_of(self._high), base))
        for number in self._ticks():
            x = self.x_of(number)
            painter.drawLine(QPointF(x, base), QPointF(x, base + 0.25 * line))
            text = numerals.grouped(number)
            wide = self.fontMetrics().horizontalAdvance(text)
            left = min(max(0.0, x - wide / 2), self.width() - wide)
            bottom = base + _LABELS * line + self.fontMetrics().ascent()
            painter.drawText(QPointF(left, bottom), text)

    def _ticks(self) -> list[float]:
        """Return each number of a short range, as far as there is room; else both ends."""
        low, high = self._low, self._high
        whole = [float(number) for number in range(round(low), round(high) + 1)]
        if len(whole) > _MOST_TICKS or low % 1 or high % 1:
            return [low, high]
        widest = self.fontMetrics().horizontalAdvance(numerals.grouped(high)) + 4
        return whole if widest * len(whole) <= self.width() else [low, high]

    def _paint_happened(self, painter: QPainter, base: float) -> None:
        if self._happened is None:
            return
        colors, line, x = self.palette(), self.fontMetrics().height(), self.x_of(self._happened)
        painter.setPen(QPen(colors.color(QPalette.ColorRole.PlaceholderText), 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, base))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.text())
        if self._interval is not None:
            left, right = (self.x_of(end) for end in self._interval)
            high = 0.3 * line
            painter.drawRoundedRect(QRectF(left, base - high / 2, right - left, high), 2, 2)
        top, size = base + 0.22 * line, 0.36 * line
        corners = [(x, top), (x + size, top + 1.4 * size), (x - size, top + 1.4 * size)]
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

    def _paint_answers(self, painter: QPainter) -> None:
        painter.setPen(QPen(self.palette().base().color(), 0.5))
        painter.setBrush(self.palette().accent())
        for number, count in self._counts.items():
            for place_above in range(count):
                painter.drawEllipse(self.dot(number, place_above))

    def dot(self, number: float, place_above: int) -> QRectF:
        """Return where a dot is; those of one number are stacked, from place 0 on."""
        line, size = self.fontMetrics().height(), 0.92 * self._pitch()
        dot = QRectF(0, 0, size, size)
        middle = self._base() - _RAISED * line - (place_above + 0.5) * self._pitch()
        dot.moveCenter(QPointF(self.x_of(number), middle))
        return dot

    def _pitch(self) -> float:
        return min(_DOT, _STACK / self._tallest) * self.fontMetrics().height()

    def _base(self) -> float:
        """Return the height of the line, in pixels from the top."""
        return self._pitch() * self._tallest + _RAISED * self.fontMetrics().height() + 2
