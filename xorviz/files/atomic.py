"""Writes a file whole or not at all."""

import errno
import glob
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO | RawIOBase) -> None:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error

else:
    import fcntl

    def _lock(file: BinaryIO | RawIOBase) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock(file: BinaryIO | RawIOBase) -> None:
    """Lock a file until it is closed.

    Raises BlockingIOError where somebody else has, and OSError where there are no locks.
    """
    _lock(file)


_LONGEST_PREFIX = 40
"""Characters of a file's name that its temporary file repeats: names end at 255 bytes."""

_REASONS = {
    errno.ENOENT: "The folder is not there.",
    errno.ENOTDIR: "The folder is not there.",
    errno.EISDIR: "It is a folder, not a file.",
    errno.EACCES: "Writing here is not allowed.",
    errno.EPERM: "Writing here is not allowed.",
    errno.EROFS: "This disk can only be read.",
    errno.ENOSPC: "The disk is full.",
    errno.EDQUOT: "The disk is full: you may use no more of it.",
    errno.ENAMETOOLONG: "The name is too long.",
}


class FileError(Exception):
    """A file that cannot be read or written. The message is a sentence that says why."""


def write(path: Path, data: bytes, durable: bool = True) -> None:
    """Write a file, or leave what was there. Raises FileError."""
    with writing(path, durable) as file:
        file.write(data)


@contextmanager
def writing(path: Path, durable: bool = True) -> Iterator[BinaryIO]:
    """Give a binary file that takes the path's place when all is written to it.

    What was there stays where anything fails. It keeps its permissions, and a link its target.
    A durable file also survives a loss of power right after. Raises FileError for what the
    disk refuses, inside the block too.
    """
    try:
        target, mode = _target(path)
        temporary = _temporary(target)
        with _removed_on_failure(temporary), temporary.open("xb") as file:
            yield file
            _finish(file, durable)
            if mode is not None:
                temporary.chmod(mode)
            file.close()  # Windows moves no open file
            temporary.replace(target)
        if durable:
            _sync_folder(target.parent)
    except OSError as error:
        raise FileError(sentence_of(error)) from error


def temporaries_of(path: Path) -> list[Path]:
    """Return what was left behind where a process ended while it wrote a file."""
    return sorted(path.parent.glob(f"{glob.escape(_prefix(path))}*.tmp"))


def _target(path: Path) -> tuple[Path, int | None]:
    """Return the file that a path means, and its permissions if it is there already."""
    try:
        target = Path(os.path.realpath(path))
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target, None
    except ValueError:  # a zero byte, or what this system cannot encode
        raise OSError(errno.EINVAL, "no file can have this name") from None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a device, not a file")
    target.open("r+b").close()  # a file that must not be written to must not be replaced either
    return target, stat.S_IMODE(mode)


def _prefix(target: Path) -> str:
    return f".{target.name[:_LONGEST_PREFIX]}."


def _temporary(target: Path) -> Path:
    return target.with_name(f"{_prefix(target)}{os.urandom(8).hex()}.tmp")


@contextmanager
def _removed_on_failure(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _finish(file: BinaryIO, durable: bool) -> None:
    file.flush()
    if durable:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too, where folders can be opened for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sentence_of(error: OSError) -> str:
    """Say why a file cannot be written."""
    return _REASONS.get(error.errno or 0) or f"It cannot be written: {error.strerror or error}."
