"""The view of published experiments and their results in xorviz."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu

from xorviz.lab.results.published import EXPERIMENTS, ExperimentResult
from xorviz.panels.base.export import Cells
from xorviz.panels.base.lab_view import opening_text
from xorviz.panels.base.view import View
from xorviz.panels.lab.published.row import PublishedRow, summary
from xorviz.panels.lab.published.table import RUN, PublishedTable
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.forms.scrolled import plain_label, scrolled
from xorviz.ui.keys import allow

INTRODUCTION = (
    "Runs each published experiment again, in seconds, and compares the results with the "
    "published ones."
)

_WITH_WORDS = 320
"""Least height in pixels that shows the introduction above its button."""


class LabPublished(View):
    """One row per experiment. It runs none itself, but requests it."""

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
        """Return the details that are open; the table tells its rows by itself."""
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
