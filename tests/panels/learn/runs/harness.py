"""A view of runs for tests."""

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QTableView

from tests.support.screen import child
from tests.support.snapshots import trained
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.panels.learn.runs.runs import Runs

Request = tuple[object, ...]

RESULTS = ["steps", "final loss", "first right", "first learned"]
WINDOW_KEYS = ("Space", "S", "Shift+S", "R", "N", "P", "M", "Left", "Right")
TABLE_KEYS = ("Up", "Down", "Left", "Right", "Return", "Enter", "F2", "V", "Del")


def project(*configs: RunConfig) -> Project:
    """Return a project of the default run and a pinned run of each config."""
    made = Project(Record(RunConfig()), 0)
    for config in configs:
        made = made.pinning(trained(config, 10).record, 10)
    return made


THREE = (RunConfig(width=4), RunConfig(width=5), RunConfig(seed=1))


@dataclass
class RunsHarness:
    """A view of runs, its requests and read-outs."""

    view: Runs
    requests: list[Request] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        view = self.view
        view.rename_requested.connect(
            lambda style, name: self.requests.append(("rename", style, name))
        )
        view.shown_requested.connect(lambda style, on: self.requests.append(("show", style, on)))
        view.delete_requested.connect(lambda style: self.requests.append(("delete", style)))
        view.recall_requested.connect(lambda style: self.requests.append(("recall", style)))
        view.readout_changed.connect(self.readouts.append)

    def show(self, shown: Project) -> None:
        """Show a project, and lay out the table."""
        self.view.show_project(shown)
        QApplication.processEvents()

    @property
    def table(self) -> QTableView:
        return child(self.view, QTableView)

    @property
    def editors(self) -> list[QLineEdit]:
        return [e for e in self.table.findChildren(QLineEdit) if e.isVisible()]

    @property
    def headers(self) -> list[str]:
        """The visible columns."""
        model, count = self.table.model(), self.table.model().columnCount()
        seen = (i for i in range(count) if not self.table.isColumnHidden(i))
        return [str(model.headerData(i, Qt.Orientation.Horizontal)) for i in seen]

    def index(self, row: int, header: str) -> QModelIndex | QPersistentModelIndex:
        model = self.table.model()
        places = range(model.columnCount())
        names = [model.headerData(i, Qt.Orientation.Horizontal) for i in places]
        return model.index(row, names.index(header))

    def texts(self, header: str) -> list[object]:
        rows = range(self.table.model().rowCount())
        return [self.index(row, header).data() for row in rows]

    def center(self, row: int, header: str) -> QPoint:
        return self.table.visualRect(self.index(row, header)).center()

    def click(self, row: int, header: str) -> None:
        place = self.center(row, header)
        QTest.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def double_click(self, row: int, header: str) -> None:
        place, left = self.center(row, header), Qt.MouseButton.LeftButton
        self.click(row, header)
        QTest.mouseDClick(self.table.viewport(), left, pos=place)
        QTest.mouseRelease(self.table.viewport(), left, pos=place)

    def go_to(self, row: int, header: str = "name") -> None:
        self.table.setCurrentIndex(self.index(row, header))

    def open_menu(self, reason: QContextMenuEvent.Reason, place: QPoint) -> None:
        target = self.table if reason == QContextMenuEvent.Reason.Keyboard else None
        event = QContextMenuEvent(reason, place, self.table.viewport().mapToGlobal(place))
        QApplication.sendEvent(target or self.table.viewport(), event)

    @property
    def menu(self) -> QMenu:
        return child(self.table, QMenu)

    def offered(self, word: str) -> QAction:
        return next(a for a in self.menu.actions() if word in a.text())


def at_step(step: int, loss: float = 0.25) -> Snapshot:
    """Return a snapshot of the default run far from the start."""
    seen = trained(RunConfig())
    record = replace(seen.record, newest=step, trace=Trace.empty().until(step, loss))
    return replace(seen, step=step, loss=loss, record=record)
