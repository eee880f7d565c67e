"""Loss, outputs and gradient norm against step, in bounded memory; every point is exact."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array, Mask, Numbers, Steps

CAPACITY = 4096
"""Most points of a trace, whatever the length of its run."""

_THINNED_EVERY = CAPACITY // 2
"""Steps between two thinnings, each of which leaves space for as many."""

_ROOM = 8 * CAPACITY
"""Size of the buffers: the kept points, and new ones until they are thinned."""

_BUCKETS = 512
_PER_OCTAVE, _OCTAVES = 12, 41
_OCTAVE_EDGES = np.array(
    sorted({math.ceil(2 ** (k / _PER_OCTAVE)) - 1 for k in range(_PER_OCTAVE * _OCTAVES)})
)
"""First steps of the buckets of equal ratios, up to 1e12 steps."""

_LONG = 2048
"""Mean length from which buckets are searched one by one."""

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

    def picked(self, which: Mask | slice) -> "Trace":
        """Return the points of a mask or a slice."""
        steps, losses, outputs, norms = self.columns
        return Trace(steps[which], losses[which], outputs[which], norms[which])

    def extended(self, later: "Trace") -> "Trace":
        """Return these points followed by later ones."""
        both = zip(self.columns, later.columns, strict=True)
        return Trace(*(np.concatenate(columns) for columns in both))

    def up_to(self, step: int) -> "Trace":
        """Return the points that are not after a step."""
        if not len(self.steps) or step >= self.steps[-1]:
            return self
        return self.picked(slice(int(np.searchsorted(self.steps, step, side="right"))))

    def until(self, step: int, loss: float, outputs: Array | float = np.nan) -> "Trace":
        """Return the points before a step and the loss at it, for a fork.

        The gradient norm at the step is unknown.
        """
        before = self.picked(slice(int(np.searchsorted(self.steps, step))))
        at = np.array([step]), np.array([loss]), np.full((1, _OUTPUTS), outputs)
        return before.extended(Trace(*at))


class TraceRecorder:
    """A buffer for every step, thinned to the extremes of buckets as the run grows.

    From CAPACITY steps on, every 2048 steps a thinning is due: to the lowest and the highest
    loss of each bucket, so that a spike of one step survives ten million others. There are two
    sets of buckets, of equal steps and of equal ratios of steps, for linear and logarithmic axes.
    Thinning once keeps the same points as thinning each time, so it waits until the buffer is full
    or the points are needed. They depend only on the losses, not on how calls divided them.
    """

    def __init__(self, start: Trace | None = None) -> None:
        """Continue a trace, or start at step 0."""
        self._columns: tuple[Numbers, ...] = (
            np.empty(_ROOM, dtype=np.int64),
            np.empty(_ROOM),
            np.empty((_ROOM, _OUTPUTS)),
            np.empty(_ROOM),
        )
        """The columns of a trace, in its order."""
        self._steps, self._losses, self._outputs, self._norms = self._columns
        self._count = 0 if start is None else len(start.steps)
        self._next_step = 0
        if start is not None and self._count:
            for column, values in zip(self._columns, start.columns, strict=True):
                column[: self._count] = values
            self._next_step = int(start.steps[-1]) + 1
            if CAPACITY - self._count < -self._next_step % _THINNED_EVERY:
                # Another recorder may have left too little space. The newest step always stays.
                self._thin_before(self._next_step - 1)
        self._thinned_before = self._due
        """The last step that a thinning was due at."""

    def extend(self, losses: Array, outputs: Array, norms_before: Array) -> None:
        """Add the losses (n,) and the outputs (n, 4) of the next n steps.

        norms_before (n,) are the gradient norms before each of these steps: the first belongs to
        the previous point, and that of the last new point is still unknown.
        """
        n = len(losses)
        if not n:
            return
        if self._count:
            self.complete(norms_before[0])
        if self._count + min(n, 2 * CAPACITY) > _ROOM:
            self._thin()
        first, self._next_step = self._next_step, self._next_step + n
        if n > _THINNED_EVERY and self._due >= CAPACITY:
            early = self._due - first  # of a long call, what can be no extreme is left out at once
            kept = np.append(_outstanding(losses[:early], first), np.arange(early, n))
        else:
            kept = np.arange(n)
        here = slice(self._count, self._count + len(kept))
        self._steps[here] = first + kept
        self._losses[here] = losses[kept]
        self._outputs[here] = outputs[kept]
        self._norms[here] = norms_before[np.minimum(kept + 1, n - 1)]
        self._count = here.stop
        self.complete(np.nan)

    def correct(self, loss: float, outputs: Array) -> None:
        """Replace the last point after a weight was set by hand."""
        last = self._count - 1
        self._losses[last] = loss
        self._outputs[last] = outputs
        self._norms[last] = np.nan

    def complete(self, norm: float) -> None:
        """Set the gradient norm of the last point."""
        self._norms[self._count - 1] = norm

    def trace(self) -> Trace:
        """Return the points as a trace."""
        self._thin()
        steps, losses, outputs, norms = (column[: self._count].copy() for column in self._columns)
        norms[np.isinf(norms)] = np.nan
        return Trace(steps, losses, outputs, norms)

    @property
    def _due(self) -> int:
        """The last step that is a multiple of 2048: points before it are thinned."""
        return (self._next_step - 1) // _THINNED_EVERY * _THINNED_EVERY

    def _thin(self) -> None:
        """Thin the points if that is due."""
        if self._due >= CAPACITY and self._due > self._thinned_before:
            self._thinned_before = self._due
            self._thin_before(self._due)

    def _thin_before(self, step: int) -> None:
        """Keep only the extremes of each bucket before a step: at most half of CAPACITY."""
        columns = [column[: self._count] for column in self._columns]
        end = int(np.searchsorted(columns[0], step))
        is_kept = np.ones(self._count, dtype=bool)
        is_kept[:end] = are_extremes(columns[0][:end], columns[1][:end], step - 1)
        self._count = int(is_kept.sum())
        for column in columns:
            column[: self._count] = column[is_kept]


def are_extremes(steps: Steps, losses: Array, last: int) -> Mask:
    """Return which points (P,) of a run up to a last step are the extremes of their buckets.

    They are at most half of CAPACITY.
    """
    # Strides are powers of two, so that a coarser bucket consists of whole finer ones.
    by_stride = np.flatnonzero(np.diff(steps // _stride(last))) + 1
    by_octave = _without_repeats(np.searchsorted(steps, _OCTAVE_EDGES))
    by_octave = by_octave[(by_octave > 0) & (by_octave < len(steps))]
    are_kept = np.zeros(len(steps), dtype=bool)
    are_kept[_extremes(losses, by_stride)] = True
    are_kept[_extremes(losses, by_octave)] = True
    return are_kept


def _stride(step: int) -> int:
    """Return the length in steps of the equal buckets of a run at a step."""
    return 1 << (step // _BUCKETS).bit_length()


def _outstanding(losses: Array, first: int) -> Indices:
    """Return the indices of losses (n,) from step first on that may be extremes of a bucket."""
    end = first + len(losses)
    stride = _stride(end - 1)
    by_stride = np.arange(-first % stride, len(losses), stride)
    inside = np.searchsorted(_OCTAVE_EDGES, (first, end))
    by_octave = _OCTAVE_EDGES[slice(*inside)] - first
    edges = _without_repeats(np.sort(np.concatenate((by_stride, by_octave))))
    return _without_repeats(np.sort(_extremes(losses, edges[edges > 0])))


def _extremes(losses: Array, edges: Indices) -> Indices:
    """Return the indices of the first lowest and the last highest of losses (P,) in each bucket.

    Each edge starts a new bucket.
    """
    starts = np.concatenate(([0], edges))
    ends = np.append(edges, len(losses))
    if len(losses) >= _LONG * len(starts):  # arrays as long as these losses would be slower
        both = zip(starts.tolist(), ends.tolist(), strict=True)
        parts = [losses[start:end] for start, end in both]
        lows = np.array([part.argmin() for part in parts])
        highs = np.array([part[::-1].argmax() for part in parts])
        return np.concatenate((starts + lows, ends - 1 - highs))
    sizes = ends - starts
    lowest, highest = np.minimum.reduceat(losses, starts), np.maximum.reduceat(losses, starts)
    lows = np.flatnonzero(losses == np.repeat(lowest, sizes))
    highs = np.flatnonzero(losses == np.repeat(highest, sizes))
    firsts, lasts = np.searchsorted(lows, starts), np.searchsorted(highs, ends) - 1
    return np.concatenate((lows[firsts], highs[lasts]))


def _without_repeats(rising: Steps) -> Steps:
    """Return sorted numbers without repeats; np.unique would import masked arrays."""
    is_new = np.ones(len(rising), dtype=bool)
    is_new[1:] = rising[1:] > rising[:-1]
    return rising[is_new]
