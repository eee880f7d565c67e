"""Number formats for display: thin spaces, a real minus sign, a fixed number of digits."""

import math
from collections.abc import Sequence

THIN_SPACE, MINUS = "\u202f", "\u2212"
"""The space is the narrow one at which no line is broken."""
NOTHING = "–"
"""Stands where there is no number."""
_CLOSE = 1e-9
"""Relative difference below which a value counts as a round number."""
_ROUND = (1, 2, 5, 10)
_UNITS = (("days", 86_400.0), ("hours", 3600.0), ("minutes", 60.0))


def duration(seconds: float) -> str:
    """Return a rounded duration: 12 seconds, 3.5 minutes, 2 days."""
    for unit, length in _UNITS:
        if seconds >= 1.5 * length:
            return f"{real(seconds / length, 2)} {unit}"
    if seconds < 1:
        return "less than a second"
    return counted(round(seconds), "second")


def memory(megabytes: float) -> str:
    """Return a rounded amount of memory: 3 MB, 1.4 GB."""
    if megabytes >= 1000:
        return f"{real(megabytes / 1000, 2)} GB"
    return f"{max(round(megabytes), 1)} MB"


def whole(number: float) -> str:
    """Return a rounded number with separated thousands: 60 000."""
    if not math.isfinite(number):
        return _not_finite(number)
    return f"{round(number):,}".replace(",", THIN_SPACE).replace("-", MINUS)


def counted(number: int, thing: str) -> str:
    """Return a count with its noun: 1 step, 20 000 steps, 4 passes."""
    return f"{whole(number)} {thing if number == 1 else plural(thing)}"


def plural(thing: str) -> str:
    """Return a noun in the plural: steps, passes."""
    return f"{thing}es" if thing.endswith("s") else f"{thing}s"


def real(number: float, digits: int = 4) -> str:
    """Return a number with significant digits: 0.02842, 123 457, 3.700·10⁻⁵."""
    if not math.isfinite(number):
        return _not_finite(number)
    # Rounded first: 0.99996 is 1.000.
    rounded = abs(float(f"{number:.{digits - 1}e}"))
    if rounded == 0:
        return fixed(0, digits - 1)
    if not 1e-4 <= rounded < 1e6:
        return power(number, digits - 1)
    decimals = digits - 1 - math.floor(math.log10(rounded))
    return fixed(number, decimals) if decimals > 0 else whole(number)


def signed(number: float, decimals: int = 2) -> str:
    """Return a number with its sign, zero without one: +0.25."""
    if not math.isfinite(number):
        return _not_finite(number)
    text = f"{number:+.{decimals}f}"
    if abs(float(text)) >= 1e4:
        return ("+" if number > 0 else "") + power(number)
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", MINUS)


def fixed(number: float, decimals: int) -> str:
    """Return a number with fixed decimals: −0.50."""
    text = f"{number:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)


def plain(number: float) -> str:
    """Return the shortest text that reads back as the same number: 0.01, 1e-07."""
    text = f"{number:.15g}"
    return text if float(text) == number else repr(float(number))


def grouped(number: float) -> str:
    """Return a number exactly, with separated thousands: 1 000 000, 0.25."""
    return whole(number) if number % 1 == 0 else plain(number)


def power(number: float, decimals: int = 1) -> str:
    """Return a number as a multiple of a power of ten: 3.7·10⁻⁵."""
    if not math.isfinite(number):
        return _not_finite(number)
    mantissa, exponent = f"{number:.{decimals}e}".split("e")
    return f"{mantissa}·{ten_to(int(exponent))}".replace("-", MINUS)


def tick(number: float) -> str:
    """Return a round number, as at a tick: 0.02, −5, 10⁵, 3·10⁻⁶."""
    if not math.isfinite(number):
        return _not_finite(number)
    if number == 0 or 1e-4 <= abs(number) < 1e5:
        return f"{number:.6g}".replace("-", MINUS)
    mantissa, exponent = f"{abs(number):.5e}".split("e")
    times = mantissa.rstrip("0").rstrip(".") + "·"
    return (MINUS if number < 0 else "") + times.removeprefix("1·") + ten_to(int(exponent))


def round_above(value: float, multiples: tuple[float, ...] = _ROUND) -> float:
    """Return the next round number at or above a positive value."""
    base = 10.0 ** math.floor(math.log10(value))
    return next(m * base for m in multiples if m * base >= value * (1 - _CLOSE))


def round_below(value: float) -> float:
    """Return the next round number at or below a positive value."""
    base = 10.0 ** math.floor(math.log10(value * (1 + _CLOSE)))
    return next(m * base for m in reversed(_ROUND) if m * base <= value * (1 + _CLOSE))


def ten_to(exponent: int) -> str:
    """Return a power of ten: 10⁻⁵."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _not_finite(number: float) -> str:
    return {math.inf: "∞", -math.inf: f"{MINUS}∞"}.get(number, "not a number")


def listed(names: Sequence[str]) -> str:
    """Return names as a list in words: h1, h2 and h3."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
