"""Parts of a session: activity, steps done, what holds training, frames to draw, threads' end."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, QThread, QTimer, Signal, SignalInstance, Slot

from xorviz.core.analysis.jumps import STILL_SECONDS, CalmFrames
from xorviz.core.runs.snapshot import Snapshot

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


@dataclass(slots=True)
class StepCount:
    """Steps to train for one request, and how many of them are left."""

    total: int = 0
    left: int = 0

    def add(self, steps: int) -> None:
        """Add steps to the request."""
        self.total += steps
        self.left += steps

    @property
    def progress(self) -> tuple[int, int]:
        """Steps done and steps in total."""
        return self.total - self.left, self.total


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
    return activity.is_training and ((stopped and is_fresh) or is_done)


class CalmPassage(QObject):
    """Drops frames that would flash; after a moment without any, passes on the newest."""

    def __init__(self, parent: QObject, passed: SignalInstance) -> None:
        """Pass snapshots on by a signal."""
        super().__init__(parent)
        self._passed = passed
        self._frames = CalmFrames()
        self._left_out: Snapshot | None = None
        """The newest one, if it was not passed on."""
        self._stillness = QTimer(self, singleShot=True, interval=round(1000 * STILL_SECONDS))
        self._stillness.timeout.connect(self.pass_left_out)

    def take(self, snapshot: Snapshot, at: float | None, is_step: bool, goes_on: bool) -> None:
        """Pass a snapshot on, unless it is one frame of many and would flash.

        Such frames arrive ``at`` a time in seconds. Single steps (``is_step``) may follow faster.
        Where the run ``goes_on``, another frame is sure to follow.
        """
        if at is None:
            self._frames.clear()
        elif not self._frames.shows(snapshot, at, is_step):
            self._left_out = snapshot
            if not goes_on:
                self._stillness.start()
            return
        self._pass(snapshot)

    @Slot()
    def pass_left_out(self) -> None:
        """Pass the newest snapshot on, if that was left out."""
        if self._left_out is not None:
            self._pass(self._left_out)

    def drop(self) -> None:
        """Drop the snapshot left out: a newer one has arrived."""
        self._left_out = None

    def close(self) -> None:
        """Stop the timer, and drop the snapshot left out."""
        self._stillness.stop()
        self._left_out = None

    def _pass(self, snapshot: Snapshot) -> None:
        self._left_out = None
        self._stillness.stop()
        self._passed.emit(snapshot)


def end(thread: QThread) -> None:
    """End a thread after the work under way; if that takes long, the process ends without it."""
    thread.requestInterruption()
    thread.quit()
    thread.wait(MOST_MS)
