"""A line of arithmetic: a formula, the same with numbers in it, and what it comes to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xorviz.core import numerals

DIGITS = 5
"""Significant digits of every number."""

_SYMBOL = re.compile(r"\{([^}]*)\}")
_IN_TWO_BRACKETS = re.compile(r"\(\(([^()]*)\)\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity, how it follows from others, and what it comes to."""

    name: str
    formula: str
    numbers: str
    """The formula with DIGITS digits in the place of each name."""
    value: float
    field: str = ""
    """The weights that the line is about, if it is about some: w1, b1, w2 or b2 ..."""
    index: tuple[int, ...] = ()
    """... and which of them; or (j,) with no field: hidden unit j."""

    @property
    def unit(self) -> int | None:
        """The hidden unit that the line is about, if it is about one."""
        match self.field:
            case "b2":
                return None
            case "w1":
                return self.index[1]
            case _:
                return self.index[0] if self.index else None

    @property
    def result(self) -> str:
        """What it comes to, in DIGITS digits."""
        return numerals.real(self.value, DIGITS)


def line(
    name: str,
    template: str,
    known: Mapping[str, float],
    value: float,
    field: str = "",
    index: tuple[int, ...] = (),
) -> Line:
    """Return a line of a template, in which names stand in braces."""
    formula = _SYMBOL.sub(lambda found: found[1], template)
    numbers = _SYMBOL.sub(lambda found: _in_formula(known[found[1]]), template)
    return Line(name, formula, _IN_TWO_BRACKETS.sub(r"(\1)", numbers), float(value), field, index)


def _in_formula(number: float) -> str:
    """Return a number as it stands in a formula: whole ones without decimals."""
    if number in {0, 1}:
        return f"{number:.0f}"
    text = numerals.real(number, DIGITS)
    return f"({text})" if number < 0 or "·" in text else text
