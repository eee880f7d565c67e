"""Where programs find the windows of the same user."""

import getpass
import json
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from xorviz.watching.frames import VERSION

_MOST_BYTES = 4096
_LONGEST_FOLDER = 87
"""Bytes; the path of a socket in it, with a number and an ending, has at most 103."""


class PlaceError(Exception):
    """The folder in which windows are found cannot be trusted or made. The message says why."""


@dataclass(frozen=True, slots=True)
class WindowAddress:
    """Where a window listens."""

    address: str
    """Path of a socket, or on Windows the name of a pipe."""
    token: str
    version: int = VERSION


def folder() -> Path:
    """Return the folder in which windows are found, which only this user can read.

    Raises PlaceError.
    """
    try:
        made = _folder_path()
    except OSError as error:
        raise PlaceError(f"there is no folder for temporary files: {error.strerror}") from None
    try:
        made.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise PlaceError(f"{made} cannot be made: {error.strerror}") from None
    if sys.platform != "win32" and not (_is_own(made) and not made.lstat().st_mode & 0o077):
        raise PlaceError(f"{made} belongs to another user, or others can open it")
    return made


def _folder_path() -> Path:
    """Return where the folder is or would be. Raises OSError."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()) / "xorviz"
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or os.devnull) / "xorviz"
    if _is_own(runtime.parent) and len(os.fsencode(runtime)) <= _LONGEST_FOLDER:
        return runtime
    return Path(tempfile.gettempdir()) / f"xorviz-{os.getuid()}"


def _is_own(folder: Path) -> bool:
    """Return whether there is such a folder, of this user and no link."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and (sys.platform == "win32" or found.st_uid == os.getuid())


def new_place(pid: int) -> WindowAddress:
    """Return an address and a token for a window of a process. Raises PlaceError."""
    token = secrets.token_hex(16)
    if sys.platform == "win32":
        return WindowAddress(f"xorviz-{getpass.getuser()}-{pid}", token)
    return WindowAddress(str(folder() / f"{pid}.sock"), token)


def publish(place: WindowAddress, pid: int) -> Path:
    """Write where a window listens into a file that only this user can read; return its path.

    Raises OSError and PlaceError.
    """
    path = folder() / f"{pid}.json"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(place), file)
    return path


def published() -> Iterator[WindowAddress]:
    """Yield where windows listen, or have listened, the newest first. Raises PlaceError."""
    files = []
    for path in folder().glob("*.json"):
        with suppress(OSError):  # a window may close meanwhile
            if stat.S_ISREG((found := path.stat()).st_mode):
                files.append((found.st_mtime_ns, path))
    for _, path in sorted(files, reverse=True):
        with suppress(OSError, ValueError, TypeError, RecursionError):
            with path.open("rb") as file:
                place = WindowAddress(**json.loads(file.read(_MOST_BYTES)))
            if isinstance(place.address, str) and isinstance(place.token, str):
                yield place
