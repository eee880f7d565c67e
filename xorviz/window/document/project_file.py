"""The project's file: new, open, save, unsaved changes and the window's title."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QMessageBox

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.files import assets
from xorviz.files.atomic import FileError
from xorviz.files.run_file import SUFFIX, load_run, save_run
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.document.autosave import Autosave
from xorviz.window.document.document import Document
from xorviz.window.document.file_dialogs import (
    RUNS,
    Answer,
    RecentMenu,
    ask_to_keep,
    ask_to_open,
    ask_to_replace,
    ask_to_save,
)
from xorviz.window.document.settings import Settings

Callback = Callable[[], object]


class ProjectFile(QObject):
    """Opens and saves the project. A failure leaves the document unchanged.

    While the user's own project is set aside, questions, copies and the file are about that one
    only; it comes back before anything else is opened.
    """

    noticed = Signal(str)
    began_anew = Signal(object)  # float: the speed of a new project's run, in steps per second

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
        self._is_restored = self._may_discard = False
        self._bar, self._offered = bar, ""
        self._kernel, self._note = kernel, ""
        """That of the window, and what the bar says of it."""
        self.recent = RecentMenu(settings, window)
        self.recent.chosen.connect(self.open_path)
        self.autosave = Autosave(settings.folder / "recovery", self._unsaved, bar, self)
        self.autosave.noticed.connect(self.noticed)
        self.autosave.restore_requested.connect(self._restore)
        document.needs_file.connect(self._offer_file)
        document.began.connect(self._end_offer)
        self.show_title()

    @property
    def is_modified(self) -> bool:
        """Whether there is anything to save in the user's own project."""
        project = self._document.project
        untouched = Project(Record(project.record.config), 0)
        return project != (self._saved or untouched)

    @property
    def would_lose(self) -> bool:
        """Whether closing would lose a named, pinned, restored or watched run."""
        has_name, project = self._path is not None, self._document.project
        is_rare = self._is_restored or project.record.source is not None
        has_worth = has_name or is_rare or bool(project.pinned)
        return has_worth and not self._may_discard and self.is_modified

    def ask_unsaved(self, proceed: Callback) -> None:
        """Proceed at once, or after unsaved changes are saved or discarded.

        While a question is open, another request is refused.
        """

        def act_on(answer: int) -> None:
            if answer == Answer.Save:
                self._save(proceed)
            elif answer == Answer.Discard:
                proceed()

        if not self.would_lose:
            proceed()
        elif not self._window.findChildren(QMessageBox):
            where = f" to {self._path.name}" if self._path else ""
            ask_to_keep(self._window, f"Save changes{where} before closing?", act_on)

    @Slot()
    def show_title(self) -> None:
        """Show the file's name in the window's title, and whether it has changes."""
        is_modified = self.is_modified
        name = self._path.name if self._path else "Untitled" if is_modified else ""
        # Doubled, it is not Qt's placeholder.
        title = f"{name.replace('[*]', '[*][*]')}[*] – xorviz" if name else "xorviz[*]"
        if title != self._window.windowTitle():
            self._window.setWindowTitle(title)
        if is_modified != self._window.isWindowModified():
            self._window.setWindowModified(is_modified)

    @Slot()
    def new(self) -> None:
        """Begin again as the first launch did, after asking about unsaved changes."""
        self.ask_unsaved(self._begin_anew)

    def _begin_anew(self) -> None:
        begun = assets.quick_start()
        self.put(Project(Record(begun.config), 0), None)
        self.began_anew.emit(begun.speed)

    @Slot()
    def open(self) -> None:
        folder = self._path.parent if self._path else self.recent.folder
        ask_to_open(self._window, "Open run", folder, RUNS, self.open_path)

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Open a file, after asking about unsaved changes; a broken file changes nothing."""
        project = self._read(path)
        if project is None:
            return
        if self.would_lose:
            # Read again afterwards: it may be the file that is saved to first.
            self.ask_unsaved(lambda: self._put_file(path))
        else:
            self.put(project, path)

    def put(self, project: Project, path: Path | None, is_restored: bool = False) -> None:
        """Open a project from a file, or a new or restored one."""
        self._is_restored = is_restored
        self._set_file(path, project if path else None)
        self._document.put(project)
        self.autosave.copy()
        self.show_title()
        if path:
            self.noticed.emit(f"Opened {path.name}.")
        elif is_restored:
            at = project.record.config.named(project.step)
            self.noticed.emit(f"Restored at {at}. Not saved yet.")
        self._show_note(foreign(project, self._kernel))

    @Slot(str)
    def show_fallback(self, why: str) -> None:
        """Show that NumPy trains instead, and why."""
        self._kernel = NUMPY
        self._show_note(why)

    def _show_note(self, note: str) -> None:
        """Show a note on kernels in place of the last one."""
        self._bar.withdraw(self._note)
        self._note = note
        if note:
            self._bar.show_notice(note, "OK")

    @Slot()
    def save(self) -> None:
        """Save to the file that is open, or ask for one; ask if another program has changed it."""
        self._save(_do_no_more)

    @Slot()
    def save_as(self) -> None:
        self._save_as(_do_no_more)

    @Slot(str)
    def _offer_file(self, why: str) -> None:
        """Offer to save the run."""
        self._offered = why
        self._bar.ask(why, {"Save as…": self.save_as, "Close": _do_no_more})

    @Slot()
    def _end_offer(self) -> None:
        """Offer the file no more: it would have another run."""
        self._bar.withdraw(self._offered)

    def discard_changes(self) -> None:
        """Allow the window to close with unsaved changes."""
        self._may_discard = True

    def leave_copy(self) -> None:
        """Leave unsaved changes as a copy for the next start: no one can be asked."""
        if self.would_lose:
            self.autosave.leave()
        self.discard_changes()

    def _unsaved(self) -> Project | None:
        return self._document.project if self.is_modified else None

    def _set_file(self, path: Path | None, saved: Project | None) -> None:
        """Note the file's path and content."""
        self._path, self._saved = path.absolute() if path else None, saved
        if self._path:
            self.recent.remember(self._path)

    def _read(self, path: Path) -> Project | None:
        try:
            return load_run(path)
        except FileError as error:
            self.noticed.emit(f"Could not open {path.name}: {error}")
            return None

    def _put_file(self, path: Path) -> None:
        if project := self._read(path):
            self.put(project, path)

    @Slot(object)
    def _restore(self, project: Project) -> None:
        def put() -> None:
            self.autosave.take_over()
            self.put(project, None, is_restored=True)

        self.ask_unsaved(put)

    def _is_changed_elsewhere(self, path: Path) -> bool:
        """Return whether there is another project in the file than was opened or saved here."""
        try:
            return load_run(path) != self._saved
        except FileError:
            with suppress(OSError):
                return path.is_file()  # else there is nothing to lose
            return False

    def _save(self, proceed: Callback) -> None:
        path = self._path
        if path is None:
            self._save_as(proceed)
        elif self._is_changed_elsewhere(path):
            replace, save_as = lambda: self._save_to(path, proceed), lambda: self._save_as(proceed)
            ask_to_replace(self._window, path.name, replace, save_as)
        else:
            self._save_to(path, proceed)

    def _save_as(self, proceed: Callback) -> None:
        suggestion = self._path or self.recent.folder / f"run{SUFFIX}"
        take = partial(self._save_to, proceed=proceed)
        ask_to_save(self._window, "Save run", suggestion, RUNS, take)

    def _save_to(self, path: Path, proceed: Callback) -> None:
        """Save to a file, and proceed unless that fails."""
        project = self._document.project
        try:
            save_run(project, path)
        except FileError as error:
            self.noticed.emit(f"Could not save {path.name}: {error}")
            return
        self._set_file(path, project)
        self.autosave.copy()
        self.show_title()
        self.noticed.emit(f"Saved {path.name}.")
        proceed()


def _do_no_more() -> None:
    """Do nothing after saving."""


def foreign(project: Project, kernel: str) -> str:
    """Return a note on the runs that another kernel has trained; empty if there are none."""
    runs = [run for run in (project.record, project.beside) if run is not None]
    others = {name for run in runs for name in _others(run, kernel)}
    what = "This run was"
    if not others:
        others = {name for pinned in project.pinned for name in _others(pinned.record, kernel)}
        what = "Pinned runs were"
    if not others:
        return ""
    other = " and ".join(sorted(others))
    return (
        f"{what} trained with the kernel {other}; this window uses {kernel}. Checkpoints are "
        "exact; steps between and after them may differ in the last digits, and by more if the "
        f"run is chaotic. For an exact replay: xorviz --kernel {other}"
    )


def _others(run: Record, kernel: str) -> list[str]:
    return [name for name in run.kernels if name != kernel] if run.newest else []
