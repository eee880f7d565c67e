"""File dialogs, recent files and dropped files.

No dialog has its own event loop: that would still run after the parent was closed and had deleted
the dialog. Each is deleted when closed.
"""

from collections.abc import Callable, Container
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QMessageBox, QWidget

from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.files.run_file import SUFFIX
from xorviz.ui.keys import allow
from xorviz.window.document.settings import Settings

Answer = QMessageBox.StandardButton
RUNS = f"xorviz runs (*{SUFFIX})"
LESSONS = "xorviz lessons (*.xlesson)"
_COPY = Qt.DropAction.CopyAction


def taken_file(event: QDropEvent, suffixes: Container[str]) -> Path | None:
    """Accept a file as soon as it is dragged into a window, if it is all that is dragged.

    It must have one of these suffixes.
    """
    urls = event.mimeData().urls()
    if len(urls) != 1 or not event.possibleActions() & _COPY:
        return None
    path = Path(urls[0].toLocalFile())  # empty for a remote URL
    if path.suffix not in suffixes:
        return None
    event.setDropAction(_COPY)  # after a move, a file manager deletes the file
    event.accept()
    return path


class RecentMenu(QMenu):
    """The menu of recent files, newest first, saved in the settings."""

    chosen = Signal(object)  # Path

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__("Open &recent", window)
        self._settings = settings
        self.aboutToShow.connect(self._fill)

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
        self.clear()
        recent = self._settings.recent()
        names = [path.name for path in recent]
        for path in recent:
            text = path.name if names.count(path.name) == 1 else f"{path.name} in {path.parent}"
            action = self.addAction(text.replace("&", "&&"))
            action.setStatusTip(str(path))
            action.triggered.connect(lambda _, path=path: self.chosen.emit(path))
        if not recent:
            allow(self.addAction("No recent files"), "No run file was opened or saved yet")


def ask_to_open(
    parent: QWidget, title: str, folder: Path, pattern: str, chosen: Callable[[Path], object]
) -> None:
    """Ask for a file to open."""
    dialog = QFileDialog(parent, title, str(folder), pattern)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    open_named(dialog, "open_dialog")


def ask_to_save(
    parent: QWidget, title: str, suggestion: Path, pattern: str, chosen: Callable[[Path], object]
) -> None:
    """Ask for a file to save to; a name without a suffix gets the suggested one."""
    dialog = QFileDialog(parent, title, str(suggestion.parent), pattern)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggestion.suffix.removeprefix("."))
    dialog.selectFile(suggestion.name)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    open_named(dialog, "save_dialog")


class FileSaver(QObject):
    """Asks for a path, at first in the folder of the last one, and writes a file there."""

    noticed = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = Path.home()

    def ask(
        self, parent: QWidget, title: str, name: str, pattern: str, chosen: Callable[[Path], object]
    ) -> None:
        """Ask for a path, with a name as the suggestion."""

        def take(path: Path) -> None:
            self._folder = path.parent
            chosen(path)

        ask_to_save(parent, title, self._folder / name, pattern, take)

    def write(self, path: Path, content: bytes, remark: str = "") -> None:
        """Write a file, and give notice of it with a remark, or of the reason why not."""
        try:
            atomic.write(path, content)
        except FileError as error:
            self.refused.emit(f"Could not save {path.name}: {error}")
        else:
            self.noticed.emit(f"Saved {path.name}. {remark}".strip())


def ask_to_keep(parent: QWidget, text: str, answered: Callable[[int], object]) -> None:
    """Ask whether to save; the answer is the number of an Answer."""
    dialog = question(parent, text)
    dialog.setStandardButtons(Answer.Save | Answer.Discard | Answer.Cancel)
    dialog.setDefaultButton(Answer.Save)
    dialog.finished.connect(answered)
    open_named(dialog, "unsaved_dialog")


def ask_to_replace(
    parent: QWidget, name: str, replace: Callable[[], object], save_as: Callable[[], object]
) -> None:
    """Ask whether to replace a file that something else has changed."""
    role = QMessageBox.ButtonRole.AcceptRole
    dialog = question(parent, f"{name} has changed on disk since it was opened or saved here.")
    dialog.setInformativeText("Replace it, or save under another name?")
    dialog.addButton("&Replace", role).clicked.connect(replace)
    other = dialog.addButton("Save &as…", role)
    other.clicked.connect(save_as)
    dialog.addButton(Answer.Cancel)
    dialog.setDefaultButton(other)
    open_named(dialog, "changed_dialog")


def question(parent: QWidget, text: str) -> QMessageBox:
    """Return a question without answers."""
    dialog = QMessageBox(parent)
    dialog.setIcon(QMessageBox.Icon.Question)
    dialog.setWindowTitle("xorviz")
    dialog.setTextFormat(Qt.TextFormat.PlainText)  # a file name may look like markup
    dialog.setText(text)
    return dialog


def open_named(dialog: QDialog, name: str) -> None:
    """Open a dialog that is deleted when closed."""
    dialog.setObjectName(name)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
