"""The loss of a whole run in bounded memory, every kept point exact."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CAPACITY = 4096
"""Points that a trace may have, whatever the length of its run."""

_BUCKETS = 512
_BUCKETS_PER_OCTAVE = 12


@dataclass(frozen=True, slots=True)
class Trace:
    """Loss against step. A value: its arrays are never written to."""

    steps: NDArray[np.int64]
    """(P,) rising."""
    losses: NDArray[np.float64]
    """(P,) the loss at exactly those steps."""

    @classmethod
    def empty(cls) -> "Trace":
        """Return a trace without points."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0))

    def until(self, step: int, loss: float) -> "Trace":
        """Return the points before a step, and the loss at it: where another branch begins."""
        kept = int(np.searchsorted(self.steps, step))
        return Trace(np.append(self.steps[:kept], step), np.append(self.losses[:kept], loss))

    def nearest(self, step: float) -> tuple[int, float]:
        """Return the kept point (step, loss) that is nearest to a step."""
        right = int(np.searchsorted(self.steps, step).clip(1, max(len(self.steps) - 1, 1)))
        left = right - 1
        if right == len(self.steps) or step - self.steps[left] <= self.steps[right] - step:
            right = left
        return int(self.steps[right]), float(self.losses[right])


class TraceRecorder:
    """Takes the loss of every step; keeps them all at first, then the extremes of each bucket.

    When CAPACITY is reached, the points are thinned to the lowest and the highest of each
    bucket, so a spike of one step survives ten million others. There are two sets of buckets,
    equal steps and equal ratios of steps, so that the curve is whole on a linear and on a
    logarithmic axis. What is kept depends on the losses alone, not on how they were handed in.
    """

    def __init__(self, start: Trace | None = None) -> None:
        """Go on from a trace, or begin at step 0."""
        self._steps = np.empty(CAPACITY, dtype=np.int64)
        self._losses = np.empty(CAPACITY)
        self._count = 0 if start is None else len(start.steps)
        self._next_step = 0
        if start is not None and self._count:
            self._steps[: self._count] = start.steps
            self._losses[: self._count] = start.losses
            self._next_step = int(start.steps[-1]) + 1

    def extend(self, losses: NDArray[np.float64]) -> None:
        """Add the losses (n,) of the next n steps."""
        while len(losses):
            if self._count == CAPACITY:
                self._thin()
            taken = losses[: CAPACITY - self._count]
            end = self._count + len(taken)
            self._steps[self._count : end] = np.arange(
                self._next_step, self._next_step + len(taken)
            )
            self._losses[self._count : end] = taken
            self._count = end
            self._next_step += len(taken)
            losses = losses[len(taken) :]

    def correct(self, loss: float) -> None:
        """Replace the loss of the last step, where a weight was set by hand."""
        self._losses[self._count - 1] = loss

    def trace(self) -> Trace:
        """Return the points kept so far."""
        return Trace(self._steps[: self._count].copy(), self._losses[: self._count].copy())

    def _thin(self) -> None:
        """Keep each bucket's extremes: at most half of CAPACITY."""
        steps, losses = self._steps[: self._count], self._losses[: self._count]
        # Strides are powers of two, so each coarser bucket is made of whole finer ones.
        stride = 1 << max(0, int(steps[-1]) // _BUCKETS).bit_length()
        octaves = np.floor(np.log2(steps + 1.0) * _BUCKETS_PER_OCTAVE).astype(np.int64)
        kept = _extremes(steps // stride, losses) | _extremes(octaves, losses)
        self._count = int(kept.sum())
        self._steps[: self._count] = steps[kept]
        self._losses[: self._count] = losses[kept]


def _extremes(buckets: NDArray[np.int64], losses: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the lowest and the highest loss in each bucket; buckets (P,) rise."""
    order = np.lexsort((losses, buckets))
    edges = np.flatnonzero(np.diff(buckets)) + 1
    marked = np.zeros(len(losses), dtype=bool)
    marked[order[np.concatenate(([0], edges))]] = True
    marked[order[np.concatenate((edges - 1, [len(losses) - 1]))]] = True
    return marked
