"""The diagnosis line above the panels."""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.learn.steady_diagnosis import SteadyDiagnosis
from xorviz.ui.chrome.strip_button import StatusMark, StripButton
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import Theme

if TYPE_CHECKING:
    from xorviz.core.diagnosis.diagnosis import Diagnosis

_ABOUT = (
    "Why the network learns, or why not, found from its weights and the last part of its loss "
    "curve. The name is that of a known state where it has one. While the network runs, a new "
    "state is shown once it has held for a second. Click, or press Enter, for what the diagnosis "
    "rests on and what to try."
)


class DiagnosisStrip(StripButton):
    """The diagnosis of the last snapshot in one sentence.

    Up to date while paused; while running it diagnoses every quarter of a second.
    """

    details_requested = Signal()
    diagnosed = Signal(object)  # Diagnosis

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__("Details")
        self.setObjectName("diagnosis_strip")
        self.line.setObjectName("diagnosis")
        self.setWhatsThis(_ABOUT)
        self.setStatusTip("Show what the diagnosis rests on and what to try")
        self.setAccessibleDescription(_ABOUT)
        self.diagnosis: Diagnosis | None = None
        """The diagnosis shown."""
        self._steady = SteadyDiagnosis(self, clock)
        self._steady.changed.connect(self._show)
        self.clicked.connect(self._request_details)

    @property
    def is_settled(self) -> bool:
        """Whether nothing will change before the next snapshot."""
        return not self._steady.is_waiting

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Diagnose a snapshot, now or after a short delay."""
        self._steady.show_snapshot(snapshot)

    @Slot(bool)
    def set_running(self, is_running: bool) -> None:
        """Diagnose less often while the network runs."""
        self._steady.set_running(is_running)

    def catch_up(self) -> None:
        """Diagnose the last snapshot now; while running, a new state must still last a second."""
        self._steady.catch_up()

    def apply_theme(self, theme: Theme) -> None:
        self.setPalette(look.palette(theme))

    @Slot(object)
    def _show(self, diagnosis: "Diagnosis") -> None:
        self.diagnosis = diagnosis
        self.diagnosed.emit(diagnosis)
        self.show_line(_mark(diagnosis), f"{diagnosis.headline}:", diagnosis.sentence)

    @Slot()
    def _request_details(self) -> None:
        self.details_requested.emit()


def _mark(diagnosis: "Diagnosis") -> StatusMark:
    if diagnosis.state == "learned":
        return StatusMark.TICK
    return StatusMark.DISC if diagnosis.is_good else StatusMark.DIAMOND
