"""A run that can be taken back to any step that it has passed, to the last bit."""

from bisect import bisect_left, bisect_right
from dataclasses import replace

from xorviz.core.config import RunConfig
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.record import Checkpoint, Intervention, Record, at_step
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer

MOST_CHECKPOINTS = 512


class Recording:
    """A run, and checkpoints from which any step gone by is trained again.

    Checkpoints stand a power of two of steps apart, which doubles when there would be more than
    MOST_CHECKPOINTS: a step gone by costs at most that much training, and a run of any length
    takes at most 2.2 MB at width 64. They stand no nearer than a kernel's blocks of steps. Those
    of a run that another kernel has trained stay, and take as much again.
    """

    def __init__(self, start: RunConfig | Record, run: int = 0, kernel: str = NUMPY) -> None:
        """Begin a run at step 0, or take one up at its newest step."""
        record = Record(start) if isinstance(start, RunConfig) else start
        self._run, self._kernel = run, kernel
        self._taken_up_at, self._kernels_before = record.newest, record.kernels
        self._stays_until = record.newest if record.is_foreign_to(kernel) else 0
        """Up to there checkpoints stay: this kernel would come to other last digits."""
        self._trainer = Trainer(record.config, run, kernel)
        self._checkpoints = [self._trainer.checkpoint()]
        self._stride = self._trainer.block
        self._reader: Trainer | None = None
        """At a step gone by, if one was asked for."""
        if record.checkpoints or record.interventions:
            self._take_up(record)

    @property
    def newest(self) -> int:
        """The last step that was taken."""
        return self._trainer.step

    @property
    def config(self) -> RunConfig:
        """The settings in force at the newest step."""
        return self._trainer.config

    @property
    def block(self) -> int:
        """How many steps are taken at once at most."""
        return self._trainer.block

    @property
    def loss(self) -> float:
        """The loss at the newest step."""
        return self._trainer.loss

    @property
    def stride(self) -> int:
        """How many steps checkpoints are apart."""
        return self._stride

    def advance(self, n: int, rules: StopRules = NEVER) -> Halt | None:
        """Take n steps, or fewer if a rule or a divergence stops the run; return what did."""
        goal, trainer = self.newest + n, self._trainer
        while True:
            halt = trainer.advance(min(goal, self._next_due(trainer.step)) - trainer.step, rules)
            self._keep_if_due(trainer)
            if halt is not None or trainer.step >= goal:
                return halt

    def intervene(self, field: str, value: float, index: tuple[int, ...] = ()) -> None:
        """Change a live setting or a weight from the step after the newest one on.

        Raises SettingError if there is no such thing or it is out of range, and changes nothing.
        """
        self._trainer.intervene(field, value, index)

    def record(self) -> Record:
        """Return the run as a value."""
        record = self._trainer.record()
        tip = record.checkpoints[-1]
        gone_by = self._checkpoints[:-1] if self._stands_at_checkpoint() else self._checkpoints
        return replace(record, checkpoints=(*gone_by, tip), kernels=self._kernels())

    def _kernels(self) -> tuple[str, ...]:
        """Return the kernels that took the steps: that of this recording too, if it took any."""
        before = self._kernels_before
        is_known = self.newest == self._taken_up_at or self._kernel in before
        return before if is_known else (*before, self._kernel)

    def snapshot(self) -> Snapshot:
        """Return what is to be seen at the newest step."""
        return self.state_at(self.newest)

    def approach(self, step: int, n: int) -> int:
        """Come nearer to a step gone by with at most n steps of training; return what is left.

        Checkpoints that are missing on the way are filled in, so that it is shorter next time.
        """
        if step >= self.newest:
            return 0
        reader = self._reader_before(step)
        goal = min(step, reader.step + n)
        while reader.step < goal:
            pause = min(goal, self._next_due(reader.step), self._next_change(reader.step))
            if reader.advance(pause - reader.step) is not None:
                raise ArithmeticError(f"this run cannot be taken again beyond step {reader.step}")
            self._keep_if_due(reader)
            self._change_as_before(reader)
        return step - reader.step

    def state_at(self, step: int) -> Snapshot:
        """Return what was to be seen at any step of the run, to the last bit.

        Raises IndexError for a step that the run has not come to.
        """
        return replace(self._trainer_at(step).snapshot(), record=self.record())

    def fork(self, step: int) -> "Recording":
        """Return another run that has come to a step just as this one did.

        Raises IndexError for a step that the run has not come to.
        """
        tip, record = self._trainer_at(step).checkpoint(), self.record()
        gone_by = (c for c in record.checkpoints if c.step < step)
        # Whoever takes this up leaves out the changes and the losses that came later.
        start = replace(record, newest=step, checkpoints=(*gone_by, tip))
        return Recording(start, self._run, self._kernel)

    def _take_up(self, record: Record) -> None:
        """Stand at the newest step of a record."""
        tip = record.checkpoints[-1] if record.checkpoints else self._checkpoints[0]
        self._trainer.resume(record, tip)
        for change in at_step(record.interventions, record.newest):
            self._trainer.intervene(change.field, change.value, change.index)
        self._checkpoints += (c for c in record.checkpoints if c.step > 0)
        self._thin()

    def _next_due(self, step: int) -> int:
        """Return the first step after this one at which a checkpoint is due."""
        return (step // self._stride + 1) * self._stride

    def _keep_if_due(self, trainer: Trainer) -> None:
        """Keep a checkpoint of this run or its reader, where one is due and there is none."""
        if trainer.step % self._stride:
            return
        place = bisect_left(self._checkpoints, trainer.step, key=_step_of)
        if place == len(self._checkpoints) or self._checkpoints[place].step != trainer.step:
            self._checkpoints.insert(place, trainer.checkpoint())
        if self._is_crowded():
            self._thin()

    def _thin(self) -> None:
        """Keep the checkpoints that are as far apart as a run of this length needs."""
        while self._is_crowded():
            self._stride *= 2
        self._checkpoints = [
            c
            for c in self._checkpoints
            if c.step % self._stride == 0 or c.step <= self._stays_until
        ]

    def _is_crowded(self) -> bool:
        """Return whether more checkpoints can be due than there may be beside the newest step's."""
        return self.newest // self._stride + 1 > MOST_CHECKPOINTS - 1

    def _stands_at_checkpoint(self) -> bool:
        return self._checkpoints[-1].step == self.newest

    def _trainer_at(self, step: int) -> Trainer:
        """Return this run, or the reader of the steps gone by, at a step."""
        if not 0 <= step <= self.newest:
            raise IndexError(f"step {step} is not among those taken: 0 to {self.newest}")
        if step == self.newest:
            return self._trainer
        self.approach(step, step)
        return self._reader_before(step)

    def _reader_before(self, step: int) -> Trainer:
        """Return the reader, at this step or as near before it as it can be without training."""
        place = bisect_right(self._checkpoints, step, key=_step_of) - 1
        checkpoint = self._checkpoints[place]
        if self._reader is None:
            self._reader = Trainer(self.config, self._run, self._kernel)
        elif checkpoint.step <= self._reader.step <= step:
            return self._reader
        self._reader.resume(self._trainer.record(), checkpoint)
        self._change_as_before(self._reader)
        return self._reader

    def _next_change(self, step: int) -> int:
        """Return the first step after this one at which the run was changed, or its newest."""
        changes = self._trainer.interventions
        after = bisect_right(changes, step, key=_step_of)
        return changes[after].step if after < len(changes) else self.newest

    def _change_as_before(self, reader: Trainer) -> None:
        """Do to the reader what was done to the run at this step."""
        for change in at_step(self._trainer.interventions, reader.step):
            reader.intervene(change.field, change.value, change.index)


def _step_of(made: Checkpoint | Intervention) -> int:
    return made.step
