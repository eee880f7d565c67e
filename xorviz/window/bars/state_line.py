"""The line above the panels: the diagnosis, and what to do next once a run has come to rest."""

import math
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.reach import broken
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.runs.recipe_text import short_recipe
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.ui.chrome.buttons import ActionButton, PushButton, set_shown
from xorviz.ui.chrome.strip_button import StatusMark, StripButton
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import explain
from xorviz.ui.guard import guarded
from xorviz.ui.keys import explain_action
from xorviz.ui.said import announce
from xorviz.window.document.document import Document

INTERVAL_MS = 250
"""Time between two diagnoses while a network runs."""
HOLD_SECONDS = 1.0
"""Shortest time that a name is shown while a network runs."""

_DIAGNOSIS = (
    "Why the network learns, or why it does not, found from its weights and the last part of the "
    "loss curve, at the step named at the right. While a run goes on, a state is shown for at "
    "least one second. Click, or press Enter, for the evidence and what to try."
)


class DiagnosisStrip(StripButton):
    """A diagnosis in one sentence, with its step.

    That of the last snapshot while paused. While running there are four a second, and a name but
    a run's first stays for a second with the numbers of its last step, unless the snapshot itself
    contradicts it.
    """

    diagnosed = Signal(object)  # Diagnosis

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__("Details")
        self.setObjectName("diagnosis_strip")
        self.line.setObjectName("diagnosis")
        self.setWhatsThis(_DIAGNOSIS)
        self.setStatusTip("Show the evidence and what to try")
        self.setAccessibleDescription(_DIAGNOSIS)
        self.diagnosis: Diagnosis | None = None
        """The diagnosis shown."""
        self.seen: Snapshot | None = None
        """The snapshot that it is about."""
        self._last: Snapshot | None = None
        self._announced: tuple[int, set[str]] = -1, set()
        """The number of a run, and the states announced for it."""
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

    def _show(self, diagnosis: Diagnosis) -> None:
        self.diagnosis = diagnosis
        name, colon, _ = diagnosis.sentence.partition(":")
        is_begun = bool(colon) and diagnosis.step is not None
        step = f"at step {numerals.whole(diagnosis.step or 0)}" if is_begun else ""
        self.more = "What to try" if diagnosis.is_stuck else "Details"
        self.show_line(_mark(diagnosis), name + colon, diagnosis.sentence, step)
        self.diagnosed.emit(diagnosis)

    def _announce(self, found: Diagnosis, snapshot: Snapshot) -> None:
        """Have screen readers say, once a run, that it is correct, learned, stuck or diverging."""
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


def _mark(diagnosis: Diagnosis) -> StatusMark:
    if diagnosis.state in {UNTRAINED, UNKNOWN}:
        return StatusMark.NONE
    if diagnosis.state == "learned":
        return StatusMark.TICK
    return StatusMark.DISC if diagnosis.is_good else StatusMark.DIAMOND


_GAP = 6
_ABOUT = "What to do next with this network."
_SOME_STEPS = 100
"""Steps from which on it is worth asking what helps."""
_WEIGHTS_TIP = "Run again from the initial weights of another seed"
_LAB_TIP = "Open the Lab and train this recipe from the initial weights of many seeds"


