"""Round numbers above and below a value, and between two."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xorviz.ui.plot.ticks import FINE, linear_ticks, log_ticks, round_above, round_below


def test_the_next_round_numbers() -> None:
    for value, below, above in [
        (1, 1, 1),
        (1.01, 1, 2),
        (2, 2, 2),
        (3, 2, 5),
        (7, 5, 10),
        (0.003, 0.002, 0.005),
        (0.3 - 0.1, 0.2, 0.2),
        (1000, 1000, 1000),
    ]:
        assert round_below(value) == pytest.approx(below)
        assert round_above(value) == pytest.approx(above)
    for value, above in [
        (1.01, 1.2),
        (7, 8),
        (8.5, 10),
        (100, 100),
        (0.0031, 0.004),
        (1e-12, 1e-12),
    ]:
        assert round_above(value, FINE) == pytest.approx(above)


@given(st.floats(1e-300, 1e300))
def test_round_numbers_enclose_a_number_closely(value: float) -> None:
    below, above = round_below(value), round_above(value)
    assert value / 2.5 * (1 - 1e-8) <= below <= value * (1 + 1e-8)
    assert value * (1 - 1e-8) <= above <= value * 2.5 * (1 + 1e-8)
    assert value * (1 - 1e-8) <= round_above(value, FINE) <= value * 1.34


def test_linear_ticks_are_round_and_few() -> None:
    assert linear_ticks(0, 10, 5) == [0, 2, 4, 6, 8, 10]
    assert linear_ticks(-1, 1, 4) == [-1, -0.5, 0, 0.5, 1]
    assert linear_ticks(3, 17, 3) == [5, 10, 15]
    assert linear_ticks(0, 2, 10, least_spacing=1) == [0, 1, 2], "only whole ones"
    assert linear_ticks(2, 2, 5) == []


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (1, 1000, 12, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]),
        (1, 1000, 9, [1, 3, 10, 30, 100, 300, 1000]),
        (1, 1000, 4, [1, 10, 100, 1000]),
        (1e-12, 1, 5, [1e-12, 1e-9, 1e-6, 1e-3, 1]),
        (2e-12, 1, 5, [1e-9, 1e-6, 1e-3, 1]),
        (0.9, 2.2, 5, [1, 1.5, 2]),
        (1.02, 1.4, 5, [1.1, 1.2, 1.3, 1.4]),
        (7, 7, 5, []),
    ],
)
def test_log_ticks_are_as_dense_as_allowed(
    low: float, high: float, most: float, ticks: list[float]
) -> None:
    assert log_ticks(low, high, most) == pytest.approx(ticks)


@given(st.floats(-12, 12), st.floats(1e-3, 20), st.integers(2, 12))
def test_ticks_lie_between_the_ends(low: float, span: float, most: int) -> None:
    first, last = 10.0**low, 10.0 ** (low + span)
    assume(math.isfinite(last))
    for found in (log_ticks(first, last, most), linear_ticks(first, last, most)):
        assert len(found) <= most + 1
        assert found == sorted(found)
        assert all(first - 1e-8 * last <= tick <= last * (1 + 1e-8) for tick in found)
