"""The file of a watched run's states, as README.md here describes it, its writer and reader.

Shapes: K states, P numbers of the program's arrays.
"""

import errno
import math
import os
import stat
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta, Struct

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.rules import SettingError, Whole, checked
from xorviz.core.runs.record import WEIGHT, weight_shapes
from xorviz.core.runs.source import ProgramState, WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import Role, RunConfig, settings_of
from xorviz.core.truth_table import ROWS
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.watching.places import LOCK_AT, hold, opener

MAGIC, VERSION = b"xorwatch", 1
MOST_NUMBERS, MOST_ARRAYS = 20_000, 100
"""Of the weights of a state."""
MOST_ROWS, MOST_BYTES = 8192, 64 << 20
"""Of the ring, and of the kept rows."""
RING = 1024
"""Recent states, of 17 seconds."""
_RING_BYTES, _USUAL_ROWS = MOST_BYTES // 8, 6000
"""That a program here writes at most, and that it would keep of any number of steps."""
END_AT = 65_536
"""Where the end stands, after the header."""
TEXT_AT, MOST_TEXT = END_AT + 64, 2000
"""Where a text stands of what was found of the program's code, and its bytes in UTF-8."""
ROWS_AT = END_AT + 4096
"""Where the ring begins, which is followed by the kept rows."""

OUTPUTS = "outputs"
"""Name of the last array where it is not of weights, but of outputs for 00, 01, 10, 11."""
NUMBERS = np.dtype("<f8")
"""Type of the numbers in a row."""
_PREAMBLE = struct.Struct("<8sII")
"""Magic, version, and the length of the header's text."""
_NUMBER, _SUM = struct.Struct("<q"), struct.Struct("<I4x")
_LEAST = _NUMBER.size + _SUM.size
ENDED, DIVERGED = 1, 2
"""What stands at END_AT once a program has ended the run."""
_MOST_SIDES, _MOST_OUTPUTS = 32, 40
_KNOWN = settings_of(Role.TRAINING)
_Side = Annotated[int, Meta(ge=0, le=MOST_NUMBERS)]
_Shape = Annotated[tuple[_Side, ...], Meta(max_length=_MOST_SIDES)]


class _Written(Struct, forbid_unknown_fields=True):
    """A header as it is in the file."""

    source: dict[str, Any]
    settings: dict[str, Any]
    arrays: Annotated[list[tuple[str, _Shape]], Meta(max_length=MOST_ARRAYS + 1)]
    ring: Annotated[int, Meta(ge=0, le=MOST_ROWS)]