@guarded
class StateLine(QWidget):
    """The diagnosis strip; beside it, for a run at rest, offers as buttons or in a menu.

    The line keeps its height, so that offers move nothing else.
    """

    lab_requested = Signal()
    help_requested = Signal()
    needs_help = Signal()
    """A run has come to rest without being correct."""

    def __init__(self, strip: DiagnosisStrip, session: TrainingSession, document: Document) -> None:
        super().__init__()
        self.setObjectName("state_line")
        self.setAccessibleName("Diagnosis")
        self._strip, self._session, self._document = strip, session, document
        self._broken: RunConfig | None = None
        self._about = QLabel(textFormat=Qt.TextFormat.PlainText)  # a program names its run
        self._about.setObjectName("about_run")
        self._about.hide()
        self._break = self._offer("offer_break", "Break it: two units, no biases", self._break_run)
        again = self._offer("offer_weights", "New weights", self._draw_weights)
        explain_action(again, _WEIGHTS_TIP)
        often = self._offer("offer_lab", "How often does this work?", self.lab_requested)
        explain_action(often, _LAB_TIP)
        self._help = self._offer("offer_help", "What helps?", self.help_requested)
        self.help_text: Callable[[Snapshot], tuple[str, str]] | None = None
        """Returns the text and the tip of the offer to help a run, from the trials so far."""
        self._has_played = False
        self._offers = (self._break, again, often, self._help)
        self._buttons = [ActionButton(offer) for offer in self._offers]
        self._all = PushButton("offers", "What next?")
        explain(self._all, "What next?", _ABOUT)
        self._all.setStatusTip(_ABOUT)
        self._all.setMenu(QMenu(self._all))
        self._all.menu().addActions(self._offers)
        buttons = (*self._buttons, self._all)
        row(self, self._about, (strip, 1), *buttons, margins=(0, 0, 0, 0), gap=_GAP)
        for button in buttons:
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
            button.hide()
        strip.diagnosed.connect(self._show_offers)
        session.activity_changed.connect(self._note_activity)

    def show_about(self, is_shown: bool) -> None:
        """Say which network the tool bar, this line and the timeline are about, or do not."""
        self._about.setVisible(is_shown)
        self._name_run()
        self._place_offers()

    def _name_run(self) -> None:
        project, seen = self._document.project, self._strip.seen
        name = "Run A" if seen is not None and seen.beside is not None else "Current run"
        self._about.setText(f"{name}: {short_recipe(self._session.config, project.record)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_offers()

    @Slot(object)
    def _note_activity(self, activity: Activity) -> None:
        self._has_played |= activity is Activity.PLAYING
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Offer what fits the run as it is now."""
        if self._strip.diagnosis is not None:
            self._show_offers(self._strip.diagnosis)

    @Slot(object)
    def _show_offers(self, diagnosis: Diagnosis) -> None:
        """Offer what fits the run: once it is learned, or at rest without being correct."""
        self._name_run()
        seen = self._strip.seen
        is_own = seen is not None and seen.beside is None and seen.record.source is None
        config = seen.config if seen and is_own and diagnosis.state == "learned" else None
        self._broken = broken(config) if config else None
        is_drawn = config is not None and config.init not in {"zero", "equal"}
        before = [(offer.isVisible(), offer.text()) for offer in self._offers]
        fits = (self._broken, is_drawn, is_drawn, self.offers_help)
        for offer, is_offered in zip(self._offers, fits, strict=True):
            offer.setVisible(bool(is_offered))
        if self._broken and config:
            explain_action(self._break, _break_tip(config, self._broken))
        self._show_help()
        self._place_offers(before != [(offer.isVisible(), offer.text()) for offer in self._offers])

    @property
    def _is_at_rest(self) -> bool:
        """Whether no step is taken or gone to, and the last state is shown."""
        seen, session = self._strip.seen, self._session
        is_paused = session.activity is Activity.PAUSED and not session.unanswered
        return is_paused and seen is not None and seen.step == session.step_wanted

    @property
    def offers_help(self) -> bool:
        """Whether a run is at rest after some steps and is not correct."""
        seen = self._strip.seen
        if seen is None or not self._is_at_rest:
            return False
        return seen.step >= _SOME_STEPS and not seen.right.all()

    def _show_help(self) -> None:
        """Show what is known to help; signal once that a run stopped without being correct."""
        seen, has_played = self._strip.seen, self._has_played
        if self._is_at_rest:
            self._has_played = False
        if seen is None or not self._help.isVisible():
            return
        if self.help_text is not None:
            text, tip = self.help_text(seen)
            self._help.setText(text.replace("&", "&&"))
            explain_action(self._help, tip)
        if has_played:
            self.needs_help.emit()

    def _place_offers(self, may_unfold: bool = True) -> None:
        """Show the offers as buttons where there is space, else in a menu.

        A sentence that becomes shorter during a run must not unfold the menu.
        """
        pairs = zip(self._buttons, self._offers, strict=True)
        offered = [button for button, offer in pairs if offer.isVisible()]
        beside = offered if self._about.isHidden() else [*offered, self._about]
        needed = sum(widget.sizeHint().width() + _GAP for widget in beside)
        sentence = self._strip.whole_width
        if self._help.isVisible():  # what helps is worth more than the end of the sentence
            sentence = min(sentence, self.width() // 2)
        fits = needed + sentence <= self.width()
        fits = fits and (may_unfold or self._all.isHidden())
        for button in self._buttons:
            set_shown(button, fits and button in offered)
        set_shown(self._all, bool(offered) and not fits)

    def _offer(self, name: str, text: str, slot: Callable[[], object] | SignalInstance) -> QAction:
        offer = QAction(text, self, visible=False)
        offer.setObjectName(name)
        offer.triggered.connect(slot)
        return offer

    def _break_run(self) -> None:
        if self._broken is not None and self._document.restart(self._broken):
            self._session.play()

    def _draw_weights(self) -> None:
        if self._document.draw_seed():
            self._session.play()


def _break_tip(config: RunConfig, broken: RunConfig) -> str:
    if broken.seed != config.seed or config.activation == "sigmoid":
        return (
            f"Run again with 2 units, no biases and seed {numerals.plain(broken.seed)}. From its "
            "weights they got stuck in every recipe tried."
        )
    return (
        "Run again with 2 units and no biases. Without biases the output at row 0 0 is always one "
        "half."
    )
