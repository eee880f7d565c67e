"""The arrays in whatever holds them: values of JSON, npz files, tensors, lists and mappings."""

import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from numbers import Real
from typing import Any

import numpy as np
from numpy.lib import format as npy

from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError, shortened
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.files.atomic import FileError
from xorviz.files.weights.states import LONGEST, Part, is_meant, kind_of, shown

MOST_NUMBERS = 10_000
"""Of one array; the widest network has 257 in total."""
_MOST_UNPACKED = 2**24
"""Bytes of an npz file's arrays; those of the longest recording are 9 MB."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of NumPy. Of the others, zipfile unpacks a whole piece at once: 2 KB become gigabytes."""
_MATRIX = {"rows", "cols", "data"}
"""How toy-neural-network-js writes an array, perhaps with all its numbers in one row."""
_DEEPEST = 8
"""Levels of mappings and lists."""


def parts_in(value: Any, name: str = "", depth: int = _DEEPEST) -> Iterator[Part]:
    """Yield the arrays in a value; what has a name that means nothing here is left out.

    Raises FileError.
    """
    if depth < 0:
        raise FileError("It is nested too deep.")
    if isinstance(value, np.ndarray) and not is_meant(name):
        return
    value = _plain(value, name)
    if isinstance(value, Mapping):
        items: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list) and _is_several(value, name):
        items = enumerate(value)
    else:
        if is_meant(name) and value is not None and not (name and value == []):
            yield Part(name, _numbers(value, name))
        return
    for key, item in items:
        # Only the end is read: a long name repeated for each value would fill the memory.
        yield from parts_in(item, f"{name}.{key}".strip(".")[-LONGEST:], depth - 1)


def as_array(value: Any) -> np.ndarray | None:
    """Return an array or a tensor of any program as an array, and None for anything else.

    Raises SettingError for one that has no numbers here.
    """
    try:
        if callable(getattr(value, "detach", None)):  # PyTorch; cpu of a module would move it
            value = value.detach().cpu().numpy()
        elif callable(getattr(value, "numpy", None)):  # TensorFlow
            value = value.numpy()
        # A subclass stays what it is: what a mask hides is no number.
        return np.asanyarray(value) if hasattr(value, "__array__") else None
    except (TypeError, ValueError, RuntimeError) as error:  # of a kind that NumPy has not
        why = shortened(" ".join(str(error).split())).rstrip(".")
        raise SettingError(f"holds a {type(value).__name__} that is no array: {why}") from None


def unpacked(data: bytes) -> dict[str, Any]:
    """Return the arrays in an npz file's content, all small by the sizes that it declares.

    No more than that is unpacked, and nothing is executed. Raises FileError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            is_small = sum(member.file_size for member in members) <= _MOST_UNPACKED
            is_small = is_small and all(member.compress_type in _PACKINGS for member in members)
            if is_small and all(_declared(archive, member) <= _MOST_UNPACKED for member in members):
                with np.load(io.BytesIO(data), allow_pickle=False) as loaded:
                    return dict(loaded)
    except Exception:  # zipfile, zlib and NumPy do not say what they raise
        raise FileError("It is a damaged archive, or not one of numpy.savez.") from None
    raise FileError(
        "It holds more numbers than a network of xorviz, or is not packed as numpy.savez does it."
    )


def _declared(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Return the bytes of an array by its header. Raises ValueError for anything else."""
    with archive.open(member) as file:
        is_first = npy.read_magic(file) == (1, 0)
        read = npy.read_array_header_1_0 if is_first else npy.read_array_header_2_0
        shape, _, kind = read(file)
    return math.prod(shape) * kind.itemsize


def _plain(value: Any, name: str) -> Any:
    """Return a value as JSON has it: mappings and lists, and what is in them as it is."""
    if isinstance(value, Weights):
        return {field: getattr(value, field) for field in WEIGHT_FIELDS}
    if isinstance(value, Mapping):
        return _rows(value, name) if value.keys() >= _MATRIX else value
    if isinstance(value, type | str | bytes):
        return value
    try:
        array = as_array(value)
    except SettingError as error:
        raise FileError(f"It {error}.") from None
    if array is None and isinstance(value, Iterable):
        value = list(islice(value, MOST_NUMBERS + 1))
    count = array.size if array is not None else len(value) if isinstance(value, list) else 1
    if count > MOST_NUMBERS:
        raise FileError(f"It holds more than {MOST_NUMBERS} numbers.")
    return value if array is None else array.tolist()


def _rows(value: Mapping[str, Any], name: str) -> Any:
    """Return the rows of a matrix that says how many it has."""
    try:
        return np.reshape(value["data"], (value["rows"], value["cols"])).tolist()
    except (TypeError, ValueError, OverflowError):
        raise FileError(f"In {shown(name)} rows and cols do not fit the numbers in data.") from None


def _is_several(value: list[Any], name: str) -> bool:
    """Return whether a list holds whole arrays; the first of them has rows itself."""
    levels, first = 0, value
    while isinstance(first, list) and first and levels <= _DEEPEST:
        levels, first = levels + 1, _plain(first[0], name)
    is_layered = levels > 1 and kind_of(f"{name}.0")  # weights = [w1, w2]
    return not kind_of(name) and bool(levels > 2 or isinstance(first, Mapping) or is_layered)


def _numbers(value: Any, name: str) -> Array:
    """Return a number, a list or a list of lists as an array; None is nan, as JavaScript has it.

    Raises FileError.
    """
    is_list = isinstance(value, list)
    try:
        items = np.array(value, dtype=object)
        if items.ndim <= 2 and all(map(_is_number, items.flat)):
            return items.astype(float)
    except OverflowError:
        raise FileError("A number in it is too large.") from None
    except ValueError:  # rows that differ in length
        is_list = True
    if not name and not is_list:
        raise FileError(
            f"It holds something of the type {type(value).__name__}; allowed: a path, a text, "
            "arrays in the order w1, b1, w2, b2, or by these names."
        )
    called = shown(name) or "an array"
    raise FileError(f"In {called} there is something other than numbers in rows of one length.")


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, Real) and not isinstance(value, bool))
