"""The current run of a project, at the displayed step."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.runs.watched import WatchedRun, run_of

TAKES_NO_STEPS = "another program trains this run; continue here to train and change it"


class CurrentRun:
    """One run, or two side by side, always displayed at the same step.

    Any step can be displayed; some must be replayed first, which approach does in short slices.
    Advancing from a past step replays the recorded steps, and then trains new ones.
    """

    def __init__(
        self,
        record: Record,
        step: int,
        run: int = 0,
        beside: Record | None = None,
        kernel: str = NUMPY,
        live: Mapping[str, WatchedRun] = {},
    ) -> None:
        """Display a run at a step. Raises IndexError for a step that was not taken.

        ``live`` are watched runs that still go on, by their keys.
        """
        records = [record] if beside is None else [record, beside]
        self._number = run
        self.kernel = kernel
        self._live = live
        self._runs = [run_of(r, kernel, live) for r in records]
        last = min(run.newest for run in self._runs)
        if not 0 <= step <= last:
            raise IndexError(f"step {step} is outside this run: 0 to {last}")
        self.step = step
        self.go_to(step)

    def taken_over(self, kernel: str) -> "CurrentRun":
        """Return the same run at the same step, to be continued by another kernel."""
        record, *others = (run.record() for run in self._runs)
        beside = others[0] if others else None
        return type(self)(record, self.step, self._number, beside, kernel, self._live)

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

    def stop(self) -> None:
        """Display the last step up to the displayed one that needs no replay, if that needs one."""
        self.step = max(set.intersection(*(run.at_hand(self.step) for run in self._runs)))

    def intervene(self, changes: Iterable[Intervention], beside: bool = False) -> None:
        """Change a run from the next step on, whatever step the changes are said to be of.

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
