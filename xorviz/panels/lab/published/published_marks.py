"""Small signs in the table of published experiments: how one stands, and what runs it."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from xorviz.lab.results.published_readings import Mark
from xorviz.panels.lab.published.row import PublishedRow
from xorviz.ui.theme.palette import Theme

_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_TICK = ((-4.0, 0.5), (-1.5, 3.5), (4.5, -4.0))
_CROSS = (((-3.5, -3.5), (3.5, 3.5)), ((-3.5, 3.5), (3.5, -3.5)))
_PIE = 5.0
_WHOLE_TURN = 5760
"""In Qt's sixteenths of a degree."""


def paint_mark(painter: QPainter, rect: QRectF, row: PublishedRow, theme: Theme) -> None:
    """Paint how an experiment stands: a tick, a cross, about equal, a dash, or how far it is."""
    middle = rect.center()
    if row.progress is not None:
        _paint_pie(painter, middle, row.progress, theme)
    elif row.mark == Mark.MATCH:
        painter.setPen(_pen(theme.accent))
        painter.drawPolyline(_around(middle, *_TICK))
    elif row.mark == Mark.MISS:
        painter.setPen(_pen(theme.wrong))
        for line in _CROSS:
            painter.drawPolyline(_around(middle, *line))
    else:
        painter.setPen(QColor(theme.quiet))
        sign = "≈" if row.mark == Mark.SOFT else "…" if row.is_waiting else "–"
        painter.drawText(rect, _CENTRE, sign)


def paint_play(painter: QPainter, rect: QRectF, theme: Theme, is_hot: bool) -> None:
    """Paint the triangle that runs an experiment."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent if is_hot else theme.quiet))
    painter.drawPolygon(_around(rect.center(), (-3.5, -5.0), (5.0, 0.0), (-3.5, 5.0)))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_pie(painter: QPainter, middle: QPointF, share: float, theme: Theme) -> None:
    circle = QRectF(middle.x() - _PIE, middle.y() - _PIE, 2 * _PIE, 2 * _PIE)
    painter.setPen(QPen(QColor(theme.accent), 1.2))
    painter.drawEllipse(circle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent))
    painter.drawPie(circle, _WHOLE_TURN // 4, -round(share * _WHOLE_TURN))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _pen(color: str) -> QPen:
    pen = QPen(QColor(color), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _around(middle: QPointF, *points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([middle + QPointF(x, y) for x, y in points])
