"""Why?, from the whole window: by a key, the state line, a fix, an import, or unasked."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction

from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.window.bars.state_line import DiagnosisStrip, StateLine
from xorviz.window.layout.desk import Desk

if TYPE_CHECKING:
    from xorviz.core.check.step_check import StepCheck
    from xorviz.core.diagnosis.diagnosis import Diagnosis
    from xorviz.core.runs.record import Record
    from xorviz.files.weights.known import Known
    from xorviz.panels.why.why import Why
    from xorviz.window.lab.trials_controller import TrialsController

_WHY = "why"


class WhyKey(QObject):
    """Opens Why? and closes it, has fixes tried, and shows the checks of steps in it.

    It stays open while its run continues or is changed, and shows each state that the run comes to.
    It goes with Esc, with the key that opened it, and once a run that it was open for is replaced
    by one that rests before its first step: then there is nothing to explain.
    """

    def __init__(
        self,
        desk: Desk,
        line: StateLine,
        strip: DiagnosisStrip,
        session: TrainingSession,
        suggests: QAction,
    ) -> None:
        """Take the parts, and whether fixes are tried automatically."""
        super().__init__(desk)
        self._desk, self._line, self._strip = desk, line, strip
        self._session, self._suggests = session, suggests
        self._view: Why | None = None
        self._trials: TrialsController | None = None
        self._checked: tuple[Record, StepCheck | None, str] | None = None
        """The last check, which may wait for the view to be made."""
        self._has_begun = False
        """Whether the run has begun that was shown last."""
        self._estimated: tuple[object, float] = None, 0.0
        """The run of which the time of a trial was estimated, in up to 8 ms, and that time."""
        line.best_fix = self._offered
        line.fix_requested.connect(self.fix)
        # Later: the line hears of a state before the panels do.
        line.needs_help.connect(self._suggest, Qt.ConnectionType.QueuedConnection)
        strip.clicked.connect(self.toggle)
        strip.diagnosed.connect(self._show_state)
        session.activity_changed.connect(self._leave_with_state)

    def follow(self, view: "Why", trials: "TrialsController") -> None:
        """Show states and checks in this view, and what these trials find."""
        self._view, self._trials = view, trials
        trials.changed.connect(self._line.refresh)
        if self._strip.diagnosis is not None and self._strip.seen is not None:
            view.show_diagnosis(self._strip.diagnosis, self._strip.seen)
        if self._checked is not None:
            view.add_check(*self._checked)

    @Slot()
    def toggle(self) -> None:
        """Open Why?; close it if it is in sight."""
        if self._desk.aside == _WHY and self._desk.is_placed(_WHY):
            self._desk.close_aside()
        else:
            self.open()

    @Slot()
    def open(self) -> None:
        """Show Why?, and give it the focus."""
        self._desk.reveal(_WHY)

    @Slot()
    def fix(self) -> None:
        """Make the change that works best, if one is known; else show what is tried."""
        if self._trials is None or not self._trials.make_best():
            self.open()
            self._try_all()

    def _offered(self, seen: Snapshot) -> tuple[str, str] | None:
        """Return the change that works best in a state, or how long it takes to find it."""
        best = None if self._trials is None else self._trials.best_fix(seen)
        if best is not None or seen.is_untrained or seen.right.all():
            return best
        from xorviz.lab.trials.trials import trial_of

        pace = 1.0 if self._view is None else self._view.fixes.pace
        if self._estimated[0] != (key := (seen.config, seen.run, f"{seen.step:.1g}", pace)):
            self._estimated = key, trial_of(seen).seconds(pace)
        time = f"about {round(self._estimated[1])} s"
        return (
            f"Fix it ({time})",
            f"Try changes to this network, {time}, and show which of them work",
        )

    @Slot(object)
    def try_imported(self, known: "Known") -> None:
        """Try and show how another program's network fares, and what works for it."""
        self.open()
        self._try_all(known)

    @Slot(object)
    def show_imported(self, check: "StepCheck | None") -> None:
        """Show the check of a step that was imported with the network that is shown."""
        if check is not None:
            self.keep_check(check, "Imported step")
            self.open_check()

    @Slot()
    def open_check(self) -> None:
        """Show Why? with the check of a step in sight."""
        self.open()
        if self._view is not None:  # once it is laid out
            QTimer.singleShot(0, self._view, self._view.scroll_to_check)

    @Slot(object, str)
    def keep_check(self, check: "StepCheck | None", source: str) -> None:
        """Show a check of the run that is shown; without one, the source says why."""
        if (seen := self._strip.seen) is None:
            return
        self._checked = seen.record, check, source
        if self._view is not None:
            self._view.add_check(*self._checked)

    @Slot()
    def _suggest(self) -> None:
        if self._suggests.isChecked() and self._line.offers_help:
            self._desk.need_all()
            self._try_all()

    def _try_all(self, known: "Known | None" = None) -> None:
        assert self._trials is not None
        self._trials.try_all(known)

    @Slot(object, object)
    def _show_state(self, found: "Diagnosis", seen: Snapshot) -> None:
        if self._view is not None:
            self._view.show_diagnosis(found, seen)
        self._leave_with_state()

    @Slot()
    def _leave_with_state(self) -> None:
        """Close Why? once a run that has begun is replaced by one that rests before its steps."""
        seen, session = self._strip.seen, self._session
        is_at_rest = session.activity is Activity.PAUSED and not session.unanswered
        if seen is None or not seen.is_untrained or seen.newest:
            self._has_begun = True
        elif is_at_rest and self._has_begun:
            self._has_begun = False
            if self._desk.aside == _WHY:
                self._desk.close_aside()
