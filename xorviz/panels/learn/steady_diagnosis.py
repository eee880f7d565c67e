"""Diagnoses the snapshots that stream in, now and then, and tells calmly what it finds."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xorviz.core.diagnosis.steadiness import Steadiness
from xorviz.core.runs.snapshot import Snapshot

INTERVAL_MS = 250
"""While a network runs, it is diagnosed at most this often."""


class SteadyDiagnosis(QObject):
    """Keeps a diagnosis true and calm: the last snapshot is always diagnosed in the end.

    A snapshot that comes while another waits takes its place, so a stream of them costs four
    diagnoses a second. A new run, a step back and whatever is paused are diagnosed at once.
    What diagnoses is loaded for the first snapshot, which comes after the first frame.
    """

    changed = Signal(object)  # Diagnosis: another one, or the same with newer numbers

    def __init__(self, parent: QObject, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._steadiness = Steadiness()
        self._snapshot: Snapshot | None = None
        self._is_running = True
        self._timer = QTimer(self)
        self._timer.setObjectName("diagnosis_timer")
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.catch_up)

    @property
    def is_waiting(self) -> bool:
        """Whether something may still change without another snapshot."""
        return self._timer.isActive()

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take a snapshot; diagnose it soon, or at once where it does not go on from the last."""
        before, self._snapshot = self._snapshot, snapshot
        goes_on = before is not None and before.run == snapshot.run and before.step <= snapshot.step
        if not (goes_on and self._is_running):
            self._diagnose(at_once=True)
        elif not self._timer.isActive():
            self._timer.start()

    @Slot(bool)
    def set_running(self, is_running: bool) -> None:
        """Be calm while a network runs, exact while it does not."""
        if is_running != self._is_running:
            self._is_running = is_running
            self.catch_up()

    @Slot()
    def catch_up(self) -> None:
        """Diagnose the last snapshot now."""
        self._diagnose(at_once=not self._is_running)

    def _diagnose(self, at_once: bool) -> None:
        self._timer.stop()
        seen = self._snapshot
        if seen is None:
            return
        from xorviz.core.diagnosis.diagnosis import diagnose_seen

        diagnosis = diagnose_seen(seen)
        if self._steadiness.see(diagnosis, self._clock(), at_once):
            self.changed.emit(self._steadiness.shown)
        if not self._steadiness.is_settled:
            self._timer.start()
