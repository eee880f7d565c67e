"""The curves of kept runs on the loss plot."""

from typing import Any

import numpy as np
from pyqtgraph.Qt import internals
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from xorviz.core.arrays import Array
from xorviz.core.runs.project import PinnedRun
from xorviz.panels.curves.overlay import CachedOverlay, Scales
from xorviz.panels.curves.run_styles import RUN_STYLES, SOLID, WIDTH, line_pen

_MOST_DASHES = 600
"""In one curve: where it only goes up and down, longer ones are cheaper and look the same."""


class RunCurves(CachedOverlay):
    """The curves of all runs that are shown, below the curve of the run that is worked on.

    They cost some milliseconds when they, the range or the size change, and nothing else a frame.
    """

    def __init__(self, scales: Scales) -> None:
        super().__init__(scales)
        self.runs: tuple[PinnedRun, ...] = ()
        """Those that are shown, in the order in which they are painted."""
        self._changes = 0
        self.setZValue(-1)
        self.hide()

    def show_runs(self, runs: tuple[PinnedRun, ...]) -> None:
        """Draw the curves of those runs that are to be shown."""
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
            x, y = thinned(*self.scales.line_of(run.record.trace), ratio)
            pieces = clipped(segments(x, y), self.scales.area)
            # Joined, wide lines cost up to 60 ms a curve, and dashed ones up to 90.
            painter.setPen(line_pen(style.color(self._theme), WIDTH))
            draw_lines(painter, dashes(pieces, *style.dash) if style.dash else pieces)


def _drawn(run: PinnedRun) -> tuple[int, int]:
    """Return what a curve is: traces are values, so that one and the same does not change."""
    return id(run.record.trace), run.style


def thinned(x: Array, y: Array, columns_per_pixel: float = 1.0) -> tuple[Array, Array]:
    """Return the line (P,), (P,) with the first, last, lowest and highest point of each column.

    It covers the same pixels: x rises, and within a column only the ends matter.
    """
    if len(x) < 2:
        return x, y
    columns = np.floor(x * columns_per_pixel)
    first = np.concatenate(([0], np.flatnonzero(np.diff(columns)) + 1))
    last = np.append(first[1:] - 1, len(x) - 1)
    if 4 * len(first) >= len(x):
        return x, y
    lowest, highest = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    middle = (x[first] + x[last]) / 2
    thin_x = np.stack((x[first], middle, middle, x[last]), axis=1).ravel()
    return thin_x, np.stack((y[first], lowest, highest, y[last]), axis=1).ravel()


def segments(x: Array, y: Array) -> Array:
    """Return the pieces (P - 1, 4) of a line: from x, y to x, y."""
    return np.stack((x[:-1], y[:-1], x[1:], y[1:]), axis=1)


def clipped(pieces: Array, area: QRectF) -> Array:
    """Return what of pieces (N, 4) is inside an area (Liang and Barsky 1984)."""
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
    """Return the pieces (M, 4) that are left of a line's (N, 4) when it is dashed along them."""
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
    """Draw pieces (N, 4) of a line."""
    # As pyqtgraph does for its own curves: a list of QLineF costs four to ten times as much.
    lines: Any = internals.PrimitiveArray(QLineF, 4)
    lines.resize(len(pieces))
    lines.ndarray()[:] = pieces
    if len(pieces):
        painter.drawLines(*lines.drawargs())


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
