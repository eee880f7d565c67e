"""The arrays in values of any kind: of JSON, arrays, tensors, nested lists and mappings."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError, shortened
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.files.atomic import FileError
from xorviz.files.weights.names import LONGEST, kind_of, moment_of, shown

MOST_NUMBERS = 10_000
"""Of one array; the widest network has 257 in total."""
OUTPUT_NAMES = frozenset({"outputs", "output", "predictions", "prediction", "y", "y_pred"})
_MATRIX = {"rows", "cols", "data"}
_DEEPEST = 8
"""Levels of mappings and lists."""


class Part(NamedTuple):
    """An array as it was found."""

    name: str
    """Empty if it has none."""
    array: Array
    moment: int = 0
    """When it was so, as a word before it shows; 0 without one."""


def parts_in(value: Any, name: str = "", moment: int = 0, depth: int = _DEEPEST) -> Iterator[Part]:
    """Yield the arrays in a value with their full names, such as hidden.weight.

    What has a name that means nothing here is left out. Raises FileError.
    """
    if depth < 0:
        raise FileError("It is nested too deep.")
    value = _plain(value, name)
    if isinstance(value, Mapping):
        items = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, list) and _is_several(value, name):
        items = [(str(place), item) for place, item in enumerate(value)]
        moment = moment or moment_of(name)
    else:
        is_meant = not name or bool(kind_of(name)) or name.lower() in OUTPUT_NAMES
        if is_meant and value is not None and not (name and value == []):
            yield Part(name, _array_of(value, name), moment)
        return
    for key, item in items:
        # Only the end is read: a long name repeated for each value would fill the memory.
        inner = f"{name}.{key}".strip(".")[-LONGEST:]
        has_name = isinstance(value, Mapping) or isinstance(item, Mapping) or kind_of(inner)
        yield from parts_in(item, inner if has_name else "", moment, depth - 1)


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


def _rows(value: Mapping[str, Any], name: str) -> list[Any]:
    """Return the rows of a matrix that says how many it has, as toy-neural-network-js writes it."""
    rows, columns, data = (value[key] for key in ("rows", "cols", "data"))
    is_size = all(isinstance(n, int) and n > 0 for n in (rows, columns))
    if isinstance(data, list) and is_size:
        if len(data) == rows and all(isinstance(row, list) for row in data):
            return data
        if len(data) == rows * columns:
            return [data[start : start + columns] for start in range(0, len(data), columns)]
    raise FileError(f"In {shown(name)} rows and cols do not fit the numbers in data.")


def _is_several(value: list[Any], name: str) -> bool:
    """Return whether a list holds whole arrays; the first of them has rows itself."""
    levels, first = 0, value
    while isinstance(first, list) and first and levels <= _DEEPEST:
        levels, first = levels + 1, _plain(first[0], name)
    if kind_of(name):
        return False
    is_layered = levels > 1 and kind_of(f"{name}.0") is not None  # weights = [w1, w2]
    return levels > 2 or isinstance(first, Mapping) or is_layered


def _array_of(value: Any, name: str) -> Array:
    """Return a number, a list or a list of lists as an array. Raises FileError."""
    if not name and not isinstance(value, list | Real):
        raise FileError(
            f"It holds something of the type {type(value).__name__}; allowed: a path, a text, "
            "arrays in the order w1, b1, w2, b2, or by these names."
        )
    called, rows = shown(name) or "an array", value if isinstance(value, list) else [value]
    is_matrix = any(isinstance(row, list) for row in rows)
    if not all(isinstance(row, list) and all(map(_is_number, row)) if is_matrix else
               _is_number(row) for row in rows):  # fmt: skip
        raise FileError(f"In {called} there is something other than numbers in rows and columns.")
    if is_matrix and (odd := [row for row in rows if len(row) != len(rows[0])]):
        lengths = f"{len(rows[0])} and {len(odd[0])}"
        raise FileError(f"The rows of {called} differ in length: {lengths}.")
    try:
        return np.array(value, dtype=float)
    except OverflowError:
        raise FileError("A number in it is too large.") from None


def _is_number(value: object) -> bool:
    """Return whether a value is a number, or null, as JSON.stringify writes NaN."""
    return value is None or (isinstance(value, Real) and not isinstance(value, bool))
