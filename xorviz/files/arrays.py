"""Arrays of numbers as text that JSON can carry, and back, every one of them checked."""

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xorviz.core.arrays import Array
from xorviz.core.rules import SettingError

REAL, WHOLE = "<f8", "<i8"


def packed_array(values: ArrayLike, kind: str) -> str:
    """Return numbers as a text. Raises ValueError where one is not finite."""
    array = np.asarray(values, dtype=kind)
    if not np.isfinite(array).all():
        raise ValueError("a number is not finite")
    return _text_of(array)


def packed_known(values: Array) -> str:
    """Return numbers of which some may be unknown: NaN in one form, whatever machine wrote it."""
    return _text_of(np.where(np.isnan(values), np.nan, values).astype(REAL))


def _text_of(array: NDArray[Any]) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def unpacked_array(value: object, kind: str, where: str) -> NDArray[Any]:
    """Return the finite numbers (n,) in a text."""
    array = _numbers(value, kind, where)
    if not np.isfinite(array).all():
        raise SettingError(f"{where} holds a number that is not finite")
    return array


def _numbers(value: object, kind: str, where: str) -> NDArray[Any]:
    """Return the numbers (n,) in a text, whatever they are."""
    try:
        data = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except ValueError:
        data = None
    if data is None or len(data) % 8:
        raise SettingError(f"{where} holds no numbers in base64")
    array = np.frombuffer(data, kind)
    return array.astype(array.dtype.newbyteorder("="))


def shaped(value: object, kind: str, shape: tuple[int, ...], where: str) -> NDArray[Any]:
    """Return the finite numbers in a text, which must be as many as a shape has."""
    return _folded(unpacked_array(value, kind, where), shape, where)


def known(value: object, shape: tuple[int, ...], most: float, where: str) -> Array:
    """Return numbers from 0 to most; NaN for those that are not known."""
    array: Array = _folded(_numbers(value, REAL, where), shape, where)
    if not (np.isnan(array) | ((array >= 0) & (array <= most))).all():
        raise SettingError(f"{where} holds a number that cannot be")
    return array


def _folded(array: NDArray[Any], shape: tuple[int, ...], where: str) -> NDArray[Any]:
    count = int(np.prod(shape))
    if len(array) != count:
        raise SettingError(f"{where} holds {len(array)} numbers where there should be {count}")
    return array.reshape(shape)
