"""How exactly the numbers of a step are known: in full, in 32 bit, or rounded by print."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from xorviz.core.arrays import Array

DOUBLE, SINGLE = 2.0**-53, 2.0**-24
"""Relative rounding error of one operation in 64 and in 32 bit."""
_FULL = 15
"""Significant digits of a number that is written in full."""
_LEAST = 10
"""Up to so many significant digits, numbers may have been computed in 32 bit."""


@dataclass(frozen=True, slots=True)
class Digits:
    """The rounding of the numbers of a step. A value."""

    epsilon: float
    """Relative rounding error of one operation of the program."""
    decimals: int | None = None
    """Digits after the decimal point; None where numbers are written in full."""
    significant: int = _FULL

    @property
    def is_single(self) -> bool:
        """Whether the numbers are those of 32 bit, in full."""
        return self.epsilon == SINGLE and self.decimals is None

    @property
    def is_full(self) -> bool:
        """Whether the numbers are those of 64 bit, in full."""
        return self.epsilon == DOUBLE and self.decimals is None

    def error(self, values: Array) -> Array:
        """Return bounds of the rounding errors of numbers, in their shape."""
        size = np.abs(values)
        computed = self.epsilon * size
        if self.decimals is None:
            return computed
        with np.errstate(divide="ignore"):
            first = np.where(size > 0, np.floor(np.log10(size)), 0.0)
        last = np.maximum(-float(self.decimals), first + 1 - self.significant)
        return np.asarray(np.maximum(computed, 0.5 * 10.0**last))


def digits_of(*arrays: Array) -> Digits:
    """Return to how many digits all numbers of some arrays are rounded.

    The longest number decides: initial weights of few digits may be exact, next to others in full.
    """
    values = np.concatenate([np.ravel(array) for array in arrays])
    if np.array_equal(values, values.astype(np.float32)):
        return Digits(SINGLE)
    written = [Decimal(repr(float(value))).normalize().as_tuple() for value in values]
    significant = max(len(number.digits) for number in written)
    if significant >= _FULL:
        return Digits(DOUBLE)
    decimals = max(-int(number.exponent) for number in written)
    return Digits(SINGLE if significant <= _LEAST else DOUBLE, max(decimals, 0), significant)
