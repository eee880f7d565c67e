"""The panel of runs on the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QTableView
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import active_window, child
from tests.support.snapshots import trained
from tests.ui.fruit import Cells
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.runs.runs import Runs

RESULTS = ["steps", "final loss", "first correct", "first learned"]
THREE = (RunConfig(width=4), RunConfig(width=5), RunConfig(seed=1))


def project(*configs: RunConfig) -> Project:
    """Return a project of the default run and a pinned run of each config."""
    made = Project(Record(RunConfig()), 0)
    for config in configs:
        made = made.pinning(trained(config, 10).record, 10)
    return made


class RunsPage(Cells):
    """The cells of the runs THREE, with the focus, in an active window."""

    def __init__(self, qtbot: QtBot) -> None:
        self.view = Runs()
        self.page = Page(qtbot, self.view, size=(1000, 220))
        self.view.show_project(project(*THREE))
        self.window = active_window(qtbot, self.view)
        self.page.show(trained(RunConfig()))
        super().__init__(child(self.view, QTableView))

    @property
    def asked(self) -> dict[str, list[Any]]:
        """What was requested: of the styles of pinned runs."""
        heard = {name: self.page.heard[f"{name}_requested"] for name in _REQUESTS}
        return {name: asked for name, asked in heard.items() if asked}

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


_REQUESTS = "rename", "shown", "delete", "recall"


@pytest.fixture
def runs(qtbot: QtBot) -> Iterator[RunsPage]:
    made = RunsPage(qtbot)
    yield made
    made.menu.close()
