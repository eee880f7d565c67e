"""Curves of a whole run, painted by hand: what is not known of them is left out."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from xorviz.panels.curves.run_curves import dashes, draw_lines, segments
from xorviz.panels.curves.run_styles import SOLID, line_pen

Array = NDArray[np.float64]

_FLAT = 0.6
"""Pixels: a curve that rises and falls less within a column is one point there."""


def traced(x: Array, y: Array) -> tuple[Array, Array]:
    """Return a curve (P,), (P,) in fewer points that cover the same pixels; x rises."""
    if len(x) < 2:
        return x, y
    columns = np.floor(x)
    first = np.concatenate(([0], np.flatnonzero(np.diff(columns)) + 1))
    last = np.append(first[1:] - 1, len(x) - 1)
    lowest, highest = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    middle = (x[first] + x[last]) / 2
    across = np.stack((x[first], middle, middle, x[last]), axis=1)
    down = np.stack((y[first], lowest, highest, y[last]), axis=1)
    kept = np.ones(across.shape, dtype=bool)
    kept[highest - lowest < _FLAT, 1:] = False
    kept[-1, -1] = True
    return across[kept], down[kept]


def paint_curve(
    painter: QPainter,
    x: Array,
    y: Array,
    area: QRectF,
    color: str,
    dash: tuple[float, ...] = SOLID,
    width: float = 1.6,
) -> None:
    """Paint a curve (P,), (P,) as far as it is known, inside an area; dash is a line and a gap."""
    first, last = (int(place) for place in np.searchsorted(x, (area.left(), area.right())))
    first, last = max(first - 1, 0), last + 1
    pieces = segments(*traced(x[first:last], y[first:last]))
    pieces = pieces[np.isfinite(pieces[:, 1] + pieces[:, 3])]
    painter.save()
    painter.setClipRect(area)
    painter.setPen(line_pen(color, width))
    draw_lines(painter, dashes(pieces, *dash) if dash else pieces)
    painter.restore()
