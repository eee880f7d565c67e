"""The box of a check box, drawn: Fusion's own is hardly seen on a dark panel."""

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QPainter, QPen

SIZE = 12
"""Pixels."""

_TICK = ((3.0, 6.0), (5.2, 8.4), (9.2, 3.4))


def paint(painter: QPainter, box: QRect, line: QColor, tick: QColor, is_checked: bool) -> None:
    """Draw a box of SIZE, ticked or not. The painter keeps what was set here."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, 1))
    painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
    if is_checked:
        painter.setPen(QPen(tick, 1.8))
        painter.drawPolyline([QPointF(box.topLeft()) + QPointF(x, y) for x, y in _TICK])
