"""Opens and saves what is worked on, remembers files, and keeps a copy for after a crash."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QMessageBox

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.record import Record
from xorviz.core.study import Study
from xorviz.document import Document
from xorviz.files import SUFFIX, FileError, load_run, save_run
from xorviz.files.recovery import Recovery, discard, orphans
from xorviz.settings import Settings
from xorviz.widgets.notice_bar import NoticeBar

AUTOSAVE_MS = 30_000
MOST_RECENT = 8
_PATTERN = f"Runs of xorviz (*{SUFFIX})"
_RESTORE, _DISCARD = "Restore", "Discard"


class Filing(QObject):
    """The document's place on the disk. Whatever goes wrong, the document stays as it is."""

    noticed = Signal(str)

    def __init__(
        self, window: QMainWindow, document: Document, settings: Settings, bar: NoticeBar
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._settings, self._bar = window, document, settings, bar
        self._path: Path | None = None
        self._saved: Study | None = None
        self._is_settled = self._leaves_copy = False
        self._folder = settings.folder / "recovery"
        self._recovery = Recovery(self._folder)
        self._copied: Study | None = None
        self._orphan: Path | None = None
        self.recent_menu = QMenu("Open &recent", window)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self.recent_menu.triggered.connect(self._open_recent)
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        bar.answered.connect(self._restore)
        self._autosave = QTimer(self, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(self.copy_for_recovery)
        self._autosave.start()
        self.show_title()

    @property
    def is_modified(self) -> bool:
        """Whether there is something that no file has."""
        study = self._document.study
        if self._saved is not None:
            return study != self._saved
        return study.record.newest > 0 or bool(study.kept)

    @property
    def would_lose(self) -> bool:
        """Whether something that a person has named or kept would be lost."""
        has_worth = self._path is not None or bool(self._document.study.kept)
        return self.is_modified and has_worth and not self._is_settled

    @Slot()
    def show_title(self) -> None:
        """Let the window's title say the file's name, and whether there are changes."""
        name = self._path.name if self._path else "Untitled" if self.is_modified else ""
        title = f"{name}[*] – xorviz" if name else "xorviz[*]"
        if title != self._window.windowTitle():
            self._window.setWindowTitle(title)
        if self.is_modified != self._window.isWindowModified():
            self._window.setWindowModified(self.is_modified)

    @Slot()
    def new(self) -> None:
        """Begin with nothing, once what is there may go."""
        self.unless_unsaved(lambda: self.put(Study(Record(RunConfig()), 0), None))

    @Slot()
    def open(self) -> None:
        """Ask for a file and open it."""
        dialog = QFileDialog(self._window, "Open a run", str(self._usual_folder()), _PATTERN)
        dialog.setObjectName("open_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._open_chosen)
        dialog.open()

    def open_path(self, path: Path) -> None:
        """Open a file, once what is there may go; a broken one changes nothing."""
        try:
            study = load_run(path)
        except FileError as error:
            self.noticed.emit(f"{path.name}: {error}")
            return
        self.unless_unsaved(lambda: self.put(study, path))

    def put(self, study: Study, path: Path | None) -> None:
        """Work on a study that a file holds."""
        self._path, self._saved = path, study if path else None
        self._document.put(study)
        self._remember(path)
        self.show_title()
        if path:
            self.noticed.emit(f"{path.name} is open.")

    @Slot()
    def save(self) -> None:
        """Save to the file that is open, or ask for one."""
        self._save_and(lambda: None)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file and save to it."""
        self._ask_where(lambda: None)

    def unless_unsaved(self, go_on: Callable[[], None]) -> None:
        """Go on at once, or after a person has said what is to become of unsaved changes."""
        if not self.would_lose:
            go_on()
            return
        buttons = QMessageBox.StandardButton
        name = self._path.name if self._path else "the kept runs"
        question = QMessageBox(self._window)
        question.setObjectName("unsaved_dialog")
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle("xorviz")
        question.setText(f"Save the changes to {name}?")
        question.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        question.setDefaultButton(buttons.Save)
        question.button(buttons.Save).clicked.connect(lambda: self._save_and(go_on))
        question.button(buttons.Discard).clicked.connect(go_on)
        question.finished.connect(question.deleteLater)
        question.open()

    def settle(self) -> None:
        """Leave unsaved what is unsaved: a person has said so."""
        self._is_settled = True

    def let_go(self) -> None:
        """Leave unsaved what is unsaved: nobody can be asked. A copy stays for the next start."""
        if self.would_lose:
            self._copied = None
            self.copy_for_recovery()
            self._leaves_copy = self._is_settled = True

    def close(self) -> None:
        """Stop copying; a clean end leaves no copy behind."""
        self._autosave.stop()
        if not self._leaves_copy:
            self._recovery.close()

    # Files.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Open a run file that is dropped on the window."""
        if isinstance(event, QDropEvent) and (path := _run_file_in(event)):
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.open_path(path)
            return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _open_chosen(self, name: str) -> None:
        self.open_path(Path(name))

    def _save_and(self, go_on: Callable[[], None]) -> None:
        if self._path is None:
            self._ask_where(go_on)
        else:
            self._save_to(self._path, go_on)

    def _ask_where(self, go_on: Callable[[], None]) -> None:
        folder = self._usual_folder()
        dialog = QFileDialog(self._window, "Save the run", str(folder), _PATTERN)
        dialog.setObjectName("save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.selectFile(self._path.name if self._path else f"run{SUFFIX}")
        dialog.fileSelected.connect(lambda name: self._save_to(Path(name), go_on))
        dialog.open()

    def _save_to(self, path: Path, go_on: Callable[[], None]) -> None:
        study = self._document.study
        try:
            save_run(study, path)
        except FileError as error:
            self.noticed.emit(f"{path.name} is not saved: {error}")
            return
        self._path, self._saved = path, study
        self._remember(path)
        self.show_title()
        self.noticed.emit(f"Saved as {path.name}.")
        go_on()

    def _usual_folder(self) -> Path:
        recent = self._settings.recent()
        return self._path.parent if self._path else recent[0].parent if recent else Path.home()

    def _remember(self, path: Path | None) -> None:
        if path is not None:
            others = [p for p in self._settings.recent() if p != path.absolute()]
            self._settings.set_recent([path.absolute(), *others][:MOST_RECENT])

    @Slot()
    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        for path in self._settings.recent():
            action = self.recent_menu.addAction(path.name.replace("&", "&&"))
            action.setData(str(path))
            action.setStatusTip(str(path))
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction("No files yet").setEnabled(False)

    @Slot(QAction)
    def _open_recent(self, action: QAction) -> None:
        if action.data():
            self.open_path(Path(action.data()))

    # After a crash.

    @Slot()
    def copy_for_recovery(self) -> None:
        """Keep a copy of what is worked on, if it has changed since the last one."""
        study = self._document.study
        has_worth = study.record.newest > 0 or bool(study.kept)
        if not has_worth or study == self._copied:
            return
        self._copied = study
        try:
            self._recovery.save(study)
        except FileError as error:
            self.noticed.emit(f"No copy could be kept for after a crash: {error}")

    def offer_recovery(self) -> None:
        """Offer what was worked on when the program last ended without being asked to."""
        left = orphans(self._folder)
        if left:
            self._orphan = left[0]
            when = datetime.fromtimestamp(left[0].stat().st_mtime).astimezone()
            text = f"xorviz ended unexpectedly. There is a copy of {when:%d %B, %H:%M}."
            self._bar.ask(text, (_RESTORE, _DISCARD))

    @Slot(str)
    def _restore(self, answer: str) -> None:
        path, self._orphan = self._orphan, None
        if path is None:
            return
        try:
            if answer == _RESTORE:
                study = load_run(path)
                self.put(study, None)
                self.noticed.emit(f"Restored at step {numerals.whole(study.step)}, not saved yet.")
                self._copied = None
                self.copy_for_recovery()
        except FileError as error:
            self.noticed.emit(f"The copy cannot be restored: {error}")
        discard(path)


def _run_file_in(event: QDropEvent) -> Path | None:
    """Return the run file that is dragged, if it is one and nothing else."""
    urls = event.mimeData().urls()
    path = Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
    return path if path is not None and path.suffix == SUFFIX else None
