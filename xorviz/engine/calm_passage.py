"""Passes snapshots on to be drawn, but none that would flash."""

from PySide6.QtCore import QObject, QTimer, SignalInstance, Slot

from xorviz.core.analysis.jumps import STILL_SECONDS, CalmFrames
from xorviz.core.runs.snapshot import Snapshot


class CalmPassage(QObject):
    """Leaves out frames that would flash; after a moment without any, the newest is passed on."""

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
        """Pass a snapshot on, unless it is a frame of many and would flash.

        Such frames have arrived at a time in seconds. A person may take faster ones (``is_step``).
        Where the run ``goes_on``, another is certain to come.
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
        """Give up what was left out: something newer has come."""
        self._left_out = None

    def close(self) -> None:
        """Pass nothing more on by itself."""
        self._stillness.stop()
        self._left_out = None

    def _pass(self, snapshot: Snapshot) -> None:
        self._left_out = None
        self._stillness.stop()
        self._passed.emit(snapshot)
