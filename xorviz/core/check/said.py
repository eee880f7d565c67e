"""What the user says of a training step."""

from dataclasses import dataclass

from xorviz.core.network import LOSSES
from xorviz.core.settings import BATCH_WORDS, OUTPUT_WORDS

OTHERS = {"output": {"relu": "ReLU"}, "batch": {"row": "One row"}}
"""Values that networks trained elsewhere have, and runs do not, in words."""
OUTPUTS = (*OUTPUT_WORDS, *OTHERS["output"])
BATCHES = (*BATCH_WORDS, *OTHERS["batch"])
"""Rows between two states: those of a step of a run, or a single row."""


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
    def is_entropy(self) -> bool:
        """Whether the loss is said to be made of cross-entropies."""
        return self.loss is not None and not LOSSES[self.loss].is_square
