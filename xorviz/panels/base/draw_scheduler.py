"""Redraws expensive views in rotation, so that no frame waits for all of them."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAccessible

from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView

PER_FRAME = 2
"""Views drawn in a frame while snapshots stream in: at most this many, and at most half."""

_QUIET_MS = 600
"""Time without a snapshot after which screen readers get the views' descriptions."""

_REST_MS = 100
"""All views draw snapshots that are further apart than this, and the last one of a stream."""


class DrawScheduler(QObject):
    """Passes each snapshot to all views, and redraws a few of the visible ones.

    Lives in the window's thread. Views are at most a few frames old while snapshots follow each
    other closely, and up to date otherwise.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: list[SnapshotView] = []
        self._next = 0
        """The visible view that is drawn next."""
        self._left = 0
        """Views that are still to be drawn in this frame."""
        self._is_streaming = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.finish)
        # Fires once what was drawn before is painted, so that clicks are handled in between.
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.setObjectName("turn_timer")
        self._turn.timeout.connect(self._draw_next)
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._quiet.setObjectName("quiet_timer")
        self._quiet.timeout.connect(self._describe)

    def add(self, view: SnapshotView) -> None:
        """Pass snapshots to this view as well."""
        self._views.append(view)

    def set_streaming(self, is_streaming: bool) -> None:
        """Set whether more snapshots will arrive soon; if not, draw what is not up to date."""
        self._is_streaming = is_streaming
        if not is_streaming:
            self.finish()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Pass a snapshot to all views; draw those drawn every time, then the next in rotation."""
        for view in self._views:
            view.note_snapshot(snapshot)
            if view.draws_every_frame:
                view.redraw()
        if self._is_streaming and self._rest.isActive():
            self._left = PER_FRAME
            self._turn.start()
        else:
            self.finish()
        if self._is_streaming:
            self._rest.start()
        if QAccessible.isActive():
            self._quiet.start()

    def show_preview(self, snapshot: Snapshot) -> None:
        """Draw a weight that is tried in all visible views at once, or the run again after it."""
        for view in self._views:
            view.note_snapshot(snapshot)
        self.finish()

    @Slot()
    def _draw_next(self) -> None:
        """Draw the next visible view in the rotation, and the one after it once it is painted."""
        seen = [view for view in self._views if view.is_seen and not view.draws_every_frame]
        if seen:
            seen[self._next % len(seen)].redraw()
            self._next = (self._next + 1) % len(seen)
        self._left = min(self._left, (len(seen) + 1) // 2) - 1
        if self._left > 0:
            self._turn.start()

    @Slot()
    def _describe(self) -> None:
        for view in self._views:
            if view.is_seen:
                view.describe_again()

    @Slot()
    def finish(self) -> None:
        """Draw all views that are not up to date."""
        self._rest.stop()
        self._turn.stop()
        for view in self._views:
            view.redraw()
