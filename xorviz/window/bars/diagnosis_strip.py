"""The diagnosis line above the panels."""

import math
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot

from xorviz.core import numerals
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.ui.announce import announce
from xorviz.ui.chrome.strip_button import StatusMark, StripButton

if TYPE_CHECKING:
    from xorviz.core.diagnosis.diagnosis import Diagnosis

INTERVAL_MS = 250
"""Time between two diagnoses while a network runs."""
HOLD_SECONDS = 1.0
"""Shortest time that a name is shown while a network runs."""

_ABOUT = (
    "Why the network learns, or why it does not, found from its weights and the last part of the "
    "loss curve, at the step named at the right. While a run goes on, a state is shown for at "
    "least one second. Click, or press Enter, for the evidence and what to try."
)


class DiagnosisStrip(StripButton):
    """A diagnosis in one sentence, with its step.

    That of the last snapshot while paused. While running there are four a second, and a name but
    a run's first stays for a second with the numbers of its last step, unless the snapshot itself
    contradicts it. The diagnosis code is loaded with the first snapshot, which comes after the
    first frame.
    """

    diagnosed = Signal(object)  # Diagnosis

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__("Details")
        self.setObjectName("diagnosis_strip")
        self.line.setObjectName("diagnosis")
        self.setWhatsThis(_ABOUT)
        self.setStatusTip("Show the evidence and what to try")
        self.setAccessibleDescription(_ABOUT)
        self.diagnosis: Diagnosis | None = None
        """The diagnosis shown."""
        self.seen: Snapshot | None = None
        """The snapshot that it is about."""
        self._last: Snapshot | None = None
        self._announced: tuple[int, set[str]] = -1, set()
        """The number of a run, and what was announced of it."""
        self._is_running = True
        self._clock = clock
        self._named_at = 0.0
        self._wait = QTimer(self, singleShot=True, interval=INTERVAL_MS)
        self._wait.setObjectName("diagnosis_timer")
        self._wait.timeout.connect(self.catch_up)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Diagnose a snapshot, now or at the next turn."""
        self._last, before = snapshot, self.seen
        if not self._is_running or before is None or not _continues(before, snapshot):
            self._diagnose(snapshot, at_once=True)
        elif not self._wait.isActive():
            self._diagnose(snapshot)

    @Slot(bool)
    def set_running(self, is_running: bool) -> None:
        """Set whether snapshots stream in; if not, each of them is diagnosed at once."""
        if is_running != self._is_running:
            self._is_running = is_running
            self.catch_up()

    @Slot()
    def catch_up(self) -> None:
        """Diagnose the last snapshot unless its diagnosis is shown."""
        if self._last is not None and self._last is not self.seen:
            self._diagnose(self._last, at_once=not self._is_running)

    def _diagnose(self, snapshot: Snapshot, at_once: bool = False) -> None:
        from xorviz.core.diagnosis.diagnosis import diagnose_seen

        found, now, shown = diagnose_seen(snapshot), self._clock(), self.diagnosis
        is_renamed = shown is None or found.state != shown.state
        if at_once or not is_renamed or now - self._named_at >= HOLD_SECONDS:
            if is_renamed:  # the first name of a run is of its first steps, and is not held
                is_first = self.seen is not None and self.seen.is_untrained
                self._named_at = -math.inf if is_first else now
            self.seen = snapshot
            self._show(found)
            self._announce(found, snapshot)
        self._wait.stop()
        if self._is_running:
            self._wait.start()

    def _show(self, diagnosis: "Diagnosis") -> None:
        self.diagnosis = diagnosis
        name, colon, _ = diagnosis.sentence.partition(":")
        is_begun = bool(colon) and diagnosis.step is not None
        step = f"at step {numerals.whole(diagnosis.step or 0)}" if is_begun else ""
        self.more = "What to try" if diagnosis.is_stuck else "Details"
        self.show_line(_mark(diagnosis), name + colon, diagnosis.sentence, step)
        self.diagnosed.emit(diagnosis)

    def _announce(self, found: "Diagnosis", snapshot: Snapshot) -> None:
        """Have screen readers say, once a run, that it is correct, learned, stuck or diverging."""
        from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED

        if snapshot.run != self._announced[0]:
            self._announced = snapshot.run, set()
        is_correct = snapshot.right_since is not None and snapshot.step > 0
        state = "correct" if found.state == "learning" and is_correct else found.state
        if state not in {UNTRAINED, UNKNOWN, "learning", *self._announced[1]}:
            self._announced[1].add(state)
            announce(self, found.sentence)


def _continues(before: Snapshot, snapshot: Snapshot) -> bool:
    """Return whether a snapshot follows in the same run, with nothing that changes its state."""
    is_later = before.run == snapshot.run and before.step <= snapshot.step
    return is_later and _decided(before) == _decided(snapshot)


def _decided(snapshot: Snapshot) -> tuple[bool, ...]:
    """Return what the rest of the window says of the state, which a name must not contradict."""
    return (
        snapshot.is_untrained,
        snapshot.right_since is not None,
        snapshot.learned_since is not None,
        snapshot.halt is Halt.DIVERGED,
    )


def _mark(diagnosis: "Diagnosis") -> StatusMark:
    from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED

    if diagnosis.state in {UNTRAINED, UNKNOWN}:
        return StatusMark.NONE
    if diagnosis.state == "learned":
        return StatusMark.TICK
    return StatusMark.DISC if diagnosis.is_good else StatusMark.DIAMOND
