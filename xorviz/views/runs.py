"""The runs: the one on the bench, those that are kept, and what sets them apart."""

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout

from xorviz.core.snapshot import Snapshot
from xorviz.core.study import Study
from xorviz.views.base import SnapshotView
from xorviz.views.runs_model import RunsModel
from xorviz.views.runs_table import RunsTable
from xorviz.widgets.elided_label import ElidedLabel

NONE_KEPT = "Press P to keep this run here; change something, run again, and compare."


class Runs(SnapshotView):
    """A table of runs. It changes none of them: it says what a person wishes, and waits."""

    rename_chosen = Signal(int, str)  # each with the style of a kept run
    shown_chosen = Signal(int, bool)
    delete_chosen = Signal(int)
    recall_chosen = Signal(int)

    title = "Runs"
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

    def __init__(self, functions: Mapping[str, str] = MappingProxyType({})) -> None:
        """Functions are the names of what is learned, by the digits of the targets."""
        super().__init__("runs")
        self._model = RunsModel(functions)
        self._table = RunsTable(self._model)
        self._hint = ElidedLabel(NONE_KEPT)
        self._hint.setObjectName("quiet")
        self._hint.setContentsMargins(6, 8, 6, 0)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._table.recall_wished.connect(self.recall_chosen)
        self._table.delete_wished.connect(self.delete_chosen)
        self._table.show_wished.connect(self.shown_chosen)
        self._model.rename_wished.connect(self.rename_chosen)
        self._model.columns_changed.connect(self._say_what_differs)
        self.setFocusProxy(self._table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 1, 4, 1)
        layout.setSpacing(0)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._hint)
        self._make_room(is_empty=True)

    @Slot(object)
    def show_study(self, study: Study) -> None:
        """Show the kept runs, beside the run that is on the bench now."""
        bench = study.record if self._snapshot is None else self._snapshot.record
        with self._table.staying():
            self._model.show_runs(bench, study.kept)
        self._make_room(is_empty=not study.kept)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 96)

    def sizeHint(self) -> QSize:
        return QSize(1000, 130)

    def _draw(self, snapshot: Snapshot) -> None:
        self._model.show_bench(snapshot.record)

    def _recolour(self) -> None:
        self._model.apply_theme(self.theme)
        self._table.apply_theme(self.theme)

    def _make_room(self, is_empty: bool) -> None:
        """Put the hint right below the first row as long as there is no other."""
        self._hint.setVisible(is_empty)
        self._table.show_whole(is_empty)

    @Slot()
    def _say_what_differs(self) -> None:
        self.readout_changed.emit(_readout(self._model))


def _readout(model: RunsModel) -> str:
    """Return how many runs are kept, and what sets them apart from each other and the bench."""
    if not model.kept_count:
        return "none kept"
    names = model.differing
    if names:
        *others, last = names
        listed = f"{', '.join(others)} and {last}" if others else last
        return f"{model.kept_count} kept, differing in {listed}"
    apart = ", changed differently on the way" if model.is_changed_apart else ""
    return f"{model.kept_count} kept, same settings{apart}"
