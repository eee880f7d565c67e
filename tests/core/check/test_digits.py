"""How exactly numbers are known, from the numbers alone."""

import numpy as np
import pytest
from xorviz.core.check.search.digits import DOUBLE, SINGLE, digits_of

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
    assert found.decimals == decimals
    assert not found.is_single
    assert (np.abs(RANDOM - rounded) <= found.error(rounded)).all()
    assert found.error(rounded).max() == pytest.approx(max(0.5 * 10.0**-decimals, found.epsilon),
                                                       rel=1)  # fmt: skip


def test_numbers_with_powers_of_ten_have_errors_of_their_own() -> None:
    exact = np.array([[1.23456789e-3, 4.5e1, 0.0], [7.654321987e-2, 8.1e-5, 1.0]])
    printed = np.array([[float(f"{number:.4e}") for number in row] for row in exact])
    found = digits_of(printed)
    assert (np.abs(exact - printed) <= found.error(printed)).all()
