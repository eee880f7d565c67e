"""The rows of the truth table, their orders, and the sixteen functions of two bits by name."""

from collections.abc import Sequence
from itertools import permutations
from typing import TypeVar

T = TypeVar("T")

ROWS = ((1, 0), (0, 0), (0, 1), (1, 1))
"""The inputs (x1, x2), in the order in which the 28 lines train them."""

ROW_NAMES = tuple(f"{x1}{x2}" for x1, x2 in ROWS)
"""Names of the rows, such as 01."""

COUNTED = tuple(sorted(range(len(ROWS)), key=lambda row: ROWS[row]))
"""Row indices in counting order: 0 0, 0 1, 1 0, 1 1."""

ORDERS = tuple(permutations(COUNTED))
"""The 24 orders of the row indices, the counting order first."""


def order_text(order: Sequence[int], between: str = ",") -> str:
    """Return row indices as text, such as 00,01,10,11."""
    return between.join(ROW_NAMES[row] for row in order)


def in_row_order(values: Sequence[T], order: Sequence[int]) -> tuple[T, ...]:
    """Return four values, given in an order of the row indices, in the order of ROWS."""
    return tuple(values[order.index(row)] for row in range(len(ROWS)))


ORDER_NAMES = tuple(map(order_text, ORDERS))
"""How they are written: 00,01,10,11."""

_NAMES = (
    "never", "x1 nor x2", "x2 and not x1", "not x1", "x1 and not x2", "not x2", "x1 xor x2",
    "x1 nand x2", "x1 and x2", "x1 equals x2", "x2", "x1 implies x2", "x1", "x2 implies x1",
    "x1 or x2", "always",
)  # fmt: skip
"""Index: the number whose binary digits are the outputs for 11 10 01 00."""

FUNCTIONS = {
    "".join(str(number >> (2 * x1 + x2) & 1) for x1, x2 in ROWS): name
    for number, name in enumerate(_NAMES)
}
"""Names of the sixteen functions by their targets, four digits in the order of ROWS."""
