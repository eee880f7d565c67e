"""Round numbers above and below a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.ui.plot.ticks import round_above, round_below


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


@given(st.floats(1e-300, 1e300))
def test_round_numbers_enclose_a_number_closely(value: float) -> None:
    below, above = round_below(value), round_above(value)
    assert value / 2.5 * (1 - 1e-8) <= below <= value * (1 + 1e-8)
    assert value * (1 - 1e-8) <= above <= value * 2.5 * (1 + 1e-8)
