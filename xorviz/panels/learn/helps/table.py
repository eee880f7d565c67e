"""The table of changes: what became of each, with a bar of its share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xorviz.core import numerals
from xorviz.lab.trials.changes import LONGER_RUN, Change
from xorviz.lab.trials.trial import Tried
from xorviz.ui.guard import guarded
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
