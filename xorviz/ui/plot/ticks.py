"""Round numbers: 1, 2 and 5 times the powers of ten."""

import math

_CLOSE = 1e-9
"""Relative difference below which a value counts as a round number."""


def round_above(value: float) -> float:
    """Return the next round number at or above a positive value."""
    base = 10.0 ** math.floor(math.log10(value))
    return next(m * base for m in (1, 2, 5, 10) if m * base >= value * (1 - _CLOSE))


def round_below(value: float) -> float:
    """Return the next round number at or below a positive value."""
    base = 10.0 ** math.floor(math.log10(value * (1 + _CLOSE)))
    return next(m * base for m in (5, 2, 1) if m * base <= value * (1 + _CLOSE))
