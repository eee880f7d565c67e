"""Arrays survive as text bit for bit; invalid text is refused."""

import base64
import struct

import numpy as np
import pytest

from xorviz.core.rules import SettingError
from xorviz.files.arrays import REAL, WHOLE, known, packed_array, packed_known, shaped


def text_of(kind: str, *values: float) -> str:
    """Write numbers without NumPy."""
    return base64.b64encode(struct.pack(f"<{len(values)}{kind}", *values)).decode()


def test_numbers_are_little_endian() -> None:
    assert packed_array([1.5, -0.1], REAL) == text_of("d", 1.5, -0.1)
    assert packed_array([1, -(2**62)], WHOLE) == text_of("q", 1, -(2**62))


def test_numbers_are_read_in_their_shape_and_in_the_order_of_this_machine() -> None:
    array = shaped(text_of("d", 1, 2, 3, 4, 5, 6), REAL, (3, 2), "it")
    np.testing.assert_array_equal(array, [[1, 2], [3, 4], [5, 6]])
    assert array.dtype == np.float64
    assert array.dtype.isnative


def test_arrays_read_are_writable() -> None:
    shaped(text_of("d", 1, 2), REAL, (2,), "it")[0] = 3


def test_a_number_that_is_not_finite_is_neither_written_nor_read() -> None:
    for bad in [np.nan, np.inf, -np.inf]:
        with pytest.raises(ValueError, match="a number is not finite"):
            packed_array([1.0, bad], REAL)
        with pytest.raises(SettingError, match="it holds a number that is not finite"):
            shaped(text_of("d", 1.0, bad), REAL, (2,), "it")


def test_unknown_numbers_have_the_same_bits() -> None:
    (odd,) = struct.unpack("<d", struct.pack("<Q", 0xFFF8_0000_0000_0123))
    text = packed_known(np.array([0.25, odd]))
    assert base64.b64decode(text) == struct.pack("<dQ", 0.25, 0x7FF8_0000_0000_0000)
    np.testing.assert_array_equal(known(text, (2,), 1.0, "it"), [0.25, np.nan])


def test_known_numbers_are_within_their_range() -> None:
    for bad in [-1e-300, 1.0000000001, np.inf, -np.inf]:
        np.testing.assert_array_equal(known(text_of("d", 0, 1), (2,), 1.0, "it"), [0, 1])
        with pytest.raises(SettingError, match="it holds a number out of range"):
            known(text_of("d", 0.5, bad), (2,), 1.0, "it")


def test_text_without_numbers_is_refused() -> None:
    for value in [None, 5, b"AAAA", "AAAA", "not base64", "\u00fc", [0.0]]:
        with pytest.raises(SettingError, match="it holds no numbers in base64"):
            known(value, (0,), 1.0, "it")


def test_too_few_and_too_many_numbers_are_refused() -> None:
    for shape in ((2, 2), (2,)):
        with pytest.raises(SettingError, match="it holds 3 numbers where there should be"):
            known(text_of("d", 0, 0, 0), shape, 1.0, "it")
