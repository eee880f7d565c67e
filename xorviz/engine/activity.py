"""What the session is doing, and how much of it is done."""

from dataclasses import dataclass
from enum import StrEnum

from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt


class Activity(StrEnum):
    """What the session is doing."""

    PAUSED = "paused"
    PLAYING = "running"
    STEPPING = "stepping"
    SEEKING = "seeking"
    FAILED = "failed"


@dataclass(slots=True)
class Way:
    """Steps of training that were asked for, or that lead to a step that was."""

    total: int = 0
    left: int = 0

    def lengthen(self, steps: int) -> None:
        """Ask for more."""
        self.total += steps
        self.left += steps

    def took(self, steps: int) -> None:
        """Note that steps were taken."""
        self.left -= steps

    def has_left(self, steps: int) -> None:
        """Note how many are left."""
        self.total, self.left = max(self.total, steps), steps

    @property
    def progress(self) -> tuple[int, int]:
        """How many are done, of how many."""
        return self.total - self.left, self.total


def is_ended(
    activity: Activity, seen: Snapshot, before: Snapshot | None, taken: int, way: Way
) -> bool:
    """Tell whether a rule, a divergence or the last of the wanted steps ends what goes on.

    Only a step that was never taken before can meet a rule or diverge: a replay that comes to the
    newest step meets there what once ended the run.
    """
    is_fresh = taken == 0 or before is None or seen.newest > before.newest
    halts = {seen.halt, seen.beside.halt if seen.beside is not None else None}
    is_playing = activity is Activity.PLAYING
    stopped = Halt.DIVERGED in halts or (seen.halt is not None and is_playing)
    is_done = activity is Activity.STEPPING and way.left == 0
    return (stopped and is_fresh and activity is not Activity.SEEKING) or is_done
