"""Lines of arithmetic: a formula in symbols, in numbers, and its value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xorviz.core import numerals

DIGITS = 4
"""Significant digits of every number."""

_SYMBOL = re.compile(r"\{([^}]*)\}")
_IN_TWO_BRACKETS = re.compile(r"\(\(([^()]*)\)\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity, its formula and its value."""

    name: str
    formula: str
    numbers: str
    """The formula with numbers of DIGITS digits instead of names."""
    value: float
    field: str = ""
    """The array of the weight that the line is about: w1, b1, w2 or b2; empty if there is none."""
    index: tuple[int, ...] = ()
    """The index of that weight; (j,) without a field is hidden unit j."""

    @property
    def unit(self) -> int | None:
        """The hidden unit that the line is about, if any."""
        match self.field:
            case "b2":
                return None
            case "w1":
                return self.index[1]
            case _:
                return self.index[0] if self.index else None

    @property
    def result(self) -> str:
        """The value with DIGITS digits."""
        return numerals.real(self.value, DIGITS)


def line(
    name: str,
    template: str,
    known: Mapping[str, float],
    value: float,
    field: str = "",
    index: tuple[int, ...] = (),
) -> Line:
    """Return the line of a template with names in braces."""
    formula = _SYMBOL.sub(lambda found: found[1], template)
    numbers = _SYMBOL.sub(lambda found: _in_formula(known[found[1]]), template)
    return Line(name, formula, _IN_TWO_BRACKETS.sub(r"(\1)", numbers), float(value), field, index)


def _in_formula(number: float) -> str:
    """Return a number as text for a formula: 0 and 1 without decimals."""
    if number in {0, 1}:
        return f"{number:.0f}"
    text = numerals.real(number, DIGITS)
    return f"({text})" if number < 0 or "·" in text else text
