"""Canvas of the loss landscape: colours, contour lines, the path of the run, and the axes.

Shapes: n points a side, K points of a line.
"""

import math
from dataclasses import dataclass
from itertools import chain

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QWheelEvent,
)

from xorviz.core import numerals
from xorviz.core.analysis.landscape import Landscape
from xorviz.core.analysis.surface import Span
from xorviz.core.arrays import Array
from xorviz.core.numerals import round_above, round_below
from xorviz.panels.inside.chart import Chart
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.label_places import LabelSpace
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import linear_ticks, log_ticks
from xorviz.ui.plot.lines import isolines
from xorviz.ui.theme.palette import LEVELS, Theme, faint, sequential

_DECADES = 6
"""Largest range of colours and contour lines."""
_MOST = 12
"""Largest number of contour lines."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Range of the logarithmic colour scale; both ends are round."""

    low: float
    high: float

    @classmethod
    def of(cls, losses: Array) -> "Scale":
        """Return the scale of these losses; it changes in jumps."""
        high = round_above(max(float(losses.max()), 1e-300))
        low = max(float(losses.min()), high * 10.0**-_DECADES)
        return cls(min(round_below(low), high / 2), high)

    def shares(self, losses: Array) -> Array:
        """Return the positions of losses on the scale, from 0 to 1."""
        low, high = math.log10(self.low), math.log10(self.high)
        logs = np.log10(np.clip(losses, self.low, self.high))
        return np.asarray(((logs - low) / (high - low)).clip(0, 1))


def levels_between(low: float, high: float) -> list[float]:
    """Return round losses between two positive ones, five to twelve; none if they are equal."""
    ticks = linear_ticks if high < 10 * low else log_ticks
    return [level for level in ticks(low, high, _MOST) if low < level < high]


def contours(xs: Array, ys: Array, losses: Array, scale: Scale) -> dict[float, list[Array]]:
    """Return the contour lines (K, 2) of losses (n, n) by level."""
    lowest = max(float(losses.min()), scale.low)
    levels = levels_between(lowest, float(losses.max()))
    # Logarithms vary more linearly between grid points.
    heights = np.log10(np.clip(losses, scale.low / 2, None))
    lines_at = isolines(xs, ys, heights)
    return {level: lines_at(math.log10(level)) for level in levels}


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


_DOT, _ARM = 5.0, 7.0
"""Radius of the dots, and half the size of the cross at the cursor, in pixels."""
_NAMED_FROM = 300
"""Least width in pixels that shows the names of the two dots."""
_PIXELS_PER_LABEL = 15_000
_VEIL = 205
"""Opacity, of 255, of a label's background."""
_SCALE_TIP = "The loss that each colour stands for; the pointer is at the network that is shown"
_KEY_STEPS = 50
"""Key presses from one side of the plane to the other."""


