"""Loss, outputs and gradient norm of a whole run in bounded memory, every kept point exact."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array

CAPACITY = 4096
"""Points that a trace may have, whatever the length of its run."""

_THINNED_EVERY = CAPACITY // 2
"""Steps between two thinnings, each of which leaves room for as many."""

_ROOM = 2 * CAPACITY
"""Points that there are for a moment: those kept, and what stands out of many new ones."""

_BUCKETS = 512
_PER_OCTAVE, _OCTAVES = 12, 41
_OCTAVE_EDGES = np.array(
    sorted({math.ceil(2 ** (k / _PER_OCTAVE)) - 1 for k in range(_PER_OCTAVE * _OCTAVES)})
)
"""The first steps of the buckets of equal ratios, as far as the longest run: 1e12 steps."""

_OUTPUTS = 4
"""One for each row of the truth table, in the order of ROWS."""

Places = NDArray[np.intp]


def _unknown_outputs() -> Array:
    return np.empty((0, _OUTPUTS))


def _unknown_norms() -> Array:
    return np.empty(0)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a run has come to, against step. A value: its arrays are never written to."""

    steps: NDArray[np.int64]
    """(P,) rising."""
    losses: Array
    """(P,) the loss at exactly those steps."""
    outputs: Array = field(default_factory=_unknown_outputs)
    """(P, 4) the outputs there, in the order of ROWS; NaN where they are not known."""
    gradient_norms: Array = field(default_factory=_unknown_norms)
    """(P,) the length of the loss's gradient there; NaN where it is not known."""

    def __post_init__(self) -> None:
        """Let what is not given be unknown."""
        count = len(self.steps)
        if not len(self.outputs):
            object.__setattr__(self, "outputs", np.full((count, _OUTPUTS), np.nan))
        if not len(self.gradient_norms):
            object.__setattr__(self, "gradient_norms", np.full(count, np.nan))

    @classmethod
    def empty(cls) -> "Trace":
        """Return a trace without points."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0))

    def until(self, step: int, loss: float, outputs: Array | None = None) -> "Trace":
        """Return the points before a step, and the loss at it: where another branch begins.

        The gradient there is that of the branch, which is not known yet.
        """
        kept = int(np.searchsorted(self.steps, step))
        here = np.full(_OUTPUTS, np.nan) if outputs is None else outputs
        return Trace(
            np.append(self.steps[:kept], step),
            np.append(self.losses[:kept], loss),
            np.vstack((self.outputs[:kept], here)),
            np.append(self.gradient_norms[:kept], np.nan),
        )

    def nearest(self, step: float) -> tuple[int, float]:
        """Return the kept point (step, loss) that is nearest to a step."""
        right = int(np.searchsorted(self.steps, step).clip(1, max(len(self.steps) - 1, 1)))
        left = right - 1
        if right == len(self.steps) or step - self.steps[left] <= self.steps[right] - step:
            right = left
        return int(self.steps[right]), float(self.losses[right])


class TraceRecorder:
    """Takes every step; keeps them all at first, then the extremes of each bucket.

    Beyond CAPACITY steps, before each further 2048, all are thinned to the lowest and the
    highest loss of each bucket, so a spike of one step survives ten million others. There are two
    sets of buckets, equal steps and equal ratios of steps, so that the curve is whole on a linear
    and on a logarithmic axis. What is kept depends on the losses alone, not on how they were
    handed in.
    """

    def __init__(self, start: Trace | None = None) -> None:
        """Go on from a trace, or begin at step 0."""
        self._steps = np.empty(_ROOM, dtype=np.int64)
        self._losses = np.empty(_ROOM)
        self._outputs = np.empty((_ROOM, _OUTPUTS))
        self._norms = np.empty(_ROOM)
        self._count = 0 if start is None else len(start.steps)
        self._next_step = 0
        if start is not None and self._count:
            known = start.steps, start.losses, start.outputs, start.gradient_norms
            for column, values in zip(self._columns, known, strict=True):
                column[: self._count] = values
            self._next_step = int(start.steps[-1]) + 1
            if CAPACITY - self._count < -self._next_step % _THINNED_EVERY:
                # Another recorder may have left too little room. The newest step stays in any case.
                self._count -= 1
                self._thin(self._next_step - 1)
                for column, values in zip(self._columns, known, strict=True):
                    column[self._count] = values[-1]
                self._count += 1

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        """The columns of a trace, in its order."""
        return self._steps, self._losses, self._outputs, self._norms

    def extend(
        self, losses: Array, outputs: Array | None = None, norms_before: Array | None = None
    ) -> None:
        """Add the losses (n,) and the outputs (n, 4) of the next n steps.

        norms_before (n,) are the gradient norms from which these steps were taken: the first is
        that of the last point until now, and that of the last of the new ones is not known yet.
        """
        n = len(losses)
        if not n:
            return
        if self._count:
            self.complete(np.nan if norms_before is None else norms_before[0])
        first, self._next_step = self._next_step, self._next_step + n
        # However many thinnings were due, the last one leaves what all of them would.
        due = (self._next_step - 1) // _THINNED_EVERY * _THINNED_EVERY
        early = due - first if due >= CAPACITY else -1
        norms_after = None if norms_before is None else norms_before[1:]
        if early >= 0:
            places = _outstanding(losses[:early], first)
            shown = None if outputs is None else outputs[places]
            norms = None if norms_after is None else norms_after[places]
            self._append(first + places, losses[places], shown, norms)
            self._thin(due - 1)
        rest = max(early, 0)
        self._append(
            np.arange(first + rest, first + n),
            losses[rest:],
            None if outputs is None else outputs[rest:],
            None if norms_after is None else norms_after[rest:],
        )

    def correct(self, loss: float, outputs: Array | None = None) -> None:
        """Replace what the last step came to, where a weight was set by hand."""
        last = self._count - 1
        self._losses[last] = loss
        self._outputs[last] = np.nan if outputs is None else outputs
        self._norms[last] = np.nan

    def complete(self, norm: float) -> None:
        """Add the gradient norm of the last step."""
        self._norms[self._count - 1] = norm

    def trace(self) -> Trace:
        """Return the points kept so far."""
        steps, losses, outputs, norms = (column[: self._count].copy() for column in self._columns)
        norms[np.isinf(norms)] = np.nan
        return Trace(steps, losses, outputs, norms)

    def _append(
        self, steps: NDArray[np.int64], losses: Array, outputs: Array | None, norms: Array | None
    ) -> None:
        """Add points (P,); the norm of the last one may be missing."""
        here = slice(self._count, self._count + len(steps))
        self._steps[here] = steps
        self._losses[here] = losses
        self._outputs[here] = np.nan if outputs is None else outputs
        self._norms[here] = np.nan
        if norms is not None:
            self._norms[here.start : here.start + len(norms)] = norms
        self._count = here.stop

    def _thin(self, last: int) -> None:
        """Keep each bucket's extremes, up to the last step: at most half of CAPACITY."""
        columns = [column[: self._count] for column in self._columns]
        steps, losses = columns[:2]
        # Strides are powers of two, so each coarser bucket is made of whole finer ones.
        by_stride = np.flatnonzero(np.diff(steps // _stride(last))) + 1
        by_octave = _without_repeats(np.searchsorted(steps, _OCTAVE_EDGES))
        by_octave = by_octave[(by_octave > 0) & (by_octave < len(steps))]
        is_kept = _marked(len(steps), _extremes(losses, by_stride))
        is_kept[_extremes(losses, by_octave)] = True
        self._count = int(is_kept.sum())
        for column in columns:
            column[: self._count] = column[is_kept]


def _stride(step: int) -> int:
    """Return how many steps a bucket of equal ones has, once a run has come to a step."""
    return 1 << (step // _BUCKETS).bit_length()


def _outstanding(losses: Array, first: int) -> Places:
    """Return where losses (n,) of steps in a row, from the first on, may be a bucket's extreme."""
    if not len(losses):
        return np.empty(0, dtype=np.intp)
    end = first + len(losses)
    stride = _stride(end - 1)
    by_stride = np.arange(-first % stride, len(losses), stride)
    inside = np.searchsorted(_OCTAVE_EDGES, (first, end))
    by_octave = _OCTAVE_EDGES[slice(*inside)] - first
    edges = _without_repeats(np.sort(np.concatenate((by_stride, by_octave))))
    return np.flatnonzero(_marked(len(losses), _extremes(losses, edges[edges > 0])))


def _extremes(losses: Array, edges: Places) -> Places:
    """Return the places of the first lowest and the last highest of losses (P,) in each bucket.

    Another one begins at each edge.
    """
    starts = np.concatenate(([0], edges))
    sizes = np.diff(starts, append=len(losses))
    lowest, highest = np.minimum.reduceat(losses, starts), np.maximum.reduceat(losses, starts)
    lows = np.flatnonzero(losses == np.repeat(lowest, sizes))
    highs = np.flatnonzero(losses == np.repeat(highest, sizes))
    firsts, lasts = np.searchsorted(lows, starts), np.searchsorted(highs, starts + sizes) - 1
    return np.concatenate((lows[firsts], highs[lasts]))


def _marked(count: int, places: Places) -> NDArray[np.bool_]:
    """Return which of so many places are among these."""
    marked = np.zeros(count, dtype=bool)
    marked[places] = True
    return marked


def _without_repeats(rising: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each of some rising numbers once. What NumPy has for this loads its masked arrays."""
    is_new = np.ones(len(rising), dtype=bool)
    is_new[1:] = rising[1:] > rising[:-1]
    return rising[is_new]
