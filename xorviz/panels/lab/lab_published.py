"""The view of published experiments: a table of them with their results in xorviz."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import NamedTuple

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xorviz.core import numerals
from xorviz.lab.results.published import EXPERIMENTS, ExperimentResult, Match, Published
from xorviz.panels.base.export import Cells
from xorviz.panels.base.view import View
from xorviz.panels.lab.lab_view import opening_text
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.forms.scrolled import plain_label, scrolled
from xorviz.ui.guard import guarded
from xorviz.ui.keys import allow
from xorviz.ui.table import CENTRE, LEFT, Column, Table
from xorviz.ui.theme.palette import Theme

_SIGNS = {Match.MATCH: "✓", Match.MISS: "✗", Match.SOFT: "≈"}


class PublishedState(NamedTuple):
    """State of an experiment: as a character, in a few words, and as a sentence."""

    sign: str
    now: str
    verdict: str
    """Without its full stop."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A published experiment with its latest result and progress."""

    experiment: Published
    result: ExperimentResult | None = None
    progress: float | None = None
    """From 0 to 1 while it runs."""
    is_waiting: bool = False
    """Whether it is queued."""

    @property
    def is_free(self) -> bool:
        """Whether it is neither running nor queued."""
        return self.progress is None and not self.is_waiting

    @property
    def mark(self) -> Match | None:
        """Outcome of the comparison; None while there is none to show."""
        return self.result.mark if self.result is not None and self.is_free else None

    @property
    def state(self) -> PublishedState:
        if self.progress is not None:
            now = f"{int(100 * self.progress)} %"
            return PublishedState("○◔◑◕●"[int(4 * self.progress)], now, f"Running, {now}")
        if self.is_waiting:
            return PublishedState("…", "waiting", "Waiting for other experiments")
        if self.result is None:
            return PublishedState(numerals.NOTHING, "", "Not run yet")
        return PublishedState(_SIGNS[self.result.mark], self.result.now, self.result.verdict)

    @property
    def spoken(self) -> str:
        """The row as text for screen readers."""
        one, state = self.experiment, self.state
        now = "" if self.mark is None else f", xorviz {state.now}"
        return f"{one.title}. Published {one.published}{now}. {state.verdict}."

    @property
    def details(self) -> str:
        """Title, verdict, comparison, recipe, notes and source as paragraphs of rich text."""
        one = self.experiment
        compared = "\n".join(self.result.details) if self.result and self.is_free else ""
        year = "" if one.year is None else f", {one.year}"
        source = f"Source: {one.source}{year}."
        verdict, recipe = f"{self.state.verdict}.", f"Recipe: {one.recipe}"
        texts = filter(None, (one.title, verdict, compared, recipe, one.notes, source))
        return "".join(map(_paragraph, texts))


def _paragraph(text: str) -> str:
    return f'<p style="white-space: pre-wrap; margin: 0 0 5px">{escape(text)}</p>'


def summary(rows: Iterable[PublishedRow]) -> str:
    """Return the number of rows by outcome as text; empty if there are none."""
    marks = [row.mark for row in rows]
    names = {Match.MISS: "not matched", Match.MATCH: "matched", Match.SOFT: "not comparable"}
    counts = ((marks.count(mark), name) for mark, name in names.items())
    return " · ".join(f"{count} {name}" for count, name in counts if count)


_WIDE = 480
"""Least width in pixels of a row on one line."""
_PADDING, _PADDING_OF_TWO = 14, 3
"""Of rows of one and of two lines; small there, so that four rows fit into little space."""
_LINE_BREAK = "\N{LINE SEPARATOR}"

_Index = QModelIndex | QPersistentModelIndex


def _quiet(_row: PublishedRow, theme: Theme) -> str:
    return theme.quiet


def _mark_ink(row: PublishedRow, theme: Theme) -> str:
    if row.mark in {None, Match.SOFT} and row.progress is None:
        return theme.quiet
    return theme.wrong if row.mark == Match.MISS else theme.accent


def _run_tip(row: PublishedRow) -> str:
    return f"Run {row.experiment.title} (Enter)" if row.is_free else row.details


