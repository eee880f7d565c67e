"""Locks on files, which end with the process that holds them, however that ends."""

import sys
from io import RawIOBase
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
