"""Curves that go up and down in too little space to see it: their lowest and highest instead.

Shapes: P points of a curve in pixels, C columns.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from xorviz.core.arrays import Array

_COLUMN = 16.0
"""Pixels: a curve that turns three times within them would nearly fill them with its strokes."""
_TURNS = 3
_SWINGS = 2.2
"""Heights of its column that a curve goes up and down there; a single spike is two."""
_FLAT = 3.0
"""Pixels: a curve that varies less within a column looks like a line."""
_FINE, _POINTS = 4.0, 3
"""Width in pixels, and number of points, of the columns whose lowest and highest are drawn."""
_FILL = 0.3
"""Opacity of the fill between lowest and highest."""


def column_ends(x: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the indices of the first and the last point (C,), (C,) in each column of pixels."""
    first = np.concatenate(([0], np.flatnonzero(np.diff(np.floor(x))) + 1))
    return first, np.append(first[1:] - 1, len(x) - 1)


def enveloped(x: Array, y: Array) -> tuple[list[Array], list[Array]]:
    """Return the lines to draw, each (P, 2), and the areas to fill, for a curve (P,), (P,).

    Where the curve goes up and down in too little space, there are a line along its highest
    points, one along its lowest, and an area between. x rises.
    """
    points = np.stack((x, y), axis=1)
    lines, areas, begin = [], [], 0
    for first, last in _bands(x, y):
        here = slice(first, last + 1)
        upper, lower = _edges(x[here], y[here])
        lines += [points[begin : first + 1], upper, lower]
        areas.append(np.concatenate((upper, lower[::-1])))
        begin = last
    return [*lines, points[begin:]], areas


def _bands(x: Array, y: Array) -> Iterator[tuple[int, int]]:
    """Yield the first and the last index of each part that goes up and down."""
    falls = np.signbit(np.diff(y))
    if np.count_nonzero(falls[1:] != falls[:-1]) < _TURNS:
        return
    first, last = column_ends(x / _COLUMN)
    height = np.maximum.reduceat(y, first) - np.minimum.reduceat(y, first)
    strokes = np.append(np.diff(y), 0.0)
    strokes[last] = 0.0  # it leaves the column
    path = np.add.reduceat(np.abs(strokes), first)
    is_band = (path > _SWINGS * height) & (height > _FLAT)
    if not is_band.any():
        return
    moving = np.flatnonzero(strokes)
    is_turn = np.zeros(len(x), dtype=bool)
    is_turn[moving[1:]] = np.diff(np.sign(strokes[moving])) != 0
    is_band &= np.add.reduceat(is_turn, first, dtype=int) >= _TURNS
    changes = np.flatnonzero(np.diff(is_band, prepend=False, append=False))
    for start, end in zip(changes[::2], changes[1::2], strict=True):
        yield int(first[start]), int(last[end - 1])


def _edges(x: Array, y: Array) -> tuple[Array, Array]:
    """Return lines (C + 2, 2) along the highest and the lowest of a part (P,), (P,).

    Both begin and end where the part does, so that the curve has no gaps.
    """
    span = max(float(x[-1] - x[0]), 1e-9)  # 0 where all are outside the plot
    count = max(1, int(min(span / _FINE, len(x) / _POINTS)))
    first, last = column_ends(((x - x[0]) * (count / span)).clip(0, count - 1))
    across = np.concatenate((x[:1], (x[first] + x[last]) / 2, x[-1:]))
    ends = (np.minimum.reduceat(y, first), np.maximum.reduceat(y, first))
    upper, lower = (
        np.stack((across, np.concatenate((y[:1], end, y[-1:]))), axis=1) for end in ends
    )
    return upper, lower


def fill_areas(painter: QPainter, areas: list[Array], color: str) -> None:
    """Fill areas (M, 2) in a translucent colour; the pen is lost."""
    fill = QColor(color)
    fill.setAlphaF(_FILL)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    for area in areas:
        painter.drawPolygon([QPointF(x, y) for x, y in area.tolist()])
    painter.setBrush(Qt.BrushStyle.NoBrush)