_MARK = Column[PublishedRow](
    "",
    lambda row: row.state.sign,
    align=CENTRE,
    sample="●",
    details=lambda row: row.details,
    ink=_mark_ink,
    spoken=lambda row: row.spoken,
    shares=False,
)
_PUBLISHED = Column[PublishedRow](
    "published",
    lambda row: row.experiment.published,
    align=LEFT,
    details=lambda row: row.details,
    ink=_quiet,
    elides=True,
)
COLUMNS = (
    _MARK,
    replace(
        _MARK, text=lambda row: row.experiment.title, align=LEFT, sample="", ink=None, elides=True
    ),
    _PUBLISHED,
    replace(_PUBLISHED, title="xorviz", text=lambda row: row.state.now, ink=None),
    replace(
        _MARK,
        text=lambda row: "►" if row.is_free else "",
        sample="►",
        details=_run_tip,
        ink=_quiet,
        spoken=lambda row: "run" if row.is_free else "",
        is_button=True,
    ),
)
TITLE, PUBLISHED, NOW, RUN = range(1, len(COLUMNS))
_TEXTS = (TITLE, PUBLISHED, NOW)


@guarded
class PublishedTable(Table):
    """As high as its rows, if there is room. The surrounding view handles Left and Right."""

    has_menus = True

    def __init__(self) -> None:
        super().__init__("Published experiments", COLUMNS, 0)
        self.setItemDelegate(_Cells(self))
        self.horizontalHeader().setMinimumSectionSize(1)

    @property
    def is_narrow(self) -> bool:
        return self.width() < _WIDE

    def fit_columns(self) -> None:
        line = self.fontMetrics().height()
        height = 2 * line + _PADDING_OF_TWO if self.is_narrow else line + _PADDING
        self.verticalHeader().setDefaultSectionSize(height)
        self.setMaximumHeight(self.whole_height)
        super().fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit_columns()
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        # All of it: Qt skips titles that reach beyond their column.
        super().paintEvent(QPaintEvent(self.viewport().rect()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            event.ignore()
        else:
            super().keyPressEvent(event)


@guarded
class _Cells(QStyledItemDelegate):
    """In narrow tables, writes the titles above the values."""

    def __init__(self, table: PublishedTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        if self._table.is_narrow and index.column() in _TEXTS:
            return QSize()  # the values share the width
        return super().sizeHint(option, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        # Their backgrounds would cover the titles.
        option.state &= ~(QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus)
        if (column := index.column()) in _TEXTS and self._table.is_narrow:
            left, right = map(self._table.columnViewportPosition, (TITLE, RUN))
            middle, rect = (left + right) // 2, QRect(option.rect)
            rect.setLeft(middle if column == NOW else left)
            rect.setRight(middle if column == PUBLISHED else right)
            option.rect = rect
            lines = (option.text, " ") if column == TITLE else ("", option.text)
            option.text = _LINE_BREAK.join(lines)


INTRODUCTION = (
    "Runs each published experiment again, in seconds, and compares the results with the "
    "published ones."
)

_WITH_WORDS = 320
"""Least height in pixels that shows the introduction above its button."""


class LabPublished(View):
    """One row per experiment. The view requests experiments; it does not run them."""

    explanation = (
        "Published experiments on XOR: the published result, and the result of the same recipe in "
        "xorviz. ✓ means that they match, ✗ that they do not, ≈ that the published statement is "
        "too imprecise for a match. Press the triangle in a row, or Enter, to run the experiment; "
        "Run all in the options runs all of them. Click a row, or press Right, for the exact "
        "recipe, all numbers compared, and the limits of the comparison. Shift+Enter opens its "
        "first network: trained to the last step if the experiment has been run here, else "
        "untrained; its menu offers both."
    )

    has_table = True

    experiment_requested = Signal(object)  # Published
    open_requested = Signal(object, int)
    """RunConfig of a network to make the current run, and the step to train it to."""
    all_requested = Signal()

    def __init__(self) -> None:
        super().__init__("lab_published")
        self._rows = {one.name: PublishedRow(one) for one in EXPERIMENTS}
        self._open: int | None = None
        """Number of the row with open details."""
        tip = "Run all published experiments, one after another"
        run = self.all_requested
        self._run_all = self._option("lab_published_all", "Run all", tip=tip, slot=run)
        self._table, self._details, self._words = PublishedTable(), plain_label(), plain_label()
        self._table.used.connect(self._use)
        self._table.menu_requested.connect(self._open_menu)
        for signal in (self._table.clicked, self._table.doubleClicked):
            signal.connect(self._click)
        self._scroll = scrolled(self._details)
        self._words.setText(INTRODUCTION)
        self._details.setTextFormat(Qt.TextFormat.RichText)
        self._details.setAutoFillBackground(False)  # Qt turns it on, in the window's colour
        for text in (self._words, self._details):
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
            text.setContentsMargins(18, 4, 4, 4)
        self._button = ActionButton(self._run_all)
        self._focus_table(self._table)
        self._lay_out()

    def _lay_out(self) -> None:
        upper, button = (self._table, 2), (self._button, Qt.AlignmentFlag.AlignLeft)
        parts = upper, (self._scroll, 3), self._words, button, STRETCH
        column(self, *parts, margins=(2, 0, 2, 0), gap=2)

    def table(self) -> Cells | None:
        """Return every compared number in a row of its own, if an experiment has been run."""
        rows: list[Sequence[str | float | None]] = []
        for row in self._rows.values():
            if (result := row.result) is not None:
                about = row.experiment.title, row.experiment.source, row.experiment.year
                for number in result.compared:
                    both = _short(number.published), _short(number.now)
                    rows.append((*about, number.name, *both, result.mark.value))
        header = ("experiment", "source", "year", "quantity", "published", "xorviz", "mark")
        return (header, rows) if rows else None

    @Slot(str, object)
    def show_result(self, name: str, result: ExperimentResult) -> None:
        self._show(name, replace(self._rows[name], result=result, progress=None, is_waiting=False))

    def show_state(self, name: str, progress: float | None, is_waiting: bool = False) -> None:
        """Show that an experiment runs, with its progress from 0 to 1, is queued, or neither."""
        self._show(name, replace(self._rows[name], progress=progress, is_waiting=is_waiting))

    def _show(self, name: str, row: PublishedRow) -> None:
        if row != self._rows[name]:
            self._rows[name] = row
            is_any_free = any(row.is_free for row in self._rows.values())
            allow(self._run_all, "" if is_any_free else "All run or wait already")
            self._draw_again()

    def description(self) -> str:
        return " ".join(row.spoken for row in self._rows.values())

    def _draw_latest(self) -> None:
        self._table.rows.show_rows(tuple(self._rows.values()))
        self._table.fit_columns()
        self._show_details(self._open)
        self.readout_changed.emit(summary(self._rows.values()))

    def _show_details(self, number: int | None) -> None:
        """Open the details of a row, or close them."""
        self._open = number
        if number is not None:
            self._details.setText(self._row(number).details)
        self._arrange()

    def _arrange(self) -> None:
        """Show what there is room for."""
        is_new = all(row.is_free and row.result is None for row in self._rows.values())
        self._scroll.setVisible(self._open is not None)
        self._button.setVisible(is_new)
        self._words.setVisible(is_new and self._open is None and self.height() >= _WITH_WORDS)

    def _row(self, number: int) -> PublishedRow:
        return list(self._rows.values())[number]

    def _move_cursor(self, dx: int, dy: int) -> None:  # noqa: ARG002
        """Open the details of the current row by Right, and close them by Left."""
        if dx:
            self._show_details(self._table.current_number() if dx > 0 else None)

    def _at_cursor(self) -> str:
        """Return the open details; the table itself announces its rows."""
        return "" if self._open is None else self._row(self._open).spoken

    def _clear_cursor(self) -> None:
        self._show_details(None)

    @Slot(QModelIndex)
    def _click(self, index: QModelIndex) -> None:
        if index.column() != RUN:
            self._toggle(index.row())

    def _toggle(self, number: int) -> None:
        self._show_details(None if number == self._open else number)

    @Slot(int, bool)
    def _use(self, number: int, with_shift: bool) -> None:
        """Run an experiment; with Shift, request its first network, trained if it has been run."""
        row = self._row(number)
        if with_shift:
            self._open_network(row, _last_step(row))
        elif row.is_free:
            self.experiment_requested.emit(row.experiment)

    def _open_network(self, row: PublishedRow, step: int, _checked: bool = False) -> None:
        self.open_requested.emit(row.experiment.plan.config(0), step)

    @Slot(int, QPoint)
    def _open_menu(self, number: int, at: QPoint) -> None:
        row, menu = self._row(number), QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        run = menu.addAction("Run\tEnter")
        run.setEnabled(row.is_free)
        run.triggered.connect(lambda: self._use(number, with_shift=False))
        for step in dict.fromkeys((row.experiment.plan.steps, 0)):  # once if nothing is trained
            key = "Shift+Enter" if step == _last_step(row) else ""
            opening = menu.addAction(opening_text("the first network", step, key))
            opening.triggered.connect(partial(self._open_network, row, step))
        menu.addAction("Details\tRight").triggered.connect(lambda: self._toggle(number))
        self.add_exports(menu)
        menu.popup(at)


def _last_step(row: PublishedRow) -> int:
    """Return the step to which an experiment's networks have been trained here."""
    return 0 if row.result is None else row.experiment.plan.steps


def _short(number: float | None) -> float | None:
    """Return a number that is written without decimals if it is whole."""
    return int(number) if number is not None and float(number).is_integer() else number
