"""The state of a run at one step."""

from dataclasses import dataclass, replace

import numpy as np

from xorviz.core.arrays import Array, Mask
from xorviz.core.network import Weights, gradient, head_of, loss, outputs
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import RunConfig
from xorviz.core.shown import Shown
from xorviz.core.steps import State

RIGHT_ERROR, LEARNED_ERROR = 0.5, 0.1
"""Errors below which a row is correct, and below which all rows count as learned: as shares of the
distance from one target to the other."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snapshot(Shown):
    """A run at one step, with the record of the whole run. Never written to."""

    config: RunConfig
    """The settings at this step."""
    step: int
    weights: Weights
    gradient: Weights
    """Gradient of the loss at these weights."""
    loss: float
    outputs: Array
    """(4,) in the order of ROWS."""
    record: Record
    """The whole run, including later steps; enough to resume it at any step."""
    right_since: int | None = None
    """The step since which all four rows have been correct without a break."""
    learned_since: int | None = None
    halt: Halt | None = None
    """Why training stopped at this step, if it did."""
    memory: State | None = None
    """The memory of the optimizer (core/steps.py); None where it is unknown."""
    run: int = 0
    """The number of this run in its session."""
    beside: "Snapshot | None" = None
    """The second of two runs side by side, at the same step."""
    tried: Intervention | None = None
    """The weight that a preview shows with another value; None for a state of the run."""

    @property
    def trace(self) -> Trace:
        """The history of the run, up to the newest step."""
        return self.record.trace.up_to(self.newest)

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """All changes made to the run."""
        return self.record.interventions

    @property
    def newest(self) -> int:
        """The last step that can be displayed; with two runs side by side, that of the shorter."""
        return newest_of(self.record, None if self.beside is None else self.beside.record)

    @property
    def parted_at(self) -> int | None:
        """The first step of a watched run at which the run beside it was seen to differ."""
        return None if self.beside is None else self.beside.record.parted_at

    @property
    def is_past(self) -> bool:
        """Whether later steps can be displayed."""
        return self.step < self.newest

    @property
    def is_preview(self) -> bool:
        """Whether a weight is only tried, here or in the run beside it."""
        return self.tried is not None or (self.beside is not None and self.beside.is_preview)

    @property
    def is_untrained(self) -> bool:
        """Whether no step was taken here, and the weights cannot come from training elsewhere."""
        return self.step == 0 and not self.record.is_given

    def trying(self, change: Intervention, beside: bool = False) -> "Snapshot":
        """Return a preview: the same state with one weight set, in this run or that beside it."""
        if beside and self.beside is not None:
            return replace(self, beside=self.beside.trying(change))
        array = getattr(self.weights, change.field).copy()
        array[change.index] = change.value
        weights = replace(self.weights, **{change.field: array})
        with np.errstate(all="ignore"):  # weights may be huge
            return replace(
                self,
                weights=weights,
                gradient=gradient(weights, self.config),
                loss=float(loss(weights, self.config)),
                outputs=outputs(weights, self.config),
                right_since=None,
                learned_since=None,
                halt=None,
                tried=change,
            )

    @property
    def goals(self) -> Array:
        """(4,) the targets as numbers, in the coding of the run."""
        return head_of(self.config).coding.value(np.array(self.config.targets))

    @property
    def errors(self) -> Array:
        """(4,) output minus target."""
        errors: Array = self.outputs - self.goals
        return errors

    @property
    def shares(self) -> Array:
        """(4,) the outputs on the scale on which the targets are 0 and 1."""
        return head_of(self.config).coding.share(self.outputs)

    @property
    def right(self) -> Mask:
        """(4,) whether each output is on its target's side of the middle, and not as far beyond."""
        return np.abs(self.shares - self.config.targets) < RIGHT_ERROR

    @property
    def diverged_at(self) -> int | None:
        """The step whose loss or weights would not be finite, if training stopped before it.

        Of a watched run that step is not known: its last finite state may not have been shown.
        """
        has_stopped = self.halt is Halt.DIVERGED and self.record.source is None
        return self.step + 1 if has_stopped else None


def newest_of(record: Record, beside: Record | None) -> int:
    """Return the last step that can be displayed of a run, or of both of two side by side."""
    if beside is None:
        return record.newest
    common = min(record.newest, beside.newest)
    return record.towards(common, common + 1)
