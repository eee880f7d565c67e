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

    Any step can be displayed; some must be replayed first. Advancing from a past step replays the
    recorded steps, and then trains new ones. The first may be a watched run.
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
        parted_at: int | None = None,
    ) -> None:
        """Display a run at a step. Raises IndexError for a step that was not taken.

        ``watched`` returns what has the states of a watched run. ``parted_at`` is the first step of
        one at which the run beside it is known to differ.
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
        self.parted_at = parted_at

    def taken_over(self, kernel: str) -> "CurrentRun":
        """Return the same run at the same step, to be continued by another kernel."""
        record, *others = (run.record() for run in self._runs)
        beside = others[0] if others else None
        options = (self._number, beside, kernel, self._watched_of, self.parted_at)
        return type(self)(record, self.step, *options)

    @property
    def newest(self) -> int:
        """The last step that can be displayed without training."""
        return min(run.newest for run in self._runs)

    def advance(self, n: int, rules: StopRules = NEVER) -> bool:
        """Advance by n steps, or fewer if a rule or a divergence stops a run; return if one did.

        Steps already taken are replayed. The rules apply only to new steps of the first run.
        """
        goal, is_stopped = self.step + n, False
        for run in self._runs:
            if run.newest < goal:
                mine = rules if run is self._runs[0] else NEVER
                is_stopped |= run.advance(goal - run.newest, mine) is not None
                goal = min(goal, run.newest)
            else:
                goal = run.replay(goal, n)
        self.step = goal
        return is_stopped

    def go_to(self, step: int) -> int:
        """Display the last step up to a step that needs no replay; return how many are left."""
        goal = min(step, self.newest)
        self.step = max(set.intersection(*(run.at_hand(goal) for run in self._runs)))
        return goal - self.step

    def look(self) -> None:
        """Take in what another program has shown since."""

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

    def go_to(self, step: int) -> int:
        """Display the last kept step up to a step; return 0."""
        self.step = self._watched.kept(min(step, self.newest))
        return 0

    def intervene(self, changes: Iterable[Intervention], beside: bool = False) -> None:
        """Change the run beside. Raises SettingError for any change of the watched one."""
        super().intervene(changes, beside)
        assert self._own is not None
        if self.parted_at is not None and self.parted_at > self._own.newest:
            self.parted_at = None

    def snapshot(self) -> Snapshot:
        """Return the snapshot at this step, and where both were first seen to differ."""
        self.step = self._watched.kept(self.step)  # it may have been thinned out
        return replace(super().snapshot(), parted_at=self.parted_at)

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
        """Train the run beside to a step; compare it at each kept one; return if it got there."""
        while own.newest < goal:
            until = self._next_kept(own.newest, goal)
            if own.advance(until - own.newest) is not None:
                return False
            self._compare(own, until)
        return True

    def _next_kept(self, step: int, goal: int) -> int:
        """Return the first kept step after a step, or the goal if that comes first."""
        is_before = step < self._watched.newest
        return min(goal, self._watched.kept_after(step)) if is_before else goal

    def _compare(self, own: Recording, step: int) -> None:
        """Note a step if it is kept and the two runs differ there."""
        if self.parted_at is not None or self._watched.kept(step) != step:
            return
        theirs, start = (self._watched.parameters_at(at) for at in (step, 0))
        mine = flat(own.weights_at(step))
        if len(mine) != len(theirs):  # another network, which differs anyway
            return
        way = np.linalg.norm(theirs - start)
        if np.linalg.norm(theirs - mine) > _APART * way:
            self.parted_at = step
