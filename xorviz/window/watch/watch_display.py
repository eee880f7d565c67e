"""Shows the watched run that is the current one: its line, its checks and its actions."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.check.said import BATCHES
from xorviz.core.check.step_check import CORRECT, FAULTY
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import ProgramState
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.ui.keys import allow
from xorviz.ui.said import announce
from xorviz.window.bars.actions import WATCHED, Actions
from xorviz.window.docks.view_set import ViewSet
from xorviz.window.document.document import Document

if TYPE_CHECKING:  # not loaded at the start
    from xorviz.window.watch.step_checks import StepChecks
    from xorviz.window.watch.watch_line import WatchLine

_FULL, *_PARTS = BATCHES
_NOT_WATCHED = "Only for a run that another program trains"
_NOT_FULL = "Not for this program: it takes a step for each row, and correct code here one for all"
_DIFFERENCE, _NONE_SO_FAR = "Go to first &difference", "No difference so far"
_NO_PAIR = "Only with a watched run and one beside it"
_NOTHING_CHECKED = "No step is checked yet"


class WatchDisplay(QObject):
    """Makes the line and the checks when the first watched run comes; updates them after that."""

    noticed = Signal(str)
    line_made = Signal(QWidget)
    line_shown = Signal(QWidget, QSize)  # with the size that it takes, (0, 0) to hide it
    check_clicked = Signal()
    checked = Signal(object, str)  # StepCheck, which step of which run; or None, and why

    def __init__(
        self, session: TrainingSession, document: Document, actions: Actions, views: ViewSet
    ) -> None:
        """Take the parts; the views' analyst answers what the checks ask."""
        super().__init__(document)
        self._session = session
        self._actions = {name: actions[name] for name in WATCHED}
        self._analyst = views.analyst
        self._parts: tuple[WatchLine, StepChecks] | None = None
        self._seen: Snapshot | None = None
        self._announced = ""
        """The verdict that screen readers were told last."""
        self._shown: object = None
        """What the actions were enabled for."""
        session.activity_changed.connect(self.refresh)
        self._actions["continue_here"].triggered.connect(document.continue_here)
        self._actions["train_twin"].triggered.connect(document.train_twin)
        self._actions["to_difference"].triggered.connect(self.go_to_difference)
        self._enable(None)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what there is to say of a run if another program trains it."""
        self._seen = snapshot
        is_watched = snapshot.record.source is not None
        if self._parts is None and not is_watched:
            return
        line, checks = self._parts or self._make()
        checks.show_snapshot(snapshot)
        self._enable(snapshot if is_watched else None)
        if is_watched:
            self.refresh()
        self.line_shown.emit(line, QSize(0, line.needed if is_watched else 0))

    @Slot()
    def refresh(self) -> None:
        """Say what the program of the run that is shown does now."""
        from xorviz.window.watch.words import line_text

        seen = self._seen
        if self._parts is not None and seen is not None and seen.record.source is not None:
            self._parts[0].show_run(line_text(seen.record, seen.record.source))

    @Slot()
    def toggle(self) -> None:
        """Run, follow or pause; say where there is nothing more to follow."""
        source = None if self._seen is None else self._seen.record.source
        if source is None or not self._is_all_shown:
            self._session.toggle()
            return
        why = "No program trains it now" if source.state is ProgramState.UNKNOWN else "It has ended"
        self.noticed.emit(
            f"The last state of {source.name} is shown. {why}. Train from this state continues it."
        )

    @property
    def _is_all_shown(self) -> bool:
        """Whether the last state of a program that has ended is shown, and at rest."""
        seen = self._seen
        if seen is None or seen.record.source is None:
            return False
        has_ended = seen.record.source.state is not ProgramState.LIVE
        is_at_rest = self._session.activity is Activity.PAUSED
        return has_ended and is_at_rest and seen.step == seen.newest

    @Slot()
    def go_to_difference(self) -> None:
        """Show the first step at which the two runs side by side differ."""
        if self._seen is not None and self._seen.parted_at is not None:
            self._session.seek(self._seen.parted_at)

    def _make(self) -> tuple["WatchLine", "StepChecks"]:
        from xorviz.window.watch.step_checks import StepChecks
        from xorviz.window.watch.watch_line import WatchLine

        line, checks = WatchLine(tuple(self._actions.values())), StepChecks(self._analyst)
        line.check_clicked.connect(self.check_clicked)
        checks.changed.connect(self._show_verdict)
        checks.checked.connect(self.checked)
        checks.found_out.connect(self._session.adopt)
        self._parts = line, checks
        line.hide()
        self.line_made.emit(line)
        self._show_verdict()
        return self._parts

    @Slot()
    def _show_verdict(self) -> None:
        from xorviz.ui.chrome.strip_button import StatusMark

        if self._parts is None:
            return
        line, checks = self._parts
        known = checks.known
        marks = {CORRECT: StatusMark.TICK, FAULTY: StatusMark.DIAMOND}
        mark = marks.get(known.verdict or "", StatusMark.NONE)
        text = known.text or _NOTHING_CHECKED
        head, colon, _ = text.partition(": ")
        head = head + colon if known.verdict == FAULTY else ""
        line.show_verdict(mark, head, text, known.sentence)
        if mark is not StatusMark.NONE and text != self._announced:
            self._announced = text
            announce(line, text)
        if self._seen is not None:
            self._shown = None
            self._enable(self._seen if self._seen.record.source is not None else None)

    def _enable(self, seen: Snapshot | None) -> None:
        """Enable what can be done with a watched run, and say why not where it cannot."""
        parted = None if seen is None else seen.parted_at
        is_pair = seen is not None and seen.beside is not None
        no_twin = _NOT_WATCHED if seen is None else self._no_twin(seen.record)
        if (state := (seen is None, is_pair, parted, no_twin)) == self._shown:
            return
        self._shown = state
        difference = self._actions["to_difference"]
        if is_pair:
            at = numerals.whole(parted or 0)
            difference.setText(_NONE_SO_FAR if parted is None else f"First difference: step {at}")
        else:
            difference.setText(_DIFFERENCE)
        trouble = {
            "continue_here": _NOT_WATCHED * (seen is None),
            "train_twin": no_twin,
            "to_difference": (_NONE_SO_FAR if is_pair else _NO_PAIR) * (parted is None),
        }
        for name, action in self._actions.items():
            allow(action, trouble[name])
        if self._parts is not None:
            last = "to_difference" if is_pair else "train_twin"
            self._parts[0].show_offers([self._actions["continue_here"], self._actions[last]])

    def _no_twin(self, record: Record) -> str:
        """Return why correct code does not do the same as a program, if that is known."""
        found = None if self._parts is None else self._parts[1].known.telling
        rule = None if found is None else found.rule.batch
        batch = None if record.source is None else record.source.batch or rule
        return _NOT_FULL if batch in _PARTS else ""