@dataclass(frozen=True)
class Header:
    """What a file says of its run. A value."""

    source: WatchedSource
    settings: Mapping[str, Any]
    """Those of RunConfig that were said or are assumed, without the network's shape."""
    arrays: Mapping[str, tuple[int, ...]]
    """Shapes by name; a row holds the numbers of one array after the other."""
    ring: int
    """Rows of recent states."""

    @classmethod
    def of(
        cls, config: RunConfig, source: WatchedSource,
        arrays: Mapping[str, tuple[int, ...]] | None = None,
    ) -> "Header":  # fmt: skip
        """Return the header of a run with these settings, or of other arrays."""
        settings = {name: value for name, value in config.changed().items() if name in _KNOWN}
        header = cls(source, settings, arrays or weight_shapes(config), RING)
        return replace(header, ring=min(RING, _RING_BYTES // header.row.itemsize))

    @property
    def share(self) -> float:
        """The share of the usual number of rows that is kept, so that no file is too large."""
        return min(1.0, (MOST_BYTES - 2 * _RING_BYTES) / (_USUAL_ROWS * self.row.itemsize))

    @cached_property
    def weights(self) -> int:
        """How many numbers of a row are weights; outputs may follow."""
        shapes = [*self.arrays.values()][: -1 if self.outputs else None]
        return sum(map(math.prod, shapes))

    @cached_property
    def row(self) -> np.dtype[Any]:
        """A row as it is in the file."""
        checked(Whole(1, MOST_NUMBERS), "header.arrays together", self.weights)
        count = self.weights + (math.prod(self.outputs) if self.outputs else 0)
        return np.dtype(
            [("step", "<i8"), ("numbers", NUMBERS, (count,)), ("sum", "<u4"), ("nothing", "<u4")]
        )

    @property
    def most(self) -> int:
        """The most rows that the ring may have, and that are kept."""
        return min(MOST_ROWS, MOST_BYTES // self.row.itemsize)

    @cached_property
    def recipe(self) -> RunConfig:
        """The settings, with any shape. Raises SettingError if they are impossible."""
        return RunConfig.from_dict(self.settings)

    @cached_property
    def config(self) -> RunConfig | None:
        """The settings of the run; None if this is no 2-H-1 network. Raises SettingError."""
        width, *_ = self.arrays.get("w2") or (0,)
        try:
            config = replace(self.recipe, width=width, biases="b1" in self.arrays)
        except SettingError:
            _ = self.recipe  # refused if that is what is wrong
            return None
        return config if [*weight_shapes(config).items()] == [*self.arrays.items()] else None

    @property
    def outputs(self) -> tuple[int, ...]:
        """The shape of the outputs, (4,) or (4, O), which follow the weights; () without them."""
        *weights, (name, shape) = [("", ()), *self.arrays.items()]
        is_table = shape[:1] == (len(ROWS),) and len(shape) <= 2
        is_there = name == OUTPUTS and is_table and 0 < math.prod(shape) <= _MOST_OUTPUTS
        return shape if is_there and len(weights) > 1 else ()

    def packed(self) -> bytes:
        """Return the bytes at the beginning of the file. Raises SettingError if they are many."""
        arrays = [*self.arrays.items()]
        written = _Written(self.source.to_dict(), {**self.settings}, arrays, self.ring)
        text = msgspec.json.encode(written)
        head = _sealed(_PREAMBLE.pack(MAGIC, VERSION, len(text)) + text)
        if len(head) > END_AT:
            raise SettingError("the names and shapes of the arrays are too long")
        return head


def packed(number: int, content: bytes, start: int) -> bytes:
    """Return a row, the end or the text: a number, what follows it, and the sum of both.

    The sum continues from that of the header, ``start``: so nothing that another run has left in a
    file is taken for a part of this one.
    """
    return _sealed(_NUMBER.pack(number) + content, start)


def unpacked(data: bytes, start: int) -> tuple[int, bytes] | None:
    """Return the number and what follows it, or None where the sum is another one."""
    if len(data) < _LEAST or _sealed(data[: -_SUM.size], start) != data:
        return None
    return _NUMBER.unpack_from(data)[0], data[_NUMBER.size : -_SUM.size]


def text_in(data: bytes, start: int) -> str:
    """Return the text in the bytes from TEXT_AT on; "" if there is none."""
    length = _NUMBER.unpack_from(data)[0] if len(data) >= _LEAST else 0
    found = unpacked(data[: _LEAST + length], start) if 0 < length <= MOST_TEXT else None
    text = found[1].decode(errors="replace") if found else ""
    return "".join(c if c.isprintable() else " " for c in text)


def _sealed(data: bytes, start: int = 0) -> bytes:
    return data + _SUM.pack(zlib.crc32(data, start))


def start_after(head: bytes) -> int:
    """Return the sum of a header."""
    return int(_SUM.unpack(head[-_SUM.size :])[0])


def head_in(data: bytes) -> bytes:
    """Return a whole header out of the first END_AT bytes of a file. Raises SettingError."""
    if len(data) < _PREAMBLE.size or not data.startswith(MAGIC):
        raise SettingError("it is no file of states")
    _, version, length = _PREAMBLE.unpack_from(data)
    if version != VERSION:
        raise SettingError(f"its version is {version}; version {VERSION} is read here")
    head = data[: _PREAMBLE.size + length + _SUM.size]
    if _sealed(head[: -_SUM.size]) != head:
        raise SettingError("its header is damaged")
    return head


def header_in(head: bytes) -> Header:
    """Return what a whole header says. Raises SettingError."""
    try:
        found = msgspec.json.decode(head[_PREAMBLE.size : -_SUM.size], type=_Written)
    except (ValueError, RecursionError) as error:
        raise SettingError(f"its header is invalid: {error}") from None
    if others := found.settings.keys() - {*_KNOWN}:
        raise SettingError(f"header.settings has an unknown entry {min(others)[:40]!r}")
    if len(arrays := dict(found.arrays)) < len(found.arrays):
        raise SettingError("header.arrays has a name twice")
    header = Header(WatchedSource.from_dict(found.source), found.settings, arrays, found.ring)
    checked(Whole(0, header.most), "header.ring", header.ring)
    _ = header.recipe  # refused if it is impossible
    return header


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
        self._start, self._file = start_after(head), hold(path)
        try:
            self._write(head, 0)
            self._file.truncate(len(head))
        except OSError:
            self.close()
            raise

    def add(self, step: int, numbers: bytes, is_kept: bool) -> None:
        """Write a state: P doubles, little-endian. Raises OSError."""
        ring, row = self._header.ring, self._header.row.itemsize
        place = ring + self._kept if is_kept else self._recent % ring
        self._kept, self._recent = self._kept + is_kept, self._recent + (not is_kept)
        self._write(packed(step, numbers, self._start), ROWS_AT + place * row)

    def say(self, text: str) -> None:
        """Write what was found of the program's code, as far as there is room. Raises OSError."""
        data = text.encode(errors="replace")[:MOST_TEXT].decode(errors="ignore").encode()
        self._write(packed(len(data), data, self._start), TEXT_AT)

    def end(self, diverged: bool) -> None:
        """Write that the program has ended the run, and close. Raises OSError."""
        with self._file:
            self._write(packed(DIVERGED if diverged else ENDED, b"", self._start), END_AT)

    def close(self) -> None:
        """Write nothing more."""
        self._file.close()

    def copied(self, path: Path) -> "StatesWriter":
        """Return another file with all that was written. Raises OSError."""
        other = StatesWriter(path, self._header)
        other._kept, other._recent = self._kept, self._recent
        self._file.seek(0)
        other._write(self._file.readall(), 0)
        return other

    def _write(self, data: bytes, place: int) -> None:
        """Write data at a place. Raises OSError, also if only a part of them fits on the disk."""
        if sys.platform == "win32":
            self._file.seek(place)
            written = self._file.write(data)
        else:
            written = os.pwrite(self._file.fileno(), data, place)
        if written != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


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
        self._next_kept = 0
        """Place of the row that comes next after the ring."""
        self._newest_recent, self._newest_kept = 0, -1
        """Steps of the last ones read; step 0 is always kept."""
        with _opened(path) as file:
            try:
                self._head = head_in(_bytes(file, 0, END_AT))
                self.header = header_in(self._head)
            except SettingError as error:
                raise FileError(f"The file cannot be read: {error}.") from None
            self._start = start_after(self._head)
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
            # All of the ring takes 0.02 ms for 13 numbers, and 0.7 ms for the most of a program.
            recent = dict(self._rows(file, 0, self.header.ring, self._newest_recent).values())
            kept = self._kept(file)
        self._newest_recent = max(recent, default=self._newest_recent)
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
        is_live, said = atomic.is_locked(file), _bytes(file, END_AT, ROWS_AT - END_AT)
        end = None if is_live else unpacked(said[:_LEAST], self._start)
        state = ProgramState.LOST if end is None else ProgramState.ENDED
        state = ProgramState.LIVE if is_live else state
        finding = self.source.finding or text_in(said[TEXT_AT - END_AT :], self._start)
        if (state, finding) != (self.source.state, self.source.finding):
            diverged = end is not None and end[0] == DIVERGED
            self.source = replace(self.source, state=state, diverged=diverged, finding=finding)

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
        row = self.header.row
        data = _bytes(file, ROWS_AT + place * row.itemsize, count * row.itemsize)
        rows = np.frombuffer(data[: len(data) // row.itemsize * row.itemsize], row)
        found = {}
        for n in np.flatnonzero((rows["step"] > after) & (rows["step"] <= MOST_STEPS)).tolist():
            numbers = rows["numbers"][n]
            is_whole = unpacked(rows[n].tobytes(), self._start) is not None
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
