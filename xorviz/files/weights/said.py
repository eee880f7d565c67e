"""What users may state of a training step, and the order of the rows in their programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import islice
from typing import Any, TypeVar

from xorviz.core.check.said import OTHERS, Said
from xorviz.core.rules import Choice, checked, parsed
from xorviz.core.settings import SETTINGS, Setting
from xorviz.core.truth_table import ROWS

Row = tuple[int, int]
T = TypeVar("T")

PRINTED_ORDER: tuple[Row, ...] = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The rows (x1, x2) as most people print them."""

_INSTEAD = {"relu": "linear", "row": "pass"}
"""What runs have in place of values of others."""


def _told(name: str) -> Setting:
    """Return a setting with the values that it has in programs."""
    row, others = SETTINGS[name], OTHERS.get(name, {})
    words = {**row.words, **others}
    return replace(row, rule=Choice(tuple(words)), words=words) if others else row


TOLD: Mapping[str, Setting] = {name: _told(name) for name, row in SETTINGS.items() if row.is_told}
"""What users may state of a network trained elsewhere, besides the targets."""
SAID = {one.name: TOLD[one.name] for one in fields(Said) if one.name in TOLD}
"""What they may state of a training step, besides the targets and the order of the rows."""
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


def told_of(
    values: Mapping[str, object], order: object = None, targets: object = None
) -> dict[str, Any]:
    """Return what is stated by the names in TOLD, as are order and targets; what is None is not.

    ``order`` is that of the rows in a pass and in the targets, by default of these as people print
    them: one text, or rows as 10 or (1, 0). ``targets`` are digits, in one text or not; those of -1
    and 1 state the coding, too. Raises SettingError.
    """
    given = {name: value for name in TOLD if (value := values.get(name)) is not None}
    told: dict[str, Any] = {n: checked(TOLD[n].rule, n, value) for n, value in given.items()}
    rows: Any = None if order is None else parsed(RowOrder(), "order", _digits(order))
    if rows is not None:
        told |= {"order": tuple(map(ROWS.index, rows)), "row_order": order_text(rows)}
    if targets is not None:
        digits = _digits(targets).replace(",", "")
        if "-" in digits:
            told.setdefault("coding", "plus-minus")
        bits: Any = parsed(SETTINGS["targets"].rule, "targets", digits.replace("-1", "0"))
        told["targets"] = in_row_order(bits, rows or PRINTED_ORDER)
    return told


def said_of(values: Mapping[str, object], order: object = None, targets: object = None) -> Said:
    """Return what is stated of a step, as told_of takes it. Raises SettingError."""
    told = told_of(values, order, targets)
    return Said(**{one.name: told.get(one.name) for one in fields(Said)})


def trained(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return those settings of a run that are stated, with values that it may have."""
    known = {name: told[name] for name in SETTINGS if name in told}
    return {n: _INSTEAD.get(v, v) if n in OTHERS else v for n, v in known.items()}


def _digits(bits: Any) -> str:
    """Return bits as they are typed, such as 0110; what they are not is refused by a rule."""
    if isinstance(bits, str):
        return bits
    bits = bits.tolist() if hasattr(bits, "tolist") else bits  # an array or a tensor
    if isinstance(bits, Iterable):
        return "".join(map(_digits, islice(bits, _MOST_BITS)))
    return f"{bits:g}" if isinstance(bits, int | float) and abs(bits) < _MOST_BITS else "?"
