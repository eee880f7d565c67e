"""What users may state of a training step, and the order of the rows in their programs."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from xorviz.core.check.said import BATCHES, OUTPUTS, Said
from xorviz.core.rules import Choice, checked, parsed
from xorviz.core.settings import SETTINGS, Role, Setting, settings_of
from xorviz.core.truth_table import ROWS

Row = tuple[int, int]
T = TypeVar("T")

PRINTED_ORDER: tuple[Row, ...] = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The rows (x1, x2) as most people print them."""

OTHERS: Mapping[str, Setting] = {
    "output": Setting(
        Choice(OUTPUTS),
        Role.TRAINING,
        label="Output unit",
        short="output",
        help="Activation of the output unit.",
        words={"sigmoid": "Sigmoid", "tanh": "Tanh", "linear": "Linear", "relu": "ReLU"},
    ),
    "batch": Setting(
        Choice(BATCHES),
        Role.TRAINING,
        label="Rows of a step",
        short="batch",
        help="Rows used in each update: all four, one, or one after the other.",
        words={
            "full": "All four at once",
            "row": "One row",
            "pass": "One after the other, with an update each",
        },
    ),
}
"""What networks trained elsewhere have, and xorviz's do not."""
TOLD = tuple(name for name in settings_of(Role.TRAINING) if SETTINGS[name].is_told)
"""The settings of a run that a step depends on, besides the targets."""
SAID: Mapping[str, Setting] = {**{name: SETTINGS[name] for name in TOLD}, **OTHERS}
"""What users may state of a training step, besides the targets and the order of the rows."""
_MOST_BITS = 16


class RowOrder:
    """The four rows in any order, each written x1 x2, such as 10."""

    allowed = "00,01,10,11 in any order"

    def parse(self, text: str) -> tuple[Row, ...]:
        """Return the rows in a text, or raise ValueError."""
        bits = "".join(text.replace(",", " ").split())
        rows = tuple((int(x1), int(x2)) for x1, x2 in zip(bits[::2], bits[1::2], strict=True))
        if sorted(rows) != sorted(ROWS):
            raise ValueError(self.allowed)
        return rows


def order_text(order: Sequence[Row], between: str = ",") -> str:
    """Return an order as text, such as 00,01,10,11."""
    return between.join(f"{x1}{x2}" for x1, x2 in order)


def in_row_order(values: Sequence[T], order: Sequence[Row]) -> tuple[T, ...]:
    """Return four values, given in ``order``, in the order of ROWS."""
    return tuple(values[order.index(row)] for row in ROWS)


def said_of(values: Mapping[str, object], order: object = None, targets: object = None) -> Said:
    """Return what is stated by the names in SAID; what is None or absent is not.

    ``order`` is that of the rows in a pass and in the targets, by default of these as people print
    them: one text, or rows as 10 or (1, 0). ``targets`` are digits, in one text or not. Raises
    SettingError.
    """
    given = {name: value for name in SAID if (value := values.get(name)) is not None}
    rows: Any = None if order is None else parsed(RowOrder(), "order", _digits(order))
    rule = SETTINGS["targets"].rule
    bits: Any = None if targets is None else parsed(rule, "targets", _digits(targets))
    return Said(
        **{name: checked(SAID[name].rule, name, value) for name, value in given.items()},
        order=None if rows is None else tuple(map(ROWS.index, rows)),
        targets=None if bits is None else in_row_order(bits, rows or PRINTED_ORDER),
    )


def _digits(bits: Any) -> str:
    """Return bits as they are typed, such as 0110; what they are not is refused by a rule."""
    if isinstance(bits, str):
        return bits
    bits = bits.tolist() if hasattr(bits, "tolist") else bits  # an array or a tensor
    if isinstance(bits, Iterable):
        return "".join(map(_digits, islice(bits, _MOST_BITS)))
    return f"{bits:g}" if isinstance(bits, int | float) and abs(bits) < _MOST_BITS else "?"
