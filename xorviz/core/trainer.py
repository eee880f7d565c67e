"""The only place where training state changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core.config import LIVE_FIELDS, RunConfig
from xorviz.core.kernel import BLOCK, Kernel
from xorviz.core.network import LOSSES, Weights, gradient, initial_weights, sigmoid
from xorviz.core.record import (
    MOST_INTERVENTIONS,
    TOO_MANY,
    Checkpoint,
    Intervention,
    Record,
    Streak,
    at_step,
    checked_intervention,
)
from xorviz.core.rules import SettingError
from xorviz.core.snapshot import LEARNED_ERROR, RIGHT_ERROR, Snapshot
from xorviz.core.stopping import NEVER, Halt, StopRules
from xorviz.core.trace import TraceRecorder

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What n steps came to."""

    outputs: Array
    """(n, 4)."""
    losses: Array
    """(n,)."""
    right: NDArray[np.bool_]
    """(n,)."""
    learned: NDArray[np.bool_]
    """(n,)."""


class Trainer:
    """One run: the same config and step give the same weights, however the steps were divided."""

    def __init__(self, config: RunConfig, run: int = 0) -> None:
        self.config = config
        self.step = 0
        self.interventions: tuple[Intervention, ...] = ()
        self._start = config
        self._run = run
        self._targets = np.array(config.targets)
        self._kernel = Kernel(config, initial_weights(config))
        self._block_start = self._kernel.state()
        self._recorder = TraceRecorder()
        self._right, self._learned = Streak(), Streak()
        self._arrival: Checkpoint | None = None  # at this step, if it was changed here
        self._halt: Halt | None = None
        self._gradient: Weights | None = None  # at this step, once it was asked for
        self._keep(self._judge(self._kernel.settle()), 0)

    @property
    def loss(self) -> float:
        """The loss at this step."""
        return float(self._judged.losses[-1])

    @property
    def steps_to_boundary(self) -> int:
        """How many steps the next block has: blocks end at multiples of BLOCK."""
        return BLOCK - self.step % BLOCK

    def advance(self, n: int, rules: StopRules = NEVER) -> Halt | None:
        """Take n steps, or fewer if a rule or a divergence stops the run; return what did."""
        if n <= 0:
            return self._halt
        limit = rules.next_limit(self.step)
        goal = self.step + n if limit is None else min(self.step + n, limit)
        self._halt = self._arrival = None
        with np.errstate(all="ignore"):  # the kernel may overflow; a divergence is told below
            while self.step < goal and self._halt is None:
                self._advance_block(min(self.steps_to_boundary, goal - self.step), rules)
        if self._halt is None and self.step == limit:
            self._halt = Halt.AT_STEP
        return self._halt

    def intervene(self, field: str, value: float, index: tuple[int, ...] = ()) -> None:
        """Change a live setting or a weight from the next step on.

        Raises SettingError if there is no such thing or it is out of range, and changes nothing.
        """
        change = checked_intervention(self.config, self.step, field, value, index)
        here = at_step(self.interventions, self.step)
        before = self.interventions[: len(self.interventions) - len(here)]
        others = [c for c in here if c.target != change.target]
        is_noted = self._is_noted(change, before)
        if is_noted and len(before) + len(others) >= MOST_INTERVENTIONS:
            raise SettingError(TOO_MANY)
        self._arrival = self.checkpoint()
        if field in LIVE_FIELDS:
            self._set_live(change)
        else:
            self._set_weight(change, self._arrival)
        if is_noted:
            others = sorted([*others, change], key=lambda c: c.target)
        self.interventions = (*before, *others)

    def checkpoint(self) -> Checkpoint:
        """Return the state in which the run came to this step, before it was changed here."""
        if self._arrival is not None:
            return self._arrival
        return Checkpoint(self.step, *self._kernel.state(), self._right, self._learned)

    def resume(self, record: Record, checkpoint: Checkpoint) -> None:
        """Stand where another run of this shape came to a checkpoint, before it was changed there.

        The trace ends there too; the loss at that step is that of the state.
        """
        before = checkpoint.step - 1
        self.step = checkpoint.step
        self.interventions = tuple(c for c in record.interventions if c.step <= before)
        self._start = record.config
        self.config = record.config_at(before)
        self._kernel.configure(self.config.rate, self.config.momentum)
        self._right, self._learned = checkpoint.right, checkpoint.learned
        self._halt = self._arrival = None
        with np.errstate(all="ignore"):
            self._kernel.restore((checkpoint.parameters, checkpoint.velocity))
            self._judged = self._judge(self._kernel.settle())
        self._gradient = None
        trace = record.trace.until(self.step, self.loss, self._judged.outputs[-1])
        self._recorder = TraceRecorder(trace)

    def record(self) -> Record:
        """Return the run as a value, with this state as its only checkpoint."""
        self._recorder.complete(_norm(self._slope()))
        trace, checkpoints = self._recorder.trace(), (self.checkpoint(),)
        return Record(self._start, self.interventions, self.step, trace, checkpoints)

    def snapshot(self) -> Snapshot:
        """Return all that can be seen of the run now."""
        return Snapshot(
            config=self.config,
            step=self.step,
            weights=self._kernel.weights(),
            gradient=self._slope(),
            loss=self.loss,
            outputs=self._judged.outputs[-1],
            record=self.record(),
            right_since=self._right.since,
            learned_since=self._learned.since,
            halt=self._halt,
            run=self._run,
            velocity=self._kernel.velocity() if self.config.momentum > 0 else None,
        )

    def _slope(self) -> Weights:
        """Return the gradient of the loss at this step."""
        if self._gradient is None:
            with np.errstate(all="ignore"):  # the last finite weights may be huge
                self._gradient = gradient(self._kernel.weights(), self.config)
        return self._gradient

    def _is_noted(self, change: Intervention, before: tuple[Intervention, ...]) -> bool:
        """Return whether a change is one: a setting may be as before, or that of another start."""
        if change.field not in LIVE_FIELDS:
            return True
        started = getattr(self._start, change.field)
        value = next((c.value for c in reversed(before) if c.field == change.field), started)
        return self.step > 0 and change.value != value

    def _set_live(self, change: Intervention) -> None:
        """Change the rate or the momentum."""
        self.config = RunConfig.from_dict(self.config.to_dict() | {change.field: change.value})
        self._kernel.configure(self.config.rate, self.config.momentum)
        if self.step == 0:  # another start
            self._start = self.config

    def _set_weight(self, change: Intervention, arrival: Checkpoint) -> None:
        """Set a weight, and judge the step anew: from how the run came to it."""
        self._kernel.set_weight(change.field, change.index, change.value)
        self._halt = None
        with np.errstate(all="ignore"):
            self._judged = judged = self._judge(self._kernel.settle())
        self._right = arrival.right.extended(judged.right, self.step)
        self._learned = arrival.learned.extended(judged.learned, self.step)
        self._gradient = None
        self._recorder.correct(self.loss, judged.outputs[-1])

    def _advance_block(self, n: int, rules: StopRules) -> None:
        """Take n steps, at most BLOCK, or fewer if a rule or a divergence stops the run."""
        self._block_start = self._kernel.state()
        judged = self._judge(self._kernel.run(n))
        if not self._finite(judged):
            self._halt = Halt.DIVERGED
            n = self._steps_to_divergence()
            judged = self._judge(self._rerun(n))
        is_watched = rules.when_learned or rules.at_loss is not None
        if is_watched and (met := rules.first_met(*_joined(self._judged, judged))):
            n, self._halt = met
            judged = self._judge(self._rerun(n))
        if n:
            self._keep(judged, self.step + 1)
        self.step += n

    def _rerun(self, n: int) -> Array:
        """Take the first n steps of this block again; return the logits (n, B) after each."""
        self._kernel.restore(self._block_start)
        return self._kernel.run(n)

    def _steps_to_divergence(self) -> int:
        """Return how many steps of this block leave the loss and the weights finite."""
        self._kernel.restore(self._block_start)
        return next(n for n in range(BLOCK) if not self._finite(self._judge(self._kernel.run(1))))

    def _finite(self, judged: _Judged) -> bool:
        return bool(np.isfinite(judged.losses).all() and np.isfinite(self._kernel.parameters).all())

    def _judge(self, logits: Array) -> _Judged:
        """Return what the logits (n, B) of n steps amount to."""
        outputs = sigmoid(logits)
        worst = np.abs(outputs - self._targets).max(axis=1)
        losses = LOSSES[self.config.loss].value(logits, self._targets)
        return _Judged(outputs, losses, worst < RIGHT_ERROR, worst < LEARNED_ERROR)

    def _keep(self, judged: _Judged, first_step: int) -> None:
        """Make these steps part of the run's history."""
        self._judged, self._gradient = judged, None
        norms = self._kernel.gradient_norms(len(judged.losses)) if first_step else None
        self._recorder.extend(judged.losses, judged.outputs, norms)
        self._right = self._right.extended(judged.right, first_step)
        self._learned = self._learned.extended(judged.learned, first_step)


def _joined(before: _Judged, after: _Judged) -> tuple[Array, NDArray[np.bool_]]:
    """Return losses (1 + n,) and learned (1 + n,): where the run stood, and the steps after."""
    return (
        np.concatenate((before.losses[-1:], after.losses)),
        np.concatenate((before.learned[-1:], after.learned)),
    )


def _norm(slope: Weights) -> float:
    """Return the length of a gradient, infinite where it is beyond what numbers reach."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum((part**2).sum() for part in slope.arrays())))
