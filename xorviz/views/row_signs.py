"""Paints the sign of a row of the truth table: a circle for target 0, a square for target 1."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from xorviz.views.palette import Theme


def paint_sign(
    painter: QPainter,
    at: QPointF,
    radius: float,
    target: int,
    theme: Theme,
    ring: str = "#FFFFFF",
    is_right: bool = True,
) -> None:
    """Paint a row's sign with a ring around it, crossed while the row is wrong."""
    painter.setPen(QPen(QColor(ring), max(1.2, radius / 4)))
    painter.setBrush(QColor(theme.plus if target else theme.minus))
    if target:
        r = radius * 0.92  # a square looks larger than a circle
        painter.drawRoundedRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r), 1.5, 1.5)
    else:
        painter.drawEllipse(at, radius, radius)
    if not is_right:
        c = radius * 0.42
        painter.setPen(QPen(QColor("#FFFFFF"), max(1.2, radius / 4)))
        painter.drawLine(at + QPointF(-c, -c), at + QPointF(c, c))
        painter.drawLine(at + QPointF(-c, c), at + QPointF(c, -c))
