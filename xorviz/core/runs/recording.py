"""A recording: a run that can return to any of its steps, bit for bit."""

from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import replace

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import NUMPY, KernelError
from xorviz.core.network import Weights
from xorviz.core.runs.record import PATH, Checkpoint, Record, most_checkpoints, setting, step_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.shown import Shown

_ENOUGH = 64
"""A short run keeps every step up to so many, so that its path is as smooth as a long one's."""


class Recording(Shown):
    """A run, and checkpoints from which its past steps are replayed.

    The distance of checkpoints depends only on the length of the run and its kernel: a power of two
    that doubles when there would be more of them than steps in between, or more than 64 at first
    and 4 MB in the end. They are closer than the steps of one call of the kernel only to show the
    path of the run, since each cuts a call in two. So a past step of a million is less than 2,048
    steps away, and recording adds little to training. The checkpoints of steps that another kernel
    took are all kept, and take as much again.
    """

    def __init__(self, start: RunConfig | Record, kernel: str = NUMPY) -> None:
        """Start a run at step 0, or resume one at its newest step."""
        record = Record(start) if isinstance(start, RunConfig) else start
        self._kernel, self.parted_at = kernel, record.parted_at
        self._resumed_at, self._kernels_before = record.newest, record.kernels
        self._kept_until = record.newest if {*record.kernels} - {kernel} else 0
        """Checkpoints up to here are kept, since this kernel differs in the last digits."""
        self._most = most_checkpoints(record.config)
        self._block = kernels.kernel_named(kernel).block
        self._trainer = Trainer(record.config, kernel)
        self._reader: Trainer | None = None
        """The replay of a past step, if there was one."""
        past = (c for c in record.checkpoints if c.step > 0)
        self._checkpoints = [self._trainer.checkpoint(), *past]
        self._trainer.resume(record, self._checkpoints[-1])
        self.stride = 1
        """Steps from one checkpoint to the next."""
        self._thin()

    @property
    def newest(self) -> int:
        """The last step taken."""
        return self._trainer.step

    @property
    def config(self) -> RunConfig:
        """The settings at the newest step."""
        return self._trainer.config

    @property
    def weights(self) -> Weights:
        """The weights at the newest step, after any change made there."""
        return self._trainer.weights

    @property
    def loss(self) -> float:
        """The loss at the newest step."""
        return self._trainer.loss

    def advance(self, n: int, rules: StopRules = NEVER) -> Halt | None:
        """Take n steps, or fewer if a rule or a divergence stops the run; return the reason."""
        look = rules.last_look(self.newest)
        if look is not None and self._trainer.look[0] != look:
            with suppress(ArithmeticError):  # then the next loss is the first to compare with
                self._trainer.look = look, self.reach(look).loss
        return self._advance(self._trainer, self.newest + n, rules)

    def intervene(self, field: str, value: float, index: tuple[int, ...] = ()) -> None:
        """Change a live setting or a weight after the newest step.

        Raises SettingError if the change is not valid, and then changes nothing.
        """
        self._trainer.intervene(field, value, index)

    def record(self) -> Record:
        """Return the run as a value."""
        record, kernels = self._trainer.record(), self._kernels_before
        if self.newest > self._resumed_at and self._kernel not in kernels:
            kernels = (*kernels, self._kernel)
        past = self._checkpoints[: bisect_left(self._checkpoints, self.newest, key=step_of)]
        kept = (*past, *record.checkpoints)
        return replace(record, checkpoints=kept, kernels=kernels, parted_at=self.parted_at)

    def losses(self) -> tuple[Steps, Array]:
        """Return the steps (P,) and the losses (P,) of every point that is kept.

        Those are all steps of a run of up to 4,096; later the extremes of ever more steps.
        """
        trace = self.record().trace
        return trace.steps.copy(), trace.losses.copy()

    def show(self) -> None:
        """Open the run in its own window, which stays when this program ends.

        The window has a copy. Raises RuntimeError with the reason if none can be opened here.
        """
        from xorviz import show_run

        show_run(self)

    def snapshot(self) -> Snapshot:
        """Return the snapshot at the newest step."""
        return self.state_at(self.newest)

    def kept(self, step: int) -> int:
        """Return the last step up to a step that can be displayed without training."""
        return self._nearest(step).step

    def reach(self, step: int) -> Trainer:
        """Return this run, or the reader of past steps, at a step, bit for bit.

        Missing checkpoints on the way are added, which makes the next replay shorter. Raises
        IndexError for a step that was not taken.
        """
        if not 0 <= step <= self.newest:
            raise IndexError(f"step {step} is outside this run: 0 to {self.newest}")
        nearest = self._nearest(step)
        if isinstance(nearest, Trainer):
            reader = nearest
        else:
            reader = self._reader = self._reader or Trainer(self.config, self._kernel)
            reader.resume(self._trainer.record(), nearest)
        changes = self._trainer.interventions
        changed = {c.step for c in changes if reader.step < c.step < step}
        for goal in sorted({*changed, step} - {reader.step}):
            if self._advance(reader, goal) is not None:
                raise ArithmeticError(f"this run cannot be replayed beyond step {reader.step}")
            reader.repeat(changes)
        return reader

    def state_at(self, step: int) -> Snapshot:
        """Return the snapshot at any step of the run; raises as ``reach`` does."""
        return self.reach(step).snapshot(self.record())

    def weights_at(self, step: int) -> Weights:
        """Return the weights at any step, after any change made there; raises as ``reach`` does."""
        return self.reach(step).weights

    def fork(self, step: int) -> "Recording":
        """Return a new run with the steps of this one up to a step; raises as ``reach`` does."""
        tip, record = self.reach(step).checkpoint(), self.record()
        past = (c for c in record.checkpoints if c.step < step)
        # Resuming leaves out the later changes and losses.
        start = replace(record, newest=step, checkpoints=(*past, tip))
        return Recording(start, self._kernel)

    def _nearest(self, step: int) -> Trainer | Checkpoint:
        """Return the last of this run, its reader and the checkpoints that is not after a step."""
        checkpoint = self._checkpoints[bisect_right(self._checkpoints, step, key=step_of) - 1]
        known = (one for one in (self._trainer, self._reader, checkpoint) if one is not None)
        return max((one for one in known if one.step <= step), key=step_of)

    def _advance(self, trainer: Trainer, goal: int, rules: StopRules = NEVER) -> Halt | None:
        """Take the steps of this run or its reader to a goal; keep the checkpoints on the way."""
        while True:
            due = (trainer.step // self.stride + 1) * self.stride
            halt = trainer.advance(min(goal, due) - trainer.step, rules)
            if trainer.step % self.stride == 0:
                self._keep(trainer.checkpoint())
            if halt is not None or trainer.step >= goal:
                return halt

    def _keep(self, checkpoint: Checkpoint) -> None:
        """Add a checkpoint, unless it is known."""
        place = bisect_right(self._checkpoints, checkpoint.step, key=step_of)
        if self._checkpoints[place - 1].step < checkpoint.step:
            self._checkpoints.insert(place, checkpoint)
        self._thin()

    @property
    def _room(self) -> int:
        """The most checkpoints at this distance."""
        most = min(self._most, max(_ENOUGH, self.stride))
        return most if self.stride >= self._block else min(most, PATH)

    def _thin(self) -> None:
        """Increase the distance of the checkpoints as this length of run needs."""
        before = self.stride
        # With the one at step 0 and that of the newest step.
        while self.newest // self.stride + 2 > self._room:
            self.stride *= 2
        if self.stride > before:
            self._checkpoints = [
                c
                for c in self._checkpoints
                if c.step % self.stride == 0 or c.step <= self._kept_until
            ]


def record_of(config: RunConfig, weights: Weights) -> Record:
    """Return a run with these weights at step 0, as interventions. Raises SettingError."""
    record = Record(config, setting(weights, 0))
    return Recording(record).record()  # with its loss and a checkpoint, as files need them


def kernel_for(record: Record) -> str:
    """Return the kernel that last trained a run if it is ready, else NumPy's.

    Only the run's own kernel reproduces its last digits.
    """
    own = record.kernels[-1] if record.kernels else NUMPY
    return own if kernels.is_ready(own) else NUMPY


def prepare_for(record: Record) -> str:
    """Prepare the kernels of a run; return a sentence for the user if one is unavailable, or ""."""
    try:
        for name in record.kernels:
            kernels.prepare(compiler.chosen(name))
    except KernelError:
        return (
            f"This run was trained with the kernel {name}, which is not available here. Between "
            "checkpoints the last digits may differ, and more if the run is chaotic."
        )
    return ""
