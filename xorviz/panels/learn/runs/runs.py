"""The panel with the table of the current and the pinned runs."""

from dataclasses import replace

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QSizePolicy

from xorviz.core import numerals
from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import SETTINGS
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step
from xorviz.panels.learn.runs.table import RunRow, RunsTable, loss_text, rows_of, summary
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded

_MOST_ROWS = 6
"""In sight without scrolling."""
_EDGE = 1
"""Pixels above and below the table."""


@guarded
class Runs(SnapshotView):
    """A table of runs. It changes none of them; it only emits requests."""

    rename_requested = Signal(int, str)  # each with the style of a pinned run
    shown_requested = Signal(int, bool)
    delete_requested = Signal(int)
    recall_requested = Signal(int)

    shows_both = True
    has_table = True
    least_lines = 5
    has_previews = False
    explanation = (
        "The current run, and the pinned ones below it; a setting has a column if it differs. "
        "Double-click a pinned run, or press Enter, to make it the current one."
    )

    def __init__(self) -> None:
        super().__init__("runs")
        self._pinned: tuple[PinnedRun, ...] = ()
        self._table = table = RunsTable()
        table.recall_requested.connect(self.recall_requested)
        table.delete_requested.connect(self.delete_requested)
        table.show_requested.connect(self.shown_requested)
        table.rename_requested.connect(self.rename_requested)
        table.changed.connect(self._say_summary)
        self.add_exports(table.menu)
        self._focus_table(table)
        column(self, (table, 1), margins=(4, _EDGE, 4, _EDGE), gap=0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_project(self, project: Project) -> None:
        """Show the pinned runs, and the current run."""
        self._pinned = project.pinned
        self._show_runs(self._current() if self._both else (project.record,))

    def _table_of(self, snapshot: Snapshot) -> Cells:  # noqa: ARG002
        """Return the settings of all runs as they are shown, and their results as numbers."""
        rows = (
            (row.run.name, *row.settings.values(), *_results(row.run.record)) for row in self._rows
        )
        results = ("changes", "steps", "final loss", "first right", "first learned")
        return ("name", *SETTINGS, *results, "correct since", "learned since"), rows

    def describe(self, snapshot: Snapshot) -> str:
        runs = (
            f"{name} has {numerals.counted(run.newest, run.config.step_word)}, loss"
            f" {loss_text(run)}"
            for name, run in ((row.run.name, row.run.record) for row in self._rows)
        )
        return f"{at_step(snapshot)}: {'; '.join(runs)}; {summary(self._rows)}."

    @property
    def _rows(self) -> list[RunRow]:
        return rows_of(self._current(), self._pinned)

    def sizeHint(self) -> QSize:
        """Return the height of all rows, up to six."""
        count = min(len(self._both) + len(self._pinned), _MOST_ROWS)
        return QSize(1000, self._table.height_of(count) + 2 * _EDGE)

    def _current(self) -> tuple[Record, ...]:
        """Return the current run, or both side by side, up to the newest step that both have."""
        return tuple(_until(one.record, self._both[0].newest) for one in self._both)

    def _draw(self, snapshot: Snapshot) -> None:  # noqa: ARG002
        current = self._current()
        if not self._table.show_current_runs(current):
            self._show_runs(current)

    def _show_runs(self, current: tuple[Record, ...]) -> None:
        self._table.show_runs(current, self._pinned)
        self._say_summary()

    @Slot()
    def _say_summary(self) -> None:
        self.readout_changed.emit(self._table.summary)


def _results(run: Record) -> tuple[float | None, ...]:
    """Return what became of a run, as numbers."""
    right, learned = run.right, run.learned
    firsts = right.first, learned.first, right.since, learned.since
    return len(run.interventions), run.newest, run.loss, *firsts


def _until(run: Record, newest: int) -> Record:
    """Return a run as it was at a step."""
    if newest >= run.newest:
        return run
    made = tuple(change for change in run.interventions if change.step <= newest)
    return replace(run, newest=newest, trace=run.trace.up_to(newest), interventions=made)
