"""A file that marks a start of the program until it has succeeded."""

import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from xorviz.files.atomic import lock

STUCK_SECONDS = 10
"""A start that takes longer hangs, though its process may still be there."""


class StartMark:
    """It is left behind by a crash, a hang or a killed process.

    Its lock ends with the process, so that a start under way is not taken for one. QLockFile
    waits for the disk: 3 to 20 ms.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def set(self) -> bool:
        """Set it, unless another start is under way or nothing can be written.

        Return whether one was left behind.
        """
        try:
            was_left = self._path.exists()
            if was_left and time.time() - self._path.stat().st_mtime > STUCK_SECONDS:
                self._path.unlink()  # with it goes the lock of a start that hangs
            file = self._path.open("wb")
        except OSError:
            return False
        try:
            lock(file)
        except BlockingIOError:
            file.close()
            return False
        except OSError:  # some disks have no locks
            pass
        self.remove()
        self._file = file
        return was_left

    def remove(self) -> None:
        """Remove it, if it is set."""
        if self._file is not None:
            self._file.close()
            self._file = None
            with suppress(OSError):
                self._path.unlink()
