"""A watched run as the current one, alone or beside what correct code would do."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import flat
from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.runs.watched import WatchedRun

_APART = 0.01
"""Of the way from the start: a difference beyond rounding, also where numbers have 32 bit."""


class CurrentWatched(CurrentRun):
    """A watched run, and perhaps a run of ours from its first state, always at a kept step."""

    _parted_at: int | None = None

    @property
    def newest(self) -> int:
        """The last kept step that can be displayed."""
        return self._watched.kept(super().newest)

    def advance(self, n: int, rules: StopRules = NEVER) -> bool:  # noqa: ARG002
        """Go to the newest step; first train a run beside by at most n steps towards it.

        Return whether that is all that can be done before another state comes.
        """
        is_done = True
        if (own := self._own) is not None:
            goal = min(own.newest + n, self._watched.newest)
            is_done = not self._train(own, goal) or own.newest >= self._watched.newest
        self.step = self.newest
        return is_done

    def go_to(self, step: int) -> None:
        """Display the last kept step up to a step."""
        self.step = self._watched.kept(min(step, self.newest))

    def snapshot(self) -> Snapshot:
        """Return the snapshot at this step, and where both were first seen to differ."""
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
            until = min(goal, self._watched.kept_after(own.newest))
            if until == goal:
                own.hold_newest()
            if own.advance(until - own.newest) is not None:
                return False
            if self._parted_at is None and self._watched.kept(until) == until:
                self._compare(own)
        return True

    def _compare(self, own: Recording) -> None:
        """Note the step if the two runs differ there."""
        theirs, start = (self._watched.parameters_at(step) for step in (own.newest, 0))
        mine = flat(own.weights)
        if len(mine) != len(theirs):  # another network, which differs anyway
            return
        way = np.linalg.norm(theirs - start)
        if np.linalg.norm(theirs - mine) > _APART * way:
            self._parted_at = own.newest


def current_run(
    record: Record,
    step: int,
    run: int = 0,
    beside: Record | None = None,
    kernel: str = NUMPY,
    live: Mapping[str, WatchedRun] = {},
) -> CurrentRun:
    """Return a run, or two side by side, at a step; the first may be a watched one."""
    kind = CurrentRun if record.source is None else CurrentWatched
    return kind(record, step, run, beside, kernel, live)
