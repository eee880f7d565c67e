"""Round numbers: ends of scales, ticks of axes, levels of contour lines."""

import math

_CLOSE = 1e-9
"""Relative difference below which a value counts as a round number."""
_ROUND = (1, 2, 5, 10)
FINE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
"""Round numbers at most a third apart."""
_SPACINGS = (1, 2, 2.5, 5, 10)
_SERIES = ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))
"""Round numbers within a decade, dense to sparse."""


def round_above(value: float, multiples: tuple[float, ...] = _ROUND) -> float:
    """Return the next round number at or above a positive value."""
    base = 10.0 ** math.floor(math.log10(value))
    return next(m * base for m in multiples if m * base >= value * (1 - _CLOSE))


def round_below(value: float) -> float:
    """Return the next round number at or below a positive value."""
    base = 10.0 ** math.floor(math.log10(value * (1 + _CLOSE)))
    return next(m * base for m in reversed(_ROUND) if m * base <= value * (1 + _CLOSE))


def linear_ticks(low: float, high: float, most: float, least_spacing: float = 0.0) -> list[float]:
    """Return evenly spaced round values between two ends: at most this many, about."""
    if not low < high:
        return []
    spacing = max(round_above((high - low) / max(most, 1), _SPACINGS), least_spacing)
    first, last = math.ceil(low / spacing - _CLOSE), math.floor(high / spacing + _CLOSE)
    return [count * spacing for count in range(first, last + 1)]


def log_ticks(low: float, high: float, most: float) -> list[float]:
    """Return round values between two positive ends, at most this many, if two of them fit.

    As dense as allowed: several in each decade, every decade, or every few decades; evenly spaced
    values in a range so small that it holds less than two of those.
    """
    if not low < high:
        return []
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for series in _SERIES:
        values = [m * 10.0**decade for decade in decades for m in series]
        inside = [v for v in values if low * (1 - _CLOSE) <= v <= high * (1 + _CLOSE)]
        if len(inside) <= max(most, 2):
            break
    if len(inside) < 2:
        return linear_ticks(low, high, most)
    every = math.ceil(len(inside) / max(most, 2))
    return inside if every == 1 else [v for v in inside if round(math.log10(v)) % every == 0]
