"""Writes the states of a program into a file, each by one write."""

import os
import sys
from io import FileIO
from pathlib import Path

from xorviz.files import atomic
from xorviz.watching.places import hold
from xorviz.watching.states_file import END_AT, ROWS_AT, Header, packed_end, packed_row

RING = 1024
"""Recent states, of 17 seconds."""

if sys.platform == "win32":

    def _write(file: FileIO, data: bytes, place: int) -> None:
        file.seek(place)
        file.write(data)

else:

    def _write(file: FileIO, data: bytes, place: int) -> None:
        os.pwrite(file.fileno(), data, place)


class StatesWriter:
    """A file of states, which is held until it is closed. Not for two threads at once.

    A reader on this machine sees at once what is written. Nothing is ever moved.
    """

    def __init__(self, path: Path, header: Header) -> None:
        """Make the file, or replace one. Raises OSError and FileError."""
        self.path, self.header = path, header
        self._kept = self._recent = 0
        """Rows written."""
        atomic.write(path, header.packed(), durable=False)
        self._file = hold(path)

    def add(self, step: int, numbers: bytes, is_kept: bool) -> None:
        """Write a state: P doubles. Raises OSError."""
        ring = self.header.ring
        if is_kept:
            row = ring + self._kept
            self._kept += 1
        else:
            row = self._recent % ring
            self._recent += 1
        _write(self._file, packed_row(step, numbers), ROWS_AT + row * self.header.row.itemsize)

    def end(self, step: int, diverged: bool) -> None:
        """Write that the program has ended the run at a step, and close. Raises OSError."""
        with self._file:
            _write(self._file, packed_end(step, diverged), END_AT)

    def close(self) -> None:
        """Write nothing more."""
        self._file.close()

    def copied(self, path: Path) -> "StatesWriter":
        """Return another file with all that was written. Raises OSError and FileError."""
        other = StatesWriter(path, self.header)
        other._kept, other._recent = self._kept, self._recent
        _write(other._file, self.path.read_bytes(), 0)
        return other
