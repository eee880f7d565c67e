"""Geometry of the plane on the screen: half planes and the warped grid."""

import math
from functools import cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainterPath, QPolygonF

from xorviz.core.analysis.pair_plane import LINES, POINTS, Border, PairPlane
from xorviz.core.analysis.surface import Span
from xorviz.panels.inside.chart import Chart
from xorviz.ui.theme.palette import Theme, mixed

RAMP = 9
"""Number of colours of the third unit's responses; each takes one path."""

_JOINED = np.tile(np.arange(POINTS) < POINTS - 1, (2 * LINES, 1))
"""(2 * LINES, POINTS) whether a point is joined to the next one; the last of a line is not."""


def strip(chart: Chart, border: Border, low: float, high: float) -> QPolygonF:
    """Return the part of a plane where the output's net input is between two values."""
    rect, across, up = chart.rect, chart.across, chart.up
    slope_x = border.a * (across.high - across.low) / rect.width()
    slope_y = -border.b * (up.high - up.low) / rect.height()
    steepness = math.hypot(slope_x, slope_y)
    here = border.side((across.low + across.high) / 2, (up.low + up.high) / 2)
    if steepness == 0:
        return QPolygonF(rect) if low < here < high else QPolygonF()
    far = rect.width() + rect.height()
    normal = QPointF(slope_x / steepness, slope_y / steepness)
    along = QPointF(-normal.y(), normal.x()) * far
    start, end = (
        rect.center() + normal * min(max((value - here) / steepness, -far), far)
        for value in (low, high)
    )
    part = QPolygonF([start - along, start + along, end + along, end - along])
    return part.intersected(QPolygonF(rect))


@cache
def ramp(theme: Theme) -> tuple[QColor, ...]:
    """Return colours from low to high: the diverging map with a darker, legible middle."""
    names = (theme.minus, mixed(theme.quiet, theme.hairline), theme.plus)
    stops = np.array([[c.red(), c.green(), c.blue()] for c in map(QColor, names)])
    at = np.linspace(0, 2, RAMP)
    channels = [np.interp(at, (0, 1, 2), channel) for channel in stops.T]
    return tuple(QColor(*(round(float(c)) for c in color)) for color in zip(*channels, strict=True))


def ramp_color(theme: Theme, span: Span, value: float) -> QColor:
    """Return the colour of a response."""
    share = min(max((value - span.low) / (span.high - span.low), 0.0), 1.0)
    return ramp(theme)[round(share * (RAMP - 1))]


def warped_paths(chart: Chart, plane: PairPlane, theme: Theme) -> list[tuple[QColor, QPainterPath]]:
    """Return the grid lines as one path per colour, by the response of the third unit if any."""
    x, y = chart.pixels(plane.grid.reshape(-1, 2)).T
    if plane.third is None:
        path = pg.arrayToQPath(x, y, connect=_JOINED.ravel().astype(np.int32))
        return [(QColor(mixed(theme.quiet, theme.hairline)), path)]
    starts = np.flatnonzero(_JOINED)
    ends = np.column_stack((starts, starts + 1))
    span, answers = plane.third.span, plane.third.grid.ravel()[ends].mean(axis=1)
    colors = np.round((answers - span.low) / (span.high - span.low) * (RAMP - 1))
    parts = [(color, ends[colors == i].ravel()) for i, color in enumerate(ramp(theme))]
    return [
        (color, pg.arrayToQPath(x[part], y[part], connect="pairs"))
        for color, part in parts
        if len(part)
    ]
