"""Loss, outputs and gradient norm against step, in bounded memory; every point is exact."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array, Mask, Steps

CAPACITY = 4096
"""Most points of a trace, whatever the length of its run."""

_THINNED_EVERY = CAPACITY // 2
"""Steps between two thinnings, each of which leaves space for as many."""

_ROOM = 8 * CAPACITY
"""Points that may wait until they are thinned."""
_PARTS = 256
"""Calls whose points may wait: the few points of a long call take less memory than their arrays."""

_BUCKETS = 512
_PER_OCTAVE, _OCTAVES = 12, 41
_OCTAVE_EDGES = np.array(
    sorted({math.ceil(2 ** (k / _PER_OCTAVE)) - 1 for k in range(_PER_OCTAVE * _OCTAVES)})
)
"""First steps of the buckets of equal ratios, up to 1e12 steps."""

_OUTPUTS = 4
"""Number of outputs, in the order of ROWS."""

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Trace:
    """The history of a run. A value: its arrays are never written to."""

    steps: Steps = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """(P,) in increasing order."""
    losses: Array = field(default_factory=lambda: np.empty(0))
    """(P,) the loss at these steps."""
    outputs: Array = field(default_factory=lambda: np.empty((0, _OUTPUTS)))
    """(P, 4) the outputs, in the order of ROWS; NaN where unknown."""
    gradient_norms: Array = field(default_factory=lambda: np.empty(0))
    """(P,) the gradient norm; NaN where unknown."""

    def __post_init__(self) -> None:
        """Fill what is not passed in with NaN."""
        count = len(self.steps)
        if not len(self.outputs):
            object.__setattr__(self, "outputs", np.full((count, _OUTPUTS), np.nan))
        if not len(self.gradient_norms):
            object.__setattr__(self, "gradient_norms", np.full(count, np.nan))

    @property
    def columns(self) -> tuple[Steps, Array, Array, Array]:
        """Its arrays, in the order of the fields."""
        return self.steps, self.losses, self.outputs, self.gradient_norms

    def picked(self, which: Mask | Indices | slice) -> "Trace":
        """Return the points of a mask, of indices or of a slice."""
        steps, losses, outputs, norms = self.columns
        return Trace(steps[which], losses[which], outputs[which], norms[which])

    def extended(self, *later: "Trace") -> "Trace":
        """Return a copy of these points, followed by later ones."""
        columns = zip(*(trace.columns for trace in (self, *later)), strict=True)
        return Trace(*map(np.concatenate, columns))

    def up_to(self, step: int) -> "Trace":
        """Return the points that are not after a step."""
        if not len(self.steps) or step >= self.steps[-1]:
            return self
        return self.picked(slice(int(np.searchsorted(self.steps, step, side="right"))))

    def outlined(self, ranges: int) -> "Trace":
        """Return the lowest and the highest point of each of so many equal ranges of steps."""
        edges = np.linspace(0, self.steps[-1], ranges, endpoint=False)
        starts = np.unique(np.searchsorted(self.steps, edges))
        return self.picked(np.unique(_extremes(self.losses, starts)))

    def until(self, step: int, loss: float, outputs: Array | float = np.nan) -> "Trace":
        """Return the points before a step and the loss at it, for a fork.

        The gradient norm at the step is unknown.
        """
        before = self.picked(slice(int(np.searchsorted(self.steps, step))))
        at = np.array([step]), np.array([loss]), np.full((1, _OUTPUTS), outputs)
        return before.extended(Trace(*at))


LOSS_COLUMNS = ("run", "step", "loss", "gradient_norm")


def loss_rows(name: str, trace: Trace) -> Iterator[tuple[str, int, float, float]]:
    """Yield all points of a run with its name, each exact; the gradient norm may be NaN.

    Up to CAPACITY steps a point is a step. Of the early part of a longer run, the points are the
    steps with the lowest and the highest loss of each bucket.
    """
    columns = (trace.steps, trace.losses, trace.gradient_norms)
    return zip(repeat(name), *(column.tolist() for column in columns), strict=False)


class TraceRecorder:
    """The points of every step, thinned to the extremes of buckets as the run grows.

    From CAPACITY steps on, every 2048 steps a thinning is due: to the lowest and the highest
    loss of each bucket, so that a spike of one step survives ten million others. There are two
    sets of buckets, of equal steps and of equal ratios of steps, for linear and logarithmic axes.
    Thinning once keeps the same points as thinning each time, so it waits until there are many
    or they are needed. They depend only on the losses, not on how calls divided them.
    """

    def __init__(self, start: Trace | None = None) -> None:
        """Continue a trace, or start at step 0."""
        start = start or Trace()
        self._parts = [start.extended()]
        """Points one after the other; their arrays are this recorder's own."""
        self._count = len(start.steps)
        self._next_step = int(start.steps[-1]) + 1 if self._count else 0
        self._thinned_before = self._due
        """The last step that a thinning was due at."""

    def extend(self, losses: Array, outputs: Array, norms_before: Array) -> None:
        """Add the losses (n,) and the outputs (n, 4) of the next n steps.

        norms_before (n,) are the gradient norms before each of these steps: the first belongs to
        the previous point, and that of the last new point is still unknown.
        """
        if not len(losses):
            return
        if self._next_step:
            self.complete(norms_before[0])
        first, self._next_step = self._next_step, self._next_step + len(losses)
        steps = np.arange(first, self._next_step)
        added = Trace(steps, losses, outputs, np.append(norms_before[1:], np.nan))
        is_long = len(losses) > _THINNED_EVERY and self._due >= CAPACITY
        # Of a long call, what can be no extreme is left out at once.
        self._parts.append(_thinned(added, self._due) if is_long else added.extended())
        self._count += len(self._parts[-1].steps)
        if self._count > _ROOM or len(self._parts) > _PARTS:
            self._join()

    def correct(self, loss: float, outputs: Array) -> None:
        """Replace the last point after a weight was set by hand."""
        self._parts[-1].losses[-1] = loss
        self._parts[-1].outputs[-1] = outputs
        self.complete(np.nan)

    def complete(self, norm: float) -> None:
        """Set the gradient norm of the last point."""
        self._parts[-1].gradient_norms[-1] = norm

    def trace(self) -> Trace:
        """Return the points as a trace."""
        self._join()
        trace = self._parts[0].extended()
        trace.gradient_norms[np.isinf(trace.gradient_norms)] = np.nan
        return trace

    @property
    def _due(self) -> int:
        """The last step that is a multiple of 2048: points before it are thinned."""
        return (self._next_step - 1) // _THINNED_EVERY * _THINNED_EVERY

    def _join(self) -> None:
        """Join the points, and thin them if that is due."""
        points = self._parts[0].extended(*self._parts[1:])
        if self._due >= CAPACITY and self._due > self._thinned_before:
            self._thinned_before = self._due
            points = _thinned(points, self._due)
        if len(points.steps) > CAPACITY:  # it began with other points than this one keeps
            points = _thinned(points, self._next_step - 1)
        self._parts, self._count = [points], len(points.steps)


