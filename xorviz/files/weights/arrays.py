"""Assignment of nested lists and named arrays to w1, b1, w2, b2 or the outputs."""

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.rules import SettingError
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.weights.names import kind_of, orientation_of, roles, shown
from xorviz.files.weights.own_network import Arrays

MOST_NUMBERS = 10_000
"""Of one array; the widest network has 257 in total."""
MOST_ARRAYS = 100

WANTED = "allowed are the arrays w1 and w2, and perhaps b1 and b2, or the four outputs alone"

_OUTPUT_NAMES = frozenset({"outputs", "output", "predictions", "prediction", "y", "y_pred"})
_MOST_OUTPUTS = 4


class Part(NamedTuple):
    """An array or a nested list, as it was found."""

    name: str | None
    value: Any
    moment: int = 0
    """When it was so, as a word of names.MOMENTS before it shows; 0 without one."""


def assembled(parts: Sequence[Part], settings: Any = None) -> Arrays:
    """Return the parts by their names, or by their order if they have none. Raises FileError.

    ``settings`` were saved with them; those of another program than xorviz mean nothing here.
    """
    named = [(part.name, part.value) for part in parts if part.name and kind_of(part.name)]
    if named:
        names, values = [name for name, _ in named], dict(named)
        if repeated := [name for name in names if names.count(name) > 1]:
            raise FileError(f"There are two arrays {shown(repeated[0])}; remove one of them.")
        by_role = {role: name for name, role in roles(names).items()}
        meaning = {role: _finite(array_of(values[name], name)) for role, name in by_role.items()}
        orientation = orientation_of(by_role.get("w1", ""))
        config: RunConfig | None = None
        with suppress(SettingError):
            config = RunConfig.from_dict(settings)
        return Arrays(**meaning, rows=None, config=config, orientation=orientation)
    for name, value, _ in parts:
        if name is not None and name.lower() in _OUTPUT_NAMES:
            return _outputs(array_of(value, name))
    in_order = [part.value for part in parts if part.name is None]
    if not in_order:
        raise FileError(f"There are no weights in it; {WANTED}.")
    return _in_order(in_order)


def array_of(value: Any, name: str) -> Array:
    """Return a number, a list or a list of lists as an array. Raises FileError."""
    if isinstance(value, np.ndarray):
        return value
    if _is_number(value):
        return np.array(_real(value))
    rows: list[Any] = value if isinstance(value, list) else [value]
    if all(map(_is_number, rows)):
        return np.array([_real(number) for number in rows])
    for row in rows:
        if not isinstance(row, list) or not all(map(_is_number, row)):
            raise FileError(
                f"In {shown(name)} there is something other than numbers in rows and columns."
            )
        if len(row) != len(rows[0]):
            raise FileError(
                f"The rows of {shown(name)} differ in length: {len(rows[0])} and {len(row)}."
            )
    return np.array([[_real(number) for number in row] for row in rows])


def _is_number(value: object) -> bool:
    """Return whether a value is a number, or null, as JSON.stringify writes NaN."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _real(value: float | None) -> float:
    try:
        return math.nan if value is None else float(value)
    except OverflowError:
        raise FileError("A number in it is too large.") from None


def _in_order(values: list[Any]) -> Arrays:
    """Return arrays without names as w1[, b1], w2[, b2], or the outputs."""
    if len(values) == 1 and is_list_of_arrays(values[0]):
        values = values[0]
    if not 1 <= len(values) <= 4:
        raise FileError(f"These are {len(values)} arrays without names; {WANTED}.")
    arrays = [array_of(value, f"array {place}") for place, value in enumerate(values, start=1)]
    if len(arrays) == 1 and _is_in_line(arrays[0]):
        return _outputs(arrays[0])
    if all(array.size == 1 for array in arrays):  # each output in brackets of its own
        return _outputs(np.concatenate([array.ravel() for array in arrays]))
    arrays = [_finite(array) for array in arrays]
    match arrays:
        case [only]:
            return Arrays(only)
        case [w1, w2]:
            return Arrays(w1, w2=w2)
        case [w1, second, third]:
            return _three(w1, second, third)
        case _:
            w1, b1, w2, b2 = arrays
            if b1.ndim == 2 and w2.ndim == 1:  # coefs_ before intercepts_, as scikit-learn has them
                b1, w2 = w2, b1
            return Arrays(w1, b1, w2, b2)


def _three(w1: Array, second: Array, third: Array) -> Arrays:
    """Return w1, b1, w2 or w1, w2, b2: only b2 is a single number if there are several units."""
    if w1.size == 2:
        raise FileError(
            "With three arrays for one hidden unit it is unclear which bias is given;"
            " write w1 =, b1 =, w2 =, b2 = before them."
        )
    return Arrays(w1, w2=second, b2=third) if third.size == 1 else Arrays(w1, second, third)


def is_list_of_arrays(value: object) -> bool:
    """Return whether a list holds whole arrays; the first, w1, is itself a list of lists."""
    is_deep = isinstance(value, list) and bool(value) and isinstance(value[0], list)
    return is_deep and bool(value[0]) and isinstance(value[0][0], list)  # type: ignore[index]


def _finite(array: Array) -> Array:
    """Return weights, or raise FileError: of all numbers only outputs may be nan."""
    if not np.isfinite(array).all():
        odd = array[~np.isfinite(array)].flat[0]
        raise FileError(
            f"It holds {odd}, which is not finite: the training of these weights has diverged, "
            "perhaps at too large a rate."
        )
    return array


def _is_in_line(array: Array) -> bool:
    """Return whether an array alone is that of outputs: a list, or a short row or column."""
    return array.ndim < 2 or (1 in array.shape and array.size <= _MOST_OUTPUTS)


def _outputs(array: Array) -> Arrays:
    if not (1 <= array.size <= _MOST_OUTPUTS and _is_in_line(array)):
        count = "This is one number" if array.size == 1 else f"These are {array.size} numbers"
        raise FileError(f"{count}; {WANTED}.")
    return Arrays(outputs=array.ravel())
