"""How exactly numbers are known, from the numbers alone."""

import numpy as np
import pytest

from xorviz.core.check.digits import DOUBLE, SINGLE, digits_of

RANDOM = np.random.default_rng(1).uniform(-1, 1, (2, 3))
"""In full."""


def test_numbers_in_full_are_of_64_bit() -> None:
    found = digits_of(np.full((2, 3), 0.5), RANDOM)
    assert (found.epsilon, found.decimals, found.is_single) == (DOUBLE, None, False)
    np.testing.assert_allclose(found.error(RANDOM), DOUBLE * np.abs(RANDOM))


def test_numbers_of_32_bit_are_recognised() -> None:
    found = digits_of(RANDOM.astype(np.float32).astype(float))
    assert (found.epsilon, found.decimals, found.is_single) == (SINGLE, None, True)


@pytest.mark.parametrize("decimals", [4, 8, 12])
def test_printed_numbers_have_an_error_of_half_their_last_digit(decimals: int) -> None:
    rounded = np.round(RANDOM, decimals)
    found = digits_of(rounded, np.ones(1))
    assert (found.decimals, found.is_single) == (decimals, False)
    assert (np.abs(RANDOM - rounded) <= found.error(rounded)).all()
    assert found.error(rounded).max() <= max(10.0**-decimals, 2 * found.epsilon)


def test_numbers_with_powers_of_ten_have_errors_of_their_own() -> None:
    exact = np.array([1.23456789e-3, 4.5e1, 0.0, 7.654321987e-2, 8.1e-5, 1.0])
    printed = np.array([float(f"{number:.4e}") for number in exact])
    assert (np.abs(exact - printed) <= digits_of(printed).error(printed)).all()
