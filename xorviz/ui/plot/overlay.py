"""Items painted by hand over a plot, in its pixels."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QGraphicsItem, QWidget

from xorviz.core.arrays import Array
from xorviz.ui.draw.painted import Painted
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.theme.palette import LIGHT, Theme

_FURTHEST = 1e9
"""Pixels: positions are clipped to this."""


@dataclass(frozen=True)
class Scales:
    """A view box and its axes: converts steps and values to pixels."""

    box: pg.ViewBox
    step_axis: ScaledAxis
    value_axis: ScaledAxis

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
        (left, right), (bottom, top) = self.box.viewRange()
        area = self.area
        scales = self.step_axis.is_log, self.value_axis.is_log
        return left, right, bottom, top, area.width(), area.height(), *scales


def _pixels(positions: Array, start: float, end: float, length: float) -> Array:
    with np.errstate(over="ignore"):
        pixels = (positions - start) * (length / (end - start))
        return np.clip(pixels, -_FURTHEST, _FURTHEST, out=pixels)


@guarded
class Overlay(QGraphicsItem):
    """An item over the whole view box, transparent for the mouse.

    pyqtgraph's own lines, labels and legends are reference cycles of Python and Qt objects;
    garbage collection that frees one in another thread crashes.

    With ``is_cached`` it keeps its picture, and repaints it only when it would look different.
    """

    is_cached = False
    around = QMarginsF()
    """How far it paints beyond the view box. Not over texts of axes: those would be repainted."""

    def __init__(self, scales: Scales) -> None:
        # The view box clips what is in it.
        super().__init__(scales.box if self.around.isNull() else scales.box.parentItem())
        self.scales = scales
        self.picture = Painted()
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
        if not self.is_cached:
            self._paint(painter)
        elif not (area := self.rect(painter.font())).isEmpty():
            self.picture.draw(painter, area, self._paint, (self._theme, self._look()))

    def _paint(self, painter: QPainter) -> None:
        """Paint in the pixels of the view box."""
        raise NotImplementedError

    def rect(self, font: QFont) -> QRectF:  # noqa: ARG002
        """Return the part of the view box that a cached picture fills, in a font."""
        return self.scales.area

    def _look(self) -> tuple[object, ...]:
        """Return everything that a cached picture depends on, besides its theme and size."""
        raise NotImplementedError
