"""Broken frames: only FrameError is raised, memory is bounded, and the window goes on."""

import json
import random
import struct
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from tests.engine.watching.conftest import Connect, Server
from tests.engine.watching.program import states, zeros
from tests.support.watched import SHOWN, source_of
from xorviz.engine.watching.program_listener import MOST_CONNECTIONS
from xorviz.watching.frames import (
    MAGIC,
    MOST_HEADER,
    MOST_PAYLOAD,
    End,
    FrameError,
    FrameReader,
    Hello,
    Refused,
)

CHUNK = 4096
GOOD = [
    Hello("token", SHOWN, source_of()).packed(),
    states(range(3)).packed(),
    zeros(0, 64),
    End(True).packed(),
    Refused("no").packed(),
]
ODD: list[object] = [
    None, True, False, -1, 0, 1, 2**53, 10**30, 1e308, -0.5, "", "x" * 999, "\ud800", [], {},
    [[]], [None], [True], [1.0], [-1], [2**63], [3, 2], [[1], 2], {"a": []}, "NaN",
]  # fmt: skip
"""Values that stand where others should."""


def flipped(frame: bytes, chance: random.Random) -> bytes:
    """Return a frame with some other bytes."""
    broken = bytearray(frame)
    for _ in range(chance.randint(1, 8)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


def cut(frame: bytes, chance: random.Random) -> bytes:
    """Return a frame from which a part was taken, with another frame after it."""
    start, end = sorted(chance.randrange(len(frame)) for _ in range(2))
    return frame[:start] + frame[end:] + chance.choice(GOOD)


def resized(frame: bytes, chance: random.Random) -> bytes:
    """Return a frame that gives other lengths than it has."""
    sizes = [chance.choice([0, 1, 7, 8, 64, 5000, MOST_HEADER, 2**31, 2**32 - 1]) for _ in "ab"]
    return MAGIC + struct.pack("<II", *sizes) + frame[12:]


def said_otherwise(frame: bytes, chance: random.Random) -> bytes:
    """Return a frame with other values in its header."""
    length, payload = struct.unpack_from("<II", frame, 4)
    values = json.loads(frame[12 : 12 + length])
    inner = values.get(chance.choice(["config", "source"]))
    where = inner if inner and chance.random() < 0.7 else values
    name = chance.choice([*where, "another"])
    if chance.random() < 0.2:
        where.pop(name, None)
    else:
        where[name] = chance.choice(ODD)
    header = json.dumps(values).encode()
    return MAGIC + struct.pack("<II", len(header), payload) + header + frame[12 + length :]


def noise(frame: bytes, chance: random.Random) -> bytes:
    """Return bytes that are no frame, perhaps after its first ones."""
    return frame[: chance.choice([0, 4, 12, 20])] + chance.randbytes(chance.randint(1, 200))


WAYS: list[Callable[[bytes, random.Random], bytes]] = [flipped, cut, resized, said_otherwise, noise]


def broken_frame(chance: random.Random) -> bytes:
    """Return a frame that is broken in one of these ways."""
    return chance.choice(WAYS)(chance.choice(GOOD), chance)


def read(data: bytes) -> None:
    """Read some bytes as the window does, which takes them in parts."""
    reader = FrameReader()
    for start in range(0, len(data), CHUNK):
        reader.feed(data[start : start + CHUNK])
        for _ in reader.frames():
            pass
        assert len(reader._bytes) < 12 + MOST_HEADER + MOST_PAYLOAD


@pytest.mark.parametrize(
    ("seed", "count"), [(0, 300), pytest.param(1, 100_000, marks=pytest.mark.thorough)]
)
def test_only_frame_errors_are_raised(seed: int, count: int) -> None:
    chance, refused = random.Random(seed), 0
    for _ in range(count):
        data = b"".join(broken_frame(chance) for _ in range(chance.randint(1, 3)))
        try:
            read(data)
        except FrameError:
            refused += 1
    assert refused > count / 2


@pytest.mark.thorough
def test_a_window_goes_on_whatever_comes(
    qtbot: QtBot, server: Server, connect: Connect, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(2)
    good = connect("good").hello().show([0])
    listener = server._listener
    assert listener is not None
    for number in range(1000):
        qtbot.waitUntil(lambda: len(listener._connections) < MOST_CONNECTIONS)
        program = connect(f"broken {number % 5}")
        if chance.random() < 0.7:
            program.hello()
        for _ in range(chance.randint(1, 3)):
            program.flood(broken_frame(chance))
        if number % 10 == 0:
            good.flood(zeros(number + 1, 1))
        QCoreApplication.processEvents()
        program.refusal()
        program.die()
    good.flood(zeros(1001, 1))
    key = source_of("good").key
    qtbot.waitUntil(lambda: server.watched.by_key[key].newest == 1001)
    qtbot.waitUntil(lambda: len(listener._connections) == 1)
    assert len(server.watched.by_key[key].record().checkpoints) == 102
    assert capsys.readouterr().err == ""
