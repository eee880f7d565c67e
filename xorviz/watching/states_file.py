"""The file of a watched run's states, as README.md here describes it: header, end, and rows.

Shapes: P numbers of the program's arrays.
"""

import json
import math
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xorviz.core.rules import SettingError, Whole
from xorviz.core.runs.record import weight_shapes
from xorviz.core.runs.source import WatchedSource
from xorviz.core.settings import Role, RunConfig, settings_of
from xorviz.files.checked_json import entries, items, parsed_json, whole

SUFFIX = ".xwatch"
MAGIC, VERSION = b"xorwatch", 1
MOST_NUMBERS, MOST_ARRAYS = 20_000, 100
"""Of a state."""
MOST_BYTES = 64 << 20
"""Of the ring, and of the kept rows."""
END_AT = 65_536
"""Where the end stands, after the header."""
ROWS_AT = END_AT + 4096
"""Where the ring begins, which is followed by the kept rows."""
LOCK_AT = 1 << 40
"""A program locks the byte here, behind all others, as long as it is running."""

_PREAMBLE = struct.Struct("<8sII")
"""Magic, version, and the length of the header's text."""
_STEP, _END, _SUM = struct.Struct("<q"), struct.Struct("<qq"), struct.Struct("<I4x")
_ENDED, _DIVERGED = 1, 2
_LONGEST_NUMBER = 400
"""Characters."""
_KNOWN = settings_of(Role.TRAINING)


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

    @cached_property
    def row(self) -> np.dtype[Any]:
        """A row as it is in the file."""
        count = sum(math.prod(shape) for shape in self.arrays.values())
        whole(Whole(1, MOST_NUMBERS), count, "header.arrays together")
        return np.dtype(
            [("step", "<i8"), ("numbers", "<f8", (count,)), ("sum", "<u4"), ("nothing", "<u4")]
        )

    @cached_property
    def config(self) -> RunConfig:
        """The settings of the run. Raises SettingError if this is no 2-H-1 network."""
        shape = {"width": (self.arrays.get("w2") or (0,))[0], "biases": "b1" in self.arrays}
        config = RunConfig.from_dict({**self.settings, **shape})
        if weight_shapes(config) != self.arrays:
            raise SettingError("the arrays are not those of a network with one hidden layer")
        return config

    def packed(self) -> bytes:
        """Return the bytes at the beginning of the file."""
        values = {
            "source": self.source.to_dict(),
            "settings": dict(self.settings),
            "arrays": [[name, list(shape)] for name, shape in self.arrays.items()],
            "ring": self.ring,
        }
        text = json.dumps(values, allow_nan=False).encode()
        return sealed(_PREAMBLE.pack(MAGIC, VERSION, len(text)) + text)


def known_settings(config: RunConfig) -> dict[str, Any]:
    """Return the settings of a run as a header has them."""
    return {name: value for name, value in config.changed().items() if name in _KNOWN}


def sealed(data: bytes) -> bytes:
    """Return data followed by their sum."""
    return data + _SUM.pack(zlib.crc32(data))


def unsealed(data: bytes) -> bytes | None:
    """Return the data before their sum, or None if that is another one."""
    content = data[: -_SUM.size]
    return content if data and sealed(content) == data else None


def packed_row(step: int, numbers: bytes) -> bytes:
    """Return a row with P doubles."""
    return sealed(_STEP.pack(step) + numbers)


def packed_end(step: int, diverged: bool) -> bytes:
    """Return what stands at END_AT once a program has ended the run at its last step."""
    return sealed(_END.pack(step, _DIVERGED if diverged else _ENDED))


def end_in(data: bytes) -> bool | None:
    """Return whether the run has diverged; None if the program has not ended it."""
    content = unsealed(data[: _END.size + _SUM.size])
    return None if content is None else _END.unpack(content)[1] == _DIVERGED


def header_in(data: bytes) -> Header:
    """Return the header in the first END_AT bytes of a file. Raises SettingError."""
    if len(data) < _PREAMBLE.size or not data.startswith(MAGIC):
        raise SettingError("it is no file of states")
    _, version, length = _PREAMBLE.unpack_from(data)
    if version != VERSION:
        raise SettingError(f"its version is {version}; version {VERSION} is read here")
    content = unsealed(data[: _PREAMBLE.size + length + _SUM.size])
    if content is None:
        raise SettingError("its header is damaged")
    try:
        value = parsed_json(content[_PREAMBLE.size :].decode(), _LONGEST_NUMBER)
    except (ValueError, RecursionError) as error:
        raise SettingError(f"its header is no JSON: {error}") from None
    values = entries(value, ("source", "settings", "arrays", "ring"), "header")
    header = Header(
        WatchedSource.from_dict(values["source"]),
        entries(values["settings"], (), "header.settings", optional=_KNOWN),
        _arrays(values["arrays"]),
        whole(Whole(0, MOST_BYTES), values["ring"], "header.ring"),
    )
    whole(Whole(0, MOST_BYTES // header.row.itemsize), header.ring, "header.ring")
    _ = header.config  # refused if it is impossible
    return header


def _arrays(value: object) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for n, array in enumerate(items(value, MOST_ARRAYS, "header.arrays")):
        where = f"header.arrays[{n}]"
        match array:
            case [str(name), [*sides]] if name not in shapes:
                rule = Whole(0, MOST_NUMBERS)
                shapes[name] = tuple(whole(rule, side, where) for side in sides)
            case _:
                raise SettingError(f"{where} is not a new name and a shape")
    return shapes
