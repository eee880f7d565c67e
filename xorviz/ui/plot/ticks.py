"""Round numbers: 1, 2 and 5 times the powers of ten."""

import math

_CLOSE = 1e-9
"""A value that misses a round one by no more than this share of it is meant to be that one."""


def round_above(value: float) -> float:
    """Return the next round number at or above a positive one."""
    base = 10.0 ** math.floor(math.log10(value))
    return next(m * base for m in (1, 2, 5, 10) if m * base >= value * (1 - _CLOSE))


def round_below(value: float) -> float:
    """Return the next round number at or below a positive one."""
    base = 10.0 ** math.floor(math.log10(value * (1 + _CLOSE)))
    return next(m * base for m in (5, 2, 1) if m * base <= value * (1 + _CLOSE))
