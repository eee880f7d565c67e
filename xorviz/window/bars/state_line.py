"""The line above the panels: the state in one word and a short sentence, and what may come next."""

import math
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.diagnosis.brief import CHANGED, FAULTY, LEARNING, STUCK
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.diagnosis.reach import broken, reason_text
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.runs.recipe_text import short_recipe
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.chrome.strip_button import StatusMark, StripButton
from xorviz.ui.chrome.texts import WrappedLabel
from xorviz.ui.forms.boxes import row
from xorviz.ui.forms.fields import explain
from xorviz.ui.guard import guarded
from xorviz.ui.keys import explain_action, explained_action
from xorviz.ui.said import announce, tell
from xorviz.window.document.document import Document

INTERVAL_MS = 250
"""Time between two diagnoses while a network runs."""
HOLD_SECONDS = 1.0
"""Shortest time that a name is shown while a network runs."""

_LETTERS, _WORD = 84, 16
"""Average letters in whose width any sentence, and any word, has room."""
_DIAGNOSIS = (
    "The state of the network, found from its weights and the last part of the loss curve. Click, "
    "or press Enter, to see why, and what to do about it."
)


@guarded
class DiagnosisStrip(StripButton):
    """A diagnosis in one word and a short sentence, with its step where there is room.

    That of the last snapshot while paused. While running there are four a second, and a name but
    a run's first stays for a second with the numbers of its last step, unless the snapshot itself
    contradicts it.
    """

    line_kind = WrappedLabel
    diagnosed = Signal(object, object)  # Diagnosis, the Snapshot that it is about

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__("Why?")
        self.setObjectName("diagnosis_strip")
        self.line.setObjectName("diagnosis")
        tell(self, _DIAGNOSIS, "why-it-gets-stuck")
        self.setStatusTip("Show why, and what to do about it")
        self.setAccessibleDescription(_DIAGNOSIS)
        self.diagnosis: Diagnosis | None = None
        """The diagnosis shown."""
        self.seen: Snapshot | None = None
        """The snapshot that it is about."""
        self.faulty_step: Callable[[Snapshot], int | None] = lambda _: None
        """Returns the first step of a watched run that was found to be wrong."""
        self._last: Snapshot | None = None
        self._narrowest: int | None = None
        self._announced: tuple[int, set[str]] = -1, set()
        """The number of a run, and the states announced for it."""
        self._is_running = True
        self._is_preview = False
        self._clock = clock
        self._named_at = 0.0
        self._wait = QTimer(self, singleShot=True, interval=INTERVAL_MS)
        self._wait.setObjectName("diagnosis_timer")
        self._wait.timeout.connect(self.catch_up)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Diagnose a snapshot, now or at the next turn; a preview has no state."""
        was_preview, self._is_preview = self._is_preview, snapshot.is_preview
        if self._is_preview:
            self._wait.stop()
            self.show_line(StatusMark.NONE, *_preview(snapshot))
            return
        self._last, before = snapshot, self.seen
        is_new = was_preview or before is None or not _continues(before, snapshot)
        if is_new or not self._is_running:
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

    @Slot()
    def diagnose_again(self) -> None:
        """Show that a step of a watched run was found to be wrong."""
        last, shown = self._last, self.diagnosis
        if last and shown and self.faulty_step(last) != shown.evidence.faulty_step:
            self._diagnose(last, at_once=True)

    def _diagnose(self, snapshot: Snapshot, at_once: bool = False) -> None:
        found = diagnose_seen(snapshot, self.faulty_step(snapshot))
        now, shown = self._clock(), self.diagnosis
        is_renamed = shown is None or found.said.word != shown.said.word
        if at_once or not is_renamed or now - self._named_at >= HOLD_SECONDS:
            if is_renamed:  # the first name of a run is of its first steps, and is not held
                is_first = self.seen is not None and self.seen.is_untrained
                self._named_at = -math.inf if is_first else now
            self.seen = snapshot
            self._show(found, snapshot)
            self._announce(found, snapshot)
        self._wait.stop()
        if self._is_running:
            self._wait.start()

    @property
    def lines(self) -> int:
        """As many as the longest sentence takes, whatever the sentence is."""
        letter, room = self.fontMetrics().averageCharWidth(), self.room
        if self._narrowest is not None:
            room += self._narrowest - self.width()
        return math.ceil(_LETTERS * letter / max(room, _WORD * letter))

    def set_narrowest(self, width: int) -> None:
        """Set the width that it has beside a button, whether that is shown or not."""
        if width != self._narrowest:
            self._narrowest = width
            self.updateGeometry()

    def _show(self, diagnosis: Diagnosis, seen: Snapshot) -> None:
        self.diagnosis, said = diagnosis, diagnosis.said
        whose = "" if seen.beside is None else "Run A: "
        step = "" if seen.is_untrained else f"at {seen.config.named(seen.step)}"
        self.show_line(_mark(diagnosis), whose + said.head, whose + said.line, step)
        self.diagnosed.emit(diagnosis, seen)

    def _announce(self, found: Diagnosis, snapshot: Snapshot) -> None:
        """Have screen readers say, once a run, that it is correct, learned, stuck or diverging."""
        if snapshot.run != self._announced[0]:
            self._announced = snapshot.run, set()
        is_correct = snapshot.right_since is not None and snapshot.step > 0
        state = "correct" if found.state == "learning" and is_correct else found.state
        if state not in {UNTRAINED, UNKNOWN, "learning", *self._announced[1]}:
            self._announced[1].add(state)
            announce(self, found.said.line)


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


def _preview(snapshot: Snapshot) -> tuple[str, str, str]:
    """Return a head, a line and a step for a weight that is tried."""
    tried, of = (snapshot, "") if snapshot.beside is None else (snapshot, " of A")
    if tried.tried is None and snapshot.beside is not None:
        tried, of = snapshot.beside, " of B"
    assert tried.tried is not None
    said = f"{tried.tried.name}{of} = {numerals.real(tried.tried.value)}, not set yet."
    step = f"at {snapshot.config.named(snapshot.step)}"
    return "Preview.", f"Preview. {said} Esc returns.", step


def _mark(diagnosis: Diagnosis) -> StatusMark:
    word = diagnosis.said.word
    if diagnosis.state in {UNTRAINED, UNKNOWN} or word == CHANGED:
        return StatusMark.NONE
    if diagnosis.state == "learned" and word != FAULTY:
        return StatusMark.TICK
    return StatusMark.DISC if diagnosis.is_good else StatusMark.DIAMOND


_GAP = 6
_SOME_STEPS = 100
"""Steps from which on a run that is not correct may need help."""
_FIX = "Fix it", "Try changes to this network, and show which of them work"
_NEXT = "What next?", "What to do next with this network."
_WEIGHTS_TIP = "Run again from the initial weights of another seed"
_LAB_TIP = "Open the Lab and train this recipe from the initial weights of many seeds"


@guarded
class StateLine(QWidget):
    """The diagnosis strip, and one button beside it: a fix for a stuck run, or what may come next.

    The button opens nothing but that; the strip is a button too, and opens Why?.
    """

    lab_requested = Signal()
    fix_requested = Signal()
    needs_help = Signal()
    """A run has come to rest without being correct."""

    def __init__(self, strip: DiagnosisStrip, session: TrainingSession, document: Document) -> None:
        super().__init__()
        self.setObjectName("state_line")
        self.setAccessibleName("State")
        self._strip, self._session, self._document = strip, session, document
        self._broken: RunConfig | None = None
        self._has_played = False
        self.best_fix: Callable[[Snapshot], tuple[str, str] | None] | None = None
        """Returns the change that is known to work best in a state, and what it does.

        Until one is known, how long it takes to find it.
        """
        self._about = QLabel(textFormat=Qt.TextFormat.PlainText)  # a program names its run
        self._about.setObjectName("about_run")
        self._about.hide()
        self._fix, self._next = PushButton("fix_it"), PushButton("what_next", _NEXT[0])
        self._fix.clicked.connect(self.fix_requested)
        explain(self._next, *_NEXT)
        self._next.setMenu(QMenu(self._next))
        self._break = self._offer("break", "Break it: two units, no biases", self._break_run)
        self._offer("weights", "New weights", self._draw_weights, _WEIGHTS_TIP)
        self._offer("lab", "How often does this work?", self.lab_requested, _LAB_TIP)
        parts = self._about, (strip, 1), self._fix, self._next
        row(self, *parts, margins=(0, 0, 0, 0), gap=_GAP)
        for button in (self._fix, self._next):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
            button.hide()
        strip.diagnosed.connect(self.refresh)
        session.activity_changed.connect(self._note_activity)

    def show_about(self, is_shown: bool) -> None:
        """Say which network the tool bar, this line and the timeline are about, or do not."""
        self._about.setVisible(is_shown)
        self._name_run()

    def _name_run(self) -> None:
        project, seen = self._document.project, self._strip.seen
        name = "Run A" if seen is not None and seen.beside is not None else "Current run"
        self._about.setText(f"{name}: {short_recipe(self._session.config, project.record)}")

    @Slot(object)
    def _note_activity(self, activity: Activity) -> None:
        self._has_played |= activity is Activity.PLAYING
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Offer what fits the run as it is now; signal once that it stopped without success."""
        found, seen = self._strip.diagnosis, self._strip.seen
        if found is None or seen is None:
            return
        self._name_run()
        text, tip = (self.best_fix(seen) if self.best_fix else None) or _FIX
        self._fix.setText(text.replace("&", "&&"))
        explain(self._fix, text, tip)
        is_stuck = seen.step >= _SOME_STEPS and found.said.word == STUCK
        self._fix.setVisible(
            is_stuck or (self.offers_help and found.said.word not in {LEARNING, FAULTY})
        )
        self._show_next(seen, found)
        self._measure()
        if self._is_at_rest:
            had_played, self._has_played = self._has_played, False
            if had_played and self.offers_help:
                self.needs_help.emit()

    def _measure(self) -> None:
        """Reserve space for a button: one that comes changes no line's height."""
        button = max(one.sizeHint().width() for one in (self._fix, self._next)) + _GAP
        about = 0 if self._about.isHidden() else self._about.sizeHint().width() + _GAP
        self._strip.set_narrowest(self.width() - button - about)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _show_next(self, seen: Snapshot, found: Diagnosis) -> None:
        """Offer what may come after a run of this program that has learned."""
        config, is_own = seen.config, seen.beside is None and seen.record.source is None
        is_done = found.state == "learned" and is_own
        self._broken = broken(config) if is_done else None
        self._break.setVisible(self._broken is not None)
        if self._broken is not None:
            explain_action(self._break, _break_tip(self._broken))
        self._next.setVisible(is_done and config.init not in {"zero", "equal"})

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

    def _offer(
        self, name: str, text: str, slot: Callable[[], object] | SignalInstance, tip: str = ""
    ) -> QAction:
        offer = explained_action(self._next, text, tip, f"offer_{name}")
        offer.triggered.connect(slot)
        self._next.menu().addAction(offer)
        return offer

    def _break_run(self) -> None:
        if self._broken is not None:
            self._document.restart(self._broken)
            self._session.play()

    def _draw_weights(self) -> None:
        self._document.draw_seed()
        self._session.play()


def _break_tip(broken: RunConfig) -> str:
    if not (reason := reason_text(broken)):
        return (
            f"Run again with 2 units, no biases and seed {numerals.plain(broken.seed)}. "
            "These initial weights got stuck with every setting tried."
        )
    return f"Run again with 2 units and no biases: {reason}."
