"""The run that is worked on, at the step that is looked at, and perhaps another beside it."""

from collections.abc import Callable
from dataclasses import replace

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import Weights
from xorviz.core.runs.record import Record, setting
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules


class CurrentRun:
    """One run, or two in lock step: always looked at at the same step.

    Going on from a step gone by trains again what was there, and then what was not.
    """

    def __init__(
        self,
        record: Record,
        step: int,
        run: int = 0,
        beside: Record | None = None,
        kernel: str = NUMPY,
    ) -> None:
        """Put a run on the bench at a step. Raises IndexError for a step that it has not taken."""
        records = [record] if beside is None else [record, beside]
        self._runs = [Recording(r, run, kernel) for r in records]
        if not 0 <= step <= self.newest:
            raise IndexError(f"step {step} is not among those taken: 0 to {self.newest}")
        self.step = step

    @property
    def block(self) -> int:
        """How many steps are taken at once at most."""
        return self._runs[0].block

    @property
    def newest(self) -> int:
        """The last step that can be looked at without further training."""
        return min(run.newest for run in self._runs)

    def advance(self, n: int, rules: StopRules = NEVER) -> bool:
        """Go on by n steps, or fewer if a rule or a divergence stops a run; return if one did.

        The rules are for steps never taken before, and for the first run alone.
        """
        goal, is_stopped = self.step + n, False
        for run in self._runs:
            if run.newest < goal:
                mine = rules if run is self._runs[0] else NEVER
                is_stopped |= run.advance(goal - run.newest, mine) is not None
                goal = min(goal, run.newest)
            else:
                run.approach(goal, n)
        self.step = goal
        return is_stopped

    def approach(self, step: int, n: int) -> int:
        """Come nearer to a step with at most n steps of each run; return how many are left."""
        step = min(step, self.newest)
        return sum(run.approach(step, n) for run in self._runs)

    def go_to(self, step: int) -> None:
        """Look at a step, which approach has made cheap."""
        self.step = min(step, self.newest)

    def intervene(
        self, field: str, value: float, index: tuple[int, ...] = (), beside: bool = False
    ) -> None:
        """Change a run from the next step on.

        One that has gone on from here is left as it is: another branches off in its place,
        unless nothing is changed. Raises SettingError, and then changes nothing.
        """
        place = int(beside and len(self._runs) > 1)
        self._change(place, lambda run: run.intervene(field, value, index))

    def set_weights(self, weights: Weights) -> None:
        """Set all weights of the first run, just as intervene sets one."""
        changes = setting(weights, self.step)

        def set_all(run: Recording) -> None:
            for change in changes:
                run.intervene(change.field, change.value, change.index)

        self._change(0, set_all)

    def _change(self, place: int, change: Callable[[Recording], None]) -> None:
        run = self._runs[place]
        if self.step == run.newest:
            change(run)
            return
        branch = run.fork(self.step)
        before = branch.record()
        change(branch)
        if branch.record() != before:
            self._runs[place] = branch

    def snapshot(self) -> Snapshot:
        """Return what is to be seen at this step."""
        first, *others = (run.state_at(self.step) for run in self._runs)
        return replace(first, beside=others[0]) if others else first
