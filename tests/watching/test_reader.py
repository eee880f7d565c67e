"""Files as README.md describes them, made by hand; damaged ones; and what is read of them."""

import json
import os
import re
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.commands import ROOT, python
from tests.watching.programs import shown, trained
from xorviz import watch
from xorviz.core.runs.source import ProgramState as State
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.watching import places, states_file
from xorviz.watching.followed_run import FollowedRun, followed
from xorviz.watching.states_file import END_AT, ROWS_AT, StatesReader

KEY = "0123456789abcdef" * 2
SOURCE = {
    "name": "mine", "key": KEY, "program": "", "assumed": ["targets"], "batch": "full", "every": 1,
    "diverged": False,
}  # fmt: skip
HEADER: dict[str, Any] = {
    "source": SOURCE,
    "settings": {"rate": 0.5, "loss": "sse"},
    "arrays": [["w1", [2, 1]], ["w2", [1, 1]]],
    "ring": 8,
}
P = 3


def changed(**entries: object) -> dict[str, Any]:
    return HEADER | entries


ROW = 16 + 8 * P


class Foreign:
    """A file as a program in another language writes it."""

    def __init__(self, path: Path, header: object = HEADER, version: int = 1) -> None:
        self.path = path
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        head = struct.pack("<8sII", b"xorwatch", version, len(text)) + text
        self._sum = zlib.crc32(head)
        path.write_bytes(head + struct.pack("<I4x", self._sum))

    def write(self, data: bytes, at: int) -> None:
        """Write data and their sum."""
        with self.path.open("r+b") as file:
            file.seek(at)
            file.write(data + struct.pack("<I4x", zlib.crc32(data, self._sum)))

    def row(self, place: int, step: int, *numbers: float) -> None:
        """Write a row: of the ring at places from 0, a kept one at places from 8."""
        self.write(struct.pack(f"<q{P}d", step, *(numbers or [step] * P)), ROWS_AT + place * ROW)

    def kept(self, *steps: int) -> None:
        """Write kept rows."""
        for place, step in enumerate(steps, HEADER["ring"]):
            self.row(place, step)


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    return Foreign(tmp_path / "mine.xwatch")


