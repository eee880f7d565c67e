"""Loss, outputs and gradient norm of a whole run in bounded memory, every kept point exact."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

CAPACITY = 4096
"""Points that a trace may have, whatever the length of its run."""

_BUCKETS = 512
_BUCKETS_PER_OCTAVE = 12

_OUTPUTS = 4
"""One for each row of the truth table, in the order of ROWS."""

Reals = NDArray[np.float64]


def _unknown_outputs() -> Reals:
    return np.empty((0, _OUTPUTS))


def _unknown_norms() -> Reals:
    return np.empty(0)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a run has come to, against step. A value: its arrays are never written to."""

    steps: NDArray[np.int64]
    """(P,) rising."""
    losses: Reals
    """(P,) the loss at exactly those steps."""
    outputs: Reals = field(default_factory=_unknown_outputs)
    """(P, 4) the outputs there, in the order of ROWS; NaN where they are not known."""
    gradient_norms: Reals = field(default_factory=_unknown_norms)
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

    def until(self, step: int, loss: float, outputs: Reals | None = None) -> "Trace":
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

    When CAPACITY is reached, the points are thinned to the lowest and the highest loss of each
    bucket, so a spike of one step survives ten million others. There are two sets of buckets,
    equal steps and equal ratios of steps, so that the curve is whole on a linear and on a
    logarithmic axis. What is kept depends on the losses alone, not on how they were handed in.
    """

    def __init__(self, start: Trace | None = None) -> None:
        """Go on from a trace, or begin at step 0."""
        self._steps = np.empty(CAPACITY, dtype=np.int64)
        self._losses = np.empty(CAPACITY)
        self._outputs = np.empty((CAPACITY, _OUTPUTS))
        self._norms = np.empty(CAPACITY)
        self._count = 0 if start is None else len(start.steps)
        self._next_step = 0
        if start is not None and self._count:
            known = start.steps, start.losses, start.outputs, start.gradient_norms
            for column, values in zip(self._columns, known, strict=True):
                column[: self._count] = values
            self._next_step = int(start.steps[-1]) + 1

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        """The columns of a trace, in its order, each with room for CAPACITY points."""
        return self._steps, self._losses, self._outputs, self._norms

    def extend(
        self, losses: Reals, outputs: Reals | None = None, norms_before: Reals | None = None
    ) -> None:
        """Add the losses (n,) and the outputs (n, 4) of the next n steps.

        norms_before (n,) are the gradient norms from which these steps were taken: the first is
        that of the last point until now, and that of the last of the new ones is not known yet.
        """
        n = len(losses)
        if outputs is None:
            outputs = np.full((n, _OUTPUTS), np.nan)
        if norms_before is None:
            norms_before = np.full(n, np.nan)
        if self._count and n:
            self.complete(norms_before[0])
        done = 0
        while done < n:
            if self._count == CAPACITY:
                self._thin()
            start, end = done, min(n, done + CAPACITY - self._count)
            here = slice(self._count, self._count + end - start)
            self._steps[here] = np.arange(self._next_step + start, self._next_step + end)
            self._losses[here] = losses[start:end]
            self._outputs[here] = outputs[start:end]
            known = norms_before[start + 1 : end + 1]
            self._norms[here.start : here.start + len(known)] = known
            self._count, done = here.stop, end
        self._next_step += n
        if n:
            self.complete(np.nan)

    def correct(self, loss: float, outputs: Reals | None = None) -> None:
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

    def _thin(self) -> None:
        """Keep each bucket's extremes: at most half of CAPACITY."""
        steps, losses = self._steps[: self._count], self._losses[: self._count]
        # Strides are powers of two, so each coarser bucket is made of whole finer ones.
        stride = 1 << max(0, int(steps[-1]) // _BUCKETS).bit_length()
        octaves = np.floor(np.log2(steps + 1.0) * _BUCKETS_PER_OCTAVE).astype(np.int64)
        kept = np.flatnonzero(_extremes(steps // stride, losses) | _extremes(octaves, losses))
        self._count = len(kept)
        for column in self._columns:
            column[: self._count] = column[kept]


def _extremes(buckets: NDArray[np.int64], losses: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the lowest and the highest loss in each bucket; buckets (P,) rise."""
    order = np.lexsort((losses, buckets))
    edges = np.flatnonzero(np.diff(buckets)) + 1
    marked = np.zeros(len(losses), dtype=bool)
    marked[order[np.concatenate(([0], edges))]] = True
    marked[order[np.concatenate((edges - 1, [len(losses) - 1]))]] = True
    return marked
