"""The frames between a watched program and a window. See README.md here. K states, P numbers."""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import WEIGHT
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import RunConfig

MAGIC = b"XORV"
VERSION = 1
MOST_STATES = 64
"""Of one frame."""
MOST_HEADER = 16 * 1024
MOST_PAYLOAD = MOST_STATES * 257 * 8
"""Bytes; the widest network has 257 numbers."""
_HEAD = struct.Struct("<4sII")
_LONGEST_TOKEN = 200


class FrameError(Exception):
    """A frame that no program sends. The message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: which run will be shown."""

    token: str
    """That of the window, which only programs of the same user can read."""
    config: RunConfig
    source: WatchedSource

    def packed(self) -> bytes:
        """Return the frame."""
        values = {"config": self.config.to_dict(), "source": self.source.to_dict()}
        return _packed({"kind": "hello", "version": VERSION, "token": self.token, **values})


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Some states of the run."""

    steps: Steps
    """(K,) rising, from 0 on."""
    parameters: Array
    """(K, P), all finite: w1 row by row, b1, w2, b2."""

    def packed(self) -> bytes:
        """Return the frame."""
        numbers = self.parameters.astype("<f8").tobytes()
        return _packed({"kind": "states", "steps": self.steps.tolist()}, numbers)


@dataclass(frozen=True, slots=True)
class End:
    """The last frame: the program shows no more."""

    diverged: bool = False
    """Whether the numbers after the last state were not finite."""

    def packed(self) -> bytes:
        """Return the frame."""
        return _packed({"kind": "end", "diverged": self.diverged})


@dataclass(frozen=True, slots=True)
class Refused:
    """What a window says before it closes a connection."""

    why: str
    """In one sentence."""

    def packed(self) -> bytes:
        """Return the frame."""
        return _packed({"kind": "refused", "why": self.why})


Frame = Hello | States | End | Refused


class FrameReader:
    """Takes bytes apart into frames. Never holds more than the bytes of one frame and a call."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    @property
    def is_midway(self) -> bool:
        """Whether a frame has begun."""
        return bool(self._bytes)

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Add bytes that have come."""
        self._bytes += data

    def frames(self) -> Iterator[Frame]:
        """Yield the frames that are whole. Raises FrameError at the first that is none."""
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> Frame | None:
        if not MAGIC.startswith(self._bytes[: len(MAGIC)]):
            raise FrameError("these are not frames of xorviz")
        if len(self._bytes) < _HEAD.size:
            return None
        _, header, payload = _HEAD.unpack_from(self._bytes)
        if header > MOST_HEADER or payload > MOST_PAYLOAD:
            raise FrameError(f"a frame of {header} and {payload} bytes is too large")
        start, end = _HEAD.size + header, _HEAD.size + header + payload
        if len(self._bytes) < end:
            return None
        values = _parsed(bytes(self._bytes[_HEAD.size : start]))
        numbers = bytes(self._bytes[start:end])
        del self._bytes[:end]
        return _frame(values, numbers)


def _packed(header: Mapping[str, Any], payload: bytes = b"") -> bytes:
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    return _HEAD.pack(MAGIC, len(text), len(payload)) + text + payload


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise FrameError("the header of a frame is not JSON") from None


def _frame(values: object, payload: bytes) -> Frame:
    """Return what a header and its numbers say. Raises FrameError."""
    match values:
        case {"kind": "hello", "version": int(version), **rest} if not payload:
            if version != VERSION:
                raise FrameError(f"the program speaks version {version}, the window {VERSION}")
            return _hello({str(name): value for name, value in rest.items()})
        case {"kind": "states", "steps": list(steps), **rest} if not rest:
            return _states(steps, payload)
        case {"kind": "end", "diverged": bool(diverged), **rest} if not (rest or payload):
            return End(diverged)
        case {"kind": "refused", "why": str(why), **rest} if not (rest or payload):
            return Refused(why)
    raise FrameError("a frame is of no known kind")


def _hello(values: Mapping[str, Any]) -> Hello:
    match values:
        case {"token": str(token), "config": dict(config), "source": dict(source), **rest} if (
            not rest
        ):
            try:
                return Hello(
                    token[:_LONGEST_TOKEN],
                    RunConfig.from_dict(config),
                    WatchedSource.from_dict(source),
                )
            except SettingError as error:
                raise FrameError(str(error)) from None
    raise FrameError("the first frame lacks token, config or source")


def _states(steps: list[Any], payload: bytes) -> States:
    if not 1 <= len(steps) <= MOST_STATES:
        raise FrameError(f"a frame has {len(steps)} states; allowed: 1 to {MOST_STATES}")
    if not all(type(step) is int and 0 <= step <= MOST_STEPS for step in steps):
        raise FrameError("a step is no whole number, or too large")
    rising = np.array(steps)
    if (np.diff(rising) <= 0).any():
        raise FrameError("steps do not rise")
    if not payload or len(payload) % (8 * len(steps)):
        raise FrameError(f"{len(payload)} bytes are not the numbers of {len(steps)} states")
    numbers = np.frombuffer(payload, "<f8").astype(float).reshape(len(steps), -1)
    if not (np.abs(numbers) <= WEIGHT.high).all():  # false for NaN, too
        raise FrameError("a number is not finite, or too large")
    return States(rising, numbers)
