"""Drawing of a gallery tile: a small decision surface, framed in the colour of its outcome."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from xorviz.panels.lab.gallery.images import Surface
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR, color_of, paint_mark
from xorviz.ui.theme.palette import Theme

_FRAME, _THIN, _THIN_BELOW = 2.0, 1.0, 20
"""Widths of frames, and the side in pixels below which frames are thin."""
_ROOMY = 30
"""Least side in pixels of a tile whose mark has a wide margin."""
_LINE_FROM = 56
"""Least side in pixels of a tile with a line at output 0.5."""
_MARK_SHARE, _LEAST_MARK, _MOST_MARK = 0.24, 6.0, 14.0
"""Size of an outcome's mark: share of a tile's side, and limits in pixels."""


def paint_tile(
    painter: QPainter, rect: QRectF, outcome: str, surface: Surface | None, theme: Theme
) -> None:
    """Paint a network's tile; an empty one before its first step.

    The painter must use antialiasing and smooth image scaling.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.hairline if outcome == NOT_YET else color_of(theme, outcome)))
    painter.drawRoundedRect(rect, 3, 3)
    frame = _FRAME if rect.width() >= _THIN_BELOW else _THIN
    inside = rect.adjusted(frame, frame, -frame, -frame)
    if surface is None:
        painter.fillRect(inside, QColor(theme.hover))
        return
    painter.drawImage(inside, surface.image)
    if rect.width() >= _LINE_FROM and surface.is_lasting:
        paint_line(painter, inside, surface.line, theme, 1.2)
    if outcome not in {RIGHT, RIGHT_SO_FAR, NOT_YET}:
        _paint_mark(painter, rect, outcome, theme)


def paint_line(
    painter: QPainter, rect: QRectF, lines: Sequence[QPolygonF], theme: Theme, width: float
) -> None:
    """Paint lines in a unit square, scaled to a rectangle."""
    placed = QTransform.fromTranslate(rect.left(), rect.top()).scale(rect.width(), rect.height())
    painter.setPen(QPen(QColor(theme.text), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in lines:
        painter.drawPolyline(placed.map(line))


def _paint_mark(painter: QPainter, rect: QRectF, outcome: str, theme: Theme) -> None:
    """Paint an outcome's mark in the bottom right corner."""
    side = round(min(max(rect.width() * _MARK_SHARE, _LEAST_MARK), _MOST_MARK))
    edge = 2 if rect.width() >= _ROOMY else 1
    ground = QRectF(0, 0, side + 2 * edge, side + 2 * edge)
    ground.moveBottomRight(rect.bottomRight())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(ground, 3, 3)
    paint_mark(painter, ground.adjusted(edge, edge, -edge, -edge), outcome, theme)
