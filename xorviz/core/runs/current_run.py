"""The current run of a project, trained here or watched, at the displayed step."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import flat
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig

TAKES_NO_STEPS = "another program trains this run; continue here to train and change it"


class CurrentRun:
    """One run, or two side by side, always displayed at the same step.

    Any step can be displayed; some must be replayed first, which approach does in short slices.
    Advancing from a past step replays the recorded steps, and then trains new ones. The first may
    be a watched run.
    """

    def __new__(cls, record: Record, *_: object, **__: object) -> "CurrentRun":
        """Return a CurrentWatched for a watched run."""
        return super().__new__(cls if record.source is None else CurrentWatched)

    def __init__(
        self,
        record: Record,
        step: int,
        run: int = 0,
        beside: Record | None = None,
        kernel: str = NUMPY,
        watched: Callable[[Record], WatchedRun] = WatchedRun.of,
    ) -> None:
        """Display a run at a step. Raises IndexError for a step that was not taken.

        ``watched`` returns what has the states of a watched run.
        """
        records = [record] if beside is None else [record, beside]
        self._number = run
        self.kernel = kernel
        self._watched_of = watched
        self._runs = [watched(r) if r.source else Recording(r, kernel) for r in records]
        last = min(run.newest for run in self._runs)
        if not 0 <= step <= last:
            raise IndexError(f"step {step} is outside this run: 0 to {last}")
        self.step = step
        self.go_to(step)

    def taken_over(self, kernel: str) -> "CurrentRun":
        """Return the same run at the same step, to be continued by another kernel."""
        record, *others = (run.record() for run in self._runs)
        beside = others[0] if others else None
        return type(self)(record, self.step, self._number, beside, kernel, self._watched_of)

    @property
    def newest(self) -> int:
        """The last step that can be displayed without training."""
        return min(run.newest for run in self._runs)

    def advance(self, n: int, rules: StopRules = NEVER) -> bool:
        """Advance by n steps, or fewer if a rule or a divergence stops a run; return if one did.

        Steps already taken are replayed, perhaps fewer of them, as in approach. The rules apply
        only to new steps of the first run.
        """
        goal, is_stopped = self.step + n, False
        for run in self._runs:
            if run.newest < goal:
                mine = rules if run is self._runs[0] else NEVER
                is_stopped |= run.advance(goal - run.newest, mine) is not None
                goal = min(goal, run.newest)
            else:
                goal -= run.approach(goal, n)
        self.step = goal
        return is_stopped

    @property
    def left(self) -> int:
        """Steps that must be replayed before the displayed step can be shown."""
        return sum(run.approach(self.step, 0) for run in self._runs)

    def approach(self, step: int, n: int) -> int:
        """Replay at most n steps of each run towards a step; return how many are left."""
        step = min(step, self.newest)
        return sum(run.approach(step, n) for run in self._runs)

    def go_to(self, step: int) -> None:
        """Display a step, which is cheap after approach."""
        self.step = min(step, self.newest)

    def look(self) -> None:
        """Take in what another program has shown since."""

    def stop(self) -> None:
        """Display the last step up to the displayed one that needs no replay, if that needs one."""
        self.step = max(set.intersection(*(run.at_hand(self.step) for run in self._runs)))

    def intervene(self, changes: Iterable[Intervention], beside: bool = False) -> None:
        """Change a run from the next step on, whatever steps the changes name.

        Where the run has later steps, a fork at this step replaces it, unless the changes have no
        effect. Raises SettingError for an invalid change; one alone then changes nothing.
        """
        place = int(beside and len(self._runs) > 1)
        run = self._runs[place]
        if isinstance(run, WatchedRun):
            raise SettingError(TAKES_NO_STEPS)
        branch = run.fork(self.step) if self.step < run.newest else run
        before = branch.record()
        for change in changes:
            branch.intervene(change.field, change.value, change.index)
        if branch.record() != before:
            self._runs[place] = branch

    def snapshot(self) -> Snapshot:
        """Return the snapshot at this step."""
        first, *others = (replace(run.state_at(self.step), run=self._number) for run in self._runs)
        return replace(first, beside=others[0]) if others else first


_APART = 0.01
"""Of the way from the start: a difference beyond rounding, also where numbers have 32 bit."""


class CurrentWatched(CurrentRun):
    """A watched run, and perhaps one trained by xorviz from its first state, at a kept step."""

    _parted_at: int | None = None
    _compared = 0
    """The step of the run beside up to which the two were compared."""

    def taken_over(self, kernel: str) -> CurrentRun:
        """Return the same run at the same step, to be continued by another kernel."""
        other = super().taken_over(kernel)
        assert isinstance(other, CurrentWatched)
        other._parted_at, other._compared = self._parted_at, self._compared
        return other

    @property
    def newest(self) -> int:
        """The last kept step that can be displayed."""
        return self._watched.kept(super().newest)

    def advance(self, n: int, rules: StopRules = NEVER) -> bool:  # noqa: ARG002
        """Go to the newest step; first train a run beside by at most n steps towards it.

        Return whether that is all that can be done before another state comes.
        """
        self.look()
        is_done = True
        if (own := self._own) is not None:
            goal = min(own.newest + n, self._watched.newest)
            is_done = not self._train(own, goal) or own.newest >= self._watched.newest
        self.step = self.newest
        return is_done

    def look(self) -> None:
        """Take in what the program has shown since."""
        self._watched.read()

    def adopt(self, config: RunConfig, assumed: tuple[str, ...]) -> None:
        """Take settings of the watched run that were found out, and what is still assumed."""
        self._watched.adopt(config, assumed)

    def go_to(self, step: int) -> None:
        """Display the last kept step up to a step."""
        self.step = self._watched.kept(min(step, self.newest))

    @property
    def left(self) -> int:
        """Steps to be replayed: of a run beside that was opened, also those to be compared."""
        return super().left + self._uncompared

    def approach(self, step: int, n: int) -> int:
        """Replay at most n steps of each run, or compare as many; return how many are left."""
        if self._own is None or not self._uncompared:
            return super().approach(step, n)
        goal = min(self._own.newest, self._compared + n)
        while self._parted_at is None and self._compared < goal:
            self._compare(self._own, self._next_kept(self._compared, goal))
        return super().approach(step, 0) + self._uncompared

    def stop(self) -> None:
        """Display a step that needs no replay, and compare no further."""
        super().stop()
        self._compared += self._uncompared

    def intervene(self, changes: Iterable[Intervention], beside: bool = False) -> None:
        """Change the run beside. Raises SettingError for any change of the watched one."""
        super().intervene(changes, beside)
        assert self._own is not None
        self._compared = min(self._compared, self._own.newest)
        if self._parted_at is not None and self._parted_at > self._compared:
            self._parted_at = None

    def snapshot(self) -> Snapshot:
        """Return the snapshot at this step, and where both were first seen to differ."""
        self.step = self._watched.kept(self.step)  # it may have been thinned out
        return replace(super().snapshot(), parted_at=self._parted_at)

    @property
    def _watched(self) -> WatchedRun:
        first = self._runs[0]
        assert isinstance(first, WatchedRun)
        return first

    @property
    def _own(self) -> Recording | None:
        """The run beside, if there is one."""
        own = self._runs[-1]
        return own if isinstance(own, Recording) else None

    def _train(self, own: Recording, goal: int) -> bool:
        """Train the run beside to a step, and compare it at every kept one; return if it got there.

        Where it leaves a kept step for long, that can still be shown without replay.
        """
        while own.newest < goal:
            until = self._next_kept(own.newest, goal)
            if until == goal:
                own.hold_newest()
            if own.advance(until - own.newest) is not None:
                return False
            self._compare(own, until)
        return True

    def _next_kept(self, step: int, goal: int) -> int:
        """Return the first kept step after a step, or the goal if that comes first."""
        is_before = step < self._watched.newest
        return min(goal, self._watched.kept_after(step)) if is_before else goal

    @property
    def _uncompared(self) -> int:
        """Steps of the run beside in which a first difference is still looked for."""
        if self._own is None or self._parted_at is not None:
            return 0
        return self._own.newest - self._compared

    def _compare(self, own: Recording, step: int) -> None:
        """Note a step if it is kept and the two runs differ there."""
        self._compared = step
        if self._parted_at is not None or self._watched.kept(step) != step:
            return
        theirs, start = (self._watched.parameters_at(at) for at in (step, 0))
        mine = flat(own.weights_at(step))
        if len(mine) != len(theirs):  # another network, which differs anyway
            return
        way = np.linalg.norm(theirs - start)
        if np.linalg.norm(theirs - mine) > _APART * way:
            self._parted_at = step
