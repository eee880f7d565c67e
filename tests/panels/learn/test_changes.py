"""The changes of a step as cells: all numbers thrice, their colours and texts."""

from dataclasses import replace

import numpy as np
import pytest

from tests.panels.learn.check_steps import correct_step, faulty_step
from xorviz.core.network import Weights
from xorviz.panels.learn.check_view import GRIDS, cell_text, changes, limits, placed


def test_each_number_has_a_cell_in_each_grid() -> None:
    check = faulty_step(width=64)
    assert check.yours.b1 is not None
    found = changes(check)
    cells = placed(found, rows=4)
    assert len(cells) == GRIDS * len(found) == 3 * (4 * 64 + 1)
    yours, exact = check.yours.b1[5], check.exact.each(np.asarray).b1[5]  # type: ignore[index]
    for grid in range(3):
        change, its_grid = cells[4 * grid + 2, 5]
        assert (change.cell.name, its_grid) == ("b1[h6]", grid)
        assert change.values == (yours, exact, yours - exact)


def test_each_array_has_colours_of_its_own_up_to_its_largest_number() -> None:
    check = correct_step(biases=False)
    scaled = Weights(np.full((2, 3), -40.0), None, np.full((3, 1), 0.0031), None)
    found = changes(replace(check, yours=scaled, exact=scaled))
    assert limits(found) == {"w1": 50, "w2": 0.005}
    with np.errstate(all="ignore"):
        endless = changes(replace(check, yours=scaled, exact=scaled.each(lambda a: a * np.inf)))
    assert limits(endless) == {"w1": 50, "w2": 0.005}


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
