"""Files read with a size limit, and written whole or not at all."""

import errno
import glob
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from xorviz.core.rules import SettingError

if sys.platform == "win32":
    import msvcrt

    def lock(file: BinaryIO | RawIOBase, is_shared: bool = False) -> None:  # noqa: ARG001
        """Lock a file at its position until it is closed. Raises errors as below."""
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error

    def _unlock(file: BinaryIO | RawIOBase) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock(file: BinaryIO | RawIOBase, is_shared: bool = False) -> None:
        """Lock a file until it is closed; shared locks exclude only the others.

        Raises BlockingIOError if someone else has locked it, and OSError if there are no locks.
        """
        kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
        fcntl.flock(file, kind | fcntl.LOCK_NB)

    def _unlock(file: BinaryIO | RawIOBase) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


def is_locked(file: BinaryIO | RawIOBase) -> bool:
    """Return whether someone holds a lock of a file that this process does not lock itself."""
    try:
        lock(file, is_shared=True)  # two that ask at once must not see each other
    except BlockingIOError:
        return True
    except OSError:  # there are no locks here
        return False
    _unlock(file)
    return False


_LONGEST_PREFIX = 40
"""Characters of a file's name repeated in that of its temporary file; names end at 255 bytes."""

NOT_READ = {
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR), "The file does not exist."),
    **dict.fromkeys((errno.EACCES, errno.EPERM), "You have no permission to read it."),
}
_NOT_WRITTEN = {
    errno.ENOENT: "The folder does not exist.",
    errno.ENOTDIR: "The folder does not exist.",
    errno.EEXIST: "The file already exists.",
    errno.EISDIR: "It is a folder, not a file.",
    errno.EACCES: "You have no permission to write here.",
    errno.EPERM: "You have no permission to write here.",
    errno.EROFS: "This disk is read-only.",
    errno.ENOSPC: "The disk is full.",
    errno.EDQUOT: "The disk quota is used up.",
    errno.ENAMETOOLONG: "The name is too long.",
}

_temporaries: set[Path] = set()
"""Being written by this process."""


class FileError(Exception):
    """A file that cannot be read or written. The message is a sentence with the reason."""


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file. Raises FileError, also for what fails inside the block."""
    with file_errors(NOT_READ, "read"):
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its other end
            raise FileError("It is a folder, not a file." if path.is_dir() else "It is not a file.")
        with path.open("rb") as file:
            yield file


def read(path: Path, most_bytes: int, too_big: str) -> bytes:
    """Return a file's content. Raises FileError, with the message ``too_big`` for a bigger one."""
    with reading(path) as file:
        if os.fstat(file.fileno()).st_size > most_bytes:
            raise FileError(too_big)
        return file.read(most_bytes + 1)


def write(path: Path, data: bytes, durable: bool = True) -> None:
    """Write a temporary file that replaces the path's file once it is whole.

    If anything fails, an existing file is left unchanged. Permissions are kept, and links are
    followed. A durable file also survives a power failure. Raises FileError.
    """
    with file_errors():
        target, mode = _target(path)
        temporary = target.with_name(f"{_prefix(target)}{os.urandom(8).hex()}.tmp")
        _temporaries.add(temporary)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            if mode is not None:
                temporary.chmod(mode)
            temporary.replace(target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        finally:
            _temporaries.discard(temporary)
        if durable:
            _sync_folder(target.parent)


def check_writable(path: Path) -> None:
    """Raise FileError if a file clearly cannot be written, without writing it."""
    with file_errors():
        folder = _target(path)[0].parent
        folder.stat()  # says why where there is none
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def file_errors(reasons: Mapping[int, str] = _NOT_WRITTEN, done: str = "written") -> Iterator[None]:
    """Raise errors of writing, and of a name that no file can have, as a FileError."""
    try:
        yield
    except OSError as error:
        why = f"It cannot be {done}: {error.strerror or error}."
        raise FileError(reasons.get(error.errno or 0, why)) from error
    except ValueError as error:  # a zero byte in the path, or a name that cannot be encoded here
        if isinstance(error, SettingError):
            raise
        raise FileError("This file name is not allowed.") from None


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Raise such errors with the path before them."""
    try:
        with file_errors():
            yield
    except FileError as error:
        raise FileError(f"{path}: {error}") from None


def remove_temporaries() -> None:
    """Remove the temporary files of this process, which is about to end without cleaning up."""
    for temporary in list(_temporaries):
        with suppress(OSError):
            temporary.unlink()


def temporaries_of(path: Path) -> list[Path]:
    """Return temporary files left by processes that ended while writing a file."""
    return sorted(path.parent.glob(f"{glob.escape(_prefix(path))}*.tmp"))


def _target(path: Path) -> tuple[Path, int | None]:
    """Return the file that a path leads to, and its permissions if it exists."""
    try:
        target = Path(os.path.realpath(path))
        mode = path.stat().st_mode  # that of a pipe behind /dev/stdout, too, which has no path
    except FileNotFoundError:
        return target, None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a device, not a file")
    target.open("r+b").close()  # a read-only file must not be replaced either
    return target, stat.S_IMODE(mode)


def _prefix(target: Path) -> str:
    return f".{target.name[:_LONGEST_PREFIX]}."


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, on systems that can open folders."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
