"""The programs of this user that are watched, found by their files."""

import os
from io import FileIO
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from xorviz.watching import places

_SETTLED_MS = 100
"""From a change of a folder to the look at it, by when a new file is whole and held."""


class Programs(QObject):
    """Says when a program begins, and shows programs that a window is open."""

    began = Signal(object)  # Path of its file

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._mark: FileIO | None = None
        """The file that this window holds."""
        self._known: set[Path] = set()
        self._folders = QFileSystemWatcher(self)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._look)
        self._folders.directoryChanged.connect(lambda _: self._settled.start())

    @property
    def running(self) -> list[Path]:
        """The files of programs that are running, the newest first."""
        return [path for path in places.files() if _is_running(path)]

    def start(self) -> str:
        """Find programs from now on; return why that is not possible, or ""."""
        trouble = ""
        for folder in places.candidates():
            try:
                self._mark = places.hold(places.made(folder) / f"{os.getpid()}{places.WINDOW}")
                trouble = ""
                break
            except OSError as error:
                trouble = f"Programs that call xorviz.watch do not find this window: {error}."
        self._known = set(places.files())
        if found := [str(folder) for folder in places.folders()]:
            self._folders.addPaths(found)
        return trouble

    def close(self) -> None:
        """Look no more."""
        self._settled.stop()
        if self._mark is not None:
            self._mark.close()  # the next one to look for windows removes the file
            self._mark = None

    @Slot()
    def _look(self) -> None:
        found = places.files()
        new = [path for path in found if path not in self._known]
        self._known.update(new)
        for path in reversed(new):  # a short one may have ended by now
            self.began.emit(path)


def _is_running(path: Path) -> bool:
    try:
        return places.is_held(path)
    except OSError:  # it was removed
        return False
