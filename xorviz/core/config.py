"""One complete, checked, serialisable description of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from xorviz.core.rules import Bits, Choice, Real, Rule, SettingError, Switch, Whole, checked

ROWS = ((1, 0), (0, 0), (0, 1), (1, 1))
"""The truth table's inputs (x1, x2), in the order that the 28 lines train them."""

COUNTED = tuple(sorted(range(len(ROWS)), key=lambda row: ROWS[row]))
"""Places of the rows as people count them: 0 0, 0 1, 1 0, 1 1."""

ACTIVATION_NAMES = ("sigmoid", "tanh", "relu")
LOSS_NAMES = ("sse", "mse", "half-mse", "cross-entropy")
INIT_NAMES = ("uniform", "zero", "equal", "nearly-equal", "default-rng")

RULES: Mapping[str, Rule] = {
    "width": Whole(1, 64),
    "rate": Real(0, 1000, above_low=True),
    "seed": Whole(0, 2**32 - 1),
    "activation": Choice(ACTIVATION_NAMES),
    "loss": Choice(LOSS_NAMES),
    "biases": Switch(),
    "momentum": Real(0, 1, below_high=True),
    "init": Choice(INIT_NAMES),
    "init_range": Real(0, 100, above_low=True),
    "perturbation": Real(0, 1, above_low=True),
    "targets": Bits(len(ROWS)),
}

LIVE_FIELDS = frozenset({"rate", "momentum"})
"""What may change while a run goes on; a change of anything else starts a new run."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that decides a run's numbers; the defaults are those of the 28 lines.

    Raises SettingError, naming the field, the value and what is allowed.
    """

    width: int = 3
    """Hidden units."""
    rate: float = 0.01
    """Learning rate: the update is this times the gradient of the loss as it is written."""
    seed: int = 1234
    """Seed of the initial weights."""
    activation: str = "sigmoid"
    """Of the hidden units; the output unit is always a sigmoid."""
    loss: str = "sse"
    biases: bool = False
    momentum: float = 0.0
    init_range: float = 1.0
    """Initial weights are uniform between minus and plus this, or all equal to it."""
    targets: tuple[int, ...] = (1, 0, 1, 0)
    """Wanted outputs, in the order of ROWS."""
    init: str = "uniform"
    """Where the numbers of the network start: drawn, all 0, all the init range, or nearly that.

    Or drawn by another generator and in another order: see initial_weights.
    """
    perturbation: float = 1e-6
    """How far nearly equal ones are off: uniform between minus and plus this."""

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            object.__setattr__(self, name, checked(rule, name, getattr(self, name)))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can carry."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {"targets": list(self.targets)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RunConfig":
        """Return the run described; what is not named takes its default."""
        if not isinstance(values, Mapping):
            raise SettingError("settings are not names with values")
        if unknown := [str(name) for name in values if name not in RULES]:
            raise SettingError(f"unknown setting {unknown[0]!r}; known: {', '.join(RULES)}")
        return cls(**values)
