"""Paints a tile of the gallery: a small decision surface in a frame that tells its outcome."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from xorviz.panels.lab.gallery.images import Surface
from xorviz.panels.lab.outcomes import NOT_YET, RIGHT, RIGHT_SO_FAR, color_of, paint_mark
from xorviz.ui.theme.palette import Theme

_FRAME, _THIN, _THIN_BELOW = 2.0, 1.0, 20
"""The width of frames, and the pixels of a tile's side below which they are thin."""
_ROOMY = 30
"""Pixels of a tile's side from which a mark's ground is wide."""
_LINE_FROM = 56
"""Pixels of a tile's side from which the line of one half is drawn."""
_MARK_SHARE, _LEAST_MARK, _MOST_MARK = 0.24, 6.0, 14.0
"""Of a tile's side, and in pixels: how large the mark of an outcome is."""


def paint_tile(
    painter: QPainter, rect: QRectF, outcome: str, surface: Surface | None, theme: Theme
) -> None:
    """Paint a network that has this outcome; an empty ground for one that has not begun.

    The painter is to draw antialiased, and images smoothly.
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
    """Paint lines over a square of side 1 into a square."""
    placed = QTransform.fromTranslate(rect.left(), rect.top()).scale(rect.width(), rect.height())
    painter.setPen(QPen(QColor(theme.text), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in lines:
        painter.drawPolyline(placed.map(line))


def _paint_mark(painter: QPainter, rect: QRectF, outcome: str, theme: Theme) -> None:
    """Paint an outcome's mark in the corner below right, on a ground of its own."""
    side = round(min(max(rect.width() * _MARK_SHARE, _LEAST_MARK), _MOST_MARK))
    edge = 2 if rect.width() >= _ROOMY else 1
    ground = QRectF(0, 0, side + 2 * edge, side + 2 * edge)
    ground.moveBottomRight(rect.bottomRight())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(ground, 3, 3)
    paint_mark(painter, ground.adjusted(edge, edge, -edge, -edge), outcome, theme)
