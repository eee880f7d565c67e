"""The arrays in what a program shows: arrays, tensors, lists, mappings, models."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xorviz.core.arrays import Numbers
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.files.weights.states import shown
from xorviz.files.weights.values import as_array

Leaf = tuple[str, Any]
"""An array as it was found, and its name, which is empty if it has none."""

_DEEPEST = 8
"""Levels of mappings and lists."""
_MOST_LEAVES = 100


def leaves(given: Sequence[Any], named: Mapping[str, Any]) -> list[Leaf]:
    """Return the arrays in what was given to ``see``, in their order. Raises SettingError."""
    found: list[Leaf] = []
    values = _items(given) if len(given) > 1 else [("", value) for value in given]
    for name, value in (*values, *named.items()):
        found += _leaves(value, name, _DEEPEST)
        if len(found) > _MOST_LEAVES:
            raise SettingError(f"these are more than {_MOST_LEAVES} arrays")
    return found


def numbers_of(value: Any, name: str) -> Numbers:
    """Return an array, a tensor or a nested list as an array of real numbers.

    Raises SettingError.
    """
    try:
        array = as_array(value)
        numbers = np.asarray(value if array is None else array)
    except ValueError:
        raise SettingError(f"the rows of {shown(name)} differ in length") from None
    except SettingError as error:
        raise SettingError(f"{shown(name)} {error}") from None
    if numbers.dtype.kind not in "fiub":
        held = type(value).__name__ if array is None else f"numbers of the type {numbers.dtype}"
        raise SettingError(f"{shown(name)} holds {held}; needed: real numbers in rows and columns")
    return numbers


def _leaves(value: Any, name: str, depth: int) -> list[Leaf]:
    if value is None:
        return []
    inner = _inside(value)
    if inner is None:
        return [(name, value)]
    if depth == 0:
        raise SettingError("the arrays are nested too deep")
    return [
        leaf for key, item in inner for leaf in _leaves(item, f"{name}.{key}".strip("."), depth - 1)
    ]


def _inside(value: Any) -> list[Leaf] | None:
    """Return the parts of a model, a mapping or a list of arrays; None for an array alone."""
    parts: list[Leaf] | None = None
    if hasattr(value, "__array__") or isinstance(value, type):
        pass
    elif callable(getattr(value, "get_weights", None)):  # Keras; over PyTorch a module, too
        parts = [("", array) for array in value.get_weights()]
    elif callable(getattr(value, "named_parameters", None)):
        parts = list(value.named_parameters())
    elif isinstance(value, Weights):
        parts = [(name, getattr(value, name)) for name in WEIGHT_FIELDS]
    elif isinstance(value, Mapping):
        parts = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, list | tuple) and value and _depth(value[0]) > 1:
        parts = _items(value)
    return parts


def _items(values: Sequence[Any]) -> list[Leaf]:
    """Return values in a row; what has names itself is numbered."""
    return [
        (str(place) if _depth(value) > _DEEPEST else "", value)
        for place, value in enumerate(values)
    ]


def _depth(value: Any) -> int:
    """Return the dimensions of an array or a nested list; more than any for what has names."""
    if isinstance(value, list | tuple):
        return 1 + _depth(value[0]) if value else 1
    if isinstance(value, Mapping) or callable(getattr(value, "named_parameters", None)):
        return _DEEPEST + 1
    return len(getattr(value, "shape", ()))
