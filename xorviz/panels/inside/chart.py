"""The coordinates of a plane that is painted by hand. Shapes: N points."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from xorviz.core.analysis.surface import Span
from xorviz.core.arrays import Array

_FURTHEST = 1e6
"""Coordinates are clipped to this many pixels."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A rectangle in pixels with the value ranges of its two axes, which run right and up."""

    rect: QRectF
    across: Span
    up: Span

    def pixels(self, points: Array) -> Array:
        """Return the pixel coordinates (N, 2) of points (N, 2) of the plane."""
        across, up, rect = self.across, self.up, self.rect
        x = rect.left() + (points[:, 0] - across.low) / (across.high - across.low) * rect.width()
        y = rect.bottom() - (points[:, 1] - up.low) / (up.high - up.low) * rect.height()
        return np.stack((x, y), axis=1).clip(-_FURTHEST, _FURTHEST)

    def polygon(self, points: Array) -> QPolygonF:
        """Return points (N, 2) of the plane for Qt."""
        return QPolygonF([QPointF(x, y) for x, y in self.pixels(points).tolist()])

    def at(self, across: float, up: float) -> QPointF:
        """Return the pixel of a point of the plane."""
        return QPointF(*self.pixels(np.array([[across, up]]))[0].tolist())

    def point(self, pixel: QPointF) -> tuple[float, float] | None:
        """Return the point of the plane at a pixel; None outside the rectangle."""
        across, up, rect = self.across, self.up, self.rect
        if not rect.contains(pixel):
            return None
        x = (pixel.x() - rect.left()) / rect.width()
        y = (rect.bottom() - pixel.y()) / rect.height()
        return across.low + x * (across.high - across.low), up.low + y * (up.high - up.low)
