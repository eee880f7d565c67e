"""Conversion of arrays to base64 text and back, with checks."""

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xorviz.core.arrays import Array
from xorviz.core.rules import SettingError

REAL, WHOLE = "<f8", "<i8"


def packed_array(values: ArrayLike, kind: str) -> str:
    """Return numbers as text. Raises ValueError if one is not finite."""
    array = np.asarray(values, dtype=kind)
    if not np.isfinite(array).all():
        raise ValueError("a number is not finite")
    return _text_of(array)


def packed_known(values: Array) -> str:
    """Return numbers as text. Unknown ones are NaN, in the same bits on every machine."""
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


def known(value: object, shape: tuple[int, ...], most: float, where: str) -> Array:
    """Return the numbers in a text, each from 0 to ``most`` or NaN for unknown, in a shape."""
    array: Array = _numbers(value, REAL, shape, where)
    if not (np.isnan(array) | ((array >= 0) & (array <= most))).all():
        raise SettingError(f"{where} holds a number out of range")
    return array
