"""The changes of a step as cells: the colours and texts of their numbers."""

from dataclasses import replace

import numpy as np
import pytest

from tests.panels.learn.check_steps import checked
from xorviz.core.network import Weights
from xorviz.panels.why.check import cell_text, limits


def test_each_array_has_colours_of_its_own_up_to_its_largest_number() -> None:
    check = checked(biases=False)
    scaled = Weights(np.full((2, 3), -40.0), None, np.full((3, 1), 0.0031), None)
    assert limits(replace(check, yours=scaled, exact=scaled)) == {"w1": 50, "w2": 0.005}
    endless = scaled.each(lambda array: array * np.inf)
    assert limits(replace(check, yours=scaled, exact=endless)) == {"w1": 50, "w2": 0.005}


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (0.01234, 0.02, "+0.0123"),
        (-1.5, 2, "−1.50"),
        (1e-12, 0.02, "0"),
        (-0.00123, 0.002, "−1.2·10⁻³"),
        (0.00123, 0.002, "+1.2·10⁻³"),
        (float("nan"), 1, "–"),
        (float("inf"), 1, "–"),
    ],
)
def test_a_cell_s_text_has_the_digits_of_its_array(value: float, limit: float, text: str) -> None:
    assert cell_text(value, limit) == text
