"""Assignment of named arrays, or of arrays in their order, to w1, b1, w2, b2 or the outputs."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.rules import SettingError
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.weights.names import kind_of, orientation_of, roles, shown
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.values import OUTPUT_NAMES, Part

MOST_ARRAYS = 100
WANTED = "allowed are the arrays w1 and w2, and perhaps b1 and b2, or the four outputs alone"
_MOST_OUTPUTS = 4


def assembled(parts: Sequence[Part], settings: Any = None) -> Arrays:
    """Return the parts by their names, or by their order if they have none. Raises FileError.

    ``settings`` were saved with them; those of another program than xorviz mean nothing here.
    """
    if names := [part.name for part in parts if kind_of(part.name)]:
        if repeated := [name for name in names if names.count(name) > 1]:
            raise FileError(f"There are two arrays {shown(repeated[0])}; remove one of them.")
        arrays = {part.name: part.array for part in parts}
        by_role = {role: name for name, role in roles(names).items()}
        config: RunConfig | None = None
        with suppress(SettingError):
            config = RunConfig.from_dict(settings)
        found = Arrays(config=config, orientation=orientation_of(by_role.get("w1", "")))
        given: dict[str, Any] = {role: _finite(arrays[name]) for role, name in by_role.items()}
        return replace(found, **given)
    for part in parts:
        if part.name.lower() in OUTPUT_NAMES:
            return _outputs(part.array)
    if not parts:
        raise FileError(f"There are no weights in it; {WANTED}.")
    return _in_order([part.array for part in parts])


def _in_order(arrays: list[Array]) -> Arrays:
    """Return arrays without names as w1[, b1], w2[, b2], or the outputs."""
    if all(array.size == 1 for array in arrays):  # each output in brackets of its own
        return _outputs(np.concatenate([array.ravel() for array in arrays]))
    if len(arrays) == 1 and _is_in_line(arrays[0]):
        return _outputs(arrays[0])
    if len(arrays) == 3 and arrays[0].size == 2:
        raise FileError(
            "With three arrays for one hidden unit it is unclear which bias is given;"
            " write w1 =, b1 =, w2 =, b2 = before them."
        )
    of_scikit_learn = [array.ndim for array in arrays[1:3]] == [2, 1]  # coefs_, intercepts_
    names = {
        1: "w1",
        2: "w1 w2",
        3: "w1 w2 b2" if arrays[-1].size == 1 else "w1 b1 w2",
        4: "w1 w2 b1 b2" if of_scikit_learn else "w1 b1 w2 b2",
    }.get(len(arrays))
    if names is None:
        raise FileError(f"These are {len(arrays)} arrays without names; {WANTED}.")
    given: dict[str, Any] = dict(zip(names.split(), map(_finite, arrays), strict=True))
    return Arrays(**given)


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
