"""The programs of this user that are watched: found by their files, and shown when asked for."""

from collections.abc import Callable
from functools import partial
from io import FileIO
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal, Slot

from xorviz.files.atomic import FileError
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.watching import places
from xorviz.watching.other_run import OtherRun, opened
from xorviz.watching.reader import StatesReader
from xorviz.window.document.document import Document

_SETTLED_MS = 100
"""From a change of a folder to the look at it, by when a new file is whole and held."""


class Programs(QObject):
    """Asks whether a program that has begun is to be shown.

    In a window that was opened for programs, it is shown if no other one is running.
    """

    noticed = Signal(str)
    other_found = Signal(object)  # OtherRun, whose network the panels cannot show

    def __init__(self, document: Document, questions: NoticeBar) -> None:
        super().__init__(document)
        self._document, self._questions = document, questions
        self.are_shown = False
        """Whether the window was opened for programs."""
        self._mark: FileIO | None = None
        """The file by which programs find this window."""
        self._known: set[Path] = set()
        self._other: Path | None = None
        """The last file that was shown in a window of its own."""
        self._is_asking = False
        questions.answered.connect(self._note_answer)
        self._folders = QFileSystemWatcher(self)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._look)
        self._folders.directoryChanged.connect(self._look_soon)

    def start(self) -> None:
        """Find programs from now on, and be found by them; begin with one that is running."""
        try:
            self._mark = places.in_first(places.hold_as_window)
        except OSError as error:
            self.noticed.emit(f"Programs that call xorviz.watch do not find this window: {error}.")
        if found := [str(folder) for folder in places.folders()]:
            self._folders.addPaths(found)
        files = places.files()
        self._known = set(files)
        running = next(filter(_is_running, files), None)
        if running is not None and self._document.watched is None:
            self._offer(running)

    def close(self) -> None:
        """Find no more programs."""
        self._settled.stop()
        if self._mark is not None:
            self._mark.close()
            self._mark = None

    @Slot(object)
    def show(self, path: Path) -> None:
        """Show the run of a program from its file, and follow it while it is running."""
        try:
            run = opened(path)
        except FileError as error:
            self.noticed.emit(f"{path.name}: {error}")
            return
        if isinstance(run, OtherRun):
            self._other = path
            self.other_found.emit(run)
            return
        self._document.bring_back()
        self._document.watch(run.record())

    @Slot()
    def _look_soon(self) -> None:
        self._settled.start()

    @Slot()
    def _look(self) -> None:
        new = [path for path in places.files() if path not in self._known]
        self._known.update(new)
        for path in reversed(new):  # a short one may have ended by now
            self._offer(path)

    def _offer(self, path: Path) -> None:
        """Show a program, or ask whether it is to be shown."""
        shown = self._document.project.record.source
        followed = [self._other, None if shown is None else shown.path]
        is_following = any(one is not None and _is_running(one) for one in followed)
        is_in_lesson = self._document.aside is not None
        try:
            source = StatesReader(path).source
        except FileError:  # it was removed
            return
        if shown is not None and shown.key == source.key:
            return
        if self.are_shown and not (is_following or is_in_lesson):
            self.show(path)
        elif self._questions.isHidden() or self._is_asking:
            self._is_asking = True
            answers: dict[str, Callable[[], object]] = {
                "Watch": partial(self.show, path),
                "Not now": lambda: None,
            }
            self._questions.ask(f"A program has begun to train {source.name}.", answers)
        else:  # another question is first
            once = Qt.ConnectionType.SingleShotConnection
            self._questions.answered.connect(partial(self._offer, path), once)

    @Slot()
    def _note_answer(self) -> None:
        self._is_asking = False


def _is_running(path: Path) -> bool:
    try:
        return places.is_held(path)
    except OSError:  # it was removed
        return False
