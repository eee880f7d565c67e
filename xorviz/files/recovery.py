"""Recovery copies of unsaved projects, for use after a crash."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from xorviz.core.runs.project import Project
from xorviz.files import atomic
from xorviz.files.atomic import FileError, lock
from xorviz.files.run_file import SUFFIX, dumps


class Recovery:
    """This process's copy in the recovery folder; nothing is left there after a clean exit.

    A lock ends with the process, however it ends, and shows which copies are orphans. Process
    numbers would not: they are reused.
    """

    def __init__(self, folder: Path) -> None:
        """Choose a file name; the folder is created by the first save."""
        self._path = folder / f"{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
        self._lock: BinaryIO | None = None

    def save(self, project: Project, durable: bool = False) -> None:
        """Replace the copy; if durable, wait until it is on the disk. Raises FileError."""
        data = dumps(project)
        try:
            self._hold()
        except OSError as error:
            raise FileError(f"Its folder cannot be created: {error.strerror or error}.") from error
        atomic.write(self._path, data, durable)

    def close(self) -> None:
        """Remove the copy."""
        if self._lock is not None:
            self.leave()
            discard(self._path)

    def leave(self) -> None:
        """Give the copy up as an orphan."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _hold(self) -> None:
        """Hold the lock, also if the folder has been emptied since."""
        path = _lock_of(self._path)
        if self._lock is not None and path.exists():
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("wb")
        with suppress(OSError):  # some disks have no locks
            lock(file)
        if self._lock is not None:
            self._lock.close()
        self._lock = file


def orphans(folder: Path) -> list[Path]:
    """Return the copies in a folder whose processes have ended, the newest first."""
    left: list[tuple[int, Path]] = []
    with suppress(OSError):
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


def _is_orphan(path: Path) -> bool:
    """Return whether the process of a copy has ended: its lock is free, or gone."""
    try:
        with _lock_of(path).open("r+b") as file:
            lock(file)
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return True


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")
