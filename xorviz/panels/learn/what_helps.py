"""The view of changes that may help, and of what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QProgressBar, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xorviz.core import numerals
from xorviz.core.runs.recipe_text import short_recipe
from xorviz.core.runs.snapshot import Snapshot
from xorviz.lab.trials.trials import LONGER_RUN, Change, Trial, Tried, best_text, trial_of
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step, first_of
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.guard import guarded
from xorviz.ui.keys import allow
from xorviz.ui.table import LEFT, Column, Table
from xorviz.ui.theme.palette import Theme, mixed

_AROUND_ROW = 8
_INSET = 6
"""Pixels between a bar and the ends of its cell."""
_FILL = 0.5
"""Share of the accent in a bar, on which its interval is seen."""

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class HelpRow:
    """A change, and what became of it if it was tried. A value."""

    change: Change
    tried: Tried | None = None
    is_awaited: bool = False
    """Whether it is being tried."""

    @property
    def result(self) -> str:
        """What became of it: 49 of 50, correct, not correct."""
        if self.tried is None:
            return "…" if self.is_awaited else ""
        if not self.change.is_certain:
            return self.tried.text
        return "correct" if self.tried.helped else "not correct"

    @property
    def steps(self) -> str:
        median = None if self.tried is None else self.tried.median_steps
        return "" if median is None else numerals.whole(round(median))

    @property
    def spoken(self) -> str:
        """The row in a few words."""
        if self.tried is None:
            return f"{self.change.title}: {'being tried' if self.is_awaited else 'not tried yet'}"
        median = "" if self.change.is_certain or not self.steps else f", median {self.steps} steps"
        return f"{self.change.title}: {self.tried.text}{median}"

    @property
    def told(self) -> str:
        """The row in sentences, with what Try does."""
        return f"{self.spoken}.\nTry: {effect(self.change)}."


def effect(change: Change) -> str:
    """Return what it means to make a change."""
    if change.name == LONGER_RUN:
        return f"Train on for {numerals.counted(change.settings['steps'], 'step')}"
    if change.start is None:
        return "Begin a new run with this change, and pin the run as it is"
    return "Make this change and train on, side by side with the run as it is"


def _ink(row: HelpRow, theme: Theme) -> str:
    is_quiet = row.tried is not None and not row.tried.helped
    return theme.quiet if is_quiet else theme.text


_RESULT = Column[HelpRow](
    "correct",
    lambda row: row.result,
    tip="Networks with all four rows correct at the end; a bar has the 95 % interval of their "
    "share. Where chance plays no part, one network decides.",
    align=LEFT,
    sample="not correct",
    details=lambda row: row.told,
    ink=_ink,
    shares=False,
)
COLUMNS = (
    replace(
        _RESULT,
        title="change",
        text=lambda row: row.change.title,
        tip="",
        sample="Momentum",
        spoken=lambda row: row.spoken,
        shares=True,
        elides=True,
    ),
    replace(_RESULT, title="", text=lambda _: "", sample="mmmmm"),
    _RESULT,
    replace(
        _RESULT,
        title="steps",
        text=lambda row: row.steps,
        tip="Steps after which half of those that became correct first were so.",
        align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
        sample=numerals.whole(99_999),
    ),
    replace(
        _RESULT,
        title="",
        text=lambda _: "Try",
        tip="",
        sample="Try",
        ink=lambda _, theme: theme.accent,
        spoken=lambda row: f"Try: {row.change.title}",
        is_button=True,
    ),
)
TITLE, BAR, RESULT, STEPS, TRY = range(len(COLUMNS))


class HelpTable(Table):
    """A row for each change. Enter, or a click on Try, makes it."""

    def __init__(self) -> None:
        super().__init__("Changes", COLUMNS, _AROUND_ROW)
        self.shown: Sequence[HelpRow] = ()
        """The rows, from the top."""
        self.optional = (STEPS, BAR)
        self.setObjectName("helps_table")
        self.setItemDelegate(_HelpCells(self))

    def show_changes(self, rows: Sequence[HelpRow]) -> None:
        """Show rows; the current row stays on its change, but the first one stays the first."""
        if rows == self.shown:  # to paint them costs more than a frame may
            return
        names = [row.change.name for row in rows]
        current = self.current_number()
        name = None if current is None else self.shown[current].change.name
        is_other = names != [row.change.name for row in self.shown]
        self.shown = rows
        self.rows.show_rows(rows, tuple(names))
        self.executeDelayedItemsLayout()  # else the scroll bar comes while it is painted
        if is_other and current is not None:
            self.show_current(names.index(name) if current and name in names else 0)
        self.viewport().update()  # the bars are no texts


@guarded
class _HelpCells(QStyledItemDelegate):
    """Draws a share from 0 to 1 as a bar, and its interval as a line with ends; texts as Qt."""

    def __init__(self, table: HelpTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        # The whole current row is marked.
        option.state &= ~(QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        tried = self._table.shown[index.row()].tried
        if index.column() == BAR and tried is not None:
            self._paint_bar(painter, option, tried)

    def _paint_bar(self, painter: QPainter, option: QStyleOptionViewItem, tried: Tried) -> None:
        theme, line = self._table.theme, option.fontMetrics.height()
        area = QRectF(option.rect).adjusted(_INSET, 0, -_INSET, 0)
        bar = QRectF(area.left(), area.center().y() - line / 4, area.width(), line / 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.rule), theme.stroke))
        painter.drawRect(bar)
        if tried.helped:
            share = QRectF(bar)
            share.setWidth(bar.width() * tried.right.value)
            painter.setPen(QPen(QColor(theme.accent), theme.stroke))
            painter.setBrush(QColor(mixed(theme.accent, theme.panel, _FILL)))
            painter.drawRect(share)
        if not tried.change.is_certain:
            self._paint_interval(painter, bar, tried)
        painter.restore()

    def _paint_interval(self, painter: QPainter, bar: QRectF, tried: Tried) -> None:
        theme, middle, half = self._table.theme, bar.center().y(), bar.height() * 0.35
        painter.setPen(QPen(QColor(theme.text), 1.5 * theme.stroke))
        low, high = (bar.left() + bar.width() * end for end in (tried.low, tried.high))
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        for end in (low, high):
            painter.drawLine(QPointF(end, middle - half), QPointF(end, middle + half))


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
