"""Colour scale and contour lines of a landscape.

Shapes: n points a side, K points of a line.
"""

import math
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array
from xorviz.ui.plot.axes import linear_ticks, log_ticks, round_above, round_below
from xorviz.ui.plot.lines import isolines

_DECADES = 6
"""Largest range of colours and contour lines."""
_MOST = 12
"""Largest number of contour lines."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Range of the logarithmic colour scale; both ends are round."""

    low: float
    high: float

    @classmethod
    def of(cls, losses: Array) -> "Scale":
        """Return the scale of these losses; it changes in jumps."""
        high = round_above(max(float(losses.max()), 1e-300))
        low = max(float(losses.min()), high * 10.0**-_DECADES)
        return cls(min(round_below(low), high / 2), high)

    def shares(self, losses: Array) -> Array:
        """Return the positions of losses on the scale, from 0 to 1."""
        low, high = math.log10(self.low), math.log10(self.high)
        logs = np.log10(np.clip(losses, self.low, self.high))
        return np.asarray(((logs - low) / (high - low)).clip(0, 1))


def levels_between(low: float, high: float) -> list[float]:
    """Return round losses between two positive ones, five to twelve; none if they are equal."""
    ticks = linear_ticks if high < 10 * low else log_ticks
    return [level for level in ticks(low, high, _MOST) if low < level < high]


def contours(xs: Array, ys: Array, losses: Array, scale: Scale) -> dict[float, list[Array]]:
    """Return the contour lines (K, 2) of losses (n, n) by level."""
    lowest = max(float(losses.min()), scale.low)
    levels = levels_between(lowest, float(losses.max()))
    # Logarithms vary more linearly between grid points.
    heights = np.log10(np.clip(losses, scale.low / 2, None))
    lines_at = isolines(xs, ys, heights)
    return {level: lines_at(math.log10(level)) for level in levels}
