"""The current run of a project, trained here or watched, at the displayed step."""

from collections.abc import Callable, Iterable, Sequence
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

TAKES_NO_STEPS = "another program trains this run; use Train from this state to train or change it"


class CurrentRun:
    """One run, or two side by side, always displayed at the same step.

    Any step can be displayed; some must be replayed first. Advancing from a past step replays the
    recorded steps, and then trains new ones.
    """

    def __init__(self, runs: list[Recording], step: int, number: int, kernel: str) -> None:
        """Display runs at a step. Raises IndexError for a step that was not taken."""
        self._runs, self._number, self.kernel = runs, number, kernel
        last = min(run.newest for run in self._shown)
        if not 0 <= step <= last:
            raise IndexError(f"step {step} is outside this run: 0 to {last}")
        self.step = step

    @property
    def _shown(self) -> Sequence[Recording | WatchedRun]:
        """The runs that are displayed."""
        return self._runs

    @property
    def newest(self) -> int:
        """The last step that can be displayed without training."""
        return min(run.newest for run in self._shown)

    def use_kernel(self, kernel: str) -> None:
        """Take the next steps by another kernel."""
        self.kernel = kernel
        self._runs = [Recording(run.record(), kernel) for run in self._runs]

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
                run.reach(goal)
        self.step = goal
        return is_stopped

    def go_to(self, step: int) -> int:
        """Display the last step up to a step that needs no replay; return how many are left."""
        goal = self.step = min(step, self.newest)
        while (kept := min(run.kept(self.step) for run in self._runs)) < self.step:
            self.step = kept
        return goal - self.step

    def look(self) -> None:
        """Take in what another program has shown since."""

    def intervene(self, changes: Iterable[Intervention], beside: bool = False) -> None:
        """Change a run from the next step on, whatever steps the changes name.

        Where the run has later steps, a fork at this step replaces it, unless the changes have no
        effect. Raises SettingError for an invalid change; one alone then changes nothing.
        """
        place = -1 if beside else 0
        run = self._runs[place]
        branch = run.fork(self.step) if self.step < run.newest else run
        before = branch.record()
        for change in changes:
            branch.intervene(change.field, change.value, change.index)
        if branch.record() != before:
            self._runs[place] = branch

    def snapshot(self) -> Snapshot:
        """Return the snapshot at this step."""
        first, *others = (replace(run.state_at(self.step), run=self._number) for run in self._shown)
        return replace(first, beside=others[0] if others else None)


_APART = 0.01
"""Of the way from the start: a difference beyond rounding, also where numbers have 32 bit."""


class CurrentWatched(CurrentRun):
    """A watched run, and perhaps one trained by xorviz from its first state, at a kept step."""

    def __init__(
        self, watched: WatchedRun, own: list[Recording], step: int, number: int, kernel: str
    ) -> None:
        """Display the last kept step up to a step. Raises IndexError for one not taken."""
        self._watched = watched
        super().__init__(own, step, number, kernel)
        self.step = watched.kept(step)  # a later state may have replaced that of the step

    @property
    def _shown(self) -> Sequence[Recording | WatchedRun]:
        return self._watched, *self._runs

    @property
    def newest(self) -> int:
        """The last kept step that can be displayed."""
        return self._watched.kept(super().newest)

    def advance(self, n: int, rules: StopRules = NEVER) -> bool:  # noqa: ARG002
        """Go to the newest step; first train a run beside by at most n steps towards it.

        Return whether that is all that can be done before another state comes.
        """
        self.look()
        last = self._watched.newest
        is_done = all(self._train(own, min(own.newest + n, last), last) for own in self._runs)
        self.step = self.newest
        return is_done

    def look(self) -> None:
        """Take in what the program has shown since."""
        self._watched.read()
        self.step = self._watched.kept(self.step)

    def adopt(self, config: RunConfig, assumed: tuple[str, ...], batch: str | None = None) -> None:
        """Take settings of the watched run that were found out, and what is still assumed."""
        self._watched.adopt(config, assumed, batch)

    def go_to(self, step: int) -> int:
        """Display the last kept step up to a step; return 0."""
        self.step = self._watched.kept(min(step, self.newest))
        return 0

    def intervene(self, changes: Iterable[Intervention], beside: bool = False) -> None:
        """Change the run beside. Raises SettingError for any change of the watched one."""
        if not (beside and self._runs):
            raise SettingError(TAKES_NO_STEPS)
        super().intervene(changes, beside)
        (own,) = self._runs
        if own.parted_at is not None and own.parted_at > own.newest:
            own.parted_at = None

    def _train(self, own: Recording, goal: int, last: int) -> bool:
        """Train the run beside to a step; compare it at each kept one.

        Return whether it has ended, or got to the last step.
        """
        while own.newest < goal:
            until = min(goal, self._watched.kept_after(own.newest))
            if own.advance(until - own.newest) is not None:
                return True
            is_kept = self._watched.kept(until) == until
            if own.parted_at is None and is_kept and self._differ(own, until):
                own.parted_at = until
        return own.newest >= last

    def _differ(self, own: Recording, step: int) -> bool:
        """Return whether the two runs differ at a kept step; not if their networks do anyway."""
        theirs, start = (self._watched.parameters_at(at) for at in (step, 0))
        mine = flat(own.weights_at(step))
        if len(mine) != len(theirs):
            return False
        return bool(np.linalg.norm(theirs - mine) > _APART * np.linalg.norm(theirs - start))


def current_run(
    record: Record,
    step: int,
    run: int = 0,
    beside: Record | None = None,
    kernel: str = NUMPY,
    watched: Callable[[Record], WatchedRun] = WatchedRun.of,
) -> CurrentRun:
    """Return a run at a step, and perhaps one beside. Raises IndexError for one not taken.

    ``watched`` returns what has the states of a watched run.
    """
    others = [] if beside is None else [Recording(beside, kernel)]
    if record.source is None:
        return CurrentRun([Recording(record, kernel), *others], step, run, kernel)
    return CurrentWatched(watched(record), others, step, run, kernel)
