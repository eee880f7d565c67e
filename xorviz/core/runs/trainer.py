"""The trainer, the only owner of training state."""

import numpy as np

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.kernels.kernel import Taken
from xorviz.core.kernels.kernels import kernel_for
from xorviz.core.network import Weights, gradient, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import (
    MOST_INTERVENTIONS,
    TOO_MANY,
    Checkpoint,
    Intervention,
    Record,
    Streak,
    at_step,
    checked_intervention,
)
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR, Snapshot
from xorviz.core.runs.stopping import MOST_STEPS, NEVER, Halt, StopRules
from xorviz.core.runs.trace import TraceRecorder
from xorviz.core.settings import LIVE, RunConfig


class Trainer:
    """One run: config, changes and step determine the weights, however calls divide the steps."""

    def __init__(self, config: RunConfig, kernel: str = NUMPY) -> None:
        self.config = config
        self.step = 0
        self.interventions: tuple[Intervention, ...] = ()
        self._start = config
        self._kernel = kernel_for(kernel, config, initial_weights(config))
        self._recorder = TraceRecorder()
        self._right, self._learned = Streak(), Streak()
        self._arrival: Checkpoint | None = None  # at this step, if changed here
        self._halt: Halt | None = None
        self.look = -1, 0.0
        """A step, and the loss there, that a stop at a plateau compares with a later one."""
        self._keep(self._kernel.settle(), 0)

    @property
    def weights(self) -> Weights:
        """The weights at this step."""
        return self._kernel.weights()

    def advance(self, n: int, rules: StopRules = NEVER) -> Halt | None:
        """Take n steps, or fewer if a rule or a divergence stops the run; return the reason."""
        if n <= 0:
            return self._halt
        limit = rules.next_limit(self.step)
        goal = min(self.step + n, limit or MOST_STEPS, MOST_STEPS)
        self._halt = None
        with np.errstate(all="ignore"):  # a kernel may overflow before it stops
            while self.step < goal and self._halt is None:
                look = rules.next_look(self.step)
                if self.step == rules.last_look(self.step):
                    self.look = self.step, self.loss
                n = min(self._kernel.block, goal - self.step, look - self.step)
                self._advance_block(n, rules)
                if self._halt is None and rules.is_plateau(self.look, self.step, self.loss):
                    self._halt = Halt.PLATEAU
        if self._halt is None and self.step in {limit, MOST_STEPS}:
            self._halt = Halt.LONGEST if self.step == MOST_STEPS else Halt.AT_STEP
        return self._halt

    def intervene(self, field: str, value: float, index: tuple[int, ...] = ()) -> None:
        """Change a live setting or a weight from the next step on.

        Raises SettingError if the change is not valid, and then changes nothing.
        """
        change = checked_intervention(self.config, self.step, field, value, index)
        here = at_step(self.interventions, self.step)
        before = self.interventions[: len(self.interventions) - len(here)]
        made = [c for c in here if c.target != change.target]
        if self._is_recorded(change, before):
            made = sorted([*made, change], key=lambda c: c.target)
        if len(before) + len(made) > MOST_INTERVENTIONS:
            raise SettingError(TOO_MANY)
        self._arrival = self.checkpoint()
        if field in LIVE:
            self.config = RunConfig.from_dict(self.config.to_dict() | {field: change.value})
            self._kernel.configure(self.config)
            if self.step == 0:  # changes the recipe instead
                self._start = self.config
        else:
            self._set_weight(change, self._arrival)
        self.interventions = (*before, *made)

    def checkpoint(self) -> Checkpoint:
        """Return the state at this step, before any change made here."""
        if self._arrival is not None:
            return self._arrival
        return Checkpoint(self.step, self._kernel.state(), self._right, self._learned)

    def resume(self, record: Record, checkpoint: Checkpoint) -> None:
        """Continue at a checkpoint of another run of this shape, with the changes made there.

        The trace is cut there too.
        """
        before = checkpoint.step - 1
        self.step = checkpoint.step
        self.interventions = tuple(c for c in record.interventions if c.step <= before)
        self._start = record.config
        self.config = record.config_at(before)
        self._kernel.configure(self.config)
        self._right, self._learned = checkpoint.right, checkpoint.learned
        self._halt = self._arrival = None
        self.look = -1, 0.0
        with np.errstate(all="ignore"):
            taken = self._kernel.restore(checkpoint.state)
        self._look_at(taken)
        trace = record.trace.until(self.step, self.loss, self._outputs)
        self._recorder = TraceRecorder(trace)
        self.repeat(record.interventions)

    def repeat(self, changes: tuple[Intervention, ...]) -> None:
        """Make those of a run's changes that were made at this step."""
        for change in at_step(changes, self.step):
            self.intervene(change.field, change.value, change.index)

    def record(self) -> Record:
        """Return the run as a value, with the present state as its only checkpoint."""
        with np.errstate(all="ignore"):  # infinite where it overflows
            norm = np.sqrt(sum((part**2).sum() for part in self._slope().arrays()))
        self._recorder.complete(float(norm))
        trace, checkpoints = self._recorder.trace(), (self.checkpoint(),)
        return Record(self._start, self.interventions, self.step, trace, checkpoints)

    def snapshot(self, record: Record | None = None) -> Snapshot:
        """Return the state of the run at this step, with its record or a fuller one."""
        return Snapshot(
            config=self.config,
            step=self.step,
            weights=self.weights,
            gradient=self._slope(),
            loss=self.loss,
            outputs=self._outputs,
            record=record or self.record(),
            right_since=self._right.since,
            learned_since=self._learned.since,
            halt=self._halt,
            memory=self._kernel.state()[1:],
        )

    def _slope(self) -> Weights:
        """Return the gradient of the loss at this step."""
        with np.errstate(all="ignore"):  # the last finite weights may be huge
            return gradient(self.weights, self.config)

    def _is_recorded(self, change: Intervention, before: tuple[Intervention, ...]) -> bool:
        """Return whether a change is recorded: not settings at step 0, nor ones that stay equal."""
        if change.field not in LIVE:
            return True
        started = getattr(self._start, change.field)
        value = next((c.value for c in reversed(before) if c.field == change.field), started)
        return self.step > 0 and change.value != value

    def _set_weight(self, change: Intervention, arrival: Checkpoint) -> None:
        """Set a weight and recompute the results of this step."""
        self._kernel.set_weight(change.field, change.index, change.value)
        self._halt = None
        with np.errstate(all="ignore"):
            taken = self._kernel.settle()
        self._look_at(taken)
        self._right = arrival.right.extended(taken.worst < RIGHT_ERROR, self.step)
        self._learned = arrival.learned.extended(taken.worst < LEARNED_ERROR, self.step)
        self._recorder.correct(self.loss, self._outputs)

    def _advance_block(self, n: int, rules: StopRules) -> None:
        """Take n steps, at most a block, unless a rule or a divergence stops the run."""
        taken = self._kernel.run(n, self.step)
        if len(taken) < n:
            self._halt = Halt.DIVERGED
        if rules.has_conditions:
            losses = np.insert(taken.losses, 0, self.loss)
            worst = np.insert(taken.worst, 0, self._worst)
            if met := rules.first_met(worst < RIGHT_ERROR, worst < LEARNED_ERROR, losses):
                n, self._halt = met
                taken = self._kernel.retake(n)
        if len(taken):
            self._keep(taken, self.step + 1)
            self._arrival = None
        self.step += len(taken)

    def _keep(self, taken: Taken, first_step: int) -> None:
        """Add these steps to the history of the run."""
        self._look_at(taken)
        self._recorder.extend(taken.losses, taken.outputs, taken.norms)
        self._right = self._right.extended(taken.worst < RIGHT_ERROR, first_step)
        self._learned = self._learned.extended(taken.worst < LEARNED_ERROR, first_step)

    def _look_at(self, taken: Taken) -> None:
        """Remember the results of the last of these steps."""
        self.loss, self._worst = float(taken.losses[-1]), float(taken.worst[-1])
        self._outputs = taken.outputs[-1].copy()
