"""A logarithmic axis of steps, for a histogram of them: where each stands, and round ticks."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from xorviz.core import numerals
from xorviz.lab.results.histogram import StepHistogram

_FINENESS = ((1, 2, 3, 5), (1, 3), (1,))
"""Which multiples of the powers of ten have ticks; the first that have room are taken."""
_BETWEEN = 10.0
"""Pixels that stay free between the texts of two ticks."""


@dataclass(frozen=True, slots=True)
class SeedAxis:
    """From shortly before the first bar to the end of the plan. A value."""

    low: int
    """The first step."""
    high: int
    """The step beyond the last."""
    left: float
    """The ends, in pixels."""
    right: float

    @classmethod
    def of(cls, histogram: StepHistogram, left: float, right: float) -> "SeedAxis":
        """Return the axis for a histogram, from 1 or 3 times a power of ten below its bars.

        Networks come right later and later, so it hardly ever changes while they train.
        """
        first = int(histogram.edges[histogram.first_used])
        decade = 10 ** int(math.log10(first))
        low = 3 * decade if first >= 3 * decade else decade
        return cls(low, int(histogram.edges[-1]), left, right)

    def x_at(self, step: float) -> float:
        """Return the pixel of a step."""
        share = math.log(step / self.low) / math.log(self.high / self.low)
        return self.left + share * (self.right - self.left)

    def step_at(self, x: float) -> float:
        """Return the step at a pixel."""
        share = (x - self.left) / max(1.0, self.right - self.left)
        return float(self.low * (self.high / self.low) ** share)

    def ticks(self, width_of: Callable[[str], float]) -> list[tuple[float, str]]:
        """Return the pixel and the text of each tick: as many as have room, given texts' widths."""
        for multiples in _FINENESS:
            ticks = self._ticks(multiples, 1)
            if _have_room(ticks, width_of):
                return ticks
        every = 2
        while not _have_room(ticks := self._ticks((1,), every), width_of):
            every += 1
        return ticks

    def _ticks(self, multiples: tuple[int, ...], every: int) -> list[tuple[float, str]]:
        first, last = (int(math.log10(end)) for end in (self.low, self.high))
        steps = [m * 10**d for d in range(first, last + 1, every) for m in multiples]
        return [(self.x_at(s), numerals.whole(s)) for s in steps if self.low <= s < self.high]


def _have_room(ticks: list[tuple[float, str]], width_of: Callable[[str], float]) -> bool:
    ends = [(x - width_of(text) / 2, x + width_of(text) / 2) for x, text in ticks]
    return all(a[1] + _BETWEEN <= b[0] for a, b in pairwise(ends))
