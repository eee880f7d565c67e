"""A dot for each network of the lab: filled if it is correct."""

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen

from xorviz.lab.results.success import Proportion
from xorviz.ui.draw.painted import PaintedPart
from xorviz.ui.guard import guarded

MOST_DOTS = 1_000
_COLUMNS = (10, 20, 25, 30, 40, 50)
_MOST_LINES = 9.0
"""Heights of a line that the field has at most."""
_EDGE = 2
"""Pixels around the dots."""
_LARGEST = 0.9
"""Space of a dot, in heights of a line."""


def seeds_per_dot(right: Proportion) -> int:
    """Return how many networks one dot stands for."""
    return -(-right.of // MOST_DOTS)


@guarded
class SeedField(PaintedPart):
    """The correct networks first, and a line where the predicted number of them would end."""

    def __init__(self, right: Proportion, predicted: float) -> None:
        """Take what happened, and the predicted number of correct networks."""
        super().__init__()
        per_dot = seeds_per_dot(right)
        self.count = -(-right.of // per_dot)
        """How many dots there are, how many of them are filled, and how many were predicted."""
        self.filled = round(right.count / per_dot)
        self.predicted = min(max(round(predicted / per_dot), 0), self.count)

    def heightForWidth(self, width: int) -> int:
        columns, pitch = self._grid(width)
        return math.ceil(-(-self.count // columns) * pitch) + 2 * _EDGE

    def center(self, number: int) -> QPointF:
        """Return the middle of a dot."""
        columns, pitch = self._grid(self.width())
        line, place = divmod(number, columns)
        return QPointF(_EDGE + (place + 0.5) * pitch, _EDGE + (line + 0.5) * pitch)

    def _grid(self, width: int) -> tuple[int, float]:
        """Return the dots in a line, and the space of each: the largest at which all fit."""
        line = self.fontMetrics().height()
        for columns in _COLUMNS:
            pitch = min((width - 2 * _EDGE) / columns, _LARGEST * line)
            if -(-self.count // columns) * pitch <= _MOST_LINES * line:
                break
        return columns, max(pitch, 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, roles = QPainter(self), QPalette.ColorRole
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns, pitch = self._grid(self.width())
        colors, radius = self.palette(), 0.36 * pitch
        full, empty = colors.color(roles.Accent), colors.color(roles.PlaceholderText)
        for number in range(self.count):
            is_full = number < self.filled
            painter.setPen(QPen(full if is_full else empty, max(1.0, 0.1 * pitch)))
            painter.setBrush(full if is_full else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.center(number), radius, radius)
        painter.setPen(QPen(colors.color(roles.Text), 2))
        line, place = divmod(self.predicted, columns)
        right, left, top = columns * pitch, place * pitch, line * pitch
        painter.translate(_EDGE, _EDGE)
        corners = [(right, top), (left, top), (left, top + pitch), (0.0, top + pitch)]
        painter.drawPolyline([QPointF(x, y) for x, y in corners])
        painter.end()
