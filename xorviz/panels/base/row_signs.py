"""The rows of the truth table: their signs, and the choice of one."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS
from xorviz.ui.theme.palette import Theme

DEFAULT_ROW = ROWS.index((0, 1))
"""The one that is chosen at first."""


def row_options(prefix: str, what: str, tip: str = "") -> dict[int, tuple[str, str, str]]:
    """Return names, texts and tips of the options for a row, by its index in ROWS."""
    return {row: (f"{prefix}_{ROW_NAMES[row]}", f"{what} {ROW_NAMES[row]}", tip) for row in COUNTED}


def paint_sign(
    painter: QPainter,
    at: QPointF,
    radius: float,
    target: int,
    theme: Theme,
    ring: str = "#FFFFFF",
    is_right: bool = True,
) -> None:
    """Paint a circle for target 0, a square for 1, with a ring; crossed if the row is wrong."""
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
