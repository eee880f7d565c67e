"""Networks given from Python: paths, texts, arrays, nested lists, tensors; what is said of them."""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from xorviz.core.check.said import Said
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError, parsed, shortened
from xorviz.core.settings import SETTINGS
from xorviz.files.atomic import FileError
from xorviz.files.weights.arrays import MOST_NUMBERS
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.reader import States, load_states, states_of_text, states_of_values
from xorviz.files.weights.row_order import RowOrder
from xorviz.files.weights.said import said_of

_DEEPEST = 8
"""Levels of mappings and lists."""
_LONGEST_PATH = 255
"""Characters of a path in a message; a text that is no network is taken for a path."""
_MANY = 100_000
"""More than the digits of all targets."""
_OF_GRADIENTS = re.compile(r"(?<![a-z])(d_?(?=[wb])|grads?(ients?)?_?|delta_?)", re.IGNORECASE)
"""What marks the names of gradients: d_w1, dW1, grad_w1, w1.grad."""


def one_given(value: object, name: str) -> Arrays:
    """Return the arrays of one network, as states_given does."""
    first, *others = states_given(value, name)
    if others:
        raise SettingError(f"{name} holds {1 + len(others)} states of a network; allowed: one")
    return first


def states_given(value: object, name: str) -> States:
    """Return the states of a network in what was given as the argument ``name``.

    Raises FileError and SettingError.
    """
    is_path = isinstance(value, os.PathLike) or (isinstance(value, str) and not _is_text(value))
    try:
        if is_path:
            return load_states(Path(value))  # type: ignore[arg-type]
        if isinstance(value, str):
            return states_of_text(value)
        return states_of_values(plain(value))
    except FileError as error:
        said = shortened(str(value), _LONGEST_PATH) if is_path else name
        raise FileError(f"{said}: {error}") from None
    except SettingError as error:
        raise SettingError(f"{name} {error}") from None


def gradients_given(value: object) -> Arrays:
    """Return gradients, whose names may say so, as the arrays by which they are."""
    if isinstance(value, Mapping):
        value = {_OF_GRADIENTS.sub("", str(key)).strip("._"): item for key, item in value.items()}
    return one_given(value, "gradients")


def plain(value: Any, depth: int = 0) -> Any:
    """Return arrays, tensors, lists and mappings as values that JSON has. Raises SettingError."""
    if depth > _DEEPEST:
        raise SettingError("is nested too deep")
    if isinstance(value, Weights):
        value = {name: getattr(value, name) for name in ("w1", "b1", "w2", "b2")}
    if isinstance(value, Mapping):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if not isinstance(value, type) and (array := as_array(value)) is not None:
        if array.size > MOST_NUMBERS:
            raise SettingError(f"holds {array.size} numbers; allowed: at most {MOST_NUMBERS}")
        if array.dtype == np.longdouble:
            array = array.astype(np.float64)
        holds_arrays = array.dtype == object  # of several shapes, as numpy.save takes them
        return plain(array.tolist(), depth + 1) if holds_arrays else array.tolist()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        items = list(islice(value, MOST_NUMBERS + 1))
        if len(items) > MOST_NUMBERS:
            raise SettingError(f"holds more than {MOST_NUMBERS} numbers")
        return [plain(item, depth + 1) for item in items if item is not None]
    if value is None or isinstance(value, int | float):
        return value
    raise SettingError(
        f"holds something of the type {type(value).__name__}; allowed: a path, a text, arrays in "
        "the order w1, b1, w2, b2, or by these names"
    )


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


def said_given(order: object, targets: object, **values: object) -> Said:
    """Return what was said of a step by arguments, as said_of does; all may be None.

    ``order`` is one text or rows, each as 10 or (1, 0); ``targets`` are digits, in one text or
    not. Raises SettingError.
    """
    rows: Any = None if order is None else parsed(RowOrder(), "order", _order(order))
    bits: Any = (
        None if targets is None else parsed(SETTINGS["targets"].rule, "targets", _digits(targets))
    )
    return said_of(values, rows, bits)


def _order(rows: object) -> str:
    """Return rows, in one text or each as 10 or (1, 0), as they are typed."""
    with suppress(TypeError):  # not even all arrays are iterable
        if not isinstance(rows, str):
            return ",".join(map(_digits, rows))  # type: ignore[call-overload]
    return _digits(rows)


def _digits(bits: object) -> str:
    """Return bits as they are typed, such as 0110; what they are not is refused by a rule."""
    try:
        value = bits if isinstance(bits, str) else plain(bits)
    except SettingError:
        return repr(bits)
    match value:
        case list() as several:
            return "".join(map(_digits, several))
        case int() | float() as bit if abs(bit) < _MANY:
            return f"{bit:g}"
        case int():
            return "a very large number"
        case other:
            return str(other)


def _is_text(value: str) -> bool:
    """Return whether a string holds arrays, or nothing, and is not a path."""
    return not value.strip() or any(sign in value for sign in "[{\n")
