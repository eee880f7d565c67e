"""Canvas of the loss landscape: colours, contour lines, and the path of the run."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF, QWheelEvent

from xorviz.core import numerals
from xorviz.core.analysis.landscape import Landscape
from xorviz.core.arrays import Array
from xorviz.panels.inside.landscape.axes import paint_axes, paint_bar, paint_cross
from xorviz.panels.inside.landscape.contours import Scale, contours
from xorviz.panels.inside.landscape.frame import Frame
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.draw.label_places import LabelSpace
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import loss_text
from xorviz.ui.theme.palette import LEVELS, faint, sequential

_CENTRE = Qt.AlignmentFlag.AlignCenter
_WRAP = Qt.TextFlag.TextWordWrap
_DOT = 5.0
_NAMED_FROM = 300
"""Least width in pixels that shows the names of the two dots."""
_PIXELS_PER_LABEL = 15_000
_VEIL = 205
"""Opacity, of 255, of a label's background."""
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
        return self.frame.point(point) if self.frame else None

    def neighbour(self, dx: int, dy: int) -> tuple[float, float] | None:
        """Return the point one key press from the marked one, or from the shown network."""
        if self.frame is None or self._landscape is None:
            return None
        x, y = self.marked or self._landscape.point
        (left, right), (bottom, top) = self.frame.xs, self.frame.ys
        x += dx * (right - left) / _KEY_STEPS
        y -= dy * (top - bottom) / _KEY_STEPS
        return min(max(x, left), right), min(max(y, bottom), top)

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
            paint_cross(painter, self.frame.pixel(*self.marked), self.theme)

    def _paint(self, painter: QPainter) -> None:
        landscape, frame = self._landscape, self.frame
        painter.setPen(QColor(self.theme.quiet))
        if landscape is None or frame is None:
            inside = QRectF(self.rect()).adjusted(12, 12, -12, -12)
            painter.drawText(inside, int(_CENTRE | _WRAP), self._message)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawText(frame.notes, int(_WRAP), frame.text)
        paint_axes(painter, frame, landscape.plane.names, self.theme)
        if not frame.bar.isEmpty():
            paint_bar(painter, frame.bar, self._scale, landscape.loss, self.theme)
        painter.setClipRect(frame.area)
        self._paint_losses(painter, frame, landscape)
        self._paint_lines(painter, frame)
        path = frame.pixels(landscape.path)
        self._paint_path(painter, path, landscape.is_line)
        labels = LabelSpace(frame.area.adjusted(2, 2, -2, -2), path)
        self._paint_dots(painter, path, labels)
        if frame.area.width() >= _NAMED_FROM:
            self._name_dots(painter, path, labels, landscape.step)
        self._paint_labels(painter, frame, labels)

    def _paint_losses(self, painter: QPainter, frame: Frame, landscape: Landscape) -> None:
        """Colour the area, with the outermost samples on its edges."""
        side = len(landscape.xs)
        shares = self._scale.shares(landscape.losses[::-1])
        colors = sequential(self.theme)[(shares * (LEVELS - 1) + 0.5).astype(np.uint8)]
        pixels = colors.tobytes()  # the image does not own its buffer
        image = QImage(pixels, side, side, 3 * side, QImage.Format.Format_RGB888)
        x, y = frame.area.width() / (side - 1) / 2, frame.area.height() / (side - 1) / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(frame.area.adjusted(-x, -y, x, y), image)

    def _paint_lines(self, painter: QPainter, frame: Frame) -> None:
        painter.setPen(QPen(faint(self.theme.text, 110), 1))
        for lines in self._lines.values():
            for line in lines:
                painter.drawPolyline(_polygon(frame.pixels(line)))

    def _paint_path(self, painter: QPainter, path: Array, is_line: bool) -> None:
        """Draw the path as a line; as dots where too little of it is known."""
        for color, width in ((self.theme.panel, 4.5), (self.theme.text, 2.0)):
            pen = QPen(QColor(color), width if is_line else 2 * width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap if is_line else Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            if is_line:
                painter.drawPolyline(_polygon(path))
            else:
                painter.drawPoints(_polygon(path))

    def _paint_dots(self, painter: QPainter, path: Array, labels: LabelSpace) -> None:
        """Mark the start with an open dot, and the shown network with a filled one."""
        text, panel = QColor(self.theme.text), QColor(self.theme.panel)
        for point, fill, ring in ((path[0], panel, text), (path[-1], text, panel)):
            at = QPointF(*point.tolist())
            painter.setPen(QPen(ring, 2))
            painter.setBrush(fill)
            painter.drawEllipse(at, _DOT, _DOT)
            labels.take(QRectF(at.x() - 8, at.y() - 8, 16, 16))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _name_dots(self, painter: QPainter, path: Array, labels: LabelSpace, step: int) -> None:
        for name, point in ((step_name(step), path[-1]), ("start", path[0])):
            rect = labels.beside(QPointF(*point.tolist()), self._label_size(painter, name))
            if rect is not None:
                self._paint_label(painter, rect, name)

    def _paint_labels(self, painter: QPainter, frame: Frame, labels: LabelSpace) -> None:
        """Label as many contour lines with their loss as fit."""
        levels = list(self._lines)
        most = max(2, round(frame.area.width() * frame.area.height() / _PIXELS_PER_LABEL))
        # Every other line first, so that lines without a label are not all neighbours.
        for level in (levels[::2] + levels[1::2])[:most]:
            text = loss_text(level)
            size = self._label_size(painter, text)
            rect = labels.along(map(frame.pixels, self._lines[level]), size)
            if rect is not None:
                self._paint_label(painter, rect, text)
                labels.take(rect.adjusted(-8, -8, 8, 8))

    def _label_size(self, painter: QPainter, text: str) -> QSizeF:
        metrics = QFontMetricsF(painter.font())
        return QSizeF(metrics.horizontalAdvance(text) + 6, metrics.height())

    def _paint_label(self, painter: QPainter, rect: QRectF, text: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint(self.theme.panel, _VEIL))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(rect, _CENTRE, text)


def step_name(step: int) -> str:
    """Return the name of the shown network, which may be older than the newest snapshot."""
    return f"step {numerals.whole(step)}"


def _polygon(points: Array) -> QPolygonF:
    """Return points (K, 2) in pixels for Qt."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
