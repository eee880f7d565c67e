"""Fix it: changes to a network, tried, with what became of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QProgressBar, QWidget

from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import Diagnosis
from xorviz.core.runs.snapshot import Snapshot
from xorviz.lab.trials.trials import LONGER_RUN, NOTHING_HELPS, Change, Trial, Tried, trial_of
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.table import LEFT, Column, Table
from xorviz.ui.theme.palette import Theme, mixed

_AROUND_ROW = 8
_FILL = 0.5
"""Share of the accent in a bar, on which its interval is seen."""
_SHARP = 3
"""Pixels of a bar's picture for each on the screen, for any of its scales."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A change, and what became of it if it was tried. A value."""

    change: Change
    tried: Tried | None = None

    @property
    def result(self) -> str:
        """What became of it: 49 of 50, yes, no."""
        if self.tried is None:
            return "…"
        if not self.change.is_certain:
            return self.tried.text
        return "yes" if self.tried.helped else "no"

    @property
    def spoken(self) -> str:
        """The row in a few words."""
        if self.tried is None:
            return f"{self.change.title}: being tried"
        median = None if self.change.is_certain else self.tried.median_steps
        if median is None:
            return f"{self.change.title}: {self.tried.text}"
        steps = numerals.counted(round(median), self.change.config.step_word)
        return f"{self.change.title}: {self.tried.text}, median {steps}"

    @property
    def told(self) -> str:
        """The row in sentences, with what a click does."""
        return f"{self.spoken}.\nClick: {effect(self.change)}."


def effect(change: Change) -> str:
    """Return what it means to make a change."""
    if change.name == LONGER_RUN:
        steps = numerals.counted(change.settings["steps"], change.config.step_word)
        return f"train on for {steps}"
    if change.start is None:
        return "start a new run with this change, and pin the current one"
    return "make this change and train on, side by side with the unchanged run"


def _bar(fix: Fix, theme: Theme) -> QPixmap:
    """Return the share of networks that became correct as a bar, its interval as a line."""
    line, tried = QFontMetrics(QFont()).height(), fix.tried
    size = QSize(3 * line, line)

    def paint(painter: QPainter) -> None:
        if tried is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar, middle, half = QRectF(1, line / 4, size.width() - 2, line / 2), line / 2, line / 6
        painter.fillRect(
            QRectF(bar.topLeft(), QSizeF(bar.width() * tried.right.value, bar.height())),
            QColor(mixed(theme.accent, theme.panel, _FILL)),
        )
        painter.setPen(QPen(QColor(theme.accent if tried.helped else theme.rule), theme.stroke))
        painter.drawRect(bar)
        if not tried.change.is_certain:
            low, high = (bar.left() + bar.width() * end for end in (tried.low, tried.high))
            painter.setPen(QPen(QColor(theme.text), 1.5 * theme.stroke))
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            for end in (low, high):
                painter.drawLine(QPointF(end, middle - half), QPointF(end, middle + half))

    return pixmap_of(size * _SHARP, _SHARP, paint)


COLUMNS = (
    Column[Fix](
        "change",
        lambda fix: fix.change.title,
        "Click a change, or press Enter, to make it; Undo takes it back.",
        align=LEFT,
        sample="Draw weights",
        details=lambda fix: fix.told,
        ink=lambda _, theme: theme.accent,
        spoken=lambda fix: fix.spoken,
        is_button=True,
        elides=True,
    ),
    Column[Fix]("", lambda _: "", sample="■■■■", details=lambda f: f.told, icon=_bar, shares=False),
    Column[Fix](
        "worked",
        lambda fix: fix.result,
        "Networks with all four rows correct at the end; a bar has the 95 % interval of their "
        "share. Where chance plays no part, one network decides.",
        align=LEFT,
        sample="50 of 50",
        details=lambda fix: fix.told,
        ink=lambda fix, theme: theme.quiet if fix.tried and not fix.tried.helped else theme.text,
        shares=False,
    ),
)
TITLE, BAR, RESULT = range(len(COLUMNS))


class FixTable(Table):
    """A row for each change. Enter, or a click on what it does, makes it."""

    def __init__(self) -> None:
        super().__init__("Changes", COLUMNS, _AROUND_ROW)
        self.shown: Sequence[Fix] = ()
        """The rows, from the top."""
        self.optional = (BAR,)
        self.setObjectName("fix_table")

    def show_fixes(self, fixes: Sequence[Fix]) -> None:
        """Show rows; the current row stays on its change, but the first one stays the first."""
        if fixes == self.shown:  # to paint them costs more than a frame may
            return
        names = [fix.change.name for fix in fixes]
        current = self.current_number()
        name = None if current is None else self.shown[current].change.name
        is_other = names != [fix.change.name for fix in self.shown]
        self.shown = fixes
        self.rows.show_rows(fixes, tuple(names))
        if is_other:
            self.show_whole()
            if current is not None and names:
                self.show_current(names.index(name) if current and name in names else 0)


class Trying(NamedTuple):
    """What the lab is doing about a trial, and for which state that is."""

    is_going_on: bool = False
    note: str = ""
    """What it waits for, or why it ended early, in a sentence."""


AT_REST = Trying()
ALL_CORRECT = "All four rows are correct."