@guarded
class LandscapeCanvas(Canvas):
    """Paints a landscape, or a message. Its spots are points (x, y) of the plane."""

    zoomed = Signal(int)  # 1: in, -1: out

    is_cached = True

    def __init__(self) -> None:
        super().__init__(QSize(420, 360), QSize(160, 110))
        self.frame: Frame | None = None
        self._landscape: Landscape | None = None
        self._notes: list[str] = []
        self._message = ""
        self._scale = Scale(1, 10)
        self._lines: dict[float, list[Array]] = {}

    def show_landscape(self, landscape: Landscape, notes: list[str]) -> None:
        """Paint a landscape, with notes below it; the last note matters most."""
        self._landscape, self._notes, self._message = landscape, notes, ""
        self._scale = Scale.of(landscape.losses)
        self._lines = contours(landscape.xs, landscape.ys, landscape.losses, self._scale)
        self.setToolTip(" ".join(notes))
        self.lay_out()

    def show_message(self, message: str) -> None:
        self._landscape, self._message = None, message
        self.setToolTip("")
        self.lay_out()

    def spot_at(self, point: QPointF) -> tuple[float, float] | None:
        return self.frame.chart.point(point) if self.frame else None

    def neighbour(self, dx: int, dy: int) -> tuple[float, float] | None:
        """Return the point one key press from the marked one, or from the shown network."""
        if self.frame is None or self._landscape is None:
            return None
        x, y = self.marked or self._landscape.point
        across, up = self.frame.chart.across, self.frame.chart.up
        x += dx * (across.high - across.low) / _KEY_STEPS
        y -= dy * (up.high - up.low) / _KEY_STEPS
        return min(max(x, across.low), across.high), min(max(y, up.low), up.high)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self.frame is not None:
            is_scale = self.frame.scale.contains(event.position())
            self.setToolTip(_SCALE_TIP if is_scale else " ".join(self._notes))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if (turned := event.angleDelta().y()) and self.frame is not None:
            self.zoomed.emit(1 if turned > 0 else -1)

    def _lay_out(self) -> None:
        metrics, self.frame = QFontMetricsF(self.font()), None
        if self._landscape is not None:
            self.frame = Frame.of(QSizeF(self.size()), self._landscape, self._notes, metrics)

    def _paint_marks(self, painter: QPainter) -> None:
        if self.marked and self.frame:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            at, across, down = self.frame.chart.at(*self.marked), QPointF(_ARM, 0), QPointF(0, _ARM)
            for color, width in ((self.theme.panel, 4.5), (self.theme.text, 1.5)):
                painter.setPen(QPen(QColor(color), width * self.theme.stroke))
                painter.drawLine(at - across, at + across)
                painter.drawLine(at - down, at + down)

    def _paint(self, painter: QPainter) -> None:
        landscape, frame = self._landscape, self.frame
        if landscape is None or frame is None:
            painter.setPen(QColor(self.theme.quiet))
            inside = QRectF(self.rect()).adjusted(12, 12, -12, -12)
            painter.drawText(inside, int(_CENTRE | Qt.TextFlag.TextWordWrap), self._message)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame.paint(painter, landscape, self._scale, self.theme)
        chart = frame.chart
        painter.setClipRect(chart.rect)
        self._paint_losses(painter, chart.rect, landscape)
        painter.setPen(QPen(faint(self.theme.text, 110), self.theme.stroke))
        for line in chain.from_iterable(self._lines.values()):
            painter.drawPolyline(chart.polygon(line))
        self._paint_path(painter, chart.polygon(landscape.path), landscape.is_line)
        labels = LabelSpace(chart.rect.adjusted(2, 2, -2, -2), chart.pixels(landscape.path))
        start, shown = (chart.at(*point) for point in landscape.path[[0, -1]].tolist())
        self._paint_dots(painter, start, shown, labels)
        if chart.rect.width() >= _NAMED_FROM:
            named = landscape.config.named
            names = [(named(landscape.step), shown)]
            names += [(named(0), start)] if len(landscape.path) > 1 else []
            for name, dot in names:
                self._paint_label(painter, labels.beside(dot, _label_size(painter, name)), name)
        self._paint_labels(painter, chart, labels)

    def _paint_losses(self, painter: QPainter, area: QRectF, landscape: Landscape) -> None:
        """Colour the area, with the outermost samples on its edges."""
        side = len(landscape.xs)
        shares = self._scale.shares(landscape.losses[::-1])
        colors = sequential(self.theme)[(shares * (LEVELS - 1) + 0.5).astype(np.uint8)]
        pixels = colors.tobytes()  # the image does not own its buffer
        image = QImage(pixels, side, side, 3 * side, QImage.Format.Format_RGB888)
        x, y = area.width() / (side - 1) / 2, area.height() / (side - 1) / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area.adjusted(-x, -y, x, y), image)

    def _paint_path(self, painter: QPainter, path: QPolygonF, is_line: bool) -> None:
        """Draw the path as a line; as dots where too little of it is known."""
        for color, width in ((self.theme.panel, 4.5), (self.theme.text, 2.0)):
            wide = width * self.theme.stroke
            pen = QPen(QColor(color), wide if is_line else 2 * wide)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap if is_line else Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            if is_line:
                painter.drawPolyline(path)
            else:
                painter.drawPoints(path)

    def _paint_dots(
        self, painter: QPainter, start: QPointF, shown: QPointF, labels: LabelSpace
    ) -> None:
        """Mark the start with an open dot, and the shown network with a filled one."""
        text, panel = QColor(self.theme.text), QColor(self.theme.panel)
        stroke, radius = self.theme.stroke, _DOT * self.theme.stroke
        for at, fill, ring in ((start, panel, text), (shown, text, panel)):
            painter.setPen(QPen(ring, 2 * stroke))
            painter.setBrush(fill)
            painter.drawEllipse(at, radius, radius)
            taken = QRectF(0, 0, 2 * radius + 6, 2 * radius + 6)
            taken.moveCenter(at)
            labels.take(taken)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_labels(self, painter: QPainter, chart: Chart, labels: LabelSpace) -> None:
        """Label as many contour lines with their loss as fit."""
        levels = list(self._lines)
        most = max(2, round(chart.rect.width() * chart.rect.height() / _PIXELS_PER_LABEL))
        # Every other line first, so that lines without a label are not all neighbours.
        for level in (levels[::2] + levels[1::2])[:most]:
            text = numerals.tick(level)
            size = _label_size(painter, text)
            rect = labels.along(map(chart.pixels, self._lines[level]), size)
            if rect is not None:
                self._paint_label(painter, rect, text)
                labels.take(rect.adjusted(-8, -8, 8, 8))

    def _paint_label(self, painter: QPainter, rect: QRectF | None, text: str) -> None:
        """Write a label, if there is a place for it."""
        if rect is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint(self.theme.panel, _VEIL))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(rect, _CENTRE, text)


def _label_size(painter: QPainter, text: str) -> QSizeF:
    metrics = QFontMetricsF(painter.font())
    return QSizeF(metrics.horizontalAdvance(text) + 6, metrics.height())
