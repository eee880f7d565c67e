"""The programs of this user that are watched: found by their files, and shown when asked for."""

from collections.abc import Callable
from functools import partial
from io import FileIO
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from xorviz.engine.session import TrainingSession, in_turn
from xorviz.files.atomic import FileError
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.watching import places
from xorviz.watching.followed_run import OtherRun, opened
from xorviz.watching.states_file import StatesReader
from xorviz.window.document.document import Document

_SETTLED_MS = 100
"""From a change of a folder to the look at it, by when a new file is whole and held."""


class Programs(QObject):
    """Asks whether a program that has begun is to be shown.

    In a window that was opened for programs, it is shown if no other one is running.
    """

    noticed = Signal(str)
    other_found = Signal(object)  # OtherRun, whose network the panels cannot show

    def __init__(self, session: TrainingSession, document: Document, questions: NoticeBar) -> None:
        super().__init__(document)
        self._session, self._document, self._questions = session, document, questions
        self.are_shown = False
        """Whether the window was opened for programs."""
        self._mark: FileIO | None = None
        """The file by which programs find this window."""
        self._known: set[Path] = set()
        self._other: Path | None = None
        """The last file that was shown in a window of its own."""
        self._asked: dict[str, Path] = {}
        """The questions asked, and of which file each is."""
        self._folders = QFileSystemWatcher(self)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._look)
        self._folders.directoryChanged.connect(self._settled.start)

    @in_turn
    def start(self) -> None:
        """Find programs from now on, and be found by them; begin with those that are running.

        In a window that was opened on a file, also with those that have begun after it.
        """
        try:
            self._mark = places.in_first(places.hold_as_window)
        except OSError as error:
            self.noticed.emit(f"Programs that call xorviz.watch can't find this window: {error}.")
        if found := [str(folder) for folder in places.folders()]:
            self._folders.addPaths(found)
        files = places.files()
        self._known = set(files)
        shown = [place for place in map(files.index, self._shown & self._known) if self.are_shown]
        newer = files[: min(shown, default=0)]
        for path in reversed(files):
            if path in newer or places.is_held(path):
                self._offer(path)

    @property
    def _shown(self) -> set[Path]:
        """The files of the runs that are shown, here and in a window of their own."""
        source = self._document.project.record.source
        paths = self._other, None if source is None else source.path
        return {path for path in paths if path is not None}

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
        else:
            self._document.watch(run.record())
        for question in [one for one, asked in self._asked.items() if asked == path]:
            self._questions.withdraw(question)

    @Slot()
    def _look(self) -> None:
        new = [path for path in places.files() if path not in self._known]
        self._known.update(new)
        for path in reversed(new):  # a short one may have ended by now
            self._offer(path)

    @in_turn
    def _offer(self, path: Path) -> None:
        """Show a program, or ask whether it is to be shown."""
        try:
            source, current = StatesReader(path).source, self._document.project.record.source
        except FileError:  # it was removed
            return
        is_current = current is not None and current.key == source.key
        if is_current or path in self._shown:
            return
        is_busy = any(map(places.is_held, self._shown))
        if self.are_shown and not is_busy:
            self.show(path)
        else:
            question = f"A program has begun to train {source.name}."
            show: Callable[[], object] = partial(self.show, path)
            self._asked[question] = path
            self._questions.ask(question, {"Watch": show, "Not now": lambda: None})