@guarded
class Fixes(QWidget):
    """A button that tries all changes, then a table of them with one click each.

    It shows a trial of the run that is shown, and of which step if that is another. The order of
    the rows changes only when all are tried, and not below the mouse.
    """

    all_requested = Signal()
    cancel_requested = Signal()
    fix_requested = Signal(object, str)  # Trial, the name of a change

    def __init__(self) -> None:
        super().__init__()
        self._trial: Trial | None = None
        self._state = AT_REST
        self.pace = 1.0
        """What the last trial took of its estimated time."""
        self._shown: Trial | None = None
        """The trial, if it is of the run that is shown."""
        self._counted: object = None
        """The state whose changes were counted."""
        self._subject: Snapshot | None = None
        self._order: list[str] = []
        """The names of the changes from the top, and of what they are changes."""
        self._advice, self._about, self._time = plain_label(), plain_label(), plain_label()
        self._message, self._table = plain_label("fix_message"), FixTable()
        self._try, self._cancel = PushButton("try_all"), PushButton("cancel_trial", "Cancel")
        explain(self._cancel, "Cancel", "Stop trying, and keep the results so far")
        self._bar = QProgressBar(textVisible=False, maximum=1000)
        self._bar.setAccessibleName("Progress of the tries")
        self._try.clicked.connect(self.all_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        self._table.used.connect(self._use)
        going = row(None, (self._bar, 1), self._cancel, gap=8)
        begin = row(None, self._try, (self._time, 1), gap=8)
        parts = self._advice, self._about, self._table, begin, going
        column(self, *parts, self._message, margins=(0, 0, 0, 0), gap=6)

    def note_trial(self, trial: Trial | None, state: Trying) -> None:
        """Store what was tried so far, and what the lab does about it."""
        self._trial, self._state = trial, state

    def show_state(self, found: Diagnosis, seen: Snapshot) -> None:
        """Show what can be done about a state; nothing where all is correct, or not begun."""
        trial, state = self._trial, self._state
        is_here = trial is not None and trial.is_about(seen)
        is_ours = is_here or (trial is not None and trial.subject.run == seen.run)
        self._shown = trial if is_ours else None
        going = state.is_going_on and is_ours
        self._advice.setText("\n".join(found.advice))
        self._advice.setVisible(bool(found.advice))
        self._table.setVisible(self._shown is not None)
        self._about.setVisible(self._shown is not None and not is_here)
        if self._shown is not None:
            self._about.setText(f"Tried from {seen.config.named(self._shown.subject.step)}:")
            self._show_rows(self._shown, going)
        is_known = trial is not None and is_here and (going or trial.is_done)
        self._show_button(seen, is_known)
        for part in (self._bar, self._cancel):
            part.setVisible(going)
        is_in_vain = is_ours and trial is not None and trial.is_done and trial.best is None
        self._message.setText(state.note or (f"{NOTHING_HELPS}." if is_in_vain else ""))
        self._message.setVisible(is_ours and bool(self._message.text()))

    @property
    def said(self) -> str:
        """What was tried, and what came of it, best first."""
        if self._shown is None:
            return self._advice.text()
        told = [Fix(one.change, one).spoken for one in self._shown.tried]
        return f"{self._about.text()} {'; '.join(told)}. {self._message.text()}".rstrip()

    def rows(self) -> Iterable[tuple[str, str, float | None]]:
        """Yield what became of each change: its title, a name and a number."""
        for one in self._shown.tried if self._shown else ():
            yield one.change.title, "worked", one.right.count
            yield one.change.title, "of", one.right.of
            yield one.change.title, "low", one.low
            yield one.change.title, "high", one.high
            yield one.change.title, "median steps", one.median_steps

    def _show_rows(self, trial: Trial, going: bool) -> None:
        known = {one.change.name: one for one in trial.tried}
        fixes = {change.name: Fix(change, known.get(change.name)) for change in trial.changes}
        if self._subject is not trial.subject:
            self._subject, self._order = trial.subject, list(fixes)
        if not going and not self._table.underMouse():
            self._order = [*known, *(name for name in self._order if name not in known)]
        shown = [fixes[name] for name in self._order]
        self._table.show_fixes(shown if going else [fix for fix in shown if fix.tried])
        self._bar.setValue(round(1000 * trial.share))

    def _show_button(self, seen: Snapshot, is_known: bool) -> None:
        """Offer to try all changes, unless that is done or nothing is wrong.

        How many there are is counted a few times in a run: at width 64 that takes 8 ms.
        """
        is_needed = not is_known and not seen.right.all() and not seen.is_untrained
        if is_needed and self._counted != (
            key := (seen.config, seen.run, f"{seen.step:.1g}", self.pace)
        ):
            self._counted, trial = key, trial_of(seen)
            self._try.setText(f"Try {numerals.counted(len(trial.changes), 'change')}")
            self._time.setText(f"about {round(trial.seconds(self.pace))} s")
            tip = "Train copies of this network with each change, and see which become correct"
            explain(self._try, f"{self._try.text()}, {self._time.text()}", tip)
        if self._try.hasFocus() and not is_needed:
            self._table.setFocus()
        self._try.setVisible(is_needed)
        self._time.setVisible(is_needed)

    @Slot(int, bool)
    def _use(self, number: int, with_shift: bool) -> None:  # noqa: ARG002
        """Request the change of a row, at the state that was tried."""
        if self._shown is not None:
            self.fix_requested.emit(self._shown, self._table.shown[number].change.name)

    def leaveEvent(self, event: QEvent) -> None:
        """Sort the rows, which wait for the mouse to leave."""
        super().leaveEvent(event)
        if self._shown is not None:
            self._show_rows(self._shown, self._state.is_going_on)
