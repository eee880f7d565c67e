"""Canvas of the loss landscape: colours, contour lines, and the path of the run."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.analysis.landscape import Landscape
from xorviz.core.arrays import Array
from xorviz.panels.inside.landscape.axes import paint_axes, paint_bar, paint_cross
from xorviz.panels.inside.landscape.contours import Scale, contours
from xorviz.panels.inside.landscape.frame import Frame
from xorviz.ui.draw.label_places import LabelSpace
from xorviz.ui.draw.painted import Painted
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import loss_text
from xorviz.ui.theme.palette import LEVELS, LIGHT, Theme, faint, sequential

_CENTRE = Qt.AlignmentFlag.AlignCenter
_WRAP = Qt.TextFlag.TextWordWrap
_DOT = 5.0
_NAMED_FROM = 300
"""Least width in pixels that shows the names of the two dots."""
_PIXELS_PER_LABEL = 15_000
_VEIL = 205
"""Opacity, of 255, of a label's background."""


@guarded
class LandscapeCanvas(QWidget):
    """Paints a landscape, or a message. Cached until landscape, theme, font or size change."""

    pointed_at = Signal(object)  # tuple[float, float] | None: a point of the plane
    zoomed = Signal(int)  # 1: in, -1: out

    def __init__(self) -> None:
        super().__init__()
        self.frame: Frame | None = None
        self._theme = LIGHT
        self._landscape: Landscape | None = None
        self._notes: list[str] = []
        self._message = ""
        self._cross: tuple[float, float] | None = None
        self._scale = Scale(1, 10)
        self._lines: dict[float, list[Array]] = {}
        self._picture = Painted()
        self.setMouseTracking(True)
        self.setMinimumSize(160, 110)

    def sizeHint(self) -> QSize:
        return QSize(420, 360)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._paint_anew()

    def show_landscape(self, landscape: Landscape, notes: list[str]) -> None:
        """Paint a landscape, with notes below it; the last note matters most."""
        self._landscape, self._notes, self._message = landscape, notes, ""
        self._scale = Scale.of(landscape.losses)
        self._lines = contours(landscape.xs, landscape.ys, landscape.losses, self._scale)
        self.setToolTip(" ".join(notes))
        self._paint_anew()

    def show_message(self, message: str) -> None:
        self._landscape, self._message = None, message
        self.setToolTip("")
        self._paint_anew()

    def mark(self, point: tuple[float, float] | None) -> None:
        if point != self._cross:
            self._cross = point
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self.frame.point(event.position()) if self.frame else None)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if (turned := event.angleDelta().y()) and self.frame is not None:
            self.zoomed.emit(1 if turned > 0 else -1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._paint_anew()

    def _paint_anew(self) -> None:
        self._picture.clear()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        self._picture.draw(self, painter, self._paint)
        if self._cross and self.frame:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_cross(painter, self.frame.pixel(*self._cross), self._theme)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        metrics, landscape = QFontMetricsF(self.font()), self._landscape
        self.frame = None
        if landscape is None:
            painter.setPen(QColor(self._theme.quiet))
            inside = QRectF(self.rect()).adjusted(12, 12, -12, -12)
            painter.drawText(inside, int(_CENTRE | _WRAP), self._message)
            return
        frame = self.frame = Frame.of(QSizeF(self.size()), landscape, self._notes, metrics)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_axes(painter, frame, landscape.plane.names, self._theme)
        painter.setPen(QColor(self._theme.quiet))
        painter.drawText(frame.notes, int(_WRAP), frame.text)
        if not frame.bar.isEmpty():
            paint_bar(painter, frame.bar, self._scale, landscape.loss, self._theme)
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
        colors = sequential(self._theme)[(shares * (LEVELS - 1) + 0.5).astype(np.uint8)]
        pixels = colors.tobytes()  # the image does not own its buffer
        image = QImage(pixels, side, side, 3 * side, QImage.Format.Format_RGB888)
        x, y = frame.area.width() / (side - 1) / 2, frame.area.height() / (side - 1) / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(frame.area.adjusted(-x, -y, x, y), image)

    def _paint_lines(self, painter: QPainter, frame: Frame) -> None:
        painter.setPen(QPen(faint(self._theme.text, 110), 1))
        for lines in self._lines.values():
            for line in lines:
                _draw_line(painter, frame.pixels(line))

    def _paint_path(self, painter: QPainter, path: Array, is_line: bool) -> None:
        """Draw the path as a line; as dots where too little of it is known."""
        for color, width in ((self._theme.panel, 4.5), (self._theme.text, 2.0)):
            pen = QPen(QColor(color), width if is_line else 2 * width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap if is_line else Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            if is_line:
                _draw_line(painter, path)
            else:
                painter.drawPoints(_polygon(path))

    def _paint_dots(self, painter: QPainter, path: Array, labels: LabelSpace) -> None:
        """Mark the start with an open dot, and the shown network with a filled one."""
        text, panel = QColor(self._theme.text), QColor(self._theme.panel)
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
        painter.setBrush(faint(self._theme.panel, _VEIL))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(rect, _CENTRE, text)


def step_name(step: int) -> str:
    """Return the name of the shown network, which may be older than the newest snapshot."""
    return f"step {numerals.whole(step)}"


def _draw_line(painter: QPainter, points: Array) -> None:
    """Draw a line through points (K, 2) in pixels."""
    painter.drawPolyline(_polygon(points))


def _polygon(points: Array) -> QPolygonF:
    """Return points (K, 2) in pixels for Qt."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
