"""Answers below each other, each with a sign, its text, and perhaps a dot for each student."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QPen

from xorviz.core import numerals
from xorviz.ui.draw.painted import PaintedPart
from xorviz.ui.guard import guarded
from xorviz.ui.theme.style import bold

TICK = "tick"
"""The sign of what happened."""
_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_TICK = ((-0.24, 0.02), (-0.07, 0.19), (0.24, -0.17))
"""Corners around its middle, in sizes of the sign."""
_DOT, _SHARE = 0.62, 0.78
"""Space of the largest dot in heights of a line, and how much of it the dot fills."""
_MOST_BESIDE = 0.5
"""Of the width, what a text may take that has the dots of a class beside it."""


def sign_size(metrics: QFontMetrics) -> int:
    """Return the width and height of a sign in pixels."""
    return round(1.4 * metrics.height())


def gap(metrics: QFontMetrics) -> int:
    """Return the pixels between a sign, a text and dots."""
    return round(0.5 * metrics.height())


def text_height(metrics: QFontMetrics, width: int, text: str) -> int:
    """Return the height of a text that wraps at a width."""
    return metrics.boundingRect(QRect(0, 0, max(width, 1), 1 << 16), _WRAPPED, text).height()


def paint_text(painter: QPainter, space: QRect, text: str) -> None:
    """Write a text that wraps, in the middle of a space's height."""
    high = text_height(painter.fontMetrics(), space.width(), text)
    top = space.top() + max(0, (space.height() - high) // 2)
    painter.drawText(QRect(space.left(), top, space.width(), space.height()), _WRAPPED, text)


def paint_sign(painter: QPainter, space: QRect, sign: str, palette: QPalette, full: bool) -> None:
    """Paint a key or a tick in a circle, filled or not; changes pen, brush and font."""
    roles = QPalette.ColorRole
    circle = space.toRectF().adjusted(1, 1, -1, -1)
    painter.setPen(QPen(palette.color(roles.Accent if full else roles.PlaceholderText), 1.3))
    painter.setBrush(palette.accent() if full else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(circle)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ink = palette.color(roles.HighlightedText if full else roles.Text)
    if sign == TICK:
        painter.setPen(QPen(ink, max(1.6, 0.1 * circle.width())))
        corners = [circle.center() + QPointF(x, y) * circle.width() for x, y in _TICK]
        painter.drawPolyline(corners)
    else:
        painter.setPen(ink)
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, sign)


def paint_dots(painter: QPainter, space: QRectF, count: int, largest: float) -> None:
    """Fill a space with dots in the painter's brush, line by line, as large as all of them fit."""
    if not count or space.width() <= 0 or space.height() <= 0:
        return
    pitch = largest
    while int(space.width() / pitch) * int(space.height() / pitch) < count:
        pitch *= 0.94
    across, radius = int(space.width() / pitch), pitch * _SHARE / 2
    lines = math.ceil(count / across)
    top = space.top() + (space.height() - lines * pitch) / 2
    for number in range(count):
        line, place = divmod(number, across)
        middle = QPointF(space.left() + (place + 0.5) * pitch, top + (line + 0.5) * pitch)
        painter.drawEllipse(middle, radius, radius)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer, and how many gave it."""

    sign: str
    """A digit, TICK, or nothing."""
    text: str
    count: int = 0
    stands_out: bool = False
    """Whether its text is bold."""


@guarded
class CountedRows(PaintedPart):
    """Answers with their counts as dots, and as numbers where more than one student answers.

    Painted, so that new counts move nothing.
    """

    def __init__(self, rows: Sequence[AnswerRow], grows: bool = False) -> None:
        """Take the rows; if counts can grow, there is room for them from the start."""
        super().__init__()
        self._grows = grows
        self.rows = tuple(rows)

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        """Show other counts of the same answers."""
        self.rows = tuple(rows)
        self.update()

    def row_at(self, y: float) -> int | None:
        """Return the row at a height in pixels; space between two is of the second."""
        tops = [0, *(box.bottom() + 1 for box in self._boxes(self.width()))]
        return next((i for i, (a, b) in enumerate(pairwise(tops)) if a <= y < b), None)

    def heightForWidth(self, width: int) -> int:
        return self._boxes(width)[-1].bottom() + 1

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, box in zip(self.rows, self._boxes(self.width()), strict=True):
            self._paint_row(painter, row, box)
        painter.end()

    def _paint_row(self, painter: QPainter, row: AnswerRow, box: QRect) -> None:
        metrics, roles = self.fontMetrics(), QPalette.ColorRole
        painter.setFont(self.font())
        left, width = self._text_space(box.width())
        high = self._text_height(box.width(), row.text)
        if row.sign:
            size = sign_size(metrics)
            sign = QRect(box.left(), box.top() + (high - size) // 2, size, size)
            paint_sign(painter, sign, row.sign, self.palette(), row.sign == TICK)
        painter.setPen(self.palette().color(roles.Text))
        painter.setFont(bold(self.font()) if row.stands_out else self.font())
        paint_text(painter, QRect(left, box.top(), width, high), row.text)
        painter.setFont(bold(self.font()))
        number = QRect(box.left(), box.top(), box.width(), high)
        if row.count and self._is_counted:
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(number, int(flags), numerals.whole(row.count))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().accent())
        dots = self._dots_space(box, high)
        paint_dots(painter, dots, row.count, _DOT * metrics.height())

    def _boxes(self, width: int) -> list[QRect]:
        """Return where the rows are at a width."""
        boxes: list[QRect] = []
        top = 0
        for row in self.rows:
            high = self._text_height(width, row.text)
            high += self._below(width) * (self._grows or row.count > 0)
            boxes.append(QRect(0, top, width, high))
            top += high + gap(self.fontMetrics()) // 2
        return boxes

    def _text_space(self, width: int) -> tuple[int, int]:
        """Return the left edge and the width of the texts."""
        metrics, numbers = self.fontMetrics(), QFontMetrics(bold(self.font()))
        has_signs = any(row.sign for row in self.rows)
        left = (sign_size(metrics) + gap(metrics)) * has_signs
        right = (numbers.horizontalAdvance("888") + gap(numbers) // 2) * self._is_counted
        return left, max(width - left - right, 1)

    @property
    def _is_counted(self) -> bool:
        """Whether there are numbers: one dot needs none."""
        return self._grows or sum(row.count for row in self.rows) > 1

    def _text_height(self, width: int, text: str) -> int:
        metrics = self.fontMetrics()
        high = text_height(QFontMetrics(bold(self.font())), self._text_space(width)[1], text)
        return max(sign_size(metrics), high)

    def _widest(self) -> int:
        metrics = QFontMetrics(bold(self.font()))
        return max(metrics.horizontalAdvance(row.text) for row in self.rows)

    def _below(self, width: int) -> int:
        """Return the height of the dots below a text; 0 if they are beside it."""
        metrics, space = self.fontMetrics(), self._text_space(width)[1]
        dot = round(gap(metrics) + _DOT * metrics.height())
        most = _MOST_BESIDE * space if self._is_counted else space - dot
        return 0 if self._widest() < most else metrics.height()

    def _dots_space(self, box: QRect, high: int) -> QRectF:
        left, width = self._text_space(box.width())
        if below := self._below(box.width()):
            return QRectF(left, box.top() + high, box.width() - left, below)
        taken = self._widest() + gap(self.fontMetrics())
        return QRectF(left + taken, box.top(), width - taken, high)
