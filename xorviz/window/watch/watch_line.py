"""The line of a watched run: what its program does, whether its steps are right, what to do."""

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.check.step_check import CORRECT, FAULTY
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import ProgramState, WatchedSource
from xorviz.core.settings import SETTINGS
from xorviz.engine.activity import Activity
from xorviz.engine.analyst import Analyst
from xorviz.engine.session import TrainingSession
from xorviz.ui.chrome.buttons import ActionButton, PushButton
from xorviz.ui.chrome.strip_button import StatusMark, StripButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import explain
from xorviz.ui.guard import guarded
from xorviz.ui.keys import allow
from xorviz.ui.said import announce, plain, tell
from xorviz.ui.theme.style import bold
from xorviz.window.bars.actions import WATCHED, Actions
from xorviz.window.bars.run_display import state_of
from xorviz.window.document.document import Document
from xorviz.window.watch.step_checks import StepChecks

_ROLES = QPalette.ColorRole
_LEFT, _GAP = 4, 6
_AROUND = 8
"""Pixels of the run's text above and below it together."""
_NAME, _VERDICT = 0.25, 0.4
"""Shares of the width: what a long name may take from the verdict, and this from the buttons."""
_ABOUT = "A run that another program trains, as far as it has shown it."
_CHECK_ABOUT = (
    "Whether the steps of the program are exact gradient steps, found from its weights before and "
    "after some of them. Click, or press Enter, for the rule behind each array's change."
)
_MORE = "What can be done with the watched run."
_MARKS = {CORRECT: StatusMark.TICK, FAULTY: StatusMark.DIAMOND}
_NOT_WATCHED = "Only for a run that another program trains"
_DIFFERENCE, _NONE_SO_FAR = "Go to first &difference", "No difference so far"
_DOES = {
    ProgramState.UNKNOWN: " is recorded up to",
    ProgramState.LIVE: ", watched,",
    ProgramState.ENDED: " finished at",
    ProgramState.LOST: " stopped before its end at",
}


