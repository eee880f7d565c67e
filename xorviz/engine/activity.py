"""What the session is doing, and how much of it is done."""

from dataclasses import dataclass
from enum import StrEnum


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
