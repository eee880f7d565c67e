"""Networks given from Python: paths, texts, arrays, nested lists, tensors; what is said of them."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from xorviz.core.check.said import Said
from xorviz.core.rules import SettingError, parsed, shortened
from xorviz.core.settings import SETTINGS
from xorviz.files.atomic import FileError
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.reader import States, load_states, states_of_text, states_of_values
from xorviz.files.weights.row_order import RowOrder
from xorviz.files.weights.said import said_of

_LONGEST_PATH = 255
"""Characters of a path in a message; a text that is no network is taken for a path."""
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

    Raises FileError.
    """
    # A string that holds arrays, or nothing, is no path.
    is_text = isinstance(value, str) and (not value.strip() or any(x in value for x in "[{\n"))
    is_path = isinstance(value, os.PathLike | str) and not is_text
    try:
        if is_path:
            return load_states(Path(value))  # type: ignore[arg-type]
        return states_of_text(value) if isinstance(value, str) else states_of_values(value)
    except FileError as error:
        said = shortened(str(value), _LONGEST_PATH) if is_path else name
        raise FileError(f"{said}: {error}") from None


def gradients_given(value: object) -> Arrays:
    """Return gradients, whose names may say so, as the arrays by which they are."""
    if isinstance(value, Mapping):
        value = {_OF_GRADIENTS.sub("", str(key)).strip("._"): item for key, item in value.items()}
    return one_given(value, "gradients")


def said_given(order: object, targets: object, **values: object) -> Said:
    """Return what was said of a step by arguments, as said_of does; all may be None.

    ``order`` is one text or rows, each as 10 or (1, 0); ``targets`` are digits, in one text or
    not. Raises SettingError.
    """
    rows: Any = None if order is None else parsed(RowOrder(), "order", _order(order))
    rule = SETTINGS["targets"].rule
    bits: Any = None if targets is None else parsed(rule, "targets", _digits(targets))
    return said_of(values, rows, bits)


def _order(rows: object) -> str:
    """Return rows, in one text or each as 10 or (1, 0), as they are typed."""
    with suppress(TypeError):  # not even all arrays are iterable
        if not isinstance(rows, str):
            return ",".join(map(_digits, rows))  # type: ignore[call-overload]
    return _digits(rows)


def _digits(bits: object) -> str:
    """Return bits as they are typed, such as 0110; what they are not is refused by a rule."""
    if isinstance(bits, str):
        return bits
    try:
        return "".join(f"{bit:g}" for bit in np.ravel(np.array(bits, dtype=float)))
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return f"something of the type {type(bits).__name__}"
