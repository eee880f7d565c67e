"""The lines of the input square as they lie in the plane of two hidden units."""

from functools import cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPainterPath

from xorviz.core.analysis.pair_plane import LINES, POINTS, Plane
from xorviz.core.analysis.responses import Span
from xorviz.panels.inside.hidden_space.chart import Chart
from xorviz.ui.theme.palette import Theme, mixed

RAMP = 9
"""Colours for the third unit's answers: each of them is one path to paint."""

_JOINED = np.tile(np.arange(POINTS) < POINTS - 1, (2 * LINES, 1))
"""(2 * LINES, POINTS) whether a point is joined to the next one: the last of a line is not."""


@cache
def ramp(theme: Theme) -> tuple[QColor, ...]:
    """Return colours from low to high: as for signed values, but lines stay legible in between."""
    names = (theme.minus, mixed(theme.quiet, theme.hairline), theme.plus)
    stops = np.array([[c.red(), c.green(), c.blue()] for c in map(QColor, names)])
    at = np.linspace(0, 2, RAMP)
    channels = [np.interp(at, (0, 1, 2), channel) for channel in stops.T]
    return tuple(QColor(*(round(float(c)) for c in color)) for color in zip(*channels, strict=True))


def ramp_color(theme: Theme, span: Span, value: float) -> QColor:
    """Return the colour that stands for an answer."""
    share = min(max((value - span.low) / (span.high - span.low), 0.0), 1.0)
    return ramp(theme)[round(share * (RAMP - 1))]


def warped_paths(chart: Chart, plane: Plane, theme: Theme) -> list[tuple[QColor, QPainterPath]]:
    """Return the grid's lines as one path for each colour: that of the third unit, if any."""
    rect = chart.rect
    size = np.array((plane.across.high - plane.across.low, plane.up.high - plane.up.low))
    shares = ((plane.grid - (plane.across.low, plane.up.low)) / size).reshape(-1, 2)
    x = rect.left() + shares[:, 0] * rect.width()
    y = rect.bottom() - shares[:, 1] * rect.height()
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
