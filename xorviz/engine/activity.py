"""Parts of a session: its activity, what holds training, and the end of threads."""

from enum import StrEnum

from PySide6.QtCore import QObject, QThread, Signal

MOST_MS = 1000
"""Longest wait for a thread: only compiling takes longer, and cannot be interrupted."""


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
