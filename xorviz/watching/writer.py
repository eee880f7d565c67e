"""Writes the states of a program into a file, each by one write."""

import errno
import os
import sys
from io import FileIO
from pathlib import Path

from xorviz.watching.places import hold
from xorviz.watching.states_file import (
    END_AT,
    ROWS_AT,
    TEXT_AT,
    Header,
    packed_end,
    packed_row,
    packed_text,
    start_after,
)

RING = 1024
"""Recent states, of 17 seconds."""


class StatesWriter:
    """A file of states, which is held until it is closed. Not for two threads at once.

    A reader on this machine sees at once what is written. Nothing is ever moved.
    """

    def __init__(self, path: Path, header: Header) -> None:
        """Make the file, or replace what is in it. Raises OSError."""
        self.path, self._header = path, header
        self._kept = self._recent = 0
        """Rows written."""
        head = header.packed()
        self._start, self._ring, self._row = start_after(head), header.ring, header.row.itemsize
        self._file = hold(path)
        try:
            _write(self._file, head, 0)
            self._file.truncate(len(head))
        except OSError:
            self.close()
            raise

    def add(self, step: int, numbers: bytes, is_kept: bool) -> None:
        """Write a state: P doubles, little-endian. Raises OSError."""
        if is_kept:
            place = self._ring + self._kept
            self._kept += 1
        else:
            place = self._recent % self._ring
            self._recent += 1
        row = packed_row(step, numbers, self._start)
        _write(self._file, row, ROWS_AT + place * self._row)

    def say(self, text: str) -> None:
        """Write what was found of the program's code. Raises OSError."""
        _write(self._file, packed_text(text, self._start), TEXT_AT)

    def end(self, diverged: bool) -> None:
        """Write that the program has ended the run, and close. Raises OSError."""
        with self._file:
            _write(self._file, packed_end(diverged, self._start), END_AT)

    def close(self) -> None:
        """Write nothing more."""
        self._file.close()

    def copied(self, path: Path) -> "StatesWriter":
        """Return another file with all that was written. Raises OSError."""
        other = StatesWriter(path, self._header)
        other._kept, other._recent = self._kept, self._recent
        self._file.seek(0)
        _write(other._file, self._file.readall(), 0)
        return other


def _write(file: FileIO, data: bytes, place: int) -> None:
    """Write data at a place. Raises OSError, also if only a part of them fits on the disk."""
    if sys.platform == "win32":
        file.seek(place)
        written = file.write(data)
    else:
        written = os.pwrite(file.fileno(), data, place)
    if written != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
