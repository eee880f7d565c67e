"""Axes around a view box, and items painted by hand over it, in its pixels."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QGraphicsSceneWheelEvent, QWidget

from xorviz.core.arrays import Array
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.theme.palette import LIGHT, Theme

pg.setConfigOptions(antialias=False, imageAxisOrder="row-major", exitCleanup=False)

_FURTHEST = 1e9
"""Pixels: positions are clipped to this."""


@guarded
class _Box(pg.ViewBox):  # type: ignore[misc]
    """A view box: pyqtgraph handles the wheel and a change of size in it.

    The wheel zooms along the lower axis, or along the one that it is turned over.
    """

    def wheelEvent(self, ev: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        super().wheelEvent(ev, 0 if axis is None else axis)


@guarded
class Scales(pg.GraphicsWidget):  # type: ignore[misc]
    """A view box with an axis of values at its left and one of steps below it, in pixels.

    pyqtgraph's PlotItem makes two more axes, a title, a button and hidden menus, which takes 6 ms
    instead of 1, and its exporter fails on Qt 6.11 (pyqtgraph#3485).
    """

    def __init__(self, step_axis: ScaledAxis, value_axis: ScaledAxis) -> None:
        super().__init__()
        self.step_axis, self.value_axis = step_axis, value_axis
        self.box = _Box(enableMenu=False, defaultPadding=0)
        self.box.disableAutoRange()
        grid = QGraphicsGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for item, place in ((value_axis, (0, 0)), (self.box, (0, 1)), (step_axis, (1, 1))):
            grid.addItem(item, *place)
        for axis in (value_axis, step_axis):
            axis.linkToView(self.box)
            axis.setZValue(0.5)  # its ticks lie above images
            axis.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        value_axis.setGrid(255)
        value_axis.setZValue(-1)  # its grid lies below the curves

    @property
    def area(self) -> QRectF:
        """The plot, in its own pixels."""
        return QRectF(self.box.rect())

    def x_of(self, steps: Array) -> Array:
        """Return the distances of steps (P,) from the left edge, in pixels."""
        (left, right), _ = self.box.viewRange()
        return _pixels(self.step_axis.to_view(steps), left, right, self.area.width())

    def y_of(self, values: Array) -> Array:
        """Return the distances of values (P,) from the top edge, in pixels."""
        _, (bottom, top) = self.box.viewRange()
        return _pixels(self.value_axis.to_view(values), top, bottom, self.area.height())

    def at(self, step: float, value: float = 0.0) -> tuple[float, float]:
        """Return the pixel of a step and a value."""
        return float(self.x_of(np.array([float(step)]))[0]), float(self.y_of(np.array([value]))[0])

    def look(self) -> tuple[object, ...]:
        """Return everything that the pixels depend on."""
        return self.box.viewRange(), self.area, self.step_axis.is_log, self.value_axis.is_log


def _pixels(positions: Array, start: float, end: float, length: float) -> Array:
    with np.errstate(over="ignore"):
        pixels = (positions - start) * (length / (end - start))
        return np.clip(pixels, -_FURTHEST, _FURTHEST, out=pixels)


@guarded
class Overlay(QGraphicsItem):
    """An item over the whole view box, transparent for the mouse.

    pyqtgraph's own lines, labels and legends are reference cycles of Python and Qt objects;
    garbage collection that frees one in another thread crashes.
    """

    around = QMarginsF()
    """How far it paints beyond the view box. Not over texts of axes: those would be repainted."""

    def __init__(self, scales: Scales) -> None:
        # The view box clips what is in it.
        super().__init__(scales.box if self.around.isNull() else scales)
        self.scales = scales
        self._theme = LIGHT
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        scales.box.sigRangeChanged.connect(self.place)
        scales.box.sigResized.connect(self.place)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def place(self) -> None:
        """Follow the axes and the size of the plot."""
        self.prepareGeometryChange()
        if not self.around.isNull():
            self.setPos(self.scales.box.pos())
        self.update()

    def tip_at(self, point: QPointF) -> str:  # noqa: ARG002
        """Return the tool tip at a point of the view box."""
        return ""

    def boundingRect(self) -> QRectF:
        return self.scales.area.marginsAdded(self.around)

    def paint(self, painter: QPainter, _option: object, widget: QWidget | None = None) -> None:
        if widget is not None:
            painter.setFont(widget.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        """Paint in the pixels of the view box."""
        raise NotImplementedError
