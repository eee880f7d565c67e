"""Finds parts of the whole window, and a document with its session."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.screen import child, type_into
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.panels.registry import Workspace
from xorviz.ui.forms.fields import NumberField
from xorviz.window.bars.actions import DEFAULT_STEP_COUNT
from xorviz.window.bars.tool_bar import DEFAULT_SPEED
from xorviz.window.document.document import Document
from xorviz.window.main_window import DEFAULT_SIZE, MainWindow

Open = Callable[..., MainWindow]
Do = Callable[..., None]
find, enter = child, type_into


CONFIG = RunConfig(width=2, rate=0.5, biases=True)
OTHER = replace(CONFIG, activation="tanh")


def action(window: MainWindow, name: str) -> QAction:
    """Return an action of the window."""
    return find(window, QAction, name)


def text(window: MainWindow, label: str) -> str:
    """Return the text of a label."""
    return find(window, QLabel, label).text()


def shown_step(window: MainWindow) -> int:
    """Return the step that the timeline shows."""
    return round(find(window, NumberField, "timeline_step").value())


def in_sight(window: MainWindow) -> tuple[list[str], list[str]]:
    """Return the names of the controls and the texts of the labels that are in sight.

    Buttons, fields, check boxes and sliders count, disabled ones too; menus, tabs and the line
    edits inside of fields do not. What is painted, such as axes and tables, is no label.
    """
    kinds = QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider
    seen = [w for w in window.findChildren(QWidget) if not w.visibleRegion().isEmpty()]
    fields = [w for w in seen if isinstance(w, kinds) and not isinstance(w.parent(), kinds)]
    labels = [w.text() for w in seen if isinstance(w, QLabel) and w.text()]
    return [field.objectName() for field in fields], labels


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until no step is being taken or sought."""
    session = window.session
    qtbot.waitUntil(lambda: not (session.activity.is_training or session.unanswered))


def opened(settings: Path) -> MainWindow:
    """Return a visible, active window with the default run and these settings.

    It paints nothing until ``setUpdatesEnabled``: that would be half of what most tests cost.
    """
    window = MainWindow(RunConfig(), QSettings(str(settings), QSettings.Format.IniFormat))
    window.setUpdatesEnabled(False)
    window.show()
    QTest.qWaitForWindowExposed(window)
    return window


def reset(qtbot: QtBot, window: MainWindow) -> None:
    """Restore the default run, layout and choices of a window."""
    window.session.pause()
    settle(qtbot, window)
    window.session.rules = StopRules()
    window.file.put(Project(Record(RunConfig()), 0), None)
    window._choices.choose_speed(DEFAULT_SPEED)
    window._actions.show_steps(DEFAULT_STEP_COUNT)
    action(window, "more").setChecked(False)
    window._views.choose_unit(None)
    window.resize(DEFAULT_SIZE)
    window._desk._kept.clear()
    window._desk.close_aside()
    window._desk.switch(Workspace.LEARN)
    window._desk.reset()
    window._status.forget_notice()
    for question in list(window._notices._open):
        window._notices.withdraw(question)
    settle(qtbot, window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.setFocus()


def close(window: MainWindow) -> None:
    """Close and delete a window without questions."""
    window.file.discard_changes()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


@dataclass
class DocumentHarness:
    """A document with its session, and all signals that they have emitted."""

    qtbot: QtBot
    session: TrainingSession
    document: Document
    seen: list[Snapshot] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session.rules = NEVER
        self.session.set_speed(None)
        self.session.snapshot_arrived.connect(self.seen.append)
        self.document.project_changed.connect(self.projects.append)
        self.document.refused.connect(self.refused.append)
        self.document.noticed.connect(self.noticed.append)

    @property
    def now(self) -> Snapshot:
        """The last snapshot."""
        return self.seen[-1]

    @property
    def pinned(self) -> list[tuple[str, Record]]:
        """The pinned runs by name."""
        return [(run.name, run.record) for run in self.document.project.pinned]

    def labels(self) -> tuple[str | None, str | None]:
        """Return what can be undone and redone."""
        return self.document.history.labels

    def rest(self) -> None:
        """Wait until the session is paused."""
        at_rest = {Activity.PAUSED, Activity.FAILED}
        self.qtbot.waitUntil(
            lambda: self.session.activity in at_rest and self.session.unanswered == 0
        )

    def do(self, command: Callable[..., object], *arguments: object) -> None:
        """Call a command, and wait until it is done."""
        command(*arguments)
        self.rest()

    def put(self, project: Project) -> None:
        """Open a project, and forget what was emitted before."""
        self.do(self.document.put, project)
        for emitted in (self.projects, self.refused, self.noticed):
            emitted.clear()

    def watch(self, count: int) -> None:
        """Wait for this many more snapshots."""
        until = len(self.seen) + count
        self.qtbot.waitUntil(lambda: len(self.seen) >= until)

    def train(self, n: int) -> None:
        """Take n steps."""
        self.do(self.session.step, n)

    def go_to(self, step: int) -> None:
        """Show a step."""
        self.do(self.session.seek, step)
