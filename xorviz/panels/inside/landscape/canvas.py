"""Canvas of the loss landscape: colours, contour lines, and the path of the run."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QWheelEvent,
)

from xorviz.core import numerals
from xorviz.core.analysis.landscape import Landscape
from xorviz.core.arrays import Array
from xorviz.panels.inside.chart import Chart
from xorviz.panels.inside.landscape.contours import Scale, contours
from xorviz.panels.inside.landscape.frame import Frame
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.label_places import LabelSpace
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LEVELS, faint, sequential

_CENTRE = Qt.AlignmentFlag.AlignCenter
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
        self._paint_lines(painter, chart)
        self._paint_path(painter, chart.polygon(landscape.path), landscape.is_line)
        labels = LabelSpace(chart.rect.adjusted(2, 2, -2, -2), chart.pixels(landscape.path))
        start, shown = (chart.at(*point) for point in landscape.path[[0, -1]].tolist())
        self._paint_dots(painter, start, shown, labels)
        if chart.rect.width() >= _NAMED_FROM:
            names = [(step_name(landscape.step), shown)]
            names += [(step_name(0), start)] if len(landscape.path) > 1 else []
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

    def _paint_lines(self, painter: QPainter, chart: Chart) -> None:
        painter.setPen(QPen(faint(self.theme.text, 110), self.theme.stroke))
        for lines in self._lines.values():
            for line in lines:
                painter.drawPolyline(chart.polygon(line))

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


def step_name(step: int) -> str:
    """Return the name of the shown network, which may be older than the newest snapshot."""
    return f"step {numerals.whole(step)}"


def _label_size(painter: QPainter, text: str) -> QSizeF:
    metrics = QFontMetricsF(painter.font())
    return QSizeF(metrics.horizontalAdvance(text) + 6, metrics.height())
