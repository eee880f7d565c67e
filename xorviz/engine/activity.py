"""The activity of a session, and the end of threads."""

from enum import StrEnum

from PySide6.QtCore import QThread

MOST_MS = 1000
"""Longest wait for a thread: only compiling takes longer, and cannot be interrupted."""


class Activity(StrEnum):
    """The state of the session."""

    PAUSED = "paused"
    PLAYING = "running"
    STEPPING = "stepping"
    FAILED = "failed"

    @property
    def is_training(self) -> bool:
        """Whether steps are being taken."""
        return self in {Activity.PLAYING, Activity.STEPPING}


def end(thread: QThread) -> None:
    """End a thread after the work under way; if that takes long, the process ends without it."""
    thread.requestInterruption()
    thread.quit()
    thread.wait(MOST_MS)
