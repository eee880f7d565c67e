"""File dialogs, recent files and dropped files.

No dialog has an event loop of its own, which would go on after its parent was closed and deleted
it. Each is deleted when closed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QMessageBox, QWidget

from xorviz.files import SUFFIX
from xorviz.window.document.settings import Settings

D = TypeVar("D", bound=QDialog)

Answer = QMessageBox.StandardButton
RUNS = f"Runs of xorviz (*{SUFFIX})"
_COPY = Qt.DropAction.CopyAction


def taken_run_file(event: QDropEvent) -> Path | None:
    """Accept a run file as soon as it is dragged into a window, if it is all that is dragged."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not event.possibleActions() & _COPY:
        return None
    path = Path(urls[0].toLocalFile())  # empty for a remote URL
    if path.suffix != SUFFIX:
        return None
    event.setDropAction(_COPY)  # after a move, a file manager deletes the file
    event.accept()
    return path


class RecentFiles(QObject):
    """The menu of recent files, newest first, saved in the settings."""

    chosen = Signal(object)  # Path

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self.menu = QMenu("Open &recent", window)
        self.menu.aboutToShow.connect(self._fill)
        self.menu.triggered.connect(self._choose)

    @property
    def folder(self) -> Path:
        recent = self._settings.recent()
        return recent[0].parent if recent else Path.home()

    def remember(self, path: Path) -> None:
        """Put a file first."""
        others = [other for other in self._settings.recent() if other != path]
        self._settings.set_recent([path, *others])

    @Slot()
    def _fill(self) -> None:
        self.menu.clear()
        recent = self._settings.recent()
        names = [path.name for path in recent]
        for path in recent:
            text = path.name if names.count(path.name) == 1 else f"{path.name} in {path.parent}"
            action = self.menu.addAction(text.replace("&", "&&"))
            action.setData(path)
            action.setStatusTip(str(path))
        if not recent:
            self.menu.addAction("No files yet").setEnabled(False)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if action.data():
            self.chosen.emit(action.data())


def open_dialog(parent: QWidget, title: str, folder: Path, pattern: str) -> QFileDialog:
    """Return a dialog for a file to open."""
    dialog = QFileDialog(parent, title, str(folder), pattern)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _prepared(dialog, "open_dialog")


def save_dialog(parent: QWidget | None, title: str, suggestion: Path, pattern: str) -> QFileDialog:
    """Return a dialog for a file to save to; a name without a suffix gets the suggested one."""
    dialog = QFileDialog(parent, title, str(suggestion.parent), pattern)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggestion.suffix.removeprefix("."))
    dialog.selectFile(suggestion.name)
    return _prepared(dialog, "save_dialog")


def unsaved_dialog(parent: QWidget, text: str) -> QMessageBox:
    """Return a dialog that asks whether to save; it finishes with an Answer."""
    dialog = _question(parent, text)
    dialog.setStandardButtons(Answer.Save | Answer.Discard | Answer.Cancel)
    dialog.setDefaultButton(Answer.Save)
    return _prepared(dialog, "unsaved_dialog")


def changed_dialog(
    parent: QWidget, name: str, replace: Callable[[], None], save_as: Callable[[], None]
) -> QMessageBox:
    """Return a dialog that asks whether to replace a file that something else has changed."""
    role = QMessageBox.ButtonRole.AcceptRole
    dialog = _question(parent, f"The file {name} was changed outside this window.")
    dialog.setInformativeText("Replace it, or save this under another name?")
    dialog.addButton("&Replace", role).clicked.connect(replace)
    other = dialog.addButton("Save &as…", role)
    other.clicked.connect(save_as)
    dialog.addButton(Answer.Cancel)
    dialog.setDefaultButton(other)
    return _prepared(dialog, "changed_dialog")


def _question(parent: QWidget, text: str) -> QMessageBox:
    dialog = QMessageBox(parent)
    dialog.setIcon(QMessageBox.Icon.Question)
    dialog.setWindowTitle("xorviz")
    dialog.setTextFormat(Qt.TextFormat.PlainText)  # a file name may look like markup
    dialog.setText(text)
    return dialog


def _prepared(dialog: D, name: str) -> D:
    dialog.setObjectName(name)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
