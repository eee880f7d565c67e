"""Exact curves in few line segments, and contour lines.

Shapes: P points of a curve in pixels, C columns of pixels, K points of a line, N segments; of
contours, m by n points of a grid.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyqtgraph as pg
from contourpy import contour_generator
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from xorviz.core.arrays import Array
from xorviz.ui.draw.painted import is_vector
from xorviz.ui.theme.palette import Theme, faint

_COLUMN = 16.0
"""Pixels: a curve that turns three times within them would nearly fill them with its strokes."""
_TURNS = 3
_SWINGS = 2.2
"""Heights of its column that a curve goes up and down there; a single spike is two."""
_LEVEL = 3.0
"""Pixels: a curve that varies less within a column looks like a line."""
_FINE, _POINTS = 4.0, 3
"""Width in pixels, and number of points, of the columns whose lowest and highest are drawn."""
_FILL = 77
"""Opacity of the fill between lowest and highest, of 255."""


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
    is_band = (path > _SWINGS * height) & (height > _LEVEL)
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


SOLID: tuple[float, ...] = ()
"""The dash pattern of a line without gaps."""
_FAR = 1e4
"""Pixels: what is further out of sight is not drawn; Qt would cut it into countless dashes."""
_MOST_DASHES = 600
"""In one curve: on a curve that oscillates, longer dashes are cheaper and look the same."""
_FEW = 400
"""Points of a curve that are drawn as joined lines."""
_STRAIGHT = 0.2
"""Pixels: points no further from a straight line through their neighbours are left out."""
_FLAT = 0.6
"""Pixels: a curve that varies less within a column is one point there."""


def line_pen(color: str, width: float, dash: tuple[float, ...] = SOLID) -> QPen:
    """Return a pen with flat ends, so that gaps have their nominal length in pixels.

    It is not cosmetic: those are hair-thin on high-DPI screens.
    """
    made = QPen(QColor(color), width)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        made.setDashPattern([length / width for length in dash])
    return made


def stroke_pen(theme: Theme, color: str, width: float, dash: tuple[float, ...] = SOLID) -> QPen:
    """Return the pen of a line in a theme, in which lines may be thicker."""
    return line_pen(color, theme.stroke * width, tuple(theme.stroke * part for part in dash))


@dataclass(frozen=True, slots=True)
class Columns:
    """The part of a curve's points that is in sight, by columns of pixels.

    Curves over the same steps share it: finding it costs as much as thinning one of them.
    """

    x: Array
    """(P,) in increasing order."""
    here: slice
    """The points in sight, and one more at each end."""
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    """(C,) indices of the first and the last point of each column, among those in sight."""

    @classmethod
    def of(cls, x: Array, area: QRectF, columns_per_pixel: float) -> "Columns":
        """Return the columns of points at x (P,)."""
        ends = np.searchsorted(x, (area.left(), area.right())).tolist()
        here = slice(max(ends[0] - 1, 0), ends[1] + 1)
        return cls(x[here], here, *column_ends(x[here] * columns_per_pixel))


def paint_curve(
    painter: QPainter,
    columns: Columns,
    y: Array,
    area: QRectF,
    color: str,
    dash: tuple[float, ...] = SOLID,
    width: float = 1.6,
) -> None:
    """Paint the finite parts of a curve with heights y (P,) inside an area."""
    is_drawing, y = is_vector(painter), y[columns.here]
    x, y = _nearer(*(columns.x, y) if is_drawing else traced(columns, y))
    lines, areas = enveloped(x, y)
    if not is_drawing:
        lines = [simplified(line, _STRAIGHT, blocks=(8,)) for line in lines]
    is_joined = is_drawing or sum(map(len, lines)) <= _FEW
    pen = line_pen(color, width, dash if is_joined else SOLID)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint(color, _FILL))
    for shape in areas:
        painter.drawPolygon(pg.functions.arrayToQPolygonF(*shape.T))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    for line in lines:
        if is_joined:
            painter.drawPath(pg.arrayToQPath(*line.T, connect="finite"))
        else:
            pieces = np.hstack((line[:-1], line[1:]))
            pieces = pieces[np.isfinite(pieces).all(axis=1)]
            _draw_lines(painter, dashes(pieces, *dash) if dash else pieces)
    painter.restore()


def _draw_lines(painter: QPainter, pieces: Array) -> None:
    """Draw segments (N, 4): x, y, x, y.

    A joined line costs Qt 2 us a point, a dashed one more, these a tenth; but antialiasing makes
    a line paler where they meet.
    """
    # As pyqtgraph does for its own curves: a list of QLineF costs four to ten times as much.
    lines: Any = internals.PrimitiveArray(QLineF, 4)
    lines.resize(len(pieces))
    lines.ndarray()[:] = pieces
    painter.drawLines(*lines.drawargs())


def dashes(pieces: Array, line: float, gap: float) -> Array:
    """Return the dashes (M, 4) along the segments (N, 4) of a line."""
    start, move = pieces[:, :2], pieces[:, 2:] - pieces[:, :2]
    lengths = np.hypot(*move.T)
    start, move, lengths = start[lengths > 0], move[lengths > 0], lengths[lengths > 0]
    if not len(lengths):
        return np.empty((0, 4))
    ends = np.cumsum(lengths)
    period = max(line + gap, float(ends[-1]) / _MOST_DASHES)
    drawn = period * line / (line + gap)
    edges = np.arange(0.0, ends[-1], period)
    cuts = np.unique(np.concatenate((edges, edges + drawn, ends)).clip(0, ends[-1]))
    middles = (cuts[:-1] + cuts[1:]) / 2
    kept = middles % period < drawn
    piece = np.searchsorted(ends, middles[kept]).clip(0, len(ends) - 1)
    done = np.stack((cuts[:-1][kept], cuts[1:][kept])) - (ends - lengths)[piece]
    shares = (done / lengths[piece])[:, :, None]
    return np.hstack(tuple(start[piece] + shares * move[piece]))


def _nearer(x: Array, y: Array) -> tuple[Array, Array]:
    """Return a curve whose ends, if they are far out of sight, are nearer on the same lines."""
    x, y = x.copy(), y.clip(-_FAR, _FAR)
    for end, inner in ((0, 1), (-1, -2)) if len(x) > 1 else ():
        at = min(max(x[end], -_FAR), _FAR)
        if at != x[end]:
            y[end] += (at - x[end]) * (y[inner] - y[end]) / (x[inner] - x[end])
            x[end] = at
    return x, y


def traced(columns: Columns, y: Array) -> tuple[Array, Array]:
    """Return a curve with heights y (P,) in fewer points that cover the same pixels.

    Of each column: its first and last point, and its lowest and highest where it turns; of a flat
    one the first.
    """
    x, first, last = columns.x, columns.first, columns.last
    if len(x) < 2 or 2 * len(first) >= len(x):
        return x, y
    low, high = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    start, end, is_tall = y[first], y[last], high - low >= _FLAT
    across, down, kept = [x[first], x[last]], [start, end], [np.ones_like(is_tall), is_tall]
    turns = (low < np.minimum(start, end)) | (high > np.maximum(start, end))
    if turns.any():
        # Where the curve falls, the highest comes before the lowest: it must not seem to turn.
        down[1:1] = np.where(end < start, (high, low), (low, high))
        across[1:1] = [(x[first] + x[last]) / 2] * 2
        kept[1:1] = [turns & is_tall] * 2
    points = np.stack(kept, axis=1)
    points[-1, -1] = True
    return np.stack(across, axis=1)[points], np.stack(down, axis=1)[points]


def simplified(line: Array, tolerance: float, blocks: tuple[int, ...] = (2, 2)) -> Array:
    """Return a line (K, 2) without points within the tolerance of a chord.

    One pass for each size of block: the points within a block go if all are near the chord of its
    ends. The ends of the line stay. Qt's cost of wide smooth lines is per point.
    """
    for size in blocks:
        count = max(0, len(line) - 1) // size
        whole = line[: count * size].reshape(count, size, 2)
        start, end = whole[:, :1], line[size : count * size + 1 : size, None]
        chord, offset = end - start, whole[:, 1:] - start
        area = np.abs(chord[..., 0] * offset[..., 1] - chord[..., 1] * offset[..., 0])
        length = np.hypot(chord[..., 0], chord[..., 1])
        # Points where the line turns back stay, else thin loops would be lost.
        is_near = (area <= tolerance * length) & (np.hypot(*np.moveaxis(offset, -1, 0)) <= length)
        kept = np.ones(len(line), dtype=bool)
        kept[: count * size].reshape(count, size)[is_near.all(axis=1), 1:] = False
        line = line[kept]
    return line


def isolines(
    xs: NDArray[Any], ys: NDArray[Any], heights: NDArray[Any]
) -> Callable[[float], list[Array]]:
    """Return what finds the lines (K, 2) at a height.

    The heights (m, n) are over rows at ys (m,) and columns at xs (n,).
    """
    return cast("Callable[[float], list[Array]]", contour_generator(xs, ys, heights).lines)
