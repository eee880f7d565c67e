"""The view of changes that may help, and of what became of each."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtWidgets import QProgressBar

from xorviz.core import numerals
from xorviz.core.runs.recipe_text import short_recipe
from xorviz.core.runs.snapshot import Snapshot
from xorviz.lab.trials.trial import Trial, Tried, best_text, trial_of
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step, first_of
from xorviz.panels.learn.helps.table import HelpRow, HelpTable
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.guard import guarded
from xorviz.ui.keys import allow

REST_MS = 400
_MOST_TOLD = 5
"""Changes that a description names."""
_HEADER = ("step", "change", "correct", "of", "low", "high", "median steps", "steps")
_ALL_TRIED = "All is tried for this state"
ALL_CORRECT = "All four rows are correct: nothing needs to help."


class Trying(NamedTuple):
    """What the lab is doing about a trial, and for which state that is."""

    is_going_on: bool = False
    waits_for: str = ""
    """What the lab does before it."""
    trouble: str = ""
    """Why it ended early: cancelled, or an error."""


AT_REST = Trying()


@guarded
class WhatHelps(SnapshotView):
    """One row per change. It tries and makes none itself, but requests it.

    A trial stays until the next one, also when the run continues: it names its step. The order of
    the rows changes only when all are tried, and not below the mouse.
    """

    explanation = (
        "What may help this network: changes of the run and of its recipe. Try all trains copies "
        "of the network with each change, in the background: changes that can be made at this "
        "step begin from its very state, the others from the initial weights of many seeds. A "
        "bar is the share of networks that became correct, with its 95 % interval; where chance "
        "plays no part one network decides. The best is first; grey ones did not help. Press "
        "Try in a row, or Enter, to make the change; Undo takes it back."
    )

    has_table = True

    all_requested = Signal()
    cancel_requested = Signal()
    try_requested = Signal(object, str)  # Trial, the name of a change

    def __init__(self) -> None:
        super().__init__("what_helps")
        self._trial: Trial | None = None
        """What was tried last."""
        self._untried: Trial | None = None
        """What could be tried, before anything is."""
        self._state = AT_REST
        tip = "Train copies of this network with each change, and see which become correct"
        self._try_all = self._option("try_all", "Try all", tip=tip, slot=self.all_requested)
        tip = "Stop trying, and keep the results so far"
        self._cancel = self._option("cancel_trial", "Cancel", tip=tip, slot=self.cancel_requested)
        self._about, self._message = ElidedLabel(), ElidedLabel()
        self._about.setObjectName("helps_about")
        self._message.setObjectName("helps_message")
        self._table, self._bar = HelpTable(), QProgressBar()
        self._bar.setObjectName("helps_progress")
        self._bar.setAccessibleName("Progress of the trial")
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._table.used.connect(self._use)
        self._table.pointed_at.connect(self._read_row)
        self._focus_table(self._table)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._look_again)
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = [ActionButton(action) for action in (self._try_all, self._cancel)]
        foot = row(None, *buttons, (self._message, 2), (self._bar, 1), gap=8)
        parts = self._about, (self._table, 1), foot
        column(self, *parts, margins=(6, 2, 6, 4), gap=4)
        self._buttons = buttons
        self._show_buttons(is_trying=False)
        self.setMinimumSize(160, 100)

    def show_trial(self, trial: Trial | None, state: Trying = AT_REST) -> None:
        """Show what was tried so far, and what the lab does about it."""
        self._trial, self._state = trial, state
        self._draw_again()
        if not state.is_going_on:
            self.describe_again()

    @property
    def snapshot(self) -> Snapshot | None:
        """The run at the step that the window shows."""
        return self._snapshot

    def describe(self, snapshot: Snapshot) -> str:
        trial = self._trial
        if trial is None or not trial.tried:
            return (
                f"{at_step(snapshot)}, nothing is tried yet that may help. {self._status()}".strip()
            )
        told = first_of([HelpRow(one.change, one).spoken for one in trial.tried], _MOST_TOLD)
        return f"{self._where(trial)} {told}. {self._status()}".strip()

    def _table_of(self, snapshot: Snapshot) -> Cells | None:
        """Return what became of each change, best first; then those that are not tried."""
        trial = self._trial or trial_of(snapshot)
        tried = [(one.change.title, *_numbers(one)) for one in trial.tried]
        known = {one.change.name for one in trial.tried}
        others = [change.title for change in trial.changes if change.name not in known]
        rows = [*tried, *((title, *[None] * (len(_HEADER) - 2)) for title in others)]
        return _HEADER, ((trial.subject.step, *row) for row in rows)

    def _draw(self, snapshot: Snapshot) -> None:
        trial, is_trying = self._trial, self._state.is_going_on
        if trial is None:
            trial = self._untried = self._untried_of(snapshot)
        known = {one.change.name: one for one in trial.tried}
        rows = {
            change.name: HelpRow(change, known.get(change.name), is_trying)
            for change in trial.changes
        }
        self._table.show_changes([rows[name] for name in self._ordered(trial)])
        self._about.setText(self._where(trial))
        self._message.setText(self._status())
        self._bar.setValue(round(1000 * trial.share))
        is_known = trial.is_done and trial.is_about(snapshot)
        allow(self._try_all, ALL_CORRECT * bool(snapshot.right.all()) or _ALL_TRIED * is_known)
        self._show_buttons(is_trying)
        self._read_row(self._table.current_number())

    def _ordered(self, trial: Trial) -> list[str]:
        """Return the names of the changes from the top."""
        names = [change.name for change in trial.changes]
        if set(names) != {row.change.name for row in self._table.shown}:
            return names
        order = [row.change.name for row in self._table.shown]
        if self._state.is_going_on or self.underMouse():
            return order
        best = [one.change.name for one in trial.tried]
        return [*best, *(name for name in order if name not in best)]

    def _untried_of(self, snapshot: Snapshot) -> Trial:
        """Return what can be tried; while a run continues, as it was found at first."""
        before = self._untried
        if before is None or before.subject.config != snapshot.config:
            return trial_of(snapshot)
        self._rest.start()
        return before

    @Slot()
    def _look_again(self) -> None:
        """Find what can be tried at a step that stays."""
        self._untried = None
        self._draw_again()

    def _where(self, trial: Trial) -> str:
        """Return which state the rows are about."""
        if trial is not self._trial:
            return "Nothing is tried yet."
        subject, now = trial.subject, self._snapshot
        recipe = short_recipe(subject.config, subject.record)
        is_old = now is not None and not trial.is_about(now)
        at = "Out of date: at" if is_old else "At"  # first, where it is never cut off
        return f"{at} step {numerals.whole(subject.step)} ({recipe})."

    def _status(self) -> str:
        """Return how far the trial is, or what came out."""
        state, trial = self._state, self._trial
        if state.waits_for:
            return f"Waiting for the end of {state.waits_for}."
        if state.is_going_on and trial is not None:
            return f"Trying: {int(100 * trial.share)} %."
        if state.trouble:
            return state.trouble
        if trial is not None and trial.is_done:
            return f"{best_text(trial.best)}."
        return ALL_CORRECT if self._snapshot is not None and self._snapshot.right.all() else ""

    def _show_buttons(self, is_trying: bool) -> None:
        """Show the button that can be pressed now, if one can, and whether there is progress."""
        self._bar.setVisible(is_trying)
        shown = (not is_trying and self._try_all.isEnabled(), is_trying)
        for button, is_shown in zip(self._buttons, shown, strict=True):
            if not is_shown and button.hasFocus():
                self._table.setFocus()
            button.setVisible(is_shown)
            self._message.setMinimumHeight(button.sizeHint().height())  # so that nothing moves

    @Slot(int, bool)
    def _use(self, number: int, with_shift: bool) -> None:  # noqa: ARG002
        """Request the change of a row, at the state that the rows are about."""
        if self._snapshot is not None:
            trial = self._trial or trial_of(self._snapshot)
            self.try_requested.emit(trial, self._table.shown[number].change.name)

    @Slot(object)
    def _read_row(self, number: int | None) -> None:
        """Read out a row, or how many were tried."""
        tried = 0 if self._trial is None else len(self._trial.tried)
        at_rest = f"{tried} of {len(self._table.shown)} tried" if tried else ""
        row = None if number is None else self._table.shown[number]
        self.readout_changed.emit(at_rest if row is None else row.result)

    def leaveEvent(self, event: QEvent) -> None:
        """Sort the rows, which wait for the mouse to leave."""
        super().leaveEvent(event)
        self._draw_again()


def _numbers(one: Tried) -> tuple[float | None, ...]:
    """Return what became of a change, below the header from its third column on."""
    return one.right.count, one.right.of, one.low, one.high, one.median_steps, one.steps
