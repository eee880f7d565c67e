"""The state of a session: its activity, progress in steps, and what holds training."""

from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.commands import Command


class Hold(QObject):
    """Why no steps are taken, or "" where they are. Going to steps already taken stays free."""

    changed = Signal(str)  # the reason
    refused = Signal(str)  # the reason, each time that steps are asked for

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.reason = ""

    def set(self, reason: str) -> None:
        """Hold training for a reason, or release it with ""."""
        self.reason = reason
        self.changed.emit(reason)

    def refuses(self) -> bool:
        """Return whether no steps are taken; if so, report why."""
        if self.reason:
            self.refused.emit(self.reason)
        return bool(self.reason)


class Activity(StrEnum):
    """The state of the session."""

    PAUSED = "paused"
    PLAYING = "running"
    STEPPING = "stepping"
    SEEKING = "seeking"
    FAILED = "failed"

    @property
    def is_training(self) -> bool:
        """Whether steps are being taken."""
        return self in {Activity.PLAYING, Activity.STEPPING}


@dataclass(slots=True)
class StepCount:
    """Steps to train for one request, and how many of them are left."""

    total: int = 0
    left: int = 0

    def add(self, steps: int) -> None:
        """Add steps to the request."""
        self.total += steps
        self.left += steps

    def set_left(self, steps: int) -> None:
        """Set how many steps are left; the total grows if needed."""
        self.total, self.left = max(self.total, steps), steps

    @property
    def progress(self) -> tuple[int, int]:
        """Steps done and steps in total."""
        return self.total - self.left, self.total


@dataclass(slots=True)
class Target:
    """The step to go to before anything else is done, and the changes to be made there."""

    step: int | None = None
    changes: list[Command] = field(default_factory=list)
    count: StepCount = field(default_factory=StepCount)
    """Of the steps to be replayed."""

    def begin(self, step: int) -> None:
        """Go to a step; drop what was to be done at another one."""
        self.step, self.changes, self.count = step, [], StepCount()

    def end(self) -> list[Command]:
        """Stop here, and return the changes that were to be made."""
        changes, self.step, self.changes = self.changes, None, []
        return changes


def is_ended(
    activity: Activity, seen: Snapshot, before: Snapshot | None, taken: int, count: StepCount
) -> bool:
    """Return whether a stop rule, the end of the run or the last requested step ends the activity.

    Rules and divergence count only at a step taken for the first time: a replay that reaches the
    newest step finds there the halt that once stopped the run.
    """
    is_fresh = taken == 0 or before is None or seen.newest > before.newest
    halts = {seen.halt, seen.beside.halt if seen.beside is not None else None}
    is_playing = activity is Activity.PLAYING
    is_end = any(halt is not None and halt.is_end for halt in halts)
    stopped = is_end or (seen.halt is not None and is_playing)
    is_done = activity is Activity.STEPPING and count.left == 0
    return (stopped and is_fresh and activity is not Activity.SEEKING) or is_done