def test_the_program_that_readme_shows_is_read(state: Path, tmp_path: Path) -> None:
    text = (ROOT / "xorviz" / "watching" / "README.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    home = tmp_path / "XDG_STATE_HOME"
    assert "~/.local/state/" in program
    places.made(state)
    done = python("-c", program.replace("~/.local/state", str(home)))
    assert done.err == ""
    [path] = places.files()
    found = StatesReader(path)
    assert found.source.state is State.ENDED
    assert found.header.config == RunConfig(width=2, rate=0.5, biases=False, loss="sse")
    first = [0.2, 0.3, 0.4, 0.5, 0.6]
    read = {step: numbers.tolist() for step, numbers in shown(path).items()}
    assert read == {0: [0.1, *first], 1: [0.2, *first], 9: [0.3, *first]}
    assert found.read().are_kept.tolist() == [True, True, False]


def test_every_state_comes_once_and_in_order_however_often_is_read(foreign: Foreign) -> None:
    found, seen = StatesReader(foreign.path), []
    kept = 0
    for step in range(60):
        if step % 3:
            foreign.row((step - step // 3 - 1) % 8, step)
        else:
            foreign.row(8 + kept, step)
            kept += 1
        if step % 7 == 0:
            states = found.read()
            seen += states.steps.tolist()
            assert (states.are_kept == (states.steps % 3 == 0)).all()
            assert (states.numbers == states.steps[:, np.newaxis]).all()
    assert seen == list(range(57))
    assert list(shown(foreign.path)) == sorted({*range(0, 60, 3), *range(48, 60)})


def test_a_reader_that_was_away_goes_on_with_the_newest(foreign: Foreign) -> None:
    found = StatesReader(foreign.path)
    foreign.kept(0)
    foreign.row(0, 1)
    found.read()
    for step in range(2, 40):
        foreign.row((step - 1) % 8, step)
    assert found.read().steps[-1] == 39
    assert found.read().steps.size == 0


def test_a_row_that_was_being_written_is_read_next(
    foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign.kept(0, 1, 2)
    foreign.write(b"half", ROWS_AT + 9 * ROW)
    read, plain = [], states_file._bytes

    def late(file: Any, place: int, size: int) -> bytes:
        data = plain(file, place, size)
        if place == ROWS_AT + 8 * ROW and not read.append(place):  # type: ignore[func-returns-value]
            foreign.row(9, 1)
        return data

    monkeypatch.setattr(states_file, "_bytes", late)
    assert StatesReader(foreign.path).read().steps.tolist() == [0, 1, 2]


def test_a_row_that_is_damaged_is_passed_over(foreign: Foreign) -> None:
    foreign.kept(0, 1, 2, 3, 4, 5, 4)
    foreign.row(9, 1, 1.0, float("nan"), 1.0)
    foreign.row(10, 2, 1.0, 2.0, 1e7)
    foreign.row(11, -3)
    with foreign.path.open("r+b") as file:
        file.seek(ROWS_AT + 12 * ROW + 8)
        file.write(b"\1")
    tracemalloc.start()
    found = StatesReader(foreign.path)
    assert found.read().steps.tolist() == [0, 5]
    assert tracemalloc.get_traced_memory()[1] < 2**18  # no place for rows that are not there
    tracemalloc.stop()
    foreign.row(15, 6)
    assert found.read().steps.tolist() == [6]


def test_another_run_in_the_same_file_is_never_mixed_in(foreign: Foreign) -> None:
    foreign.kept(0, 1)
    found = StatesReader(foreign.path)
    data = foreign.path.read_bytes()
    Foreign(foreign.path, changed(source=SOURCE | {"key": KEY[::-1]}))
    with pytest.raises(FileError, match="holds another run now"):
        found.read()
    mixed = foreign.path.read_bytes()
    foreign.path.write_bytes(mixed + data[len(mixed) :])
    assert shown(foreign.path) == {}


def test_two_windows_read_one_file_and_one_that_is_gone_is_said(foreign: Foreign) -> None:
    foreign.kept(0, 1)
    one, two = StatesReader(foreign.path), StatesReader(foreign.path)
    assert one.read().steps.tolist() == two.read().steps.tolist() == [0, 1]
    foreign.path.unlink()
    with pytest.raises(FileError, match="does not exist"):
        one.read()
    os.mkfifo(foreign.path)
    with pytest.raises(FileError, match="It is not a file"):
        two.read()


def test_a_run_that_is_followed_grows_and_keeps_what_was_found_out_of_it() -> None:
    see = watch(window=False)
    trained(see, 20)
    [path] = places.files()
    run = FollowedRun(path)
    assert run.newest == 19
    trained(see, 10)
    run.read()
    assert run.newest == 29
    run.adopt(RunConfig(width=3, rate=0.1, biases=True), ())
    record = run.record()
    trained(see, 5)
    see.close()
    again = followed(record)
    assert (again.newest, again.config.rate, again.source.assumed) == (34, 0.1, ())
    assert again.source.state is State.ENDED
    path.unlink()
    assert followed(record).newest == 29


@pytest.mark.parametrize("is_another", [False, True])
def test_what_was_read_stays_when_the_file_is_lost(is_another: bool) -> None:
    with watch(window=False) as see:
        trained(see, 1)
        [path] = places.files()
        run = FollowedRun(path)
        path.write_bytes(path.read_bytes()[::-1]) if is_another else path.unlink()
        run.read()
    assert (run.source.state, run.newest) == (State.UNKNOWN, 0)


def test_a_run_without_its_first_state_is_not_followed(foreign: Foreign) -> None:
    foreign.kept(1, 2)
    with pytest.raises(FileError, match="no state of step 0"):
        FollowedRun(foreign.path)


REFUSED: dict[str, tuple[object, str]] = {
    "no JSON": (b"{", "header is invalid"),
    "deep JSON": (b"[" * 30_000, "header is invalid"),
    "not UTF-8": (b"\xff", "header is invalid"),
    "a list": ([], "Expected `object`, got `array`"),
    "an entry less": ({"source": SOURCE}, "missing required field `settings`"),
    "an entry more": (changed(more=1), "unknown field `more`"),
    "no number": (b'{"ring": NaN}', "header is invalid"),
    "a wrong source": (changed(source={"name": ""}), "a source has the entries"),
    "a wrong key": (changed(source=SOURCE | {"key": "../../x"}), "32 hexadecimal digits"),
    "a wrong rate": (changed(settings={"rate": -1}), "rate is -1"),
    "a seed": (changed(settings={"seed": 1}), "unknown entry 'seed'"),
    "a large ring": (changed(ring=8193), "<= 8192"),
    "half a ring": (changed(ring=0.5), "Expected `int`, got `float`"),
    "no array": (changed(arrays=[]), "together is 0"),
    "huge arrays": (changed(arrays=[["w1", [20_000, 20_000]]]), "together is 400000000"),
    "large arrays": (changed(arrays=[["w1", [20_000]]], ring=1000), "ring is 1000; allowed"),
    "an array twice": (changed(arrays=[["w1", [1]]] * 2), "has a name twice"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_header_that_is_not_as_it_should_be_is_refused(case: str, tmp_path: Path) -> None:
    header, text = REFUSED[case]
    with pytest.raises(FileError, match=text) as refused:
        StatesReader(Foreign(tmp_path / "run", header).path)
    assert str(refused.value).count("\n") == 0


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda data: b"", "is no file of states"),
        (lambda data: b"PK" + data, "is no file of states"),
        (lambda data: data[:8] + b"\2" + data[9:], "version is 2; version 1 is read here"),
        (lambda data: data[:40], "header is damaged"),
        (lambda data: data[:40] + b"?" + data[41:], "header is damaged"),
        (lambda data: data[:12] + b"\xff" * 4 + data[16:], "header is damaged"),
    ],
)
def test_a_file_of_something_else_is_refused(
    spoil: Callable[[bytes], bytes], text: str, foreign: Foreign
) -> None:
    foreign.path.write_bytes(spoil(foreign.path.read_bytes()))
    with pytest.raises(FileError, match=text):
        StatesReader(foreign.path)


@pytest.mark.parametrize("count", [300, pytest.param(20_000, marks=pytest.mark.thorough)])
def test_damaged_files_show_no_state_that_was_never_written(count: int, tmp_path: Path) -> None:
    with watch(window=False) as see:
        trained(see, 40)
        whole = places.files()[0].read_bytes()
    had = {step: numbers.tobytes() for step, numbers in shown(places.files()[0]).items()}
    [length] = struct.unpack_from("<I", whole, 12)
    parts = [(0, length + 24), (16, length), (END_AT, 24), (len(whole) - 40 * 120, 40 * 120)]
    random, path = np.random.default_rng(count), tmp_path / "run"
    refused = 0
    for n in range(count):
        start, size = parts[random.integers(len(parts))]
        data = bytearray(whole)
        for place in start + random.integers(size, size=random.integers(1, 4)):
            data[place] ^= 1 << random.integers(8)
        if start == 16:  # a header that is whole, but says something else
            struct.pack_into("<I", data, 16 + length, zlib.crc32(data[: 16 + length]))
        if random.random() < 0.3:
            del data[random.integers(len(data)) :]
        path.unlink(missing_ok=True)  # a file that is overwritten is flushed to disk
        path.write_bytes(data)
        try:
            found = StatesReader(path)
            if n % 5 == 0:
                FollowedRun(path)
            for _ in range(2):  # and it shrinks while it is read
                states = found.read()
                for step, numbers in zip(states.steps.tolist(), states.numbers, strict=True):
                    assert had[step] == numbers.tobytes()
                os.truncate(path, int(random.integers(len(data) + 1)))
        except FileError:
            refused += 1
    assert count / 10 < refused < count
