"""What the user says of a training step, and which losses and rates that leaves open."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import LOSSES
from xorviz.core.settings import BATCH_WORDS, OUTPUT_WORDS

OTHERS = {"output": {"relu": "ReLU"}, "batch": {"row": "One row"}}
"""Values that networks trained elsewhere have, and runs do not, in words."""
OUTPUTS = (*OUTPUT_WORDS, *OTHERS["output"])
BATCHES = (*BATCH_WORDS, *OTHERS["batch"])
"""Rows between two states: those of a step of a run, or a single row."""
_EQUAL = 1e-4
"""Relative difference of rates that are the same, also where numbers are rounded."""
MULTIPLES = (1.0, 0.5, 2.0, 0.25, 4.0)
"""Of a loss: who writes 1/2 or 1/4 before it, or leaves out the 2 of its derivative."""


def is_equal(one: float, other: float, unsure: float = 0.0) -> bool:
    """Return whether two rates are the same, one of which has a relative error."""
    return abs(one - other) <= max(_EQUAL, 2 * unsure) * abs(other)


def factor_of(loss: str, rows: int) -> float:
    """Return d loss / d z over the error times the slope, for a batch of so many rows."""
    one = LOSSES[loss]
    return one.scale_of(rows) * (2 if one.is_square else 1)


def losses_for(is_entropy: bool) -> list[str]:
    """Return the losses that are cross-entropies, or squares; they differ by a factor alone."""
    return [name for name, loss in LOSSES.items() if loss.is_square != is_entropy]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the user says of a step; what is None is found out. A value."""

    rate: float | None = None
    loss: str | None = None
    """One of LOSS_NAMES."""
    activation: str | None = None
    """Of the hidden units, one of ACTIVATION_NAMES."""
    output: str | None = None
    """Activation of the output unit, one of OUTPUTS."""
    batch: str | None = None
    """One of BATCHES."""
    order: tuple[int, ...] | None = None
    """The rows of a pass, as indices into ROWS."""
    targets: tuple[int, ...] | None = None
    """In the order of ROWS."""
    momentum: float | None = None
    optimizer: str | None = None
    """Of Adam, no step can be told from the weights around it."""

    @property
    def told(self) -> dict[str, Any]:
        """What is said, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @property
    def is_entropy(self) -> bool | None:
        """Whether the loss is made of cross-entropies, if it is said."""
        return None if self.loss is None else not LOSSES[self.loss].is_square

    def loss_for(self, is_entropy: bool, rate: float, unsure: float, rows: int) -> str:
        """Return the loss to which a rate without a factor belongs, which has a relative error."""
        losses = losses_for(is_entropy)
        if self.loss in losses:
            return str(self.loss)
        fits = (
            loss for loss in losses
            if self.rate is not None and is_equal(rate, factor_of(loss, rows) * self.rate, unsure)
        )  # fmt: skip
        return next(fits, losses[0])

    def rates(self, is_entropy: bool, rows: int, multiples: tuple[float, ...] = MULTIPLES) -> Array:
        """Return the rates (R,) without the factor of a loss that this allows."""
        if self.rate is None:
            return np.empty(0)
        losses = losses_for(is_entropy) if self.loss is None else [self.loss]
        factors = [factor_of(loss, rows) for loss in losses]
        return np.unique((np.multiply.outer(multiples, factors) * self.rate).round(12))
