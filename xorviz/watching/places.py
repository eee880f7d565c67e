"""The folders in which watched programs write their files, and windows show that they are open."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from xorviz.files import atomic
from xorviz.watching.states_file import LOCK_AT, SUFFIX

MOST_FILES, MOST_BYTES = 200, 200 << 20
WINDOW = ".window"
"""Ending of the file that a window locks."""
_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph", "fuse.sshfs"}
"""Kinds of disks of other machines, where a write may take seconds."""


class PlaceError(OSError):
    """A folder that is not used. The message says why not."""


def candidates() -> list[Path]:
    """Return where files may be, the best first: in the state of the user, or of the session."""
    temporary = Path(tempfile.gettempdir())
    if sys.platform == "win32":
        return [Path(os.environ.get("LOCALAPPDATA") or temporary) / "xorviz" / "watched"]
    state, runtime = (
        Path(os.environ.get(name, "")) for name in ("XDG_STATE_HOME", "XDG_RUNTIME_DIR")
    )
    if not state.is_absolute():  # also where it is not set
        state = Path(os.path.expanduser("~/.local/state"))  # noqa: PTH111 # raises nothing
    folders = [base / "xorviz" / "watched" for base in (state, runtime) if base.is_absolute()]
    return [*folders, temporary / f"xorviz-watched-{os.getuid()}"]


def folders() -> Iterator[Path]:
    """Yield the folders that there are, and that only this user can change."""
    for folder in candidates():
        with suppress(OSError):
            _check(folder)
            yield folder


def made(folder: Path) -> Path:
    """Return a folder, which is made if needed. Raises OSError if it cannot be used."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    _check(folder)
    if _disk_of(folder) in _REMOTE:
        raise PlaceError(f"{folder} is on the disk of another machine")
    return folder


def files() -> list[Path]:
    """Return the files of states, the newest first."""
    found = []
    for folder in folders():
        for path in folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):  # another program may remove it
                found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def path_of(key: str) -> Path:
    """Return the file of a run, or where it would be."""
    name = f"{key}{SUFFIX}"
    places = (folder / name for folder in folders())
    return next((path for path in places if path.exists()), candidates()[0] / name)


def tidy(folder: Path) -> None:
    """Remove the oldest files of programs that have ended, where there are too many."""
    known = [path for path in files() if path.parent == folder]
    size = 0
    for count, path in enumerate(known, 1):
        with suppress(OSError):
            size += path.stat().st_size
            if (count > MOST_FILES or size > MOST_BYTES) and not is_held(path):
                path.unlink()


def is_held(path: Path) -> bool:
    """Return whether the program or the window of a file is running. Raises OSError."""
    with FileIO(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))) as file:
        file.seek(LOCK_AT)
        return atomic.is_locked(file)


def hold(path: Path, flags: int = 0) -> FileIO:
    """Make a file that is held until it is closed. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o600)
    file = FileIO(descriptor, "r+b")
    try:
        file.seek(LOCK_AT)
        atomic.lock(file)
    except OSError:
        file.close()
        raise
    return file


def open_windows() -> list[Path]:
    """Return the files of windows that are open; those of others are removed."""
    alive = []
    for folder in folders():
        for path in folder.glob(f"*{WINDOW}"):
            with suppress(OSError):
                if is_held(path):
                    alive.append(path)
                else:
                    path.unlink()
    return alive


def _check(folder: Path) -> None:
    """Raise OSError if there is no such folder, or if others can change it."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise PlaceError(f"{folder} is no folder")
    if sys.platform != "win32" and (found.st_uid != os.getuid() or found.st_mode & 0o077):
        raise PlaceError(f"{folder} belongs to another user, or others can open it")


def _disk_of(folder: Path) -> str:
    """Return the kind of file system that a folder is on; "" where that is not known."""
    kinds: dict[Path, str] = {}
    with suppress(OSError):
        for line in Path("/proc/self/mounts").read_text(errors="replace").splitlines():
            _, place, kind, *_ = line.split(" ")
            kinds[Path(place)] = kind
    real = folder.resolve()
    return next((kinds[one] for one in (real, *real.parents) if one in kinds), "")
