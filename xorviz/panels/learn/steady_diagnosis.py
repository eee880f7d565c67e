"""A steady diagnosis of a stream of snapshots."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xorviz.core.diagnosis.steadiness import Steadiness
from xorviz.core.runs.snapshot import Snapshot

INTERVAL_MS = 250
"""Shortest time between two diagnoses while a network runs."""


class SteadyDiagnosis(QObject):
    """A diagnosis that does not flicker; the last snapshot is always diagnosed in the end.

    A snapshot replaces one that still waits, so a stream costs four diagnoses a second. A new
    run, a step back and snapshots of a paused run are diagnosed at once. The diagnosis code is
    loaded with the first snapshot, which comes after the first frame.
    """

    changed = Signal(object)  # Diagnosis: a new state, or the same with newer numbers

    def __init__(self, parent: QObject, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._steadiness = Steadiness()
        self._snapshot: Snapshot | None = None
        self._is_running = True
        self._timer = QTimer(self, singleShot=True, interval=INTERVAL_MS)
        self._timer.setObjectName("diagnosis_timer")
        self._timer.timeout.connect(self.catch_up)

    @property
    def is_waiting(self) -> bool:
        """Whether the diagnosis may still change without another snapshot."""
        return self._timer.isActive()

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Diagnose a snapshot soon, or at once if it does not continue the last or is paused."""
        last, self._snapshot = self._snapshot, snapshot
        continues = last is not None and last.run == snapshot.run and last.step <= snapshot.step
        if not (continues and self._is_running):
            self._diagnose(at_once=True)
        elif not self._timer.isActive():
            self._timer.start()

    @Slot(bool)
    def set_running(self, is_running: bool) -> None:
        """Set whether the network runs: then the diagnosis is steadied, else it is exact."""
        if is_running != self._is_running:
            self._is_running = is_running
            self.catch_up()

    @Slot()
    def catch_up(self) -> None:
        """Diagnose the last snapshot now."""
        self._diagnose(at_once=not self._is_running)

    def _diagnose(self, at_once: bool) -> None:
        self._timer.stop()
        if self._snapshot is None:
            return
        from xorviz.core.diagnosis.diagnosis import diagnose_seen

        diagnosis = diagnose_seen(self._snapshot)
        if self._steadiness.see(diagnosis, self._clock(), at_once):
            self.changed.emit(self._steadiness.shown)
        if not self._steadiness.is_settled:
            self._timer.start()
