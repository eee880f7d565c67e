"""Saves unsaved work regularly, and offers to restore it after a crash."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QDateTime, QLocale, QObject, QTimer, Signal, Slot

from xorviz.core.runs.project import Project
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.files.run_file import SUFFIX, dumps, load_run
from xorviz.ui.chrome.notice_bar import NoticeBar

AUTOSAVE_MS = 30_000
SOON_MS = 200
"""More than a frame, so that the last snapshot of a paused run has arrived."""

RESTORE, DISCARD = "Restore", "Discard"


class Autosave(QObject):
    """Copies unsaved work every half minute. A clean exit leaves no copy behind.

    The lock beside a copy ends with its process, however that ends, and shows which copies are
    orphans. Process numbers would not: they are reused.
    """

    noticed = Signal(str)
    restore_requested = Signal(object)  # Project

    def __init__(
        self, folder: Path, unsaved: Callable[[], Project | None], bar: NoticeBar, parent: QObject
    ) -> None:
        """Copy what ``unsaved`` returns; offer copies of a crashed program in the bar.

        The folder is created by the first copy.
        """
        super().__init__(parent)
        self._folder, self._unsaved = folder, unsaved
        self._bar, self._offered = bar, ""
        self._path = folder / f"{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
        self._lock: BinaryIO | None = None
        self._copied: tuple[Project, int] | None = None
        self._has_reported = False
        self._left: list[Path] = []
        """Copies of crashed programs that are not yet restored or discarded, newest first."""
        self._timer = QTimer(self)
        self._timer.setObjectName("autosave")
        self._timer.timeout.connect(self.copy)
        self._timer.start(AUTOSAVE_MS)

    @Slot()
    def copy(self) -> None:
        """Copy unsaved work if it has changed; report a failure once."""
        self._timer.setInterval(AUTOSAVE_MS)
        project = self._unsaved()
        now = None if project is None else (project, project.step)
        if project is None:
            self._remove()
        elif now != self._copied:
            self._copied = None
            try:
                self._save(project)
            except FileError as error:
                if not self._has_reported:
                    self.noticed.emit(f"Automatic backup failed: {error}")
                self._has_reported = True
            else:
                self._copied, self._has_reported = now, False

    @Slot()
    def copy_soon(self) -> None:
        """Copy it once the current frame has arrived."""
        self._timer.start(SOON_MS)

    def leave(self) -> None:
        """Leave a copy for the next start, or the last one if that fails."""
        if (project := self._unsaved()) is not None:
            with suppress(FileError):
                self._save(project, durable=True)
            self._free()

    def close(self) -> None:
        """Stop copying, and remove the copy."""
        self._timer.stop()
        self._remove()

    def offer(self) -> None:
        """Offer to restore the copies that crashed programs have left."""
        self._left = orphans(self._folder)
        self._offer_next()

    def take_over(self) -> None:
        """Have the copy that is restored as the own one, and offer the next.

        Not if another window has restored it meanwhile: that one holds it.
        """
        self._remove()
        path = self._left.pop(0)
        if _is_orphan(path):
            self._path = path
            with suppress(OSError):  # the next copy tries again
                self._hold()
        self._offer_next()

    def _save(self, project: Project, durable: bool = False) -> None:
        """Replace the copy; if durable, wait until it is on the disk. Raises FileError."""
        data = dumps(project)
        with atomic.file_errors({}):
            self._hold()
        atomic.write(self._path, data, durable)

    def _hold(self) -> None:
        """Hold the lock of the copy, also if the folder has been emptied since."""
        path = _lock_of(self._path)
        if self._lock is None or not path.exists():
            self._free()
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = path.open("wb")
            with suppress(OSError):  # some disks have no locks
                atomic.lock(self._lock)

    def _free(self) -> None:
        """Give the copy up as an orphan."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _remove(self) -> None:
        """Remove the copy, if there is one."""
        if self._lock is not None:
            self._free()
            discard(self._path)
        self._copied = None

    def _offer_next(self) -> None:
        """Offer the newest copy that is left, if any; another window may have taken some."""
        self._bar.withdraw(self._offered)
        self._left = [path for path in self._left if path.exists() and _is_orphan(path)]
        if self._left:
            moment = QDateTime.fromMSecsSinceEpoch(self._left[0].stat().st_mtime_ns // 1_000_000)
            when = QLocale.c().toString(moment, "d MMMM, hh:mm")
            self._offered = f"xorviz didn't close properly. Unsaved work of {when} can be restored."
            self._bar.ask(self._offered, {RESTORE: self._restore, DISCARD: self._discard})

    def _discard(self) -> None:
        path = self._left.pop(0)
        if _is_orphan(path):  # else it's the copy of another window by now
            discard(path)
        self._offer_next()

    def _restore(self) -> None:
        if not _is_orphan(self._left[0]):
            self._offer_next()
            return
        try:
            project = load_run(self._left[0])
        except FileError as error:
            aside = _set_aside(self._left.pop(0))
            self.noticed.emit(f"Could not restore the work{aside}: {error}")
        else:
            self.restore_requested.emit(project)
        self._offer_next()  # or the same again, if it must wait for another answer


def orphans(folder: Path) -> list[Path]:
    """Return the copies in a folder whose processes have ended, the newest first."""
    left: list[tuple[int, Path]] = []
    with suppress(OSError):  # the folder's disk may be gone
        for path in folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):  # another process may remove it
                if path.is_file() and _is_orphan(path):
                    left.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(left, reverse=True)]


def discard(path: Path) -> None:
    """Remove a copy with its lock and temporary files, and the folder if it is empty then."""
    for unwanted in (path, _lock_of(path), *atomic.temporaries_of(path)):
        with suppress(OSError):
            unwanted.unlink()
    with suppress(OSError):
        path.parent.rmdir()


def _set_aside(path: Path) -> str:
    """Rename a broken copy so that it is not offered again; return the words that say so."""
    aside = path.with_suffix(".broken")
    try:
        path.replace(aside)
    except OSError:
        return ""
    discard(path)
    return f", left in {aside}"


def _is_orphan(path: Path) -> bool:
    """Return whether the process of a copy has ended: its lock is free, or gone."""
    try:
        with _lock_of(path).open("r+b") as file:
            atomic.lock(file)
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return True


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")
