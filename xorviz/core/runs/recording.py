"""A recording: a run that can return to any of its steps, bit for bit."""

from bisect import bisect_left, bisect_right
from dataclasses import replace

from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.compiler import NUMPY, KernelError
from xorviz.core.network import Weights
from xorviz.core.runs.record import Record, at_step, most_checkpoints, step_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig

_ENOUGH = 64
"""A short run keeps every step up to so many, so that its path is as smooth as a long one's."""


class Recording:
    """A run, and checkpoints from which its past steps are replayed.

    The distance of checkpoints depends only on the length of the run: a power of two that doubles
    when there would be more of them than steps in between, or more than 64 at first and 4 MB in the
    end. So a past step of a million is less than 1,024 steps away, and recording adds little to
    training. The checkpoints of steps that another kernel took are all kept, and take as much
    again.
    """

    def __init__(self, start: RunConfig | Record, kernel: str = NUMPY) -> None:
        """Start a run at step 0, or resume one at its newest step."""
        record = Record(start) if isinstance(start, RunConfig) else start
        self._kernel = kernel
        self._resumed_at, self._kernels_before = record.newest, record.kernels
        self._kept_until = record.newest if {*record.kernels} - {kernel} else 0
        """Checkpoints up to here are kept, since this kernel differs in the last digits."""
        self._trainer = Trainer(record.config, kernel)
        self._checkpoints = [self._trainer.checkpoint()]
        self._most = most_checkpoints(record.config)
        self.stride = 1
        """Steps from one checkpoint to the next."""
        self._reader: Trainer | None = None
        """The replay of a past step, if there was one."""
        if record.checkpoints or record.interventions:
            self._trainer.resume(record, [*self._checkpoints, *record.checkpoints][-1])
            for change in at_step(record.interventions, record.newest):
                self._trainer.intervene(change.field, change.value, change.index)
            self._checkpoints += (c for c in record.checkpoints if c.step > 0)
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
        goal, trainer = self.newest + n, self._trainer
        while True:
            halt = trainer.advance(min(goal, self._next_due(trainer.step)) - trainer.step, rules)
            self._keep_if_due(trainer)
            if halt is not None or trainer.step >= goal:
                return halt

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
        return replace(record, checkpoints=(*past, *record.checkpoints), kernels=kernels)

    def snapshot(self) -> Snapshot:
        """Return the snapshot at the newest step."""
        return self.state_at(self.newest)

    def replay(self, step: int, n: int) -> int:
        """Go towards a past step, at most n steps from the last one at hand; return where it is.

        Missing checkpoints on the way are added, which makes the next replay shorter.
        """
        if step >= self.newest:
            return self.newest
        reader = self._reader_before(step)
        goal = min(step, reader.step + n)
        while reader.step < goal:
            pause = min(goal, self._next_due(reader.step), self._next_change(reader.step))
            if reader.advance(pause - reader.step) is not None:
                raise ArithmeticError(f"this run cannot be replayed beyond step {reader.step}")
            self._keep_if_due(reader)
            self._change_as_before(reader)
        return reader.step

    def at_hand(self, step: int) -> set[int]:
        """Return the steps up to this one that can be displayed without training."""
        known = {checkpoint.step for checkpoint in self._checkpoints}
        known |= {self.newest} if self._reader is None else {self.newest, self._reader.step}
        return {found for found in known if found <= step}

    def state_at(self, step: int) -> Snapshot:
        """Return the snapshot at any step of the run, bit for bit.

        Raises IndexError for a step that was not taken.
        """
        return self._trainer_at(step).snapshot(self.record())

    def weights_at(self, step: int) -> Weights:
        """Return the weights at any step of the run, after any change made there.

        Raises IndexError for a step that was not taken.
        """
        return self._trainer_at(step).weights

    def fork(self, step: int) -> "Recording":
        """Return a new run with the steps of this one up to a step.

        Raises IndexError for a step that was not taken.
        """
        tip, record = self._trainer_at(step).checkpoint(), self.record()
        past = (c for c in record.checkpoints if c.step < step)
        # Resuming leaves out the later changes and losses.
        start = replace(record, newest=step, checkpoints=(*past, tip))
        return Recording(start, self._kernel)

    def _next_due(self, step: int) -> int:
        """Return the next step at which a checkpoint is due."""
        return (step // self.stride + 1) * self.stride

    def _keep_if_due(self, trainer: Trainer) -> None:
        """Add the checkpoint of this run or its reader, if one is due and missing."""
        if trainer.step % self.stride:
            return
        index = bisect_left(self._checkpoints, trainer.step, key=step_of)
        if index == len(self._checkpoints) or self._checkpoints[index].step != trainer.step:
            self._checkpoints.insert(index, trainer.checkpoint())
        if self._is_crowded():
            self._thin()

    def _thin(self) -> None:
        """Increase the distance of the checkpoints as this length of run needs."""
        while self._is_crowded():
            self.stride *= 2
        self._checkpoints = [
            c for c in self._checkpoints if c.step % self.stride == 0 or c.step <= self._kept_until
        ]

    def _is_crowded(self) -> bool:
        """Return whether more checkpoints are due than allowed beside that of the newest step."""
        most = min(self._most, max(_ENOUGH, self.stride))
        return self.newest // self.stride + 1 > most - 1

    def _trainer_at(self, step: int) -> Trainer:
        """Return this run, or the reader of past steps, at a step."""
        if not 0 <= step <= self.newest:
            raise IndexError(f"step {step} is outside this run: 0 to {self.newest}")
        if step == self.newest:
            return self._trainer
        self.replay(step, step)
        return self._reader_before(step)

    def _reader_before(self, step: int) -> Trainer:
        """Return the reader at the latest state before or at a step that needs no training."""
        checkpoint = self._checkpoints[bisect_right(self._checkpoints, step, key=step_of) - 1]
        if self._reader is None:
            self._reader = Trainer(self.config, self._kernel)
        elif checkpoint.step <= self._reader.step <= step:
            return self._reader
        self._reader.resume(self._trainer.record(), checkpoint)
        self._change_as_before(self._reader)
        return self._reader

    def _next_change(self, step: int) -> int:
        """Return the next step at which the run was changed, or its newest."""
        changes = self._trainer.interventions
        after = bisect_right(changes, step, key=step_of)
        return changes[after].step if after < len(changes) else self.newest

    def _change_as_before(self, reader: Trainer) -> None:
        """Repeat the changes made to the run at the reader's step."""
        for change in at_step(self._trainer.interventions, reader.step):
            reader.intervene(change.field, change.value, change.index)


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
