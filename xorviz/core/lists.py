"""Several values of a rule as they are typed: 2, 3, 5, or a range such as 2..5 or 0.1..10."""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from xorviz.core import numerals
from xorviz.core.rules import Choice, Readable, Real, SettingError, Whole, written

_DECADE = 10
"""Real numbers go along 1, 2, 5, 10 where the last is at least this many times the first."""
_MOST_STEPS = 10
"""Of any other range."""
_ROUND = (1, 2, 5, 10)
_COUNT = Whole(1, 10_000)


@dataclass(frozen=True, slots=True)
class Listed:
    """Values of a rule, each once: with commas between them and, of numbers, in ranges.

    A range of whole numbers goes up by 1, one of real numbers along 1, 2, 5, 10, or by a round
    step if it spans less than a decade; both ends belong to it.
    """

    rule: Readable
    count: Whole = _COUNT
    """How many values there may be."""

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        several = f"{self.rule.allowed}; several with commas between them"
        if not isinstance(self.rule, Whole | Real):
            return several
        most = numerals.whole(self.count.high)
        return f"{several}, or a range such as 2..5; at most {most} of them"

    def parse(self, text: str) -> Sequence[Any]:
        """Return the values in a text; consecutive whole numbers as a range, never expanded.

        Raises ValueError; SettingError for a range such as 9..0.
        """
        if isinstance(self.rule, Choice):  # a name may have commas, as an order of rows has
            with suppress(ValueError):
                return (self.rule.parse(text.strip()),)
        parts = [self._part(part.strip()) for part in text.split(",")]
        self.count.check(sum(map(len, parts)))  # before the ranges are expanded
        return parts[0] if len(parts) == 1 else tuple(dict.fromkeys(chain.from_iterable(parts)))

    def _part(self, text: str) -> Sequence[Any]:
        start, to, rest = text.partition("..")
        if not to or not isinstance(self.rule, Whole | Real):
            one: Any = self.rule.parse(text)
            return range(one, one + 1) if isinstance(self.rule, Whole) else (one,)
        low, high = (self.rule.parse(end.strip()) for end in (start, rest))
        if low > high:
            raise SettingError(
                f"the range {written(low)}..{written(high)} is empty: its first value must not be "
                "above its last"
            )
        return range(int(low), int(high) + 1) if isinstance(self.rule, Whole) else _along(low, high)


def _along(low: float, high: float) -> tuple[float, ...]:
    """Return both ends of a range, and the round numbers between them."""
    if low > 0 and high >= _DECADE * low:
        exponents = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
        rounds = [float(f"{m}e{e}") for e in exponents for m in _ROUND[:3]]
    elif low == high:
        rounds = []
    else:
        least = (high - low) / _MOST_STEPS
        e = math.floor(math.log10(least))
        m = next(m for m in _ROUND if float(f"{m}e{e}") >= least * (1 - 1e-9))
        step = float(f"{m}e{e}")
        # From decimal digits: 3 * 0.1 would not be 0.3.
        whole = range(math.floor(low / step), math.ceil(high / step) + 1)
        rounds = [float(f"{m * i}e{e}") for i in whole]
    return tuple(sorted({low, high, *(one for one in rounds if low < one < high)}))


def values_text(values: Sequence[Any]) -> str:
    """Return values as Listed reads them: 0..499, or 1,2,7; in ranges where they are in one."""
    if isinstance(values, range):
        to = ".." if len(values) > 2 else ","
        return f"{values[0]}{to}{values[-1]}" if len(values) > 1 else str(values[0])
    if not all(type(value) is int for value in values):
        is_range = isinstance(values[0], int | float) and len(values) > 2
        if is_range and tuple(values) == _along(values[0], values[-1]):
            return f"{written(values[0])}..{written(values[-1])}"
        return ",".join(written(value).replace(",", "") for value in values)
    breaks = [i for i, (a, b) in enumerate(pairwise(values), 1) if b != a + 1]
    spans = pairwise([0, *breaks, len(values)])
    return ",".join(
        values_text(range(values[first], values[last - 1] + 1)) for first, last in spans
    )
