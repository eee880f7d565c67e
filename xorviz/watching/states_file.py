"""The file of a watched run's states, as README.md here describes it: header, end, and rows.

Shapes: P numbers of the program's arrays.
"""

import json
import math
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from xorviz.core.rules import SettingError, Whole, checked
from xorviz.core.runs.record import weight_shapes
from xorviz.core.runs.source import WatchedSource
from xorviz.core.settings import Role, RunConfig, settings_of
from xorviz.core.truth_table import ROWS
from xorviz.files.checked_json import conforming, parsed_json

SUFFIX = ".xwatch"
MAGIC, VERSION = b"xorwatch", 1
MOST_NUMBERS, MOST_ARRAYS = 20_000, 100
"""Of the weights of a state."""
MOST_ROWS, MOST_BYTES = 8192, 64 << 20
"""Of the ring, and of the kept rows."""
_RING_BYTES, _USUAL_ROWS = MOST_BYTES // 8, 6000
"""That a program here writes at most, and that it would keep of any number of steps."""
END_AT = 65_536
"""Where the end stands, after the header."""
TEXT_AT, MOST_TEXT = END_AT + 64, 2000
"""Where a text stands of what was found of the program's code, and its bytes in UTF-8."""
ROWS_AT = END_AT + 4096
"""Where the ring begins, which is followed by the kept rows."""
LOCK_AT = 1 << 40
"""A program locks the byte here, behind all others, as long as it is running."""

OUTPUTS = "outputs"
"""Name of the last array where it is not of weights, but of outputs for 00, 01, 10, 11."""
NUMBERS = np.dtype("<f8")
"""Type of the numbers in a row."""
_PREAMBLE = struct.Struct("<8sII")
"""Magic, version, and the length of the header's text."""
_NUMBER, _SUM = struct.Struct("<q"), struct.Struct("<I4x")
_ENDED, _DIVERGED = 1, 2
_MOST_SIDES, _MOST_OUTPUTS = 32, 40
_LONGEST_NUMBER = 400
"""Characters."""
_KNOWN = settings_of(Role.TRAINING)
_GRAMMAR = {
    "source": None,
    "settings": dict.fromkeys(f"{name}?" for name in _KNOWN),
    "arrays": [None, MOST_ARRAYS + 1],
    "ring": Whole(0, MOST_ROWS),
}
"""What a header's text holds."""


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
        cls, config: RunConfig, source: WatchedSource, ring: int,
        arrays: Mapping[str, tuple[int, ...]] | None = None,
    ) -> "Header":  # fmt: skip
        """Return the header of a run with these settings, or of other arrays."""
        settings = {name: value for name, value in config.changed().items() if name in _KNOWN}
        header = cls(source, settings, arrays or weight_shapes(config), ring)
        return replace(header, ring=min(ring, _RING_BYTES // header.row.itemsize))

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
        values = {
            "source": self.source.to_dict(),
            "settings": dict(self.settings),
            "arrays": [[name, list(shape)] for name, shape in self.arrays.items()],
            "ring": self.ring,
        }
        text = json.dumps(values, allow_nan=False).encode()
        head = sealed(_PREAMBLE.pack(MAGIC, VERSION, len(text)) + text)
        if len(head) > END_AT:
            raise SettingError("the names and shapes of the arrays are too long")
        return head


def sealed(data: bytes, start: int = 0) -> bytes:
    """Return data followed by their sum, which continues from that of other data."""
    return data + _SUM.pack(zlib.crc32(data, start))


def unsealed(data: bytes, start: int = 0) -> bytes | None:
    """Return the data before their sum, or None if that is another one."""
    content = data[: -_SUM.size]
    return content if data and sealed(content, start) == data else None


def start_after(head: bytes) -> int:
    """Return the sum of a header, from which those of its end and its rows continue.

    So nothing that another run has left in a file is taken for a state of this one.
    """
    return int(_SUM.unpack(head[-_SUM.size :])[0])


def packed_row(step: int, numbers: bytes, start: int) -> bytes:
    """Return a row with P doubles."""
    return sealed(_NUMBER.pack(step) + numbers, start)


def packed_end(diverged: bool, start: int) -> bytes:
    """Return what stands at END_AT once a program has ended the run."""
    return packed_row(_DIVERGED if diverged else _ENDED, b"", start)


def end_in(data: bytes, start: int) -> bool | None:
    """Return whether the run has diverged; None if the program has not ended it."""
    content = unsealed(data[: _NUMBER.size + _SUM.size], start)
    return None if content is None else _NUMBER.unpack(content)[0] == _DIVERGED


def packed_text(text: str, start: int) -> bytes:
    """Return what stands at TEXT_AT: as much of a text as there is room for."""
    data = text.encode(errors="replace")[:MOST_TEXT].decode(errors="ignore").encode()
    return sealed(_NUMBER.pack(len(data)) + data, start)


def text_in(data: bytes, start: int) -> str:
    """Return the text in the bytes from TEXT_AT on; "" if there is none."""
    length = _NUMBER.unpack_from(data)[0] if len(data) >= _NUMBER.size else 0
    if not 0 < length <= MOST_TEXT:
        return ""
    content = unsealed(data[: _NUMBER.size + length + _SUM.size], start) or b""
    text = content[_NUMBER.size :].decode(errors="replace")
    return "".join(c if c.isprintable() else " " for c in text)


def head_in(data: bytes) -> bytes:
    """Return a whole header out of the first END_AT bytes of a file. Raises SettingError."""
    if len(data) < _PREAMBLE.size or not data.startswith(MAGIC):
        raise SettingError("it is no file of states")
    _, version, length = _PREAMBLE.unpack_from(data)
    if version != VERSION:
        raise SettingError(f"its version is {version}; version {VERSION} is read here")
    head = data[: _PREAMBLE.size + length + _SUM.size]
    if unsealed(head) is None:
        raise SettingError("its header is damaged")
    return head


def header_in(head: bytes) -> Header:
    """Return what a whole header says. Raises SettingError."""
    try:
        value = parsed_json(head[_PREAMBLE.size : -_SUM.size].decode(), _LONGEST_NUMBER)
    except (ValueError, RecursionError) as error:
        raise SettingError(f"its header is invalid: {error}") from None
    values = conforming(value, _GRAMMAR, "header")
    source, arrays = WatchedSource.from_dict(values["source"]), _arrays(values["arrays"])
    header = Header(source, values["settings"], arrays, values["ring"])
    checked(Whole(0, header.most), "header.ring", header.ring)
    _ = header.recipe  # refused if it is impossible
    return header


def _arrays(value: list[Any]) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for n, array in enumerate(value):
        where = f"header.arrays[{n}]"
        match array:
            case [str(name), [*sides]] if name not in shapes and len(sides) <= _MOST_SIDES:
                rule = Whole(0, MOST_NUMBERS)
                shapes[name] = tuple(checked(rule, where, side) for side in sides)
            case _:
                raise SettingError(f"{where} is not a new name and a shape")
    return shapes
