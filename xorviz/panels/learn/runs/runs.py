"""The panel with the table of the current and the pinned runs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout

from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.settings.wording import FUNCTIONS
from xorviz.ui.chrome.elided_label import ElidedLabel
from xorviz.ui.guard import guarded

if TYPE_CHECKING:
    from xorviz.panels.learn.runs.model import RunsModel
    from xorviz.panels.learn.runs.table import RunsTable

NONE_KEPT = "Press P to keep this run here; change something, run again, and compare."


@guarded
class Runs(SnapshotView):
    """A table of runs. It changes none of them; it only emits requests.

    The table is made when there is a pinned run or the view is shown: most starts do not need it.
    """

    rename_requested = Signal(int, str)  # each with the style of a pinned run
    shown_requested = Signal(int, bool)
    delete_requested = Signal(int)
    recall_requested = Signal(int)

    explanation = (
        "The run on the bench in the first row, and the kept runs below it, each with the line "
        "that its curve has among the losses. Settings have a column where the runs differ in "
        "them; a value in the accent colour is not that of the run on the bench, and an arrow "
        "says that it was changed on the way. Beside them stand how far each run has come, its "
        "loss there, and when all four rows were right, and learned, for the first time. "
        "Enter, or a double click, puts a kept run on the bench again; F2, or a double click on "
        "its name, renames it; V, or a click on its line, shows or hides its curve; Delete "
        "forgets it."
    )

    def __init__(self) -> None:
        super().__init__("runs")
        self._project: Project | None = None
        self._parts: tuple[RunsModel, RunsTable] | None = None
        self._hint = ElidedLabel(NONE_KEPT)
        self._hint.setObjectName("quiet")
        self._hint.setContentsMargins(6, 8, 6, 0)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 1, 4, 1)
        self._column.setSpacing(0)
        self._column.addWidget(self._hint)

    def show_project(self, project: Project) -> None:
        """Show the pinned runs, and the current run."""
        self._project = project
        if project.pinned or self._parts is not None:
            self._show_pinned(project)

    def showEvent(self, event: QShowEvent) -> None:
        self._need_parts()
        super().showEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 96)

    def sizeHint(self) -> QSize:
        return QSize(1000, 130)

    def _draw(self, snapshot: Snapshot) -> None:
        model, _ = self._need_parts()
        model.show_current_run(snapshot.record)

    def _recolour(self) -> None:
        for part in self._parts or ():
            part.apply_theme(self.theme)

    def _show_pinned(self, project: Project) -> None:
        model, table = self._need_parts()
        current = project.record if self._snapshot is None else self._snapshot.record
        with table.staying():
            model.show_runs(current, project.pinned)
        self._show_hint(table, is_empty=not project.pinned)

    def _need_parts(self) -> "tuple[RunsModel, RunsTable]":
        """Return the model and the table; make them the first time."""
        if self._parts is None:
            _, table = self._parts = self._make_parts()
            self._column.insertWidget(0, table, 1)
            self.setFocusProxy(table)
            self._recolour()
            self._show_hint(table, is_empty=True)
            if self._project is not None:
                self._show_pinned(self._project)
            table.show()  # at once: a widget added to a visible one is otherwise shown later
        return self._parts

    def _make_parts(self) -> "tuple[RunsModel, RunsTable]":
        from xorviz.panels.learn.runs.model import RunsModel
        from xorviz.panels.learn.runs.table import RunsTable

        model = RunsModel(FUNCTIONS)
        table = RunsTable(model)
        table.recall_requested.connect(self.recall_requested)
        table.delete_requested.connect(self.delete_requested)
        table.show_requested.connect(self.shown_requested)
        model.rename_requested.connect(self.rename_requested)
        model.columns_changed.connect(self._show_differences)
        return model, table

    def _show_hint(self, table: "RunsTable", is_empty: bool) -> None:
        """Show or hide the hint right below the row of the current run."""
        self._hint.setVisible(is_empty)
        table.show_whole(is_empty)

    @Slot()
    def _show_differences(self) -> None:
        model, _ = self._need_parts()
        self.readout_changed.emit(_readout(model))


def _readout(model: "RunsModel") -> str:
    """Return the number of pinned runs, and the settings in which the runs differ."""
    if not model.pinned_count:
        return "none kept"
    names = model.differing
    if names:
        *others, last = names
        listed = f"{', '.join(others)} and {last}" if others else last
        return f"{model.pinned_count} kept, differing in {listed}"
    apart = ", changed differently on the way" if model.is_changed_apart else ""
    return f"{model.pinned_count} kept, same settings{apart}"
