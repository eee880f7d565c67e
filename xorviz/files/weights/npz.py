"""Reader for NumPy's npz files that executes nothing in them."""

import ast
import io
import json
import math
import re
import struct
import zipfile
import zlib
from contextlib import suppress
from typing import Any

import numpy as np

from xorviz.files.atomic import FileError
from xorviz.files.weights.arrays import MOST_ARRAYS, MOST_NUMBERS, Part
from xorviz.files.weights.names import kind_of, shown

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000
_MOST_BYTES = 8 * MOST_NUMBERS + _LONGEST_HEADER
"""Of an unpacked member: half a megabyte can unpack to gigabytes."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of NumPy. Of the others, zipfile unpacks a whole piece at once: 2 KB become gigabytes."""
_NUMBERS = re.compile(r"[<>|=]?(?:[iu][1248]|f[248])")
_TEXT = re.compile(r"[<>]U[0-9]{1,4}")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError, IndexError,
    NotImplementedError, RuntimeError, struct.error, ImportError,
)  # fmt: skip
"""Errors raised by zipfile and NumPy for damaged, encrypted and oddly packed archives."""


def parts_of_npz(data: bytes) -> tuple[list[Part], Any]:
    """Return the arrays in an npz file's content, and the settings in it. Raises FileError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(archive), _settings(archive)
    except _BROKEN:
        raise FileError("It is a damaged archive, or not one of numpy.savez.") from None


def _parts(archive: zipfile.ZipFile) -> list[Part]:
    names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    if not names:
        raise FileError(
            "It is an archive without NumPy arrays; save them with numpy.savez, "
            "or print them and paste the text."
        )
    if len(names) > MOST_ARRAYS:
        raise FileError(f"It holds more than {MOST_ARRAYS} arrays.")
    unnamed = [name for name in names if re.fullmatch("arr_[0-9]{1,2}", name)]
    return [
        Part(None if name in unnamed else name, _member(archive, name))
        for name in names
        if kind_of(name) is not None or name in unnamed or name == "outputs"
    ]


def _settings(archive: zipfile.ZipFile) -> Any:
    """Return what was saved as JSON in the array config, if anything."""
    with suppress(FileError, KeyError, ValueError, RecursionError):
        return json.loads(str(_member(archive, "config", _TEXT)))


def _member(archive: zipfile.ZipFile, name: str, allowed: re.Pattern[str] = _NUMBERS) -> Any:
    """Return one array, checked before it is created."""
    header, body = _split(_unpacked(archive, name), name)
    kind, shape, by_columns = (header.get(key) for key in ("descr", "shape", "fortran_order"))
    if not isinstance(kind, str) or not allowed.fullmatch(kind):
        raise FileError(f"{shown(name)} is not an array of real numbers or integers.")
    is_shape = isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)
    dtype = np.dtype(kind)
    if not is_shape or len(body) != math.prod(shape) * dtype.itemsize:  # type: ignore[arg-type]
        raise FileError(f"{shown(name)} is damaged: its size does not match its header.")
    if len(body) > MOST_NUMBERS * dtype.itemsize:
        raise FileError(_too_many(name))
    array = np.frombuffer(body, dtype).reshape(shape, order="F" if by_columns else "C")
    if allowed is _TEXT:
        return array
    if array.ndim > 2:
        raise FileError(f"{shown(name)} has {array.ndim} dimensions; allowed are at most 2.")
    return array.astype(np.float64)


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member's content, of which no more than the limit is ever unpacked."""
    member = archive.getinfo(f"{name}.npy")
    if member.compress_type not in _PACKINGS:
        raise FileError(
            f"{shown(name)} is compressed in another way than that of numpy.savez_compressed."
        )
    with archive.open(member) as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise FileError(_too_many(name))
    return data


def _too_many(name: str) -> str:
    return f"{shown(name)} holds more numbers than a network of xorviz."


def _split(data: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    """Return an array's header and its bytes (Kern 2007, the npy format)."""
    width = 2 if data[6:7] == b"\x01" else 4
    start = 8 + width
    length = int.from_bytes(data[8:start], "little")
    try:
        if data[:6] != _MAGIC or length > min(_LONGEST_HEADER, len(data) - start):
            raise ValueError("no header")
        header = ast.literal_eval(data[start : start + length].decode("utf-8").strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise FileError(f"{shown(name)} is not a NumPy array.")
    return header, data[start + length :]
