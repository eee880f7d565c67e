"""Lets views that are dear to draw take turns, so that no frame has to wait for all of them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Slot

from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView

PER_FRAME = 2
"""Views drawn in a frame at most, and half of them, while snapshots keep coming."""

_REST_MS = 100
"""So long after the last snapshot, whatever is not drawn yet is drawn."""


class DrawScheduler(QObject):
    """Hands each snapshot to all views, and lets a few of those that are seen draw it.

    Lives in the window's thread. What is on the screen is at most a few frames old while
    snapshots stream in, and up to date as soon as they do not.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: list[SnapshotView] = []
        self._next = 0
        self.is_streaming = False
        """Whether more snapshots are on their way."""
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.finish)

    def add(self, views: Sequence[SnapshotView]) -> None:
        """Let these views take part from now on."""
        self._views += views

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Let the next views draw this snapshot, and the others wait."""
        for view in self._views:
            view.note_snapshot(snapshot)
        if not self.is_streaming:
            self.finish()
            return
        waiting = [view for view in self._views if view.is_seen]
        count = min(PER_FRAME, (len(waiting) + 1) // 2)
        for place in range(self._next, self._next + count):
            waiting[place % len(waiting)].redraw()
        if waiting:
            self._next = (self._next + count) % len(waiting)
            self._rest.start()

    @Slot()
    def finish(self) -> None:
        """Let all that are not up to date draw now."""
        self._rest.stop()
        for view in self._views:
            view.redraw()
