"""Where watched programs and windows meet: folders, what is open, and a window that is opened.

Programs write their files in these folders, and windows show there that they are open.
"""

import errno
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from io import FileIO
from pathlib import Path
from time import sleep
from typing import Any, TypeVar

from xorviz.files import atomic

SUFFIX = ".xwatch"
LOCK_AT = 1 << 40
"""A program locks the byte here, behind all others of its file, as long as it is running."""
MOST_FILES, MOST_BYTES = 200, 200 << 20
_WINDOW = ".window"
"""Ending of the file that a window holds."""
_TRIES = 100
"""To lock a file, a millisecond apart: who asks whether it is held locks it, too, for a moment."""
_REMOTE = "9p afs beegfs ceph cifs fuse.sshfs gpfs lustre ncpfs nfs nfs4 smb3 smbfs"
"""Kinds of disks of other machines, where a write may take seconds."""
_UNSEEN = ("offscreen", "minimal")
"""Platforms of Qt that show no window."""

Made = TypeVar("Made")


def candidates(are_hidden: bool = False) -> list[Path]:
    """Return where files may be, the best first: in the state of the user, or of the session.

    Windows do not find those that are hidden.
    """
    if sys.platform == "win32":
        bases, user = [os.environ.get("LOCALAPPDATA", "")], ""
    else:
        state = os.environ.get("XDG_STATE_HOME", "")
        if not os.path.isabs(state):  # noqa: PTH117 # also where it is not set
            state = os.path.expanduser("~/.local/state")  # noqa: PTH111 # raises nothing
        bases, user = [state, os.environ.get("XDG_RUNTIME_DIR", "")], f"-{os.getuid()}"
    found = [Path(base) / "xorviz" / "watched" for base in bases if Path(base).is_absolute()]
    with suppress(OSError):  # there may be no folder for temporary files
        temporary = Path(tempfile.gettempdir())
        if are_hidden:
            return [temporary / f"xorviz-hidden{user}"]
        found.append(temporary / f"xorviz-watched{user}")
    return found


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
    if _disk_of(folder) in _REMOTE.split():
        raise OSError(f"{folder} is on the disk of another machine")
    return folder


def in_first(make: Callable[[Path], Made], are_hidden: bool = False) -> Made:
    """Return what is made in the first folder that can be used. Raises the last one's OSError."""
    why: OSError = OSError("there is no folder")
    for folder in candidates(are_hidden):
        try:
            return make(made(folder))
        except OSError as error:
            why = error
    raise why


