"""Drawing of a map's axes, headings and colour bar."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QLinearGradient, QPainter, QPen

from xorviz.lab.results.map import AXES, Value, value_text
from xorviz.panels.lab.map.frame import GAP, HEADINGS, MapFrame, sized, widest_value
from xorviz.panels.lab.map.look import map_colors
from xorviz.ui.theme.palette import LEVELS, Theme

_LEAST_LABEL = 10
"""Least size in pixels of digits beside the cells."""
_WITH_BAR = 220
"""Least width in pixels that shows the colour bar."""
_BAR_HEIGHT, _STOPS = 8, 8
_CENTRE = Qt.AlignmentFlag.AlignCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft | _MIDDLE, Qt.AlignmentFlag.AlignRight | _MIDDLE


def paint_axes(painter: QPainter, frame: MapFrame, theme: Theme) -> None:
    """Write the values of both settings, and the name of the rows' setting."""
    metrics, plan = QFontMetricsF(painter.font()), frame.map_plan
    line, areas = metrics.height(), list(frame.blocks.values())
    painter.setPen(QColor(theme.quiet))
    for area in areas if frame.is_stacked else areas[:1]:
        for row, text in _labels(plan.up_values, area.height(), line, None):
            middle = area.top() + (row + 0.5) * area.height() / len(plan.up_values) - 1
            rect = QRectF(0, middle - line / 2, area.left() - GAP - 1, line)
            painter.drawText(rect, _RIGHT, text)
    for area in areas[-1:] if frame.is_stacked else areas:
        _paint_columns(painter, area, plan.across_values)
    if frame.has_name:
        painter.save()
        painter.translate(0, areas[-1].bottom())
        painter.rotate(-90)
        length = areas[-1].bottom() - areas[0].top()
        painter.drawText(QRectF(0, 0, length, line), _CENTRE, AXES[plan.up].label)
        painter.restore()


def _paint_columns(painter: QPainter, area: QRectF, values: tuple[Value, ...]) -> None:
    """Write the values below the columns, in a smaller size if all fit then."""
    font, cell = painter.font(), area.width() / len(values)
    line, needed = QFontMetricsF(font).height(), 0.0
    for pixels in range(QFontInfo(font).pixelSize(), _LEAST_LABEL - 1, -1):
        painter.setFont(sized(font, pixels))
        needed = widest_value(values, QFontMetricsF(painter.font())) + GAP
        if needed <= cell:
            break
    else:
        painter.setFont(font)
    for column, text in _labels(values, area.width(), needed, QFontMetricsF(painter.font())):
        middle = area.left() + (column + 0.5) * cell - 1
        painter.drawText(QRectF(middle - 60, area.bottom() + 1, 120, line), _CENTRE, text)
    painter.setFont(font)


def paint_headings(painter: QPainter, frame: MapFrame, theme: Theme) -> None:
    """Write the names of the blocks; underline the shown one if it hides another."""
    is_choice = len(frame.blocks) < len(frame.headings)
    for block, rect in frame.headings.items():
        is_shown = block in frame.blocks
        painter.setPen(QColor(theme.text if is_shown else theme.quiet))
        painter.drawText(rect, _CENTRE if is_choice else _LEFT, HEADINGS[block])
        if is_choice and is_shown:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawLine(rect.bottomLeft() + QPointF(0, 1), rect.bottomRight() + QPointF(0, 1))


def paint_foot(painter: QPainter, frame: MapFrame, ends: tuple[str, str], theme: Theme) -> None:
    """Write the name of the columns' setting, and paint the colour bar."""
    metrics, foot = QFontMetricsF(painter.font()), QRectF(frame.foot)
    painter.setPen(QColor(theme.quiet))
    if foot.width() >= _WITH_BAR:
        low, high = (metrics.horizontalAdvance(end) + GAP for end in ends)
        length = min(110.0, foot.width() / 4)
        bar = QRectF(foot.right() - high - length, 0, length, _BAR_HEIGHT)
        bar.moveTop(round(foot.center().y() - _BAR_HEIGHT / 2) + 0.5)
        painter.drawText(QRectF(bar.left() - low, foot.top(), low, foot.height()), _LEFT, ends[0])
        painter.drawText(QRectF(bar.right() + GAP, foot.top(), high, foot.height()), _LEFT, ends[1])
        _paint_bar(painter, bar, theme)
        foot.setRight(bar.left() - low - 2 * GAP)
    painter.setPen(QColor(theme.quiet))
    painter.drawText(foot, _CENTRE, AXES[frame.map_plan.across].label)


def _paint_bar(painter: QPainter, bar: QRectF, theme: Theme) -> None:
    gradient, colors = QLinearGradient(bar.topLeft(), bar.topRight()), map_colors(theme)
    for stop in range(_STOPS):
        share = stop / (_STOPS - 1)
        gradient.setColorAt(share, colors[round(share * (LEVELS - 1))][0])
    painter.fillRect(bar, gradient)
    painter.setPen(QColor(theme.hairline))
    painter.drawRect(bar)


def _labels(
    values: tuple[Value, ...], length: float, needed: float, metrics: QFontMetricsF | None
) -> list[tuple[int, str]]:
    """Return indices and texts of the values along an axis of some length.

    Names are elided if metrics are given; numbers are left out where they do not fit.
    """
    cell = length / len(values)
    texts = [value_text(value) for value in values]
    if metrics is not None and isinstance(values[0], str):
        elide = Qt.TextElideMode.ElideMiddle
        return [(i, metrics.elidedText(text, elide, cell - 2)) for i, text in enumerate(texts)]
    stride = next(n for n in range(1, len(values) + 1) if n * cell >= needed or n == len(values))
    return list(enumerate(texts))[::stride]
