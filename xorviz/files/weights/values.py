"""The arrays in whatever holds them: JSON, npz files, tensors, models, lists and mappings."""

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
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.files.atomic import FileError
from xorviz.files.weights.states import LONGEST, Part, is_meant, kind_of, shown

MOST_NUMBERS = 20_000
"""Of one array; the widest network with one hidden layer has 257 in total."""
_MOST_UNPACKED = 2**24
"""Bytes of an npz file's arrays; those of the longest recording are 9 MB."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of NumPy. Of the others, zipfile unpacks a whole piece at once: 2 KB become gigabytes."""
_DEEPEST = 8
"""Levels of mappings and lists."""


def parts_in(
    value: Any, name: str = "", depth: int = _DEEPEST, is_any: bool = False
) -> Iterator[Part]:
    """Yield the arrays in a value; what has a name that means nothing here is left out.

    With ``is_any`` those of all names and shapes are yielded. Raises FileError, and whatever a
    program's own objects raise.
    """
    if depth < 0:
        raise FileError("It is nested too deep.")
    value = _plain(value)
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list) and _holds_arrays(value, name):
        items = enumerate(value)
    elif is_any and not isinstance(value, str | bytes | bool | None):
        yield Part(name, _numbers(value, name, most_sides=np.inf))
    elif value is not None and is_meant(name) and not is_any:
        yield Part(name, _numbers(value, name))
    for key, item in items:
        # Only the end is read: a long name repeated for each value would fill the memory.
        yield from parts_in(item, f"{name}.{key}".strip(".")[-LONGEST:], depth - 1, is_any)


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


def _plain(value: Any) -> Any:
    """Return a mapping, a list or an array of numbers for what holds several; else the value."""
    if callable(getattr(value, "get_weights", None)):  # Keras; over PyTorch a module, too
        return dict(enumerate(value.get_weights()))
    if callable(getattr(value, "named_parameters", None)):
        named = dict(value.named_parameters())
        return named if any(map(kind_of, named)) else dict(enumerate(named.values()))
    if isinstance(value, Weights):
        return {field: getattr(value, field) for field in WEIGHT_FIELDS}
    if isinstance(value, Mapping):
        return _rows(value) if value.keys() >= {"rows", "cols", "data"} else value
    if callable(getattr(value, "detach", None)):  # PyTorch; cpu of a module would move it
        value = value.detach().cpu()
    if callable(getattr(value, "numpy", None)):  # TensorFlow has it, too
        value = value.numpy()
    if hasattr(value, "__array__"):
        array = np.asanyarray(value)
        is_plain = type(array) is np.ndarray and array.dtype.kind in "fiu"
        return array if is_plain else array.tolist()  # with None for what a mask hides
    attributes = {} if isinstance(value, type) else getattr(value, "__dict__", {})
    arrays = {name: one for name, one in attributes.items() if hasattr(one, "__array__")}
    is_several = isinstance(value, Iterable) and not isinstance(value, str | bytes | type)
    whole = list(islice(value, MOST_NUMBERS + 1)) if is_several else value
    return arrays or whole  # arrays of an object that a program has written


def _rows(value: Mapping[str, Any]) -> Any:
    """Return the rows of a matrix that says how many it has, as toy-neural-network-js writes it."""
    try:
        return np.reshape(value["data"], (value["rows"], value["cols"])).tolist()
    except (TypeError, ValueError, OverflowError):
        raise FileError("The rows and cols of an array do not fit the numbers in data.") from None


def _holds_arrays(value: list[Any], name: str) -> bool:
    """Return whether a list is none of numbers or rows; its first value shows it."""
    if not value:
        return True
    levels, first = 0, _plain(value)
    while isinstance(first, list) and first and levels <= _DEEPEST:
        levels, first = levels + 1, _plain(first[0])
    levels += np.ndim(first) if isinstance(first, np.ndarray) else 0
    is_layered = levels > 1 and kind_of(f"{name}.0")  # weights = [w1, w2]
    return not kind_of(name) and bool(levels > 2 or isinstance(first, Mapping) or is_layered)


def _numbers(value: Any, name: str, most_sides: float = 2) -> Array:
    """Return a number, a list or a list of lists as an array; None is nan, as JavaScript has it.

    Raises FileError.
    """
    try:
        items = value if isinstance(value, np.ndarray) else np.array(value, dtype=object)
        if items.size > MOST_NUMBERS:
            raise FileError(f"It holds more than {MOST_NUMBERS} numbers.")
        if items.ndim <= most_sides and (items is value or all(map(_is_number, items.flat))):
            return items.astype(float)
    except (ValueError, OverflowError):  # rows that differ in length, and a huge whole number
        pass
    called = f"array {int(name) + 1}" if name.isdecimal() else shown(name)
    where = f"In {called} there is" if called else "It is"
    raise FileError(f"{where} something other than numbers in rows of one length.")


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, Real) and not isinstance(value, bool))