def files(where: Iterable[Path] | None = None) -> list[Path]:
    """Return the files of states in these folders, or in all, the newest first."""
    found = []
    for folder in folders() if where is None else where:
        for path in folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):  # another program may remove it
                known = path.stat()
                if stat.S_ISREG(known.st_mode):
                    found.append((known.st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def path_of(key: str) -> Path:
    """Return the file of a run, or where it would be."""
    name = f"{key}{SUFFIX}"
    places = (folder / name for folder in folders())
    return next((path for path in places if path.exists()), candidates()[0] / name)


def tidy(folder: Path) -> None:
    """Remove the oldest files of programs that have ended, where there are too many."""
    size = 0
    for count, path in enumerate(files([folder]), 1):
        with suppress(OSError):
            size += path.stat().st_size
            if (count >= MOST_FILES or size > MOST_BYTES) and not is_held(path):
                path.unlink()


def opener(name: str, flags: int) -> int:
    """Open a file as FileIO wants it; a pipe in its place must not wait for its other end."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0), 0o600)


def is_held(path: Path) -> bool:
    """Return whether the program or the window of a file is running; of no file, nobody is."""
    with suppress(OSError), FileIO(path, "r", opener=opener) as file:
        file.seek(LOCK_AT)
        return atomic.is_locked(file)
    return False


def hold(path: Path, tries: int = _TRIES) -> FileIO:
    """Open a file, which is made if needed, and hold it until it is closed.

    Raises BlockingIOError if someone else holds it, and OSError.
    """
    file = FileIO(path, "r+", opener=lambda name, flags: opener(name, flags | os.O_CREAT))
    try:
        for _ in range(tries):
            file.seek(LOCK_AT)
            with suppress(BlockingIOError):
                atomic.lock(file)
                return file
            sleep(0.001)
        raise BlockingIOError(errno.EAGAIN, "another program is writing it")
    except OSError:
        file.close()
        raise


def hold_as_window(folder: Path, number: int = 1, is_only: bool = False) -> FileIO:
    """Hold the file of a window that is open: the first one that is free, or of the first window.

    Raises BlockingIOError where that is to be the only one, and is not; and OSError.
    """
    try:
        return hold(folder / f"{number}{_WINDOW}", tries=_TRIES if is_only else 1)
    except BlockingIOError:
        if is_only:
            raise
        return hold_as_window(folder, number + 1)


def is_window_open() -> bool:
    """Return whether a window is open, or is being opened."""
    return any(is_held(path) for folder in folders() for path in folder.glob(f"*{_WINDOW}"))


def _check(folder: Path) -> None:
    """Raise OSError if there is no such folder, or if others can change it."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise OSError(f"{folder} is no folder")
    if sys.platform != "win32" and (found.st_uid != os.getuid() or found.st_mode & 0o077):
        raise OSError(f"{folder} belongs to another user, or others can open it")


def _disk_of(folder: Path) -> str:
    """Return the kind of file system that a folder is on; "" where that is not known."""
    kinds: dict[Path, str] = {}
    with suppress(OSError):
        for line in Path("/proc/self/mounts").read_text(errors="replace").splitlines():
            _, place, kind, *_ = line.split(" ")
            kinds[Path(place)] = kind
    real = folder.resolve()
    return next((kinds[one] for one in (real, *real.parents) if one in kinds), "")


@cache
def tell(sentence: str) -> None:
    """Print a sentence on standard error that this process has not printed before."""
    # There may be no standard error, or it may be closed; then nobody wants to know.
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"xorviz: {sentence}\n")
        sys.stderr.flush()


def obstacle(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return why no window can be opened here, or None. Loads no Qt."""
    if find_spec("PySide6") is None:
        return "PySide6 is not installed for this Python"
    if not sys.executable:
        return "this Python does not know its own program"
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in _UNSEEN:
        return f"QT_QPA_PLATFORM is {platform}, which shows no window"
    named = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or platform
    if sys.platform == "linux" and not named:
        return "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    return None


_opened: list[Path] = []
"""Files that this process has opened a window on: at most one."""


def opened_window(path: Path) -> "subprocess.Popen[bytes] | None":
    """Return the process of a window that is opened on a file, and that outlives this process.

    None where one is open or being opened; where this process has opened one, which its user may
    have closed; and where that is not possible, which is said.
    """
    if _opened or is_window_open():
        return None
    if not (why := obstacle()):
        try:
            with hold_as_window(path.parent, is_only=True) as lock:
                locks = () if sys.platform == "win32" else (lock.fileno(),)
                words = ["watch", str(path)]
                process = started_apart(words, stdin=subprocess.DEVNULL, pass_fds=locks)
            _opened.append(path)
            return process
        except BlockingIOError:  # another program is opening one
            return None
        except OSError as error:
            why = str(error)
    tell(f"no window can be opened: {why.rstrip('.')}. 'xorviz watch' shows this run, too")
    return None


def started_apart(arguments: Sequence[str], **more: Any) -> "subprocess.Popen[bytes]":
    """Start this xorviz as a process that nothing of this one waits for. Raises OSError."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "xorviz", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=own_environment(),
        start_new_session=True,  # Ctrl+C is for the program alone
        creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),  # the same on Windows
        **more,
    )


def own_environment() -> dict[str, str]:
    """Return an environment in which ``python -P`` finds this xorviz.

    Without -P, files beside the program would be taken for others of their names: a random.py.
    """
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), root)))
    return os.environ | {"PYTHONPATH": paths}
