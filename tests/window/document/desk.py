"""A document and its file at a plain window, as a person uses them, without the panels."""

from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QPushButton,
)

from tests.support.screen import child, heard
from tests.support.windows import DocumentHarness
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import load_run, save_run
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.document.project_file import ProjectFile
from xorviz.window.document.settings import Settings


def project_of(seed: int = 7, steps: int = 40, pinned: int = 0) -> Project:
    """Return a project at a past step, with a change of a weight."""
    recording = Recording(RunConfig(width=4, seed=seed))
    recording.advance(steps)
    recording.intervene("w1", 0.25, (0, 1))
    recording.advance(10)
    project = Project(recording.record(), steps // 2)
    for number in range(pinned):
        project = project.pinning(recording.fork(10 + number).record(), 5, f"Part {number}")
    return project


class Desk:
    """The project's file with its questions; what it says is in ``told``."""

    def __init__(self, harness: DocumentHarness, folder: Path) -> None:
        self.harness, self.document, self.folder = harness, harness.document, folder
        self.window, self.bar = QMainWindow(), NoticeBar()
        self.window.setCentralWidget(self.bar)
        store = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.file = ProjectFile(self.window, self.document, Settings(store), self.bar)
        self.told: list[str] = heard(self.file.noticed)
        self.document.noticed.connect(self.told.append)
        self.speeds: list[float] = heard(self.file.began_anew)
        self.done: list[str] = []
        """What a question has let go on."""
        self.window.show()
        self.file.autosave.offer()

    def close(self) -> None:
        """End all that the desk holds."""
        self.file.autosave.close()
        self.window.close()
        self.window.deleteLater()

    @property
    def project(self) -> Project:
        return self.document.project

    @property
    def copies(self) -> list[Path]:
        """The files of unsaved work."""
        return sorted((self.folder / "recovery").glob("*.xorviz"))

    @property
    def title(self) -> str:
        """The title with its mark of changes."""
        self.file.show_title()
        mark = "*" if self.window.isWindowModified() else ""
        return self.window.windowTitle().replace("[*]", mark)

    def open(self, name: str, project: Project | None = None) -> Path:
        """Save a project to a file, and open it."""
        path = self.folder / name
        save_run(project or project_of(), path)
        self.harness.do(self.file.open_path, path)
        return path

    def train(self, steps: int = 10) -> None:
        """Take steps beyond the newest one."""
        self.harness.go_to(self.project.record.newest)
        self.harness.train(steps)

    def ask(self) -> None:
        """Ask for something that unsaved work would be lost by."""
        self.file.ask_unsaved(lambda: self.done.append("gone on"))

    def dialogs(self) -> list[str]:
        """Return the names of all dialogs."""
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return [dialog.objectName() for dialog in self.window.findChildren(QDialog)]

    def question(self, name: str = "unsaved_dialog") -> QMessageBox:
        """Return the one question that is open."""
        assert self.dialogs() == [name]
        return child(self.window, QMessageBox, name)

    def answer(self, text: str, name: str = "unsaved_dialog") -> None:
        """Press a button of a question."""
        (button,) = [b for b in self.question(name).buttons() if b.text().replace("&", "") == text]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.harness.rest()

    def answer_bar(self, text: str) -> None:
        """Press a button of the bar."""
        assert self.bar.isVisible()
        (button,) = [b for b in self.bar.findChildren(QPushButton) if b.text() == text]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.harness.rest()

    def choose(self, path: Path, name: str = "save_dialog") -> None:
        """Choose a path in a file dialog, and press its button."""
        dialog = child(self.window, QFileDialog, name)
        assert dialog.isModal()
        dialog.selectFile(str(path))
        child(dialog, QDialogButtonBox, "buttonBox").buttons()[0].click()
        self.harness.rest()

    def assert_holds(self, path: Path, project: Project) -> None:
        """Fail unless a file holds this project at its step."""
        there = load_run(path)
        assert (there, there.step) == (project, project.step)