@guarded
class WatchLine(QWidget):
    """What a program does, the verdict on its steps, and offers as buttons or in a menu.

    Hidden until a watched run is shown. In a narrow window the buttons are in a menu, and then the
    text is cut. Digits that change with each state move nothing.
    """

    noticed = Signal(str)
    check_clicked = Signal()
    checked = Signal(object, str)  # StepCheck, which step of which run; or None, and why

    def __init__(
        self, session: TrainingSession, document: Document, actions: Actions, analyst: Analyst
    ) -> None:
        """Take the parts; the analyst answers what the checks ask."""
        super().__init__()
        self.setObjectName("watch_line")
        self.setAccessibleName("Watched run")
        self._session = session
        self._seen: Snapshot | None = None
        """What is shown, if it is of a watched run."""
        self._announced = ""
        """The verdict that was announced last."""
        self._buttons = {actions[name]: ActionButton(actions[name]) for name in WATCHED}
        self._mark, self._run, self._more = QLabel(), ElidedLabel(), PushButton("watch_more", "»")
        self._run.setObjectName("watched_run")
        self.verdict = StripButton("Check")
        self._offers = QMenu(self._more)
        """What is offered, as buttons or as this menu."""
        self._checks = StepChecks(analyst)
        self._lay_out()
        self._connect(document)
        self._show_verdict()
        self.hide()

    def _lay_out(self) -> None:
        explain(self._run, "", _ABOUT)  # spoken with its text
        explain(self._more, "More", _MORE)
        self._more.setMenu(self._offers)
        self.verdict.setObjectName("watch_verdict")
        tell(self.verdict, _CHECK_ABOUT, "is-my-code-wrong")
        self.verdict.setAccessibleDescription(_CHECK_ABOUT)
        self.verdict.setStatusTip("Show what was found of the steps of the program")
        buttons = (*self._buttons.values(), self._more)
        for button in buttons:
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        strip = (self.verdict, 1)
        row(self, self._mark, self._run, strip, *buttons, margins=(_LEFT, 0, 0, 0), gap=_GAP)

    def _connect(self, document: Document) -> None:
        self.verdict.clicked.connect(self.check_clicked)
        self._checks.checked.connect(self.checked)
        self._checks.checked.connect(self._show_verdict)
        self._checks.found_out.connect(self._session.adopt)
        does = document.continue_here, document.train_twin, self._go_to_difference
        for action, slot in zip(self._buttons, does, strict=True):
            action.triggered.connect(slot)
            action.changed.connect(self._place)

    def faulty_step(self, snapshot: Snapshot) -> int | None:
        """Return the first step of a watched run that was found to be wrong."""
        return self._checks.faulty_step(snapshot.record.source)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what there is to say of a run if another program trains it."""
        source, was_watched = snapshot.record.source, self._seen is not None
        self._seen = snapshot if source else None
        self._checks.show_snapshot(snapshot)
        if source:
            self._show_run(snapshot.record, source)
        if source or was_watched:
            self._enable()
        self.setVisible(source is not None)

    @Slot()
    def toggle(self) -> None:
        """Run, follow or pause; say where there is nothing more to follow."""
        seen = self._seen
        if seen is not None and seen.step == seen.newest and not _is_live(seen.record):
            self.noticed.emit(state_of(Activity.PAUSED, seen, self._session.rules).sentence)
        else:
            self._session.toggle()

    @Slot()
    def _go_to_difference(self) -> None:
        """Show the first step at which the two runs side by side differ."""
        if self._seen is not None and self._seen.parted_at is not None:
            self._session.seek(self._seen.parted_at)

    def _show_run(self, record: Record, source: WatchedSource) -> None:
        """Show what a program does: a disc while it continues, a ring after that."""
        is_live = _is_live(record)
        self._run.head = source.name
        self._run.setText(source.name + state_text(record.newest, source, record.config.step_word))
        if self._mark.text() != (mark := "●" if is_live else "○"):
            self._mark.setText(mark)
            self._mark.setForegroundRole(_ROLES.Accent if is_live else _ROLES.WindowText)
        if self._run.toolTip() != (tip := plain(tip_text(record))):
            self._run.setToolTip(tip)
        self._place()

    @Slot()
    def _show_verdict(self) -> None:
        """Show what was found of the steps of the program."""
        known = self._checks.known
        mark = _MARKS.get(known.verdict or "", StatusMark.NONE)
        text = known.text or known.sentence.partition(":")[0]
        self.verdict.show_line(mark, text[: text.find(": ") + 1], text)
        self.verdict.setToolTip(known.sentence)
        if mark is not StatusMark.NONE and text != self._announced:
            self._announced = text
            announce(self, text)
        self._enable()
        self._place()

    def _enable(self) -> None:
        """Enable and offer what can be done with a watched run, and say why not where it cannot."""
        seen, (here, twin, difference) = self._seen, self._buttons
        is_pair, parted = (seen.beside is not None, seen.parted_at) if seen else (False, None)
        no_difference = _NONE_SO_FAR if is_pair else "Only with a watched run and one beside it"
        allow(here, "" if seen else _NOT_WATCHED)
        allow(twin, "" if seen else _NOT_WATCHED)
        allow(difference, no_difference if parted is None else "")
        word = seen.config.step_word if seen else "step"
        first = f"First difference: {word} {numerals.whole(parted or 0)}"
        found = _NONE_SO_FAR if parted is None else first
        difference.setText(found if is_pair else _DIFFERENCE)
        offered = [here, difference if is_pair else twin]
        if self._offers.actions() != offered:
            self._offers.clear()
            self._offers.addActions(offered)
            self._place()

    def event(self, event: QEvent) -> bool:
        is_taken = super().event(event)
        if event.type() in {QEvent.Type.Resize, QEvent.Type.FontChange}:
            self._place()
        return is_taken

    @Slot()
    def _place(self) -> None:
        """Give the verdict the space of its sentence, and the run's text what is left.

        Where that is less than its name, a long name is cut, and then the sentence. What buttons
        offer is in a menu, too: they give way to the verdict and the text.
        """
        offered = [self._buttons[action] for action in self._offers.actions()]
        buttons = sum(button.sizeHint().width() + _GAP for button in offered)
        sentence, whole = self.verdict.whole_width, self._run.whole_width + _GAP
        space = self.width() - _LEFT - self._mark.sizeHint().width() - 2 * _GAP
        unfolds = whole + min(sentence, round(_VERDICT * space)) + buttons <= space
        for button in self._buttons.values():
            button.setVisible(unfolds and button in offered)
        self._more.setVisible(not unfolds)
        space -= buttons if unfolds else self._more.sizeHint().width() + _GAP
        name = QFontMetrics(bold(self.font())).horizontalAdvance(self._run.head) + _GAP
        least = min(name, round(_NAME * space))
        height = self.fontMetrics().height() + _AROUND
        self._run.setFixedSize(max(0, min(whole, max(space - sentence, least))), height)


def _is_live(record: Record) -> bool:
    """Return whether the program of a watched run is running."""
    return record.source is not None and record.source.is_live


def state_text(newest: int, source: WatchedSource, word: str = "step") -> str:
    """Return what follows the name of a program: where it is, or what it did."""
    has_diverged = source.diverged and not source.is_live
    does = " diverged after" if has_diverged else _DOES[source.state]
    return f"{does} {word} {numerals.whole(newest)}"


def tip_text(record: Record) -> str:
    """Return all that is known of where a watched run comes from."""
    source, config = record.source, record.config
    assert source is not None
    by = source.program or "another program"
    steps, states = numerals.whole(record.newest), len(record.checkpoints)
    text = f"{source.name}, trained by {by}: {steps} steps, "
    text += f"{numerals.counted(states, 'state')} recorded."
    if source.every != 1:
        text += f" It shows one state of every {numerals.whole(source.every)} steps."
    if source.assumed:
        values = (
            f"{name} {SETTINGS[name].shown(getattr(config, name))}" for name in source.assumed
        )
        names = ", ".join(f"{name.removeprefix('row_')}=…" for name in source.assumed)
        text += f" Assumed: {', '.join(values)}. To say it: xorviz.watch({names})."
    if source.finding:
        text += f" The check of its first updates: {source.finding}"
    return text
