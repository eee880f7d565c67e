"""All that can be seen of a run at one step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.trace import Trace

RIGHT_ERROR, LEARNED_ERROR = 0.5, 0.1
"""A row is right below the first error; a network has learned with all rows below the second."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one step, and the record of all of it. A value: nobody writes to it."""

    config: RunConfig
    """The settings now in force."""
    step: int
    weights: Weights
    gradient: Weights
    """Of the loss at these weights."""
    loss: float
    outputs: Array
    """(4,) in the order of ROWS."""
    record: Record
    """The whole run, also what comes after this step: enough to take it up again anywhere."""
    right_since: int | None = None
    """The step since which all four rows have been right without a break."""
    learned_since: int | None = None
    halt: Halt | None = None
    """Why training stopped by itself at this step, if it did."""
    velocity: Weights | None = None
    """What the last step added to the weights, where momentum carries it on."""
    run: int = 0
    """Which run this is, as the session counts them."""
    beside: "Snapshot | None" = None
    """The second of two runs in lock step, at the same step."""

    @property
    def trace(self) -> Trace:
        """The loss of the whole run."""
        return self.record.trace

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """All that was changed during the run."""
        return self.record.interventions

    @property
    def newest(self) -> int:
        """The last step that can be looked at: of two runs in lock step, of the shorter one."""
        mine = self.record.newest
        return mine if self.beside is None else min(mine, self.beside.record.newest)

    @property
    def is_past(self) -> bool:
        """Whether later steps can be looked at."""
        return self.step < self.newest

    @property
    def errors(self) -> Array:
        """(4,) output minus target."""
        errors: Array = self.outputs - np.array(self.config.targets)
        return errors

    @property
    def right(self) -> NDArray[np.bool_]:
        """(4,) which outputs are on their target's side of one half."""
        return np.abs(self.errors) < RIGHT_ERROR

    @property
    def diverged_at(self) -> int | None:
        """The step that would have had a loss or weight that is not finite."""
        return self.step + 1 if self.halt is Halt.DIVERGED else None
