"""Reads the states that a program has written, and those that it adds. K states, P numbers."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import WEIGHT
from xorviz.core.runs.source import ProgramState, WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.watching.places import opener
from xorviz.watching.states_file import (
    END_AT,
    LOCK_AT,
    ROWS_AT,
    TEXT_AT,
    end_in,
    head_in,
    header_in,
    start_after,
    text_in,
    unsealed,
)

_AT_ONCE, _BYTES_AT_ONCE = 128, 1 << 18
"""Rows of the ring read in one go, unless they are more bytes: a program adds at most 60 a second.
"""


@dataclass(frozen=True, eq=False)
class States:
    """States of a program, as they are in its file."""

    steps: Steps
    """(K,) rising."""
    numbers: Array
    """(K, P)"""
    are_kept: Mask
    """(K,) whether they stay in the file; newer ones will replace the others."""


class StatesReader:
    """A file of states. Each reading returns what is new since the last one."""

    def __init__(self, path: Path) -> None:
        """Read the header. Raises FileError for a file that is not of states, or is damaged."""
        self._path = path
        self._next_recent = self._next_kept = 0
        """Places of the rows that come next in the ring and after it."""
        self._newest_recent, self._newest_kept = 0, -1
        """Steps of the last ones read; step 0 is always kept."""
        self._has_read = False
        with _opened(path) as file:
            try:
                self._head = head_in(_bytes(file, 0, END_AT))
                self.header = header_in(self._head)
            except SettingError as error:
                raise FileError(f"The file cannot be read: {error}.") from None
            self.source: WatchedSource = replace(self.header.source, path=path)
            """The program, with what it does now or how it has ended."""
            self._look_at_program(file)

    def read(self) -> States:
        """Return the states that have come since the last reading. Raises FileError."""
        with _opened(self._path) as file:
            if _bytes(file, 0, len(self._head)) != self._head:
                raise FileError("The file holds another run now.")
            # All states of a program that has ended by now are read below.
            self._look_at_program(file)
            # In this order no kept state is older than a recent one that was read before it.
            recent = self._recent(file)
            kept = self._kept(file)
        self._has_read = True
        found = recent | kept
        steps = sorted(found)
        numbers = np.array([found[step] for step in steps])
        return States(
            np.array(steps, dtype=np.int64),
            numbers.reshape(len(steps), *self.header.row["numbers"].shape),
            np.array([step in kept for step in steps], dtype=bool),
        )

    def _look_at_program(self, file: FileIO) -> None:
        """Note what the program does now, where that has changed."""
        file.seek(LOCK_AT)
        state, diverged = ProgramState.LIVE, False
        is_locked, start = atomic.is_locked(file), start_after(self._head)
        said = _bytes(file, END_AT, ROWS_AT - END_AT)
        if not is_locked:
            end = end_in(said, start)
            state, diverged = ProgramState.LOST if end is None else ProgramState.ENDED, bool(end)
        finding = self.source.finding or text_in(said[TEXT_AT - END_AT :], start)
        if (state, finding) != (self.source.state, self.source.finding):
            now = {"state": state, "diverged": diverged, "finding": finding}
            self.source = replace(self.source, **now)  # type: ignore[arg-type]

    def _recent(self, file: FileIO) -> dict[int, Array]:
        """Return the new states of the ring by their steps; at first, all that it holds."""
        ring = self.header.ring
        few = min(_AT_ONCE, max(1, _BYTES_AT_ONCE // self.header.row.itemsize))
        count = few if self._has_read else ring
        states: dict[int, Array] = {}
        for _ in range(ring // _AT_ONCE + 2):  # not for ever: a program may write faster
            rows = min(count, ring - self._next_recent)
            found = self._rows(file, self._next_recent, rows, self._newest_recent)
            if not found:
                break
            place, (step, _) = max(found.items(), key=lambda row: row[1][0])
            self._next_recent, self._newest_recent = (place + 1) % ring, step
            states |= found.values()
        return states

    def _kept(self, file: FileIO) -> dict[int, Array]:
        """Return the new states after the ring by their steps."""
        ring, first = self.header.ring, self._next_kept
        for _ in range(2):  # a row before a whole one that was being written is whole by now
            found = self._rows(file, ring + first, self.header.most - first, self._newest_kept)
            if not found or len(found) == max(found) + 1 - ring - first:
                break
        states: dict[int, Array] = {}
        for place, (step, numbers) in found.items():
            if step > self._newest_kept:
                states[step] = numbers
                self._next_kept, self._newest_kept = place + 1 - ring, step
        return states

    def _rows(
        self, file: FileIO, place: int, count: int, after: int
    ) -> dict[int, tuple[int, Array]]:
        """Return steps and numbers of the whole rows after a step, by their places."""
        row, start = self.header.row, start_after(self._head)
        data = _bytes(file, ROWS_AT + place * row.itemsize, count * row.itemsize)
        rows = np.frombuffer(data[: len(data) // row.itemsize * row.itemsize], row)
        found = {}
        for n in np.flatnonzero((rows["step"] > after) & (rows["step"] <= MOST_STEPS)).tolist():
            numbers = rows["numbers"][n]
            is_whole = unsealed(rows[n].tobytes(), start) is not None
            largest = np.abs(numbers[: self.header.weights]).max()  # outputs need not be finite
            if is_whole and largest <= WEIGHT.high:  # false for NaN, too
                found[place + n] = int(rows["step"][n]), numbers.astype(float)
        return found


@contextmanager
def _opened(path: Path) -> Iterator[FileIO]:
    """Open a regular file. Raises FileError, also for what fails inside."""
    with atomic.file_errors(atomic.NOT_READ, "read"), FileIO(path, "r", opener=opener) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileError("It is not a file.")
        yield file


def _bytes(file: FileIO, place: int, size: int) -> bytes:
    """Return bytes from a place on: fewer where the file ends."""
    left = os.fstat(file.fileno()).st_size - place
    file.seek(place)
    return file.read(max(0, min(size, left))) or b""
