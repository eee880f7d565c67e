"""Box, axes and colour scale of the plane of two hidden units."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.analysis.pair_plane import PairPlane, Third
from xorviz.panels.inside.chart import Chart
from xorviz.panels.inside.hidden_space.geometry import RAMP, ramp
from xorviz.ui.theme.palette import Theme


class Axis(Enum):
    """An axis; its value is its index in a pair of units."""

    ACROSS, UP = range(2)


OVERHANG = 12
"""Pixels around the box, for markers at its edges."""
_WIDEST = 1.5
"""Largest ratio of the box's sides."""
_SCALE_WIDTH = 54


class PlaneAxes:
    """Layout of the box at a widget's size, and the labels around it."""

    def __init__(self, plane: PairPlane, size: QSizeF, font: QFont) -> None:
        self._plane, self._font = plane, font
        self._metrics = QFontMetricsF(font)
        self.chart = Chart(self._box(size), plane.across, plane.up)

    def _box(self, size: QSizeF) -> QRectF:
        """Return the box: as large as it fits within the largest ratio."""
        ticks = (_tick(self._plane.up.low), _tick(self._plane.up.high))
        line = self._metrics.height()
        left = OVERHANG + 4 + max(self._metrics.horizontalAdvance(tick) for tick in ticks)
        right, top, bottom = OVERHANG + 4, OVERHANG + 4 + line, OVERHANG + 2 + line
        width, height = max(40, size.width() - left - right), max(40, size.height() - top - bottom)
        w, h = min(width, height * _WIDEST), min(height, width * _WIDEST)
        box = QRectF(left + (width - w) / 2, top + (height - h) / 2, w, h)
        return box.toAlignedRect().toRectF()

    def name_rect(self, axis: Axis) -> QRectF:
        rect = self.chart.rect
        width = self._metrics.horizontalAdvance("h64 ▾") + 8
        height = self._metrics.height() + 2
        if axis is Axis.ACROSS:
            left, top = rect.center().x() - width / 2, rect.bottom() + OVERHANG - 1
        else:
            left, top = rect.left() - 4, rect.top() - OVERHANG - height + 1
        return QRectF(left, top, width, height)

    def paint(self, painter: QPainter, theme: Theme, unit: int | None) -> None:
        """Paint the box, axis ends and names, with one unit's name highlighted."""
        rect, pair = self.chart.rect, self._plane.pair
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if pair.up is None:
            middle = rect.center().y()
            painter.setPen(QPen(QColor(theme.quiet), 1))
            painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))
        else:
            painter.setPen(QPen(QColor(theme.hairline), 1))
            painter.drawRect(rect)
        painter.setPen(QColor(theme.quiet))
        self._write_ends(painter)
        self._write_name(painter, Axis.ACROSS, pair.across, theme, unit)
        if pair.up is not None:
            self._write_name(painter, Axis.UP, pair.up, theme, unit)
        if self._plane.third is not None:
            self._paint_scale(painter, self._plane.third, theme, unit)

    def _write_ends(self, painter: QPainter) -> None:
        rect, height, align = self.chart.rect, self._metrics.height(), Qt.AlignmentFlag
        below = QRectF(rect.left() - 30, rect.bottom() + OVERHANG, 60, height)
        painter.drawText(below, align.AlignHCenter, _tick(self.chart.across.low))
        end = _tick(self.chart.across.high)
        half = max(self._metrics.horizontalAdvance(end) - OVERHANG, 0) / 2
        below.moveLeft(rect.right() - 30 - max(half - OVERHANG / 2, 0))
        painter.drawText(below, align.AlignHCenter, end)
        if self._plane.pair.up is not None:
            beside = QRectF(rect.left() - OVERHANG - 80, rect.top() - height / 2, 80, height)
            painter.drawText(beside, align.AlignRight, _tick(self.chart.up.high))
            beside.moveTop(rect.bottom() - height / 2)
            painter.drawText(beside, align.AlignRight, _tick(self.chart.up.low))

    def _write_name(
        self, painter: QPainter, axis: Axis, unit: int, theme: Theme, selected: int | None
    ) -> None:
        font = QFont(self._font)
        font.setBold(unit == selected)
        painter.setFont(font)
        painter.setPen(QColor(theme.accent if unit == selected else theme.text))
        side = Qt.AlignmentFlag.AlignHCenter if axis is Axis.ACROSS else Qt.AlignmentFlag.AlignLeft
        box = self.name_rect(axis).adjusted(4, 0, -4, 0)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, f"h{unit + 1} ▾")
        painter.setFont(self._font)

    def _paint_scale(
        self, painter: QPainter, third: Third, theme: Theme, selected: int | None
    ) -> None:
        """Paint the colour scale of the third unit's responses."""
        advance = self._metrics.horizontalAdvance
        low, high = _tick(third.span.low), _tick(third.span.high)
        middle = self.name_rect(Axis.UP).center().y()
        base = middle + (self._metrics.ascent() - self._metrics.descent()) / 2
        x = self.chart.rect.right() + OVERHANG - advance(high)
        painter.setPen(QColor(theme.quiet))
        painter.drawText(QPointF(x, base), high)
        x -= _SCALE_WIDTH + 4
        step = _SCALE_WIDTH / RAMP
        for i, color in enumerate(ramp(theme)):
            painter.fillRect(QRectF(x + i * step, middle - 4, step, 8), color)
        x -= advance(low) + 4
        painter.drawText(QPointF(x, base), low)
        painter.setPen(QColor(theme.accent if third.unit == selected else theme.text))
        name = f"h{third.unit + 1} "
        painter.drawText(QPointF(x - advance(name), base), name)


def _tick(value: float) -> str:
    """Return the text of a round number at the end of an axis."""
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        return numerals.power(value, 0)
    return f"{value:g}".replace("-", numerals.MINUS)
