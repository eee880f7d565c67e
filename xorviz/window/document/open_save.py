"""The document's place on the disk: new, open, save, and what its title says of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QMessageBox

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.files import SUFFIX, FileError, load_run, save_run
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.document.autosave import CrashCopy
from xorviz.window.document.document import Document
from xorviz.window.document.file_dialogs import (
    Answer,
    FileDrop,
    RecentFiles,
    open_dialog,
    save_dialog,
    unsaved_dialog,
)
from xorviz.window.document.kernel_note import KernelNote
from xorviz.window.document.settings import Settings

Callback = Callable[[], object]


class Filing(QObject):
    """Opens and saves the study. Whatever goes wrong, the document stays as it is."""

    noticed = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        settings: Settings,
        bar: NoticeBar,
        kernel: str = NUMPY,
    ) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self._path: Path | None = None
        self._saved: Project | None = None
        self._is_restored = self._is_settled = False
        self._wish: tuple[Callback, Callback] | None = None
        """What goes on once unsaved changes may go, and what is done if they may not."""
        self._recent = RecentFiles(settings, window)
        self._recent.chosen.connect(self.open_path)
        self.recent_menu = self._recent.menu
        FileDrop(window).dropped.connect(self.open_path)
        self._crash_copy = CrashCopy(settings.folder / "recovery", self._unsaved, bar, self)
        self._kernel_note = KernelNote(kernel, bar, self)
        for part in (self._crash_copy, self._kernel_note):
            part.noticed.connect(self.noticed)
        self._crash_copy.restore_requested.connect(self._restore)
        self.show_title()

    # What is unsaved.

    @property
    def is_modified(self) -> bool:
        """Whether there is something that no file has."""
        project = self._document.project
        untouched = Project(Record(project.record.config), 0)
        return project != (self._saved or untouched)

    @property
    def would_lose(self) -> bool:
        """Whether something that a person has named, kept or restored would be lost."""
        has_name = self._path is not None
        has_worth = has_name or self._is_restored or bool(self._document.project.pinned)
        return has_worth and not self._is_settled and self.is_modified

    def unless_unsaved(self, go_on: Callback, otherwise: Callback = lambda: None) -> None:
        """Go on at once, or after a person has said what is to become of unsaved changes.

        While one question is open, whatever else would raise it is not done.
        """
        if not self.would_lose:
            go_on()
        elif self._wish is not None:
            otherwise()
        else:
            self._wish = (go_on, otherwise)
            what = f"the changes to {self._path.name}" if self._path else "this run and those kept"
            dialog = unsaved_dialog(self._window, f"Save {what}?")
            dialog.finished.connect(self._act_on)
            dialog.open()

    @Slot()
    def show_title(self) -> None:
        """Let the window's title say the file's name, and whether there are changes."""
        is_modified = self.is_modified
        name = self._path.name if self._path else "Untitled" if is_modified else ""
        # Doubled, it is no placeholder of Qt's.
        title = f"{name.replace('[*]', '[*][*]')}[*] – xorviz" if name else "xorviz[*]"
        if title != self._window.windowTitle():
            self._window.setWindowTitle(title)
        if is_modified != self._window.isWindowModified():
            self._window.setWindowModified(is_modified)

    # Wishes.

    @Slot()
    def new(self) -> None:
        """Begin with nothing, once what is there may go."""
        self.unless_unsaved(lambda: self.put(Project(Record(RunConfig()), 0), None))

    @Slot()
    def open(self) -> None:
        """Ask for a file and open it."""
        folder = self._path.parent if self._path else self._recent.folder
        dialog = open_dialog(self._window, folder)
        dialog.fileSelected.connect(self._open_chosen)
        dialog.open()

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Open a file, once what is there may go; a broken one changes nothing."""
        project = self._read(path)
        if project is None:
            return
        if self.would_lose:
            # Read once more then: it may be the very file that is saved to first.
            self.unless_unsaved(lambda: self._put_file(path))
        else:
            self.put(project, path)

    def put(self, project: Project, path: Path | None) -> None:
        """Work on a study that a file holds, or on a new one."""
        self._take(project, path)
        if path:
            self.noticed.emit(f"{path.name} is open.")
        self._kernel_note.tell(project)

    @Slot()
    def save(self) -> None:
        """Save to the file that is open, or ask for one."""
        if self._path is None:
            self.save_as()
        else:
            self._save_to(self._path)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file and save to it."""
        dialog = save_dialog(self._window, self._path or self._recent.folder / f"run{SUFFIX}")
        dialog.fileSelected.connect(self._save_chosen)
        dialog.rejected.connect(self._give_up)
        dialog.open()

    # The end, and after a crash.

    def settle(self) -> None:
        """Leave unsaved what is unsaved: a person has said so."""
        self._is_settled = True

    def let_go(self) -> None:
        """Leave unsaved what is unsaved: nobody can be asked. A copy stays for the next start."""
        if self.would_lose:
            self._crash_copy.leave()
        self.settle()

    def close(self) -> None:
        """Stop copying; a clean end leaves no copy behind."""
        self._crash_copy.close()

    @Slot()
    def copy_for_recovery(self) -> None:
        """Keep a copy of what no file has, if it has changed since the last one."""
        self._crash_copy.copy_soon()

    def offer_recovery(self) -> None:
        """Offer what was worked on when the program last ended without being asked to."""
        self._crash_copy.offer()

    # How wishes are done.

    def _unsaved(self) -> Project | None:
        return self._document.project if self.is_modified else None

    def _take(self, project: Project, path: Path | None, is_restored: bool = False) -> None:
        self._is_restored = is_restored
        self._belong_to(path, project if path else None)
        self._document.put(project)
        self._crash_copy.copy()
        self.show_title()

    def _belong_to(self, path: Path | None, saved: Project | None) -> None:
        """Note which file this is, and what it holds."""
        self._path, self._saved = path.absolute() if path else None, saved
        if self._path:
            self._recent.remember(self._path)

    def _read(self, path: Path) -> Project | None:
        try:
            return load_run(path)
        except FileError as error:
            self.noticed.emit(f"{path.name}: {error}")
            return None

    def _put_file(self, path: Path) -> None:
        if project := self._read(path):
            self.put(project, path)

    @Slot(str)
    def _open_chosen(self, name: str) -> None:
        self.open_path(Path(name))

    @Slot(object)
    def _restore(self, project: Project) -> None:
        self.unless_unsaved(lambda: self._put_restored(project), self._crash_copy.offer_again)

    def _put_restored(self, project: Project) -> None:
        self._take(project, None, is_restored=True)
        self.noticed.emit(f"Restored at step {numerals.whole(project.step)}, not saved yet.")
        self._crash_copy.take_over()
        self._kernel_note.tell(project)

    @Slot(str)
    def _save_chosen(self, name: str) -> None:
        self._save_to(Path(name))

    def _save_to(self, path: Path) -> None:
        project = self._document.project
        try:
            save_run(project, path)
        except FileError as error:
            self.noticed.emit(f"{path.name} is not saved: {error}")
            self._give_up()
            return
        self._belong_to(path, project)
        self._crash_copy.copy()
        self.show_title()
        self.noticed.emit(f"Saved as {path.name}.")
        self._end_wish(is_done=True)

    @Slot(int)
    def _act_on(self, answer: int) -> None:
        match Answer(answer):
            case QMessageBox.StandardButton.Save:
                self.save()
            case QMessageBox.StandardButton.Discard:
                self._end_wish(is_done=True)
            case _:
                self._give_up()

    @Slot()
    def _give_up(self) -> None:
        self._end_wish(is_done=False)

    def _end_wish(self, is_done: bool) -> None:
        """Do what was wished for before the question, or what belongs to its being refused."""
        wish, self._wish = self._wish, None
        if wish is not None:
            go_on, otherwise = wish
            go_on() if is_done else otherwise()
