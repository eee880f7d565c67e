"""How shares of networks are written for people, in percent."""

from xorviz.core import numerals
from xorviz.lab.results.success import Share


def percent(share: Share, digits: int = 1) -> str:
    """Return a share in percent with so many decimals, without the sign: 85.0.

    0 and 100 are said of none and of all only: 9 999 of 10 000 are 99.9, as near as it gets.
    """
    return numerals.fixed(_shown(share, digits), digits)


def interval_text(share: Share, digits: int = 1) -> str:
    """Return between what the true share may be, in percent without the sign: 81.6 to 87.9.

    The share as percent() writes it is always within.
    """
    low, high = (100 * bound for bound in share.interval)
    shown = _shown(share, digits)
    ends = min(low, shown), max(high, shown)
    return " to ".join(numerals.fixed(end, digits) for end in ends)


def _shown(share: Share, digits: int) -> float:
    step = 10.0**-digits
    least, most = step * (share.count > 0), 100 - step * (share.count < share.of)
    return min(max(round(100 * share.value, digits), least), most)
