"""Predicted numbers on a line, and what happened."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.lessons.lesson import NumberAsked
from xorviz.panels.lesson.answers.keys import place
from xorviz.ui.guard import guarded

_DOT = 0.6
"""Diameter of the largest dot in heights of a line; dots of one number are stacked."""
_MOST_TICKS = 10
_STACK = 5.0
"""Heights of a line that the tallest stack has."""


@guarded
class NumberLine(QWidget):
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
        self._low = min(asked.low, happened if happened is not None else asked.low)
        self._high = max(asked.high, happened if happened is not None else asked.high)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(200, round(self._stack_height() + 0.8 * line + 1.2 * line))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def x_of(self, number: float) -> float:
        """Return where a number is, in pixels from the left."""
        edge = 0.8 * self.fontMetrics().height()
        low, high = (place(self._asked, end) for end in (self._low, self._high))
        share = (place(self._asked, number) - low) / ((high - low) or 1)
        return edge + min(max(share, 0.0), 1.0) * (self.width() - 2 * edge)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = self._stack_height() + 0.4 * self.fontMetrics().height()
        self._paint_line(painter, base)
        self._paint_happened(painter, base)
        self._paint_answers(painter, base)
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
            painter.drawText(QPointF(left, base + 0.4 * line + self.fontMetrics().ascent()), text)

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
        colors, line = self.palette(), self.fontMetrics().height()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.text())
        if self._interval is not None:
            left, right = (self.x_of(end) for end in self._interval)
            high = 0.3 * line
            painter.drawRoundedRect(QRectF(left, base - high / 2, right - left, high), 2, 2)
        x, size = self.x_of(self._happened), 0.42 * line
        corners = [(0.0, -size), (size, 0.0), (0.0, size), (-size, 0.0)]
        painter.setPen(QPen(colors.base().color(), 1.5))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, base + dy) for dx, dy in corners]))

    def _paint_answers(self, painter: QPainter, base: float) -> None:
        pitch, lowest = self._pitch(), base - 0.5 * self.fontMetrics().height()
        painter.setPen(QPen(self.palette().base().color(), 0.5))
        painter.setBrush(self.palette().accent())
        for number, count in self._counts.items():
            for place_above in range(count):
                middle = QPointF(self.x_of(number), lowest - (place_above + 0.5) * pitch)
                painter.drawEllipse(middle, 0.46 * pitch, 0.46 * pitch)

    def _pitch(self) -> float:
        line, tallest = self.fontMetrics().height(), max(self._counts.values(), default=1)
        return min(_DOT * line, _STACK * line / tallest)

    def _stack_height(self) -> float:
        return self._pitch() * max(self._counts.values(), default=1) + 4
