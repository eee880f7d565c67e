"""Frames as README.md describes them, made by hand, and what is none."""

import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.commands import ROOT
from tests.watching.conftest import Opened
from xorviz.core.runs.source import WatchedSource
from xorviz.core.settings import RunConfig
from xorviz.watching.frames import (
    MOST_HEADER,
    MOST_PAYLOAD,
    MOST_STATES,
    End,
    Frame,
    FrameError,
    FrameReader,
    Hello,
    Refused,
    States,
)

SOURCE = WatchedSource("mine", "0123456789abcdef" * 2, batch="full", assumed=("targets",))


def frame(header: Any, numbers: tuple[float, ...] = ()) -> bytes:
    """Return a frame as a program in another language would write it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    payload = struct.pack(f"<{len(numbers)}d", *numbers)
    return b"XORV" + struct.pack("<II", len(text), len(payload)) + text + payload


HELLO = {
    "kind": "hello",
    "version": 1,
    "token": "t",
    "config": {"width": 2, "rate": 0.5, "loss": "sse"},
    "source": {
        "name": "mine",
        "key": "0123456789abcdef" * 2,
        "program": "",
        "assumed": ["targets"],
        "batch": "full",
        "every": 1,
        "diverged": False,
    },
}
STATES = {"kind": "states", "steps": [0, 2]}


def read(data: bytes) -> list[Frame]:
    reader = FrameReader()
    reader.feed(data)
    return list(reader.frames())


def test_frames_of_all_kinds_are_read_as_they_are_written_and_in_any_pieces() -> None:
    hello = Hello("t", RunConfig(width=2, rate=0.5), SOURCE)
    by_hand = [
        frame(HELLO),
        frame(STATES, (1, 2, 3, 4, 5, 6, 7, 8)),
        frame({"kind": "end", "diverged": True}),
        frame({"kind": "refused", "why": "no"}),
    ]
    states = States(np.array([0, 2]), np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]]))
    packed = b"".join(one.packed() for one in (hello, states, End(True), Refused("no")))
    for data in (b"".join(by_hand), packed):
        reader, seen = FrameReader(), []
        for byte in data:
            reader.feed(bytes([byte]))
            seen += list(reader.frames())
        assert [seen[0], *seen[2:]] == [hello, End(True), Refused("no")]
        assert isinstance(seen[1], States)
        assert seen[1].steps.tolist() == [0, 2]
        np.testing.assert_array_equal(seen[1].parameters, states.parameters)


BROKEN: dict[str, tuple[bytes, str]] = {
    "other bytes": (b"GET /", "these are not frames of xorviz"),
    "a long header": (b"XORV" + struct.pack("<II", MOST_HEADER + 1, 0), "is too large"),
    "a long payload": (b"XORV" + struct.pack("<II", 2, MOST_PAYLOAD + 1), "is too large"),
    "no JSON": (frame(b"{"), "is not JSON"),
    "deep JSON": (frame(b"[" * 10_000), "is not JSON"),
    "a list": (frame([]), "of no known kind"),
    "another kind": (frame({"kind": "hi"}), "of no known kind"),
    "more entries": (frame({"kind": "end", "diverged": True, "x": 1}), "of no known kind"),
    "numbers too many": (frame({"kind": "end", "diverged": True}, (1,)), "of no known kind"),
    "a newer version": (frame(HELLO | {"version": 2}), "speaks version 2, the window 1"),
    "no token": (frame({"kind": "hello", "version": 1}), "lacks token, config or source"),
    "a wrong width": (frame(HELLO | {"config": {"width": 65}}), "width is 65; allowed"),
    "a wrong source": (frame(HELLO | {"source": {"name": ""}}), "a source has the entries"),
    "no state": (frame({"kind": "states", "steps": []}), "a frame has 0 states"),
    "many states": (frame({"kind": "states", "steps": [*range(MOST_STATES + 1)]}), "has 65 states"),
    "half a step": (frame({"kind": "states", "steps": [0.5]}, (1,)), "a step is no whole number"),
    "steps in disorder": (frame({"kind": "states", "steps": [2, 2]}, (1, 2)), "steps do not rise"),
    "no numbers": (frame({"kind": "states", "steps": [1]}), "0 bytes are not the numbers"),
    "uneven numbers": (frame(STATES, (1, 2, 3)), "24 bytes are not the numbers of 2 states"),
    "not a number": (frame(STATES, (1, float("nan"))), "is not finite, or too large"),
    "huge numbers": (frame(STATES, (1, 1e7)), "is not finite, or too large"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_frame_is_refused_in_a_sentence(broken: str) -> None:
    data, text = BROKEN[broken]
    with pytest.raises(FrameError, match=text):
        read(data)


def test_half_a_frame_is_waited_for() -> None:
    assert read(frame(HELLO)[:-1]) == []
    assert read(b"XO") == []


def test_the_program_that_readme_shows_is_understood(open_stub: Opened, place: Path) -> None:
    window = open_stub()
    text = (ROOT / "xorviz" / "watching" / "README.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    before = "/run/user/1000/xorviz/4711.json"
    assert before in program
    path = place / "1.json"
    exec(program.replace(before, str(path)), {})
    window.wait(lambda window: window.ends)
    [hello] = window.hellos
    assert hello.token == window.token
    assert hello.source.name == "mine"
    assert window.states.parameters.tolist() == [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]]
