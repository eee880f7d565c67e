"""Success rates with their uncertainty, and the steps they took. Shapes: N networks, B bins."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Mask, Steps
from xorviz.lab.training.cohort import NO_STEP

_Z = 1.959963984540054
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""
_PER_DECADE = 10
"""Bins of a histogram."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """A count out of a total, with its 95 % confidence interval."""

    count: int
    of: int
    """At least 1."""

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds of the true share, also if none or all succeed.

        Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
        """
        p, n = self.value, self.of
        middle = p + _Z**2 / (2 * n)
        reach = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        low = (middle - reach) / scale if self.count else 0.0
        return low, ((middle + reach) / scale if self.count < n else 1.0)


@dataclass(frozen=True, slots=True)
class Summary:
    """Outcomes of the networks of a recipe. A value."""

    right: Proportion
    learned: Proportion
    quartiles: tuple[int, int, int] | None
    """Of the first correct step, among networks correct at the end; None if there are none."""
    states: Mapping[str, int]
    """Count of each state, the most frequent first."""
    still_learning: int
    """Networks that were still learning when they were stopped: with more steps more are right."""

    @property
    def median_steps(self) -> int | None:
        """Median of the first correct step, among networks correct at the end."""
        return None if self.quartiles is None else self.quartiles[1]

    @property
    def networks(self) -> int:
        """The number of networks."""
        return self.right.of


def quartiles_of(steps: Steps) -> tuple[int, int, int] | None:
    """Return the steps by which a quarter, half and three quarters of networks (N,) had got there.

    Each is the step of a network, never between two; None without networks.
    """
    if not len(steps):
        return None
    low, median, high = np.quantile(steps, (0.25, 0.5, 0.75), method="inverted_cdf").tolist()
    return low, median, high


def still_learning_text(count: int) -> str:
    """Return how many networks were still learning when they were stopped; empty for none."""
    return f"{numerals.whole(count)} still learning when stopped" if count else ""


def percent(share: Proportion, digits: int = 1) -> str:
    """Return a share in percent without the sign: 85.0.

    Only none and all are rounded to 0 and 100: 9 999 of 10 000 are 99.9.
    """
    return numerals.fixed(_shown(share, digits), digits)


def interval_text(share: Proportion, digits: int = 1) -> str:
    """Return the confidence interval in percent without the sign: 81.6 to 87.9.

    It always includes the share as written by percent().
    """
    low, high = (100 * bound for bound in share.interval)
    shown = _shown(share, digits)
    ends = min(low, shown), max(high, shown)
    return " to ".join(numerals.fixed(end, digits) for end in ends)


def _shown(share: Proportion, digits: int) -> float:
    step = 10.0**-digits
    least, most = step * (share.count > 0), 100 - step * (share.count < share.of)
    return min(max(round(100 * share.value, digits), least), most)


@dataclass(frozen=True, slots=True)
class StepHistogram:
    """Counts of networks by their first correct step, without those wrong at the end. A value."""

    edges: Steps
    """(B + 1,) the first step of each bin, from 1, then the step after the last bin."""
    counts: Steps
    """(B,)."""
    median: int | None
    """Of the counted steps; None if there are none."""
    never: int
    """Networks that were never correct, and were not learning any more."""
    lost: int
    """Networks that were correct at some step, are wrong at the end, and not learning any more."""
    still_learning: int
    """Networks that were still learning when they were stopped."""

    @property
    def highest(self) -> int:
        """The largest count."""
        return int(self.counts.max())

    @property
    def first_used(self) -> int:
        """The first bin that is not empty; 0 if all are."""
        return int((self.counts > 0).argmax())


def bin_edges(steps: int) -> Steps:
    """Return the bin edges (B + 1,) for a plan of ``steps`` steps, or of one: ten bins per decade.

    They depend on nothing else, so bars do not move while networks train. The first bins are
    wider, since each holds at least one step.
    """
    steps = max(1, steps)
    count = max(1, round(_PER_DECADE * math.log10(steps)))
    return np.unique(np.rint(np.geomspace(1, steps + 1, count + 1)).astype(np.int64))


def histogram_of(
    first_right: Steps, done: Mask, right: Mask, still_learning: Mask, steps: int
) -> StepHistogram:
    """Return the histogram of arrays (N,) as in LabSnapshot."""
    was_right, failed = first_right != NO_STEP, done & ~right
    counted = first_right[was_right & ~failed]
    failed = failed & ~still_learning
    edges, quartiles = bin_edges(steps), quartiles_of(counted)
    return StepHistogram(
        edges=edges,
        counts=np.histogram(counted, edges)[0],
        median=quartiles[1] if quartiles else None,
        never=int((failed & ~was_right).sum()),
        lost=int((failed & was_right).sum()),
        still_learning=int(still_learning.sum()),
    )
