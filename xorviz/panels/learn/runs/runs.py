"""The panel with the table of the current and the pinned runs."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy

from xorviz.core import numerals
from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import SETTINGS
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.boxes import column
from xorviz.ui.guard import guarded

if TYPE_CHECKING:
    from xorviz.panels.learn.runs.table import RunsTable

_NO_LIMIT = 16_777_215
"""Qt's QWIDGETSIZE_MAX."""
NONE_PINNED = "No run is pinned. Pin run keeps this one here, to compare the next one with it."


@guarded
class Runs(SnapshotView):
    """A table of runs. It changes none of them; it only emits requests."""

    rename_requested = Signal(int, str)  # each with the style of a pinned run
    shown_requested = Signal(int, bool)
    delete_requested = Signal(int)
    recall_requested = Signal(int)

    has_table = True
    has_previews = False
    explanation = (
        "The current run, and the pinned ones below it; a setting has a column if it differs. "
        "Double-click a pinned run, or press Enter, to make it the current one."
    )

    def __init__(self) -> None:
        super().__init__("runs")
        self._pinned: tuple[PinnedRun, ...] = ()
        self.setMinimumHeight(96)
        self._hint = ElidedLabel(NONE_PINNED)
        self._hint.setObjectName("quiet")
        self._hint.setContentsMargins(6, 8, 6, 0)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._column = column(self, self._hint, margins=(4, 1, 4, 1), gap=0)

    @cached_property
    def _table(self) -> "RunsTable":
        """The table, made when it is needed: most starts need neither it nor what it imports."""
        from xorviz.panels.learn.runs.table import RunsTable

        table = RunsTable()
        table.recall_requested.connect(self.recall_requested)
        table.delete_requested.connect(self.delete_requested)
        table.show_requested.connect(self.shown_requested)
        table.rename_requested.connect(self.rename_requested)
        table.apply_theme(self.theme)
        self.add_exports(table.menu)
        self._column.insertWidget(0, table, 1)
        self._focus_table(table)
        self.setTabOrder(self, table)  # it would be the last of the window, being made last
        table.show()  # at once: a widget added to a visible one is otherwise shown later
        return table

    def show_project(self, project: Project) -> None:
        """Show the pinned runs, and the current run."""
        self._pinned = project.pinned
        if project.pinned or "_table" in vars(self):
            self._show_runs(project.record if self._snapshot is None else self._snapshot.record)

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return the settings of all runs as they are shown, and their results as numbers."""
        from xorviz.panels.learn.runs.table import rows_of

        shown = rows_of(snapshot.record, self._pinned)
        rows = (
            (
                row.run.name,
                *row.settings.values(),
                len(row.run.record.interventions),
                row.run.record.newest,
                row.run.record.loss,
                row.run.record.right.first,
                row.run.record.learned.first,
            )
            for row in shown
        )
        results = ("changes", "steps", "final loss", "first right", "first learned")
        return ("name", *SETTINGS, *results), rows

    def describe(self, snapshot: Snapshot) -> str:
        from xorviz.panels.learn.runs.table import loss_text, rows_of, summary

        shown = rows_of(snapshot.record, self._pinned)
        runs = (
            f"{row.run.name} has {numerals.counted(row.run.record.newest, 'step')}, loss"
            f" {loss_text(row.run.record)}"
            for row in shown
        )
        return f"{at_step(snapshot)}: {'; '.join(runs)}; {summary(shown)}."

    def sizeHint(self) -> QSize:
        return QSize(1000, 130)

    def _draw(self, snapshot: Snapshot) -> None:
        if not self._table.show_current_run(snapshot.record):
            self._show_runs(snapshot.record)

    def _show_runs(self, current: Record) -> None:
        """Show all runs, and a hint right below the current one if there is no other."""
        self._table.show_runs(current, self._pinned)
        self._table.setMaximumHeight(_NO_LIMIT if self._pinned else self._table.whole_height)
        self._hint.setVisible(not self._pinned)
        self.readout_changed.emit(self._table.summary)
