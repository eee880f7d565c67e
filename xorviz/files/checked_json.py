"""JSON read strictly: parsed with finite numbers and no entry twice, then checked by value."""

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xorviz.core.arrays import Array
from xorviz.core.rules import SettingError, Whole, checked

Pairs = list[tuple[str, Any]]
REAL, WHOLE = "<f8", "<i8"
"""Kinds of arrays."""


def parsed_json(text: str, longest_number: int) -> Any:
    """Return the values in a JSON text; a number may have ``longest_number`` characters.

    Raises JSONDecodeError, RecursionError, and SettingError for values that are not allowed.
    """

    def checked(number: str) -> str:
        if len(number) > longest_number:
            raise SettingError(f"a number in it has {len(number)} digits")
        return number

    return json.loads(
        text,
        parse_int=lambda number: int(checked(number)),
        parse_float=lambda number: _finite(checked(number)),
        parse_constant=_refused,
        object_pairs_hook=_object,
    )


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise SettingError("a number in it is too large")
    return number


def _refused(name: str) -> float:
    raise SettingError(f"it holds {name}, which is not a number")


def _object(pairs: Pairs) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise SettingError(f"it has the entry {twice[:40]!r} twice")
    return values


def entries(
    value: object, keys: Sequence[str], where: str, optional: Sequence[str] = ()
) -> Mapping[str, Any]:
    """Return an object with exactly these keys and any optional ones, or raise SettingError."""
    if not isinstance(value, dict):
        raise SettingError(f"{where} is not an object with entries")
    for key in keys:
        if key not in value:
            raise SettingError(f"{where} has no entry {key}")
    for key in value:
        if key not in keys and key not in optional:
            raise SettingError(f"{where} has an unknown entry {str(key)[:40]!r}")
    return value


def items(value: object, most: int, where: str) -> list[Any]:
    """Return a list of at most ``most`` values, or raise SettingError."""
    if not isinstance(value, list) or len(value) > most:
        raise SettingError(f"{where} is not a list of at most {most} values")
    return value


def whole(rule: Whole, value: object, where: str) -> int:
    """Return a whole number that a rule allows, or raise SettingError."""
    if type(value) is int and rule.low <= value <= rule.high:
        return value  # ten times as fast for the hundred thousand numbers that a file may have
    number = checked(rule, where, value)
    assert isinstance(number, int)
    return number


@contextmanager
def named(where: str) -> Iterator[None]:
    """Name the entry in errors about a setting."""
    try:
        yield
    except SettingError as error:
        raise SettingError(f"in {where}, {error}") from None


def packed_array(values: ArrayLike, kind: str) -> str:
    """Return numbers as text. Raises ValueError if one is not finite."""
    array = np.asarray(values, dtype=kind)
    if not np.isfinite(array).all():
        raise ValueError("a number is not finite")
    return _text_of(array)


def packed_known(values: Array) -> str:
    """Return numbers as text. Unknown ones are NaN with the same bits on every machine."""
    return _text_of(np.where(np.isnan(values), np.nan, values).astype(REAL))


def _text_of(array: NDArray[Any]) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def shaped(value: object, kind: str, shape: tuple[int, ...], where: str) -> NDArray[Any]:
    """Return the numbers in a text, all finite, in a shape; (-1,) stands for any number of them."""
    array = _numbers(value, kind, shape, where)
    if not np.isfinite(array).all():
        raise SettingError(f"{where} holds a number that is not finite")
    return array


def _numbers(value: object, kind: str, shape: tuple[int, ...], where: str) -> NDArray[Any]:
    """Return the numbers in a text, also infinite ones and NaN, in a shape."""
    try:
        data = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except ValueError:
        data = None
    if data is None or len(data) % 8:
        raise SettingError(f"{where} holds no numbers in base64")
    array = np.frombuffer(data, kind)
    if -1 not in shape and len(array) != (count := int(np.prod(shape))):
        raise SettingError(f"{where} holds {len(array)} numbers where there should be {count}")
    return array.astype(array.dtype.newbyteorder("=")).reshape(shape)


def known(value: object, shape: tuple[int, ...], low: float, high: float, where: str) -> Array:
    """Return the numbers in a text, each from low to high or NaN for unknown, in a shape."""
    array: Array = _numbers(value, REAL, shape, where)
    if not (np.isnan(array) | ((array >= low) & (array <= high))).all():
        raise SettingError(f"{where} holds a number out of range")
    return array
