"""The only place where training state changes."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xorviz.core.config import LIVE_FIELDS, RunConfig
from xorviz.core.kernel import BLOCK, Kernel
from xorviz.core.network import LOSSES, Weights, gradient, initial_weights, sigmoid
from xorviz.core.rules import SettingError
from xorviz.core.stopping import NEVER, Halt, StopRules
from xorviz.core.trace import Trace, TraceRecorder

Array = NDArray[np.float64]

RIGHT_ERROR, LEARNED_ERROR = 0.5, 0.1
"""A row is right below the first error; a network has learned with all rows below the second."""


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that was changed during a run, in force from the step after this one."""

    step: int
    field: str
    value: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that can be seen of a run at one step. A value: nobody writes to it."""

    config: RunConfig
    """The settings now in force."""
    step: int
    weights: Weights
    gradient: Weights
    """Of the loss at these weights."""
    loss: float
    outputs: Array
    """(4,) in the order of ROWS."""
    trace: Trace
    changes: tuple[Change, ...] = ()
    right_since: int | None = None
    """The step since which all four rows have been right without a break."""
    learned_since: int | None = None
    halt: Halt | None = None
    """Why training stopped by itself at this step, if it did."""
    run: int = 0
    """Which run this is, as the session counts them."""

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


@dataclass(slots=True)
class _Streak:
    """Since which step a condition has held."""

    since: int | None = None

    def extend(self, holds: NDArray[np.bool_], first_step: int) -> None:
        """Go on over the next n steps, holds (n,)."""
        breaks = np.flatnonzero(~holds)
        if len(breaks):
            after = int(breaks[-1]) + 1
            self.since = first_step + after if after < len(holds) else None
        elif self.since is None:
            self.since = first_step


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


@dataclass(slots=True)
class _History:
    """What is remembered of the steps gone by."""

    recorder: TraceRecorder = field(default_factory=TraceRecorder)
    right: _Streak = field(default_factory=_Streak)
    learned: _Streak = field(default_factory=_Streak)
    changes: tuple[Change, ...] = ()

    def note(self, step: int, name: str, value: float) -> None:
        """Note a change; of several at one step the last counts, and at step 0 it is the start."""
        kept = tuple(c for c in self.changes if (c.step, c.field) != (step, name))
        self.changes = (*kept, Change(step, name, value)) if step else kept


class Trainer:
    """One run: the same config and step give the same weights, however the steps were divided."""

    def __init__(self, config: RunConfig, run: int = 0) -> None:
        self.config = config
        self.step = 0
        self._run = run
        self._kernel = Kernel(config, initial_weights(config))
        self._block_start = self._kernel.state()
        self._history = _History()
        self._halt: Halt | None = None
        self._judged = self._judge(self._kernel.settle())
        self._keep(self._judged, 0)

    @property
    def loss(self) -> float:
        """The loss at this step."""
        return float(self._judged.losses[-1])

    def advance(self, n: int, rules: StopRules = NEVER) -> Halt | None:
        """Take n steps, or fewer if a rule or a divergence stops the run; return what did."""
        if n <= 0:
            return self._halt
        limit = rules.next_limit(self.step)
        goal = self.step + n if limit is None else min(self.step + n, limit)
        self._halt = None
        with np.errstate(all="ignore"):  # the kernel may overflow; a divergence is told below
            while self.step < goal and self._halt is None:
                self._advance_block(min(BLOCK, goal - self.step), rules)
        if self._halt is None and self.step == limit:
            self._halt = Halt.AT_STEP
        return self._halt

    def set_rate(self, rate: float) -> None:
        """Use this learning rate from the next step on. Raises SettingError if out of range."""
        self.change("rate", rate)

    def set_momentum(self, momentum: float) -> None:
        """Use this momentum from the next step on. Raises SettingError if out of range."""
        self.change("momentum", momentum)

    def change(self, name: str, value: float) -> None:
        """Change one of LIVE_FIELDS from the next step on. Raises SettingError if out of range."""
        if name not in LIVE_FIELDS:
            raise SettingError(f"{name} cannot change during a run")
        config = RunConfig.from_dict(self.config.to_dict() | {name: value})
        if config == self.config:
            return
        self.config = config
        self._kernel.configure(config.rate, config.momentum)
        self._history.note(self.step, name, getattr(config, name))

    def snapshot(self) -> Snapshot:
        """Return all that can be seen of the run now."""
        weights = self._kernel.weights()
        with np.errstate(all="ignore"):  # the last finite weights may be huge
            slope = gradient(weights, self.config)
        return Snapshot(
            config=self.config,
            step=self.step,
            weights=weights,
            gradient=slope,
            loss=self.loss,
            outputs=self._judged.outputs[-1],
            trace=self._history.recorder.trace(),
            changes=self._history.changes,
            right_since=self._history.right.since,
            learned_since=self._history.learned.since,
            halt=self._halt,
            run=self._run,
        )

    def _advance_block(self, n: int, rules: StopRules) -> None:
        """Take n steps, at most BLOCK, or fewer if a rule or a divergence stops the run."""
        self._block_start = self._kernel.state()
        judged = self._judge(self._kernel.run(n))
        if not self._finite(judged):
            self._halt = Halt.DIVERGED
            n = self._steps_to_divergence()
            judged = self._judge(self._rerun(n))
        if met := rules.first_met(*_joined(self._judged, judged)):
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
        targets = np.array(self.config.targets)
        outputs = sigmoid(logits)
        worst = np.abs(outputs - targets).max(axis=1)
        losses = LOSSES[self.config.loss].value(logits, targets)
        return _Judged(outputs, losses, worst < RIGHT_ERROR, worst < LEARNED_ERROR)

    def _keep(self, judged: _Judged, first_step: int) -> None:
        """Make these steps part of the run's history."""
        self._judged = judged
        self._history.recorder.extend(judged.losses)
        self._history.right.extend(judged.right, first_step)
        self._history.learned.extend(judged.learned, first_step)


def _joined(before: _Judged, after: _Judged) -> tuple[Array, NDArray[np.bool_]]:
    """Return losses (1 + n,) and learned (1 + n,): where the run stood, and the steps after."""
    return (
        np.concatenate((before.losses[-1:], after.losses)),
        np.concatenate((before.learned[-1:], after.learned)),
    )
