"""Reader for NumPy's npz files: nothing is unpacked before its size is known, or executed."""

import io
import json
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from xorviz.core.arrays import Array
from xorviz.files.atomic import FileError
from xorviz.files.weights.arrays import MOST_ARRAYS
from xorviz.files.weights.names import kind_of, shown
from xorviz.files.weights.values import MOST_NUMBERS, Part

_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of NumPy. Of the others, zipfile unpacks a whole piece at once: 2 KB become gigabytes."""
_LONGEST_HEADER = 10_000
"""Bytes."""
_BYTES = 8
"""Of a number."""


class Archive:
    """The arrays in an npz file's content. Raises FileError for one that is damaged or hostile."""

    def __init__(self, data: bytes) -> None:
        with _as_damage():
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        files = self._archive.namelist()
        self.names = [name.removesuffix(".npy") for name in files if name.endswith(".npy")]

    def numbers(self, name: str, most: int = MOST_NUMBERS) -> Array:
        """Return an array of at most ``most`` numbers. Raises FileError."""
        return self._loaded(name, "iuf", most).astype(np.float64)

    def json(self, name: str) -> Any:
        """Return what was saved as JSON in an array of text, if anything."""
        with suppress(FileError, ValueError, RecursionError):
            return json.loads(str(self._loaded(name, "U", MOST_NUMBERS)))

    def _loaded(self, name: str, kinds: str, most: int) -> NDArray[Any]:
        """Return an array of one of these kinds of numbers, checked before it is created."""
        too_many = FileError(f"{shown(name)} holds more numbers than a network of xorviz.")
        with _as_damage():
            member = self._archive.getinfo(f"{name}.npy")
            if member.compress_type not in _PACKINGS:
                raise FileError(
                    f"{shown(name)} is compressed in another way than that of "
                    "numpy.savez_compressed."
                )
            if member.file_size > _BYTES * most + _LONGEST_HEADER:
                raise too_many
            with self._archive.open(member) as file:
                # With a size it unpacks no more than that, whatever the archive claims.
                data = io.BytesIO(file.read(member.file_size))
            is_first = npy.read_magic(data) == (1, 0)
            read = npy.read_array_header_1_0 if is_first else npy.read_array_header_2_0
            shape, _, kind = read(data, _LONGEST_HEADER)
            if kind.kind not in kinds:
                raise FileError(f"{shown(name)} is not an array of real numbers or integers.")
            if math.prod(shape) > most:
                raise too_many
            data.seek(0)
            array: NDArray[Any] = np.load(data, allow_pickle=False)
            return array


@contextmanager
def _as_damage() -> Iterator[None]:
    """Raise FileError for whatever zipfile, zlib and NumPy raise: they do not say what that is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy mends headers of Python 2, with a warning
            yield
    except FileError:
        raise
    except Exception:
        raise FileError("It is a damaged archive, or not one of numpy.savez.") from None


def parts_of_npz(archive: Archive) -> tuple[list[Part], Any]:
    """Return the weights or outputs in an archive, and the settings in it. Raises FileError."""
    if not archive.names:
        raise FileError(
            "It is an archive without NumPy arrays; save them with numpy.savez, "
            "or print them and paste the text."
        )
    if len(archive.names) > MOST_ARRAYS:
        raise FileError(f"It holds more than {MOST_ARRAYS} arrays.")
    parts = []
    for name in archive.names:
        is_unnamed = re.fullmatch("arr_[0-9]{1,2}", name) is not None
        if is_unnamed or kind_of(name) or name == "outputs":
            array = archive.numbers(name)
            if array.ndim > 2:
                raise FileError(f"{shown(name)} has {array.ndim} dimensions; allowed: at most 2.")
            parts.append(Part("" if is_unnamed else name, array))
    return parts, archive.json("config")
