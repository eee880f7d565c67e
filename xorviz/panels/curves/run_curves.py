"""The curves of pinned runs, and fast painting of any curve."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from xorviz.core.arrays import Array
from xorviz.core.runs.project import PinnedRun
from xorviz.panels.curves.envelope import column_ends, enveloped, fill_areas
from xorviz.panels.curves.overlay import CachedOverlay, Scales
from xorviz.panels.curves.run_styles import RUN_STYLES, SOLID, WIDTH, line_pen

_MOST_DASHES = 600
"""In one curve: on a curve that oscillates, longer dashes are cheaper and look the same."""
_FLAT = 0.6
"""Pixels: a curve that varies less within a column is one point there."""


class RunCurves(CachedOverlay):
    """The curves of the pinned runs shown, below the curve of the current run.

    They cost some milliseconds when they, the range or the size change, and nothing otherwise.
    """

    def __init__(self, scales: Scales) -> None:
        super().__init__(scales)
        self.runs: tuple[PinnedRun, ...] = ()
        """The runs shown, in the order of painting."""
        self._changes = 0
        self.setZValue(-1)
        self.hide()

    def show_runs(self, runs: tuple[PinnedRun, ...]) -> None:
        """Draw the curves of those runs that are marked as shown."""
        shown = tuple(run for run in runs if run.is_shown and len(run.record.trace.steps))
        before, self.runs = self.runs, shown
        if [_drawn(run) for run in before] != [_drawn(run) for run in shown]:
            self._changes += 1
            self.setVisible(bool(shown))
            self.update()

    def _look(self) -> tuple[object, ...]:
        return self._changes, *self.scales.look()

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = painter.deviceTransform().m11()
        for run in self.runs:
            style = RUN_STYLES[run.style]
            color, area = style.color(self._theme), self.scales.area
            lines, areas = enveloped(*thinned(*self.scales.line_of(run.record.trace), ratio))
            fill_areas(painter, [_inside(corners, area) for corners in areas], color)
            pieces = clipped(segments(lines), area)
            # Qt's wide polylines cost up to 60 ms a curve, dashed ones up to 90.
            painter.setPen(line_pen(color, WIDTH))
            draw_lines(painter, dashes(pieces, *style.dash) if style.dash else pieces)


def _drawn(run: PinnedRun) -> tuple[int, int]:
    """Return what a curve's look depends on; the same trace never changes."""
    return id(run.record.trace), run.style


def thinned(x: Array, y: Array, columns_per_pixel: float = 1.0) -> tuple[Array, Array]:
    """Return the line (P,), (P,) with the first, last, lowest and highest point of each column.

    It covers the same pixels; x rises.
    """
    if len(x) < 2:
        return x, y
    ends = column_ends(x * columns_per_pixel)
    if 4 * len(ends[0]) >= len(x):
        return x, y
    across, down = _outline(x, y, *ends)
    return across.ravel(), down.ravel()


def _outline(
    x: Array, y: Array, first: NDArray[np.intp], last: NDArray[np.intp]
) -> tuple[Array, Array]:
    """Return first, lowest, highest and last point (C, 4), (C, 4) of each column.

    Where the curve falls, the highest comes before the lowest: it must not seem to turn.
    """
    both = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    falls = y[last] < y[first]
    early, late = np.where(falls, both[::-1], both)
    middle = (x[first] + x[last]) / 2
    across = np.stack((x[first], middle, middle, x[last]), axis=1)
    return across, np.stack((y[first], early, late, y[last]), axis=1)


def segments(lines: list[Array]) -> Array:
    """Return the segments (N, 4) of lines, each (P, 2): x, y, x, y."""
    return np.concatenate([np.hstack((line[:-1], line[1:])) for line in lines])


def _inside(corners: Array, area: QRectF) -> Array:
    """Return the corners (M, 2) of a shape, moved to the edge of an area where outside of it."""
    low, high = area.topLeft().toTuple(), area.bottomRight().toTuple()
    return np.asarray(corners.clip(low, high))


def clipped(pieces: Array, area: QRectF) -> Array:
    """Return the parts of segments (N, 4) inside an area (Liang and Barsky 1984)."""
    start, move = pieces[:, :2], pieces[:, 2:] - pieces[:, :2]
    enter, leave = np.zeros(len(pieces)), np.ones(len(pieces))
    walls = ((0, area.left(), area.right()), (1, area.top(), area.bottom()))
    for axis, low, high in walls:
        at, by = start[:, axis], move[:, axis]
        with np.errstate(all="ignore"):
            crossings = np.sort(np.stack(((low - at) / by, (high - at) / by)), axis=0)
        is_still, is_inside = by == 0, (low <= at) & (at <= high)
        enter = np.where(is_still, enter, np.maximum(enter, crossings[0]))
        leave = np.where(is_still, np.where(is_inside, leave, -1), np.minimum(leave, crossings[1]))
    inside = enter <= leave
    start, move = start[inside], move[inside]
    ends = (start + share[inside, None] * move for share in (enter, leave))
    return np.hstack(tuple(ends))


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


def draw_lines(painter: QPainter, pieces: Array) -> None:
    """Draw segments (N, 4)."""
    # As pyqtgraph does for its own curves: a list of QLineF costs four to ten times as much.
    lines: Any = internals.PrimitiveArray(QLineF, 4)
    lines.resize(len(pieces))
    lines.ndarray()[:] = pieces
    if len(pieces):
        painter.drawLines(*lines.drawargs())


def traced(x: Array, y: Array) -> tuple[Array, Array]:
    """Return a curve (P,), (P,) in fewer points that cover the same pixels; x rises."""
    if len(x) < 2:
        return x, y
    across, down = _outline(x, y, *column_ends(x))
    kept = np.ones(across.shape, dtype=bool)
    kept[np.abs(down[:, 2] - down[:, 1]) < _FLAT, 1:] = False
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
    """Paint the finite parts of a curve (P,), (P,) inside an area."""
    first, last = (int(index) for index in np.searchsorted(x, (area.left(), area.right())))
    first, last = max(first - 1, 0), last + 1
    lines, areas = enveloped(*traced(x[first:last], y[first:last]))
    pieces = segments(lines)
    pieces = pieces[np.isfinite(pieces[:, 1] + pieces[:, 3])]
    painter.save()
    painter.setClipRect(area)
    fill_areas(painter, areas, color)
    painter.setPen(line_pen(color, width))
    draw_lines(painter, dashes(pieces, *dash) if dash else pieces)
    painter.restore()
