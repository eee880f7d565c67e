"""Frames of axes and the view that shows them, and marks in it."""

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QGraphicsSceneWheelEvent

from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

pg.setConfigOptions(antialias=False, imageAxisOrder="row-major", exitCleanup=False)


_TICK_LINES = 1.3
"""Height of the texts of ticks below a plot, in lines: pyqtgraph reckons with smaller ones."""


@guarded
class GuardedBox(pg.ViewBox):  # type: ignore[misc]
    """A view box: pyqtgraph handles the wheel and a change of size in it.

    The wheel zooms along the lower axis, or along the one that it is turned over.
    """

    def wheelEvent(self, ev: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        super().wheelEvent(ev, 0 if axis is None else axis)


@guarded
class PlotFrame(pg.GraphicsWidget):  # type: ignore[misc]
    """A view box with an axis at its left and one below it.

    pyqtgraph's PlotItem makes two more axes, a title, a button and hidden menus, which takes 6 ms
    instead of 1, and its exporter fails on Qt 6.11 (pyqtgraph#3485).
    """

    def __init__(self, left: pg.AxisItem, bottom: pg.AxisItem) -> None:
        super().__init__()
        self.left, self.bottom, self.box = left, bottom, GuardedBox(enableMenu=False)
        grid = QGraphicsGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addItem(left, 0, 0)
        grid.addItem(self.box, 0, 1)
        grid.addItem(bottom, 1, 1)
        for axis in (left, bottom):
            axis.linkToView(self.box)
            axis.setZValue(0.5)  # its ticks lie above images
            axis.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)


@guarded
class Plot(pg.GraphicsView):  # type: ignore[misc]
    """Frames below each other, from the top. The view takes no focus."""

    frames: Sequence[PlotFrame] = ()
    """Qt resizes the view before it has any."""

    def __init__(self, *frames: PlotFrame) -> None:
        super().__init__()
        for widget in (self, self.viewport()):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.frames = frames
        self.grid = self.centralLayout
        self.grid.setContentsMargins(0, 0, 0, 0)
        for place, frame in enumerate(frames):
            self.grid.addItem(frame, place, 0)
        self._use_font()

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours; pyqtgraph does not follow the application's palette."""
        self.setBackground(theme.panel)
        for axis in (axis for frame in self.frames for axis in (frame.left, frame.bottom)):
            axis.setPen(pg.mkPen(theme.rule, width=theme.stroke))
            axis.setStyle(hideOverlappingLabels=False)
            axis.setTextPen(pg.mkPen(theme.quiet))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._use_font()

    def _use_font(self) -> None:
        line = self.fontMetrics().height()
        for frame in self.frames:
            if not frame.bottom.label.isVisible():
                frame.bottom.setHeight(round(_TICK_LINES * line) + 2)
            for axis in (frame.left, frame.bottom):
                axis.setTickFont(QFont(self.font()))
                axis.label.setFont(self.font())
                axis.resizeEvent()  # places the label


@guarded
class Mark(QGraphicsItem):
    """A mark whose size on screen is fixed."""

    def __init__(self, radius: float, at: Sequence[int] = (0, 0)) -> None:
        """Make a mark with nothing to paint yet, no larger than a radius in pixels."""
        super().__init__()
        self._rect = QRectF(-radius, -radius, 2 * radius, 2 * radius)
        self._paint: Callable[[QPainter, QPointF], None] | None = None
        self.setPos(*map(float, at))
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(10)

    def show_as(self, paint: Callable[[QPainter, QPointF], None]) -> None:
        """Show what a function paints around a pixel."""
        self._paint = paint
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._paint is not None:
            self._paint(painter, QPointF())


def paint_dot(painter: QPainter, at: QPointF, fill: str, ring: str, radius: float = 3.5) -> None:
    """Paint a disc with a ring."""
    painter.setPen(QPen(QColor(ring), 1.5))
    painter.setBrush(QColor(fill))
    painter.drawEllipse(at, radius, radius)
