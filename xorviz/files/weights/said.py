"""What a person may say of a training step."""

from collections.abc import Mapping, Sequence

from xorviz.core.check.rules.rule import BATCHES, OUTPUTS
from xorviz.core.check.rules.said import Said
from xorviz.core.rules import Choice, Rule, checked
from xorviz.core.settings import RULES
from xorviz.core.truth_table import ROWS
from xorviz.files.weights.row_order import PRINTED_ORDER, Row, in_row_order

SAID: Mapping[str, Rule] = {
    "rate": RULES["rate"],
    "loss": RULES["loss"],
    "activation": RULES["activation"],
    "output": Choice(OUTPUTS),
    "batch": Choice(BATCHES),
    "momentum": RULES["momentum"],
}
"""Besides the targets and the order of the rows."""


def said_of(
    values: Mapping[str, object], order: Sequence[Row] | None, targets: Sequence[int] | None
) -> Said:
    """Return what is said by the names in SAID; what is None or absent is not.

    ``order`` is that of the rows in a pass and in the targets, of these as people print them if it
    is None. Raises SettingError.
    """
    given = {name: value for name in SAID if (value := values.get(name)) is not None}
    return Said(
        **{name: checked(SAID[name], name, value) for name, value in given.items()},
        order=None if order is None else tuple(map(ROWS.index, order)),
        targets=None if targets is None else in_row_order(targets, order or PRINTED_ORDER),
    )
