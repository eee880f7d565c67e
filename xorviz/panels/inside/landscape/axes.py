"""Drawing of a landscape's axes, colour bar and cursor."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPen, QPolygonF

from xorviz.panels.inside.landscape.contours import Scale
from xorviz.panels.inside.landscape.frame import GAP, Frame, tick_text
from xorviz.ui.plot.axes import loss_text
from xorviz.ui.plot.ticks import linear_ticks, log_ticks
from xorviz.ui.theme.palette import Theme, sequential

_CENTRE = Qt.AlignmentFlag.AlignCenter
_BESIDE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_TICK_WIDTH, _TICK_HEIGHT = 64, 44
"""Least distance in pixels between ticks."""
_ARM = 7
_STOPS = 12


def paint_axes(painter: QPainter, frame: Frame, names: tuple[str, str], theme: Theme) -> None:
    """Paint the frame, tick labels and names of both axes."""
    chart, line = frame.chart, QFontMetricsF(painter.font()).height()
    area, across, up = chart.rect, chart.across, chart.up
    painter.setPen(QColor(theme.hairline))
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.setPen(QColor(theme.quiet))
    right = painter.window().right()
    for x in linear_ticks(across.low, across.high, area.width() / _TICK_WIDTH):
        middle = chart.at(x, up.low).x()
        half = QFontMetricsF(painter.font()).horizontalAdvance(tick_text(x)) / 2
        middle = min(middle, right - half)
        painter.drawText(QRectF(middle - 40, area.bottom() + GAP, 80, line), _CENTRE, tick_text(x))
    end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for y in linear_ticks(up.low, up.high, area.height() / _TICK_HEIGHT):
        middle = chart.at(across.low, y).y()
        top = max(middle - line / 2, 0)
        painter.drawText(QRectF(0, top, area.left() - GAP, line), end, tick_text(y))
    if frame.has_names:
        _paint_names(painter, frame, names, theme)


def _paint_names(painter: QPainter, frame: Frame, names: tuple[str, str], theme: Theme) -> None:
    area, metrics = frame.chart.rect, QFontMetricsF(painter.font())
    line = metrics.height()
    painter.setPen(QColor(theme.text))
    across, up = (
        name if metrics.horizontalAdvance(name) <= length else name.partition(" (")[0]
        for name, length in zip(names, (area.width(), area.height()), strict=True)
    )
    below = QRectF(area.left(), area.bottom() + GAP + line, area.width(), line)
    painter.drawText(below, _CENTRE, across)
    painter.save()
    painter.translate(0, area.bottom())
    painter.rotate(-90)
    painter.drawText(QRectF(0, 0, area.height(), line), _CENTRE, up)
    painter.restore()


def paint_bar(painter: QPainter, bar: QRectF, scale: Scale, loss: float, theme: Theme) -> None:
    """Paint the colour bar with labels, and a pointer at the network's loss."""
    gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    colors = sequential(theme)
    for i, share in enumerate(np.linspace(0, 1, _STOPS)):
        r, g, b = colors[round(share * (len(colors) - 1))].tolist()
        gradient.setColorAt(i / (_STOPS - 1), QColor(r, g, b))
    painter.fillRect(bar, gradient)
    painter.setPen(QColor(theme.hairline))
    painter.drawRect(bar)
    line = QFontMetricsF(painter.font()).height()
    painter.setPen(QColor(theme.quiet))
    title = QRectF(bar.left() - 20, bar.top() - line - 2, bar.width() + 40, line)
    painter.drawText(title, _CENTRE, "loss")
    for value in bar_values(scale, bar.height() / (1.6 * line)):
        y = _height(bar, scale, value)
        place = QRectF(bar.right() + GAP, y - line / 2, 80, line)
        place.moveTop(min(max(place.top(), bar.top() - 2), bar.bottom() - line + 2))
        painter.drawText(place, _BESIDE, loss_text(value))
    _point_at(painter, QPointF(bar.left() - 2, _height(bar, scale, loss)), theme)


def bar_values(scale: Scale, most: float) -> list[float]:
    """Return round losses to label on the colour bar, including both ends."""
    apart = (scale.high / scale.low) ** (1 / most)
    low, high = scale.low * apart, scale.high / apart
    between = [v for v in log_ticks(scale.low, scale.high, most) if low <= v <= high]
    return [scale.low, *between, scale.high]


def paint_cross(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """Paint a cross at the keyboard cursor."""
    for color, width in ((theme.panel, 4.5), (theme.text, 1.5)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawLine(at - QPointF(_ARM, 0), at + QPointF(_ARM, 0))
        painter.drawLine(at - QPointF(0, _ARM), at + QPointF(0, _ARM))


def _height(bar: QRectF, scale: Scale, loss: float) -> float:
    return bar.bottom() - float(scale.shares(np.array(loss))) * bar.height()


def _point_at(painter: QPainter, tip: QPointF, theme: Theme) -> None:
    """Paint a small triangle whose tip touches the bar from the left."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.text))
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-6, -4), tip + QPointF(-6, 4)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
