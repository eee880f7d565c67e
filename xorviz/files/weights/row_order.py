"""Order of the truth table's rows in another program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from xorviz.core.config import ROWS

Row = tuple[int, int]
T = TypeVar("T")

PRINTED_ORDER: tuple[Row, ...] = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The rows (x1, x2) as most people print them."""


@dataclass(frozen=True, slots=True)
class RowOrder:
    """A Rule for the four rows in any order, each written x1 x2, such as 10."""

    @property
    def allowed(self) -> str:
        return "00,01,10,11 in any order"

    def check(self, value: object) -> tuple[Row, ...]:
        if not isinstance(value, list | tuple) or sorted(value) != sorted(ROWS):
            raise ValueError(self.allowed)
        return tuple(value)

    def parse(self, text: str) -> tuple[Row, ...]:
        rows = {f"{x1}{x2}": (x1, x2) for x1, x2 in ROWS}
        return self.check([rows.get(word, (-1, -1)) for word in text.replace(",", " ").split()])


def order_text(order: Sequence[Row], between: str = ",") -> str:
    """Return an order as text, such as 00,01,10,11."""
    return between.join(f"{x1}{x2}" for x1, x2 in order)


def in_row_order(values: Sequence[T], order: Sequence[Row]) -> tuple[T, ...]:
    """Return four values, given in ``order``, in the order of ROWS."""
    return tuple(values[order.index(row)] for row in ROWS)


def in_order(values: Sequence[T], order: Sequence[Row]) -> tuple[T, ...]:
    """Return four values, given in the order of ROWS, in ``order``."""
    return tuple(values[ROWS.index(row)] for row in order)
