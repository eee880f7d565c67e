"""Passes on snapshots to be drawn, except those that would flash."""

from PySide6.QtCore import QObject, QTimer, SignalInstance, Slot

from xorviz.core.analysis.jumps import STILL_SECONDS, CalmFrames
from xorviz.core.runs.snapshot import Snapshot


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
