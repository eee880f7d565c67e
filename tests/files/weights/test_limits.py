"""Small files and texts of the allowed size take little memory and no long time."""

import io
import json
import re
import tracemalloc
import unicodedata
import zipfile
from types import SimpleNamespace
from typing import Literal

import numpy as np
import pytest

from tests.files.weights.test_reader import parsed
from tests.support.cases import some
from tests.support.files import refusal
from xorviz.files.weights import text
from xorviz.files.weights.reader import MOST_BYTES

MOST_MEMORY = 12 * 2**20
"""Bytes while reading; a text of the allowed size itself takes up to 2**20."""

METHODS = {
    "stored": zipfile.ZIP_STORED,
    "deflated": zipfile.ZIP_DEFLATED,
    "bz2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}


def cheap_refusal(content: str | bytes) -> str:
    """Return the sentence with which content is refused, at the cost of little memory."""
    tracemalloc.start()
    try:
        sentence = refusal(parsed, content)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    return sentence


def archive(method: str, zeros: int = 0) -> bytes:
    """Return an archive with the array w1, followed by zero bytes that its header ignores."""
    array, file = io.BytesIO(), io.BytesIO()
    np.save(array, np.zeros((2, 3)))
    with zipfile.ZipFile(file, "w", METHODS[method]) as made:
        made.writestr("w1.npy", array.getvalue() + bytes(zeros))
    return file.getvalue()


def test_only_what_numpy_packs_is_unpacked() -> None:
    """Of other packings, zipfile unpacks a whole piece, whatever is asked for."""
    data = archive("lzma", zeros=16_000_000)
    assert len(data) < MOST_BYTES
    assert cheap_refusal(data).startswith("w1 is compressed in another way than that of numpy")


def test_no_more_is_unpacked_than_a_network_takes() -> None:
    data = archive("deflated", zeros=16_000_000)
    assert cheap_refusal(data) == "w1 holds more numbers than a network of xorviz."
    file = io.BytesIO()  # one byte of a file becomes a number of eight
    np.savez_compressed(file, *[np.zeros((1, 80_000), "i1")] * 100)
    said = cheap_refusal(file.getvalue())
    assert said == "arr_0 holds more numbers than a network of xorviz."


def test_what_an_archive_claims_is_not_relied_on() -> None:
    """Its directory states the sizes of its members and how they are packed."""
    for method, zeros in (("stored", 0), ("deflated", 16_000_000), ("bz2", 2_000_000)):
        data = archive(method, zeros)
        entry = data.index(b"PK\x01\x02")
        packed_as = b"\x00\x00" if method == "stored" else b"\x08\x00"
        for claim in (0, 200, 2**32 - 2):
            size = claim.to_bytes(4, "little")
            lies = packed_as + data[entry + 12 : entry + 20] + size + size
            cheap_refusal(data[: entry + 10] + lies + data[entry + 28 :])


MARKS = "\u0300\u0316"
"""Combining marks that are not in their canonical order."""


def filled(part: str) -> str:
    return (part * MOST_BYTES)[:MOST_BYTES]


def test_characters_are_made_plain_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """To normalise a row of combining marks as a whole takes quadratic time."""
    given: list[str] = []

    def normalize(form: Literal["NFKC"], characters: str) -> str:
        given.append(characters)
        return unicodedata.normalize(form, characters)

    monkeypatch.setattr(text, "unicodedata", SimpleNamespace(normalize=normalize))
    refusal(parsed, "a" + filled(MARKS)[1:])
    assert sorted(given) == sorted(MARKS)


@pytest.mark.parametrize("part", some(["w1=", '"a', "[]w", "kernel:", "[[1]"], 1))
def test_reading_ends_where_there_is_too_much(part: str) -> None:
    assert re.search("far more than|not closed", refusal(parsed, filled(part)))
    assert refusal(parsed, filled("\ufdfa")).startswith("It is too big for")


def test_a_long_name_is_not_repeated_for_all_that_it_holds() -> None:
    inner = {f"w{n}": 1 for n in range(9_000)}
    said = cheap_refusal(json.dumps({"A" * 130_000: inner}))
    assert said.startswith("These are more than 100 arrays;")
