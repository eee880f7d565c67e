"""What users may state of a training step."""

from collections.abc import Mapping, Sequence

from xorviz.core.check.said import BATCHES, OUTPUTS, Said
from xorviz.core.rules import Choice, checked
from xorviz.core.settings import SETTINGS, Role, Setting, settings_of
from xorviz.core.truth_table import ROWS
from xorviz.files.weights.row_order import PRINTED_ORDER, Row, in_row_order

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


def said_of(
    values: Mapping[str, object], order: Sequence[Row] | None, targets: Sequence[int] | None
) -> Said:
    """Return what is stated by the names in SAID; what is None or absent is not.

    ``order`` is that of the rows in a pass and in the targets, of these as people print them if it
    is None. Raises SettingError.
    """
    given = {name: value for name in SAID if (value := values.get(name)) is not None}
    return Said(
        **{name: checked(SAID[name].rule, name, value) for name, value in given.items()},
        order=None if order is None else tuple(map(ROWS.index, order)),
        targets=None if targets is None else in_row_order(targets, order or PRINTED_ORDER),
    )
