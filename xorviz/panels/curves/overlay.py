"""Items painted by hand over a plot, in its pixels."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QWidget

from xorviz.core.arrays import Array
from xorviz.core.runs.trace import Trace
from xorviz.ui.draw.painted import is_vector, pixmap_of
from xorviz.ui.guard import guarded
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.theme.palette import LIGHT, Theme

_FURTHEST = 1e9
"""Pixels: positions are clipped to this."""


@dataclass(frozen=True)
class Scales:
    """A view box and its axes: converts steps and losses to pixels."""

    box: pg.ViewBox
    step_axis: ScaledAxis
    loss_axis: ScaledAxis

    @property
    def area(self) -> QRectF:
        """The plot, in its own pixels."""
        return QRectF(self.box.rect())

    def x_of(self, steps: Array) -> Array:
        """Return the distances of steps (P,) from the left edge, in pixels."""
        return self._across(self.step_axis.to_view(steps))

    def y_of(self, losses: Array) -> Array:
        """Return the distances of losses (P,) from the top edge, in pixels."""
        return self._down(self.loss_axis.to_view(losses))

    def line_of(self, trace: Trace) -> tuple[Array, Array]:
        """Return the pixels (P,), (P,) of a curve."""
        return self.x_of(trace.steps.astype(float)), self.y_of(trace.losses)

    def pixels_of(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return the pixels (P,), (P,) of a curve in view coordinates."""
        return self._across(x), self._down(y)

    def look(self) -> tuple[object, ...]:
        """Return everything that the pixels depend on."""
        (left, right), (bottom, top) = self.box.viewRange()
        area = self.area
        scales = self.step_axis.is_log, self.loss_axis.is_log
        return left, right, bottom, top, area.width(), area.height(), *scales

    def _across(self, x: Array) -> Array:
        (left, right), _ = self.box.viewRange()
        return _pixels(x, left, right, self.area.width())

    def _down(self, y: Array) -> Array:
        _, (bottom, top) = self.box.viewRange()
        return _pixels(y, top, bottom, self.area.height())


def _pixels(positions: Array, start: float, end: float, length: float) -> Array:
    with np.errstate(over="ignore"):
        share = (positions - start) / (end - start)
        return np.asarray((share * length).clip(-_FURTHEST, _FURTHEST))


@guarded
class Overlay(QGraphicsItem):
    """An item over the whole view box, transparent for the mouse.

    pyqtgraph's own lines, labels and legends are reference cycles of Python and Qt objects;
    garbage collection that frees one in another thread crashes.
    """

    def __init__(self, scales: Scales) -> None:
        super().__init__(scales.box)
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
        self.update()

    def boundingRect(self) -> QRectF:
        return self.scales.area


@guarded
class CachedOverlay(Overlay):
    """An overlay with a cached picture, repainted only when it would look different."""

    def __init__(self, scales: Scales) -> None:
        super().__init__(scales)
        self._picture: QPixmap | None = None
        self._pictured: tuple[object, ...] = ()
        self.pictures = 0
        """How many times it has been painted."""

    def paint(self, painter: QPainter, _option: object, widget: QWidget | None = None) -> None:
        if widget is not None:
            painter.setFont(widget.font())
        area = self._place(painter)
        if is_vector(painter):
            self._paint(painter)
        elif not area.isEmpty():
            ratio = painter.deviceTransform().m11()
            look = (ratio, area, self._theme.name, painter.font().key(), *self._look())
            if look != self._pictured or self._picture is None:
                self._picture = self._painted(painter, area, ratio)
                self._pictured = look
            painter.drawPixmap(area.topLeft(), self._picture)

    def _painted(self, painter: QPainter, area: QRectF, ratio: float) -> QPixmap:
        self.pictures += 1

        def paint(inner: QPainter) -> None:
            inner.setFont(painter.font())
            inner.translate(-area.topLeft())
            self._paint(inner)

        return pixmap_of((area.size() * ratio).toSize() + QSize(1, 1), ratio, paint)

    def _place(self, painter: QPainter) -> QRectF:  # noqa: ARG002
        """Return the part of the view box to paint."""
        return self.scales.area

    def _look(self) -> tuple[object, ...]:
        """Return everything that the picture depends on, besides its theme and size."""
        raise NotImplementedError

    def _paint(self, painter: QPainter) -> None:
        """Paint in the pixels of the view box."""
        raise NotImplementedError
