"""Order of the truth table's rows in another program."""

from collections.abc import Sequence
from typing import TypeVar

from xorviz.core.truth_table import ROWS

Row = tuple[int, int]
T = TypeVar("T")

PRINTED_ORDER: tuple[Row, ...] = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The rows (x1, x2) as most people print them."""


class RowOrder:
    """The four rows in any order, each written x1 x2, such as 10."""

    allowed = "00,01,10,11 in any order"

    def parse(self, text: str) -> tuple[Row, ...]:
        """Return the rows in a text, or raise ValueError."""
        rows = {f"{x1}{x2}": (x1, x2) for x1, x2 in ROWS}
        words = text.replace(",", " ").split()
        if sorted(words) != sorted(rows):
            raise ValueError(self.allowed)
        return tuple(rows[word] for word in words)


def order_text(order: Sequence[Row], between: str = ",") -> str:
    """Return an order as text, such as 00,01,10,11."""
    return between.join(f"{x1}{x2}" for x1, x2 in order)


def in_row_order(values: Sequence[T], order: Sequence[Row]) -> tuple[T, ...]:
    """Return four values, given in ``order``, in the order of ROWS."""
    return tuple(values[order.index(row)] for row in ROWS)
