"""Success rates with their uncertainty."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Steps

_Z = 1.959963984540054
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""


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
