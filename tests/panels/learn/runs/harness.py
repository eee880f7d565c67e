"""A view of runs for tests."""

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QTableView
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, child
from tests.support.snapshots import trained
from tests.ui.fruit import Cells
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.runs.runs import Runs
from xorviz.ui.theme.palette import LIGHT, Theme

RESULTS = ["steps", "final loss", "first correct", "first learned"]
THREE = (RunConfig(width=4), RunConfig(width=5), RunConfig(seed=1))


def project(*configs: RunConfig) -> Project:
    """Return a project of the default run and a pinned run of each config."""
    made = Project(Record(RunConfig()), 0)
    for config in configs:
        made = made.pinning(trained(config, 10).record, 10)
    return made


def at_step(step: int, loss: float = 0.25) -> Snapshot:
    """Return a snapshot of the default run far from the start."""
    seen = trained(RunConfig())
    record = replace(seen.record, newest=step, trace=Trace().until(step, loss))
    return replace(seen, step=step, loss=loss, record=record)


class RunsHarness(Cells):
    """A view of the runs THREE with the focus, in a window with shortcuts; what it requests."""

    def __init__(self, qtbot: QtBot, theme: Theme = LIGHT) -> None:
        self.view = view = Runs()
        self.requests: list[tuple[object, ...]] = []
        self.readouts: list[str] = []
        for name, signal in (
            ("rename", view.rename_requested),
            ("show", view.shown_requested),
            ("delete", view.delete_requested),
            ("recall", view.recall_requested),
        ):
            signal.connect(lambda *what, name=name: self.requests.append((name, *what)))
        view.readout_changed.connect(self.readouts.append)
        view.apply_theme(theme)
        view.show_project(project(*THREE))
        self.window = active_window(qtbot, view)
        view.show_snapshot(trained(RunConfig()))
        super().__init__(child(view, QTableView))
        self.resize(1000, 220)

    def resize(self, width: int, height: int) -> None:
        """Give the view this size in its window."""
        self.window.resize(self.window.size() + QSize(width, height) - self.view.size())
        QApplication.processEvents()

    def show(self, shown: Project) -> None:
        """Show a project, and lay out the table."""
        self.view.show_project(shown)
        QApplication.processEvents()

    def go_to(self, row: int, title: str = "name") -> None:
        self.table.setCurrentIndex(self.index(row, title))

    @property
    def row(self) -> int:
        """The current row."""
        return self.table.currentIndex().row()

    @property
    def editors(self) -> list[QLineEdit]:
        return [e for e in self.table.findChildren(QLineEdit) if e.isVisible()]

    @property
    def menu(self) -> QMenu:
        return child(self.table, QMenu)

    def offered(self, word: str) -> QAction:
        return next(a for a in self.menu.actions() if word in a.text())