def _thinned(points: Trace, before: int) -> Trace:
    """Return points with only the extremes of each bucket before a step.

    Those are at most half of CAPACITY.
    """
    end = int(np.searchsorted(points.steps, before))
    stride = 1 << ((before - 1) // _BUCKETS).bit_length()
    is_kept = np.arange(len(points.steps)) >= end
    # Strides are powers of two, so that a coarser bucket consists of whole finer ones.
    for edges in (np.arange(0, before, stride), _OCTAVE_EDGES):
        starts = np.append(0, np.searchsorted(points.steps[:end], edges))
        is_kept[_extremes(points.losses[:end], starts[starts < end])] = True
    return points.picked(np.flatnonzero(is_kept))


def _extremes(losses: Array, starts: Indices) -> Indices:
    """Return the indices of the first lowest and the last highest of losses (P,) in each bucket.

    They start at these indices, the first at 0; some may be empty.
    """
    ends = np.append(starts[1:], len(losses))
    sizes = ends - starts
    lowest, highest = np.minimum.reduceat(losses, starts), np.maximum.reduceat(losses, starts)
    lows = np.flatnonzero(losses == np.repeat(lowest, sizes))
    highs = np.flatnonzero(losses == np.repeat(highest, sizes))
    firsts, lasts = np.searchsorted(lows, starts), np.searchsorted(highs, ends) - 1
    return np.concatenate((lows[firsts], highs[lasts]))
