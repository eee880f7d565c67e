"""The complete, checked and serialisable settings of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from xorviz.core.rules import Bits, Choice, Real, Rule, SettingError, Switch, Whole, checked
from xorviz.core.truth_table import ROWS

ACTIVATION_NAMES = ("sigmoid", "tanh", "relu")
LOSS_NAMES = ("sse", "half-sse", "mse", "half-mse", "cross-entropy", "mean-cross-entropy")
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
"""Settings that can change during a run; changing any other starts a new run."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """All settings that determine a run; the defaults are those of the 28 lines.

    Raises SettingError with the field, the value and the allowed range.
    """

    width: int = 3
    """Hidden units."""
    rate: float = 0.01
    """Learning rate: a step subtracts this times the gradient of the loss as written."""
    seed: int = 1234
    """Seed of the initial weights."""
    activation: str = "sigmoid"
    """Activation of the hidden units; the output unit is always a sigmoid."""
    loss: str = "sse"
    biases: bool = False
    momentum: float = 0.0
    init_range: float = 1.0
    """Bound r of the initial weights: uniform(-r, r), or all equal to r, depending on init."""
    targets: tuple[int, ...] = (1, 0, 1, 0)
    """Target outputs, in the order of ROWS."""
    init: str = "uniform"
    """Initialization scheme, one of INIT_NAMES; see initial_weights."""
    perturbation: float = 1e-6
    """Bound p of the offsets of nearly-equal weights: uniform(-p, p)."""

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            object.__setattr__(self, name, checked(rule, name, getattr(self, name)))

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {"targets": list(self.targets)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RunConfig":
        """Return a config with these values and defaults for the rest."""
        if not isinstance(values, Mapping):
            raise SettingError("settings must be an object of names and values")
        if unknown := [str(name) for name in values if name not in RULES]:
            raise SettingError(f"unknown setting {unknown[0]!r}; known: {', '.join(RULES)}")
        return cls(**values)
