"""Redraws expensive views in rotation, so that no frame waits for all of them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Slot

from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView

PER_FRAME = 2
"""Views drawn in a frame while snapshots stream in: at most this many, and at most half."""

_REST_MS = 100
"""Time after the last snapshot until all views are drawn."""


class DrawScheduler(QObject):
    """Passes each snapshot to all views, and redraws a few of the visible ones.

    Lives in the window's thread. Views are at most a few frames old while snapshots stream in,
    and up to date otherwise.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: list[SnapshotView] = []
        self._next = 0
        self.is_streaming = False
        """Whether more snapshots will arrive soon."""
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.finish)

    def add(self, views: Sequence[SnapshotView]) -> None:
        """Add views to the rotation."""
        self._views += views

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Pass a snapshot to all views, and draw the next ones in the rotation."""
        for view in self._views:
            view.note_snapshot(snapshot)
        if not self.is_streaming:
            self.finish()
            return
        seen = [view for view in self._views if view.is_seen]
        count = min(PER_FRAME, (len(seen) + 1) // 2)
        for position in range(self._next, self._next + count):
            seen[position % len(seen)].redraw()
        if seen:
            self._next = (self._next + count) % len(seen)
            self._rest.start()

    @Slot()
    def finish(self) -> None:
        """Draw all views that are not up to date."""
        self._rest.stop()
        for view in self._views:
            view.redraw()
