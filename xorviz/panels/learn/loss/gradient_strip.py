"""The gradient norm below the loss plot, with the plot's step axis."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.panels.curves.overlay import Scales
from xorviz.panels.curves.step_scale import StepScale
from xorviz.panels.learn.loss.gradient_curve import GradientCurve, norm_of, paint_heading
from xorviz.ui.guard import guarded
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import LIGHT, Theme

_ZOOM = 1.02 ** (-1 / 8)
"""Zoom factor of one unit of the wheel, as in pyqtgraph."""


@guarded
class GradientStrip(QWidget):
    """A widget below a plot of the same width; follows the plot's range and size."""

    pointed_at = Signal(QPointF)  # straight above, in the plot's scene
    pressed = Signal(QPointF)  # the same
    dragged = Signal(QPointF)  # the same
    left = Signal()
    """The mouse has left the strip."""
    fit_requested = Signal()
    """A double-click outside of the axes."""

    def __init__(self, plot: Plot, scales: Scales) -> None:
        super().__init__()
        self.setObjectName("gradient_strip")
        self.setAccessibleName("Gradient norm against step")
        self.curve = GradientCurve()
        self._plot, self._scales = plot, scales
        self._snapshot: Snapshot | None = None
        self._pointed: int | None = None
        self._theme = LIGHT
        self.setMouseTracking(True)
        self.setMinimumHeight(60)
        scales.box.sigXRangeChanged.connect(self._follow)
        scales.box.sigResized.connect(self._follow)

    def sizeHint(self) -> QSize:
        return QSize(300, 100)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Paint this run, and the one side by side with it."""
        self._snapshot = snapshot
        beside = [] if snapshot.beside is None else [snapshot.beside.trace]
        self.curve.show(snapshot.trace, *beside)
        self.update()

    def show_pointed(self, step: int | None) -> None:
        """Read out a step; None for the step shown."""
        self._pointed = step
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    @Slot()
    def _follow(self) -> None:
        self.update()

    @property
    def scale(self) -> StepScale:
        """The step axis, in the pixels of this strip."""
        box, to_pixels = self._scales.box, self._plot.viewportTransform().map
        (low, high), _ = box.viewRange()
        ends = (QPointF(x, 0) for x in (box.rect().left(), box.rect().right()))
        left, right = (to_pixels(box.mapToScene(end)) for end in ends)
        return StepScale(self._scales.step_axis, low, high, left.x(), right.x())

    @property
    def area(self) -> QRectF:
        """The rectangle of the curve."""
        line, scale = QFontMetricsF(self.font()).height(), self.scale
        top = 1.5 * line + 4
        height = max(8.0, self.height() - top - line - 5)
        return QRectF(scale.left, top, scale.right - scale.left, height)

    def read(self) -> tuple[int, float]:
        """Return the step to read out, and the norm there."""
        assert self._snapshot is not None
        if self._pointed is None:
            return self._snapshot.step, norm_of(self._snapshot.gradient)
        return _nearest(self._snapshot.trace, self._pointed)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        snapshot = self._snapshot
        if snapshot is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        scale, area = self.scale, self.area
        step, norm = self.read()
        is_elsewhere = self._pointed is not None or snapshot.is_past
        line = QFontMetricsF(painter.font()).height()
        heading = QRectF(area.left(), 0, self.width() - area.left() - 2, line)
        paint_heading(painter, heading, norm, step if is_elsewhere else None, self._theme)
        inks = (self._theme.text, self._theme.accent)
        self.curve.paint(painter, area, scale, self._theme, inks)
        scale.paint_ticks(painter, area.bottom(), self._theme, self.width())
        painter.setClipRect(area.adjusted(-4, -4, 4, 4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if snapshot.is_past:
            x = round(scale.x_at(snapshot.step)) + 0.5
            painter.setPen(QPen(QColor(self._theme.accent), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if np.isfinite(norm):
            y = float(self.curve.y_of(np.array([norm]), area)[0])
            is_pointed = self._pointed is not None
            painter.setPen(QPen(QColor(self._theme.panel), 1.5))
            painter.setBrush(QColor(self._theme.accent if is_pointed else self._theme.text))
            painter.drawEllipse(QPointF(scale.x_at(step), y), 3.5, 3.5)
        painter.end()

    def _above(self, at: QPointF) -> QPointF:
        """Return the point of the plot's scene straight above, half way up."""
        x = self._plot.mapToScene(at.toPoint()).x()
        return QPointF(x, self._scales.box.sceneBoundingRect().center().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_dragging = bool(event.buttons() & Qt.MouseButton.LeftButton)
        moved = self.dragged if is_dragging else self.pointed_at
        moved.emit(self._above(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        scale = self.scale
        is_inside = scale.left <= event.position().x() <= scale.right
        if event.button() == Qt.MouseButton.LeftButton and is_inside:
            self.pressed.emit(self._above(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Request a fit outside of the axes; inside, a double-click is two presses."""
        if self.area.contains(event.position()):
            self.mousePressEvent(event)
        else:
            self.fit_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the step axis around the mouse."""
        scale, box = self.scale, self._scales.box
        share = (event.position().x() - scale.left) / max(1.0, scale.right - scale.left)
        centre = scale.low + share * (scale.high - scale.low)
        box.scaleBy(x=_ZOOM ** event.angleDelta().y(), center=pg.Point(centre, 0))
        box.sigRangeChangedManually.emit(box.state["mouseEnabled"][:])
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()


def _nearest(trace: Trace, step: float) -> tuple[int, float]:
    at, _ = trace.nearest(step)
    return at, float(trace.gradient_norms[np.searchsorted(trace.steps, at)])
