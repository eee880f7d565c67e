"""How numbers are written for people: thin spaces, a real minus sign, a fixed count of digits."""

import math

THIN_SPACE, MINUS = "\u2009", "\u2212"


def whole(number: float) -> str:
    """Return a whole number with its thousands apart: 60 000."""
    return f"{round(number):,}".replace(",", THIN_SPACE).replace("-", MINUS)


def real(number: float, digits: int = 4) -> str:
    """Return a number to so many significant digits, never more than it needs the space of."""
    if not math.isfinite(number):
        return {math.inf: "∞", -math.inf: MINUS + "∞"}.get(number, "not a number")
    size = abs(number)
    if number == 0 or 1e-4 <= size < 1e6:
        decimals = digits - 1 - (math.floor(math.log10(size)) if number else 0)
        return f"{number:.{min(max(decimals, 0), digits + 3)}f}".replace("-", MINUS)
    return power(number, digits - 1)


def signed(number: float, decimals: int = 2) -> str:
    """Return a number with its sign always, zero without: +0.25."""
    text = f"{number:+.{decimals}f}" if abs(number) < 1e4 else f"{number:+.1e}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", MINUS)


def plain(number: float) -> str:
    """Return the shortest text that reads back as the same number: 0.01, 1e-07."""
    return f"{number:.15g}" if float(f"{number:.15g}") == number else repr(number)


def power(number: float, decimals: int = 1) -> str:
    """Return a number as a multiple of a power of ten: 3.7·10⁻⁵."""
    mantissa, exponent = f"{number:.{decimals}e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}".replace("-", MINUS)


def fixed(number: float, decimals: int) -> str:
    """Return a number with so many decimals: −0.50."""
    text = f"{number:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)
