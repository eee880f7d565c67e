"""How exactly numbers are known, from the numbers alone."""

import numpy as np
import pytest

from xorviz.core.arrays import Array
from xorviz.core.check.step import DOUBLE, SINGLE, Digits, digits_of

RANDOM = np.random.default_rng(1).uniform(-1, 1, (2, 3))
"""In full."""


@pytest.mark.parametrize(
    ("numbers", "digits"),
    [
        (RANDOM, Digits(DOUBLE)),
        (RANDOM.astype(np.float32), Digits(SINGLE)),
        (np.round(RANDOM, 4), Digits(SINGLE, 4, 4)),
        (np.round(RANDOM, 8), Digits(SINGLE, 8, 8)),
        (np.round(RANDOM, 12), Digits(DOUBLE, 12, 12)),
    ],
)
def test_numbers_show_to_how_many_digits_they_are_known(numbers: Array, digits: Digits) -> None:
    found = digits_of(numbers.astype(float), np.full((2, 3), 0.5))
    assert found == digits
    assert (found.is_single, found.is_full) == (digits == Digits(SINGLE), digits == Digits(DOUBLE))
    assert (np.abs(RANDOM - numbers) <= found.error(numbers) + found.epsilon).all()
    last = 0.0 if digits.decimals is None else 10.0**-digits.decimals
    assert found.error(numbers).max() <= max(last, 2 * found.epsilon)


def test_numbers_with_powers_of_ten_have_errors_of_their_own() -> None:
    exact = np.array([1.23456789e-3, 4.5e1, 0.0, 7.654321987e-2, 8.1e-5, 1.0])
    printed = np.array([float(f"{number:.4e}") for number in exact])
    assert (np.abs(exact - printed) <= digits_of(printed).error(printed)).all()
