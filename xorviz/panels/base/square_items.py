"""Planes that are painted by hand: their coordinates, axes, images, and signs of the rows.

Shapes: N points or planes, n points on a side.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from xorviz.core import numerals
from xorviz.core.analysis.surface import HIGH, LOW, Span
from xorviz.core.arrays import Array
from xorviz.ui.draw.painted import take, write_at
from xorviz.ui.theme.palette import LEVELS, Theme, rgb32

_FURTHEST = 1e6
"""Coordinates are clipped to this many pixels."""
_TICK, _GAP, _AROUND = 5.0, 4, 4
"""Pixels of a tick into the plane, from the plane to the texts, and around these."""


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
        x, y = self.pixels(points).T
        polygon: QPolygonF = pg.functions.arrayToQPolygonF(x, y)
        return polygon

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


Ticks = Mapping[float, str]
"""The texts of some values on an axis."""


def ticks_at(values: Iterable[float]) -> Ticks:
    """Return values with their texts."""
    return {value: numerals.tick(value) for value in values}


def axes_room(metrics: QFontMetricsF, widest: str, is_named: bool, gap: int = _GAP) -> list[int]:
    """Return the pixels left of a plane and below it for axes with texts up to the widest."""
    line, wide = metrics.height(), metrics.horizontalAdvance(widest)
    left = is_named * line + wide + gap + 2 * _AROUND
    return [math.ceil(left), math.ceil((1 + is_named) * line + gap + _AROUND)]


def paint_axes(
    painter: QPainter,
    chart: Chart,
    theme: Theme,
    across: Ticks,
    up: Ticks | None,
    names: tuple[str, str] | None = None,
    gap: int = _GAP,
) -> None:
    """Paint both axes with ticks into the plane, and texts outside it; of a line, one axis."""
    rect, metrics = chart.rect, QFontMetricsF(painter.font())
    below = [chart.at(x, chart.up.low) for x in across]
    beside = [chart.at(chart.across.low, y) for y in up or ()]
    take(painter, theme.quiet if up is None else theme.rule, theme.stroke)
    if up is None:
        middle = rect.center().y()
        painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))
    else:
        painter.drawPolyline([rect.topLeft(), rect.bottomLeft(), rect.bottomRight()])
        ticks = [QLineF(at, at - QPointF(0, _TICK)) for at in below]
        painter.drawLines(ticks + [QLineF(at, at + QPointF(_TICK, 0)) for at in beside])
    painter.setPen(QColor(theme.quiet))
    place, right = QRectF(0, rect.bottom() + gap, 0, metrics.height()), painter.window().right()
    for at, text in zip(below, across.values(), strict=True):
        wide = metrics.horizontalAdvance(text)
        write_at(painter, place, min(at.x() - wide / 2, right - wide), text, metrics)
    for at, text in zip(beside, (up or {}).values(), strict=True):
        place.moveTop(max(at.y() - place.height() / 2, 0))
        left = rect.left() - gap - metrics.horizontalAdvance(text)
        write_at(painter, place, left, text, metrics)
    if names is not None:
        _paint_names(painter, rect, names, gap)


def _paint_names(painter: QPainter, rect: QRectF, names: tuple[str, str], gap: int) -> None:
    """Write names beside the texts, where there is no room without what is in parentheses."""
    metrics = QFontMetricsF(painter.font())
    line, lengths = metrics.height(), (rect.width(), rect.height())
    right, upwards = (
        name if metrics.horizontalAdvance(name) <= length else name.partition(" (")[0]
        for name, length in zip(names, lengths, strict=True)
    )
    below = QRectF(rect.left(), rect.bottom() + gap + line, rect.width(), line)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, right)
    painter.save()
    painter.translate(0, rect.bottom())
    painter.rotate(-90)
    beside = QRectF(0, 0, rect.height(), line)
    painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, upwards)
    painter.restore()


def point_in(rect: QRectF, x1: float, x2: float) -> QPointF:
    """Return where a point of the input square is in a picture of it."""
    scale = rect.width() / (HIGH - LOW)
    return QPointF(rect.left() + (x1 - LOW) * scale, rect.top() + (HIGH - x2) * scale)


def level_images(shares: NDArray[np.floating], theme: Theme) -> list[QImage]:
    """Return images of planes (N, n, n) of shares of the diverging map, which is from 0 to 1."""
    n = shares.shape[-1]
    pixels = rgb32(theme)[(shares.clip(0, 1) * (LEVELS - 1) + 0.5).astype(np.uint8)]
    kind = QImage.Format.Format_RGB32
    # Copied: an image does not own the buffer it is made from.
    return [QImage(plane.data, n, n, 4 * n, kind).copy() for plane in pixels]


def paint_sign(
    painter: QPainter,
    at: QPointF,
    radius: float,
    target: int,
    theme: Theme,
    ring: str = "#FFFFFF",
    is_right: bool = True,
) -> None:
    """Paint a circle for target 0, a square for 1, with a ring; crossed if the row is wrong."""
    painter.setPen(QPen(QColor(ring), max(1.2, radius / 4)))
    painter.setBrush(QColor(theme.plus if target else theme.minus))
    if target:
        r = radius * 0.92  # a square looks larger than a circle
        painter.drawRoundedRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r), 1.5, 1.5)
    else:
        painter.drawEllipse(at, radius, radius)
    if not is_right:
        c = radius * 0.42
        painter.setPen(QPen(QColor("#FFFFFF"), max(1.2, radius / 4)))
        painter.drawLine(at + QPointF(-c, -c), at + QPointF(c, c))
        painter.drawLine(at + QPointF(-c, c), at + QPointF(c, -c))
