"""What surrounds a landscape: axes, colour bar and notes."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.core.analysis.landscape import Landscape
from xorviz.core.analysis.surface import Span
from xorviz.panels.inside.chart import Chart
from xorviz.panels.inside.landscape.contours import Scale
from xorviz.ui.plot.axes import linear_ticks, log_ticks
from xorviz.ui.theme.palette import Theme, sequential

_CENTRE = Qt.AlignmentFlag.AlignCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_BAR_WIDTH, _BAR_GAP = 10, 14
_WITH_BAR = 22.0
"""Least width that shows the colour bar, in heights of a line."""
_WITH_NAMES = 7.0
"""Least height, without the notes, that shows the names of the axes, in heights of a line."""
_TOP, _RIGHT, _GAP = 6, 10, 4
_NOTES_SHARE = 0.22
"""Largest share of the height used by notes."""
_TICK_WIDTH, _TICK_HEIGHT = 4.0, 2.8
"""Least distance between ticks, in heights of a line."""
_WIDE = 6.0
"""Room for a text, in heights of a line."""
_STOPS = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot area, and the parts around it."""

    chart: Chart
    has_names: bool
    bar: QRectF
    """Empty if it does not fit."""
    notes: QRectF
    text: str
    """The notes."""

    @property
    def scale(self) -> QRectF:
        """The colour bar with its labels."""
        return QRectF() if self.bar.isEmpty() else self.bar.adjusted(-_BAR_GAP, 0, 4 * _BAR_GAP, 0)

    @classmethod
    def of(
        cls, size: QSizeF, landscape: Landscape, notes: list[str], metrics: QFontMetricsF
    ) -> "Frame":
        """Lay out the parts, with as many of the last notes as fit."""
        across, up = (Span(float(at[0]), float(at[-1])) for at in (landscape.xs, landscape.ys))
        line = metrics.height()
        text, notes_height = fitting(notes, size, metrics)
        has_names = size.height() - notes_height >= _WITH_NAMES * line
        labels = max(metrics.horizontalAdvance(numerals.tick(y)) for y in (up.low, up.high))
        left = labels + 2 * _GAP + has_names * (line + _GAP)
        bottom = notes_height + (1 + has_names) * (line + 1) + 2 * _GAP
        has_bar = size.width() >= _WITH_BAR * line
        bar_labels = metrics.horizontalAdvance("0.0005") + _GAP
        right = _BAR_GAP + _BAR_WIDTH + bar_labels if has_bar else _RIGHT
        area = QRectF(left, _TOP, size.width() - left - right, size.height() - _TOP - bottom)
        bar = QRectF()
        if has_bar:
            bar = QRectF(area.right() + _BAR_GAP, _TOP + line, _BAR_WIDTH, area.height() - line)
        foot = QRectF(_GAP, size.height() - notes_height, size.width() - 2 * _GAP, notes_height)
        return cls(Chart(area, across, up), has_names, bar, foot, text)

    def paint(self, painter: QPainter, landscape: Landscape, scale: Scale, theme: Theme) -> None:
        """Paint all but what is in the plot area."""
        painter.setPen(QColor(theme.quiet))
        painter.drawText(self.notes, int(Qt.TextFlag.TextWordWrap), self.text)
        self._paint_ticks(painter, theme)
        if self.has_names:
            self._paint_names(painter, landscape.plane.names, theme)
        if not self.bar.isEmpty():
            self._paint_bar(painter, scale, landscape.loss, theme)

    def _paint_ticks(self, painter: QPainter, theme: Theme) -> None:
        chart, metrics = self.chart, QFontMetricsF(painter.font())
        area, across, up, line = chart.rect, chart.across, chart.up, metrics.height()
        painter.setPen(QPen(QColor(theme.rule), theme.stroke))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.setPen(QColor(theme.quiet))
        right = painter.window().right()
        for x in linear_ticks(across.low, across.high, area.width() / (_TICK_WIDTH * line)):
            half = metrics.horizontalAdvance(numerals.tick(x)) / 2
            middle = min(chart.at(x, up.low).x(), right - half)
            below = QRectF(middle - _WIDE * line / 2, area.bottom() + _GAP, _WIDE * line, line)
            painter.drawText(below, _CENTRE, numerals.tick(x))
        for y in linear_ticks(up.low, up.high, area.height() / (_TICK_HEIGHT * line)):
            top = max(chart.at(across.low, y).y() - line / 2, 0)
            beside = QRectF(0, top, area.left() - _GAP, line)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | _MIDDLE, numerals.tick(y))

    def _paint_names(self, painter: QPainter, names: tuple[str, str], theme: Theme) -> None:
        area, metrics = self.chart.rect, QFontMetricsF(painter.font())
        line = metrics.height()
        painter.setPen(QColor(theme.text))
        across, up = (
            name if metrics.horizontalAdvance(name) <= length else name.partition(" (")[0]
            for name, length in zip(names, (area.width(), area.height()), strict=True)
        )
        below = QRectF(area.left(), area.bottom() + _GAP + line, area.width(), line)
        painter.drawText(below, _CENTRE, across)
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), _CENTRE, up)
        painter.restore()

    def _paint_bar(self, painter: QPainter, scale: Scale, loss: float, theme: Theme) -> None:
        """Paint the colour bar with labels, and a pointer at the network's loss."""
        bar, line = self.bar, QFontMetricsF(painter.font()).height()
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        colors = sequential(theme)
        for i, share in enumerate(np.linspace(0, 1, _STOPS)):
            color = QColor(*colors[round(share * (len(colors) - 1))].tolist())
            gradient.setColorAt(i / (_STOPS - 1), color)
        painter.fillRect(bar, gradient)
        painter.setPen(QPen(QColor(theme.rule), theme.stroke))
        painter.drawRect(bar)
        painter.setPen(QColor(theme.quiet))
        title = QRectF(bar.left() - line, bar.top() - line - 2, bar.width() + 2 * line, line)
        painter.drawText(title, _CENTRE, "loss")

        def height(value: float) -> float:
            return bar.bottom() - float(scale.shares(np.array(value))) * bar.height()

        for value in bar_values(scale, bar.height() / (1.6 * line)):
            place = QRectF(bar.right() + _GAP, height(value) - line / 2, _WIDE * line, line)
            place.moveTop(min(max(place.top(), bar.top() - 2), bar.bottom() - line + 2))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | _MIDDLE, numerals.tick(value))
        tip = QPointF(bar.left() - 2, height(loss))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-6, -4), tip + QPointF(-6, 4)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def bar_values(scale: Scale, most: float) -> list[float]:
    """Return round losses to label on the colour bar, including both ends."""
    apart = (scale.high / scale.low) ** (1 / most)
    low, high = scale.low * apart, scale.high / apart
    between = [v for v in log_ticks(scale.low, scale.high, most) if low <= v <= high]
    return [scale.low, *between, scale.high]


def fitting(notes: list[str], size: QSizeF, metrics: QFontMetricsF) -> tuple[str, float]:
    """Return as many of the last notes as fit, at least one, and their height."""
    space = QRectF(0, 0, size.width() - 2 * _GAP, 1e4)
    heights = [
        (text, metrics.boundingRect(space, int(Qt.TextFlag.TextWordWrap), text).height())
        for text in (" ".join(notes[i:]) for i in range(len(notes)))
    ]
    allowed = _NOTES_SHARE * size.height()
    return next((pair for pair in heights if pair[1] <= allowed), heights[-1])
