"""The line of the unit that stands out over the input square, and which line is near."""

import numpy as np
import pytest

from xorviz.core.analysis.surface import unit_line
from xorviz.core.network import Weights
from xorviz.panels.learn.surface.unit_lines import SelectedLine, unit_near
from xorviz.ui.theme.palette import LIGHT

WEIGHTS = Weights(
    np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]]),
    np.array([-0.5, -1.0, 1.0, -1.501]),
    np.ones((4, 1)),
    None,
)
"""Lines at x1 = 0.5, at x2 = 1, none, and one just outside the square."""


def test_the_selected_line_is_the_units() -> None:
    line = SelectedLine()
    line.recolour(LIGHT)
    line.show_unit(WEIGHTS, 1)
    assert line.isVisible()
    np.testing.assert_array_equal(line.ends, unit_line(WEIGHTS, 1))


@pytest.mark.parametrize("unit", [None, 2, 3, 4, 99])
def test_what_has_no_line_shows_none(unit: int | None) -> None:
    line = SelectedLine()
    line.show_unit(WEIGHTS, 0)
    line.show_unit(WEIGHTS, unit)
    assert not line.isVisible()
    line.show_unit(WEIGHTS, 0)
    line.show_unit(None, 0)
    assert not line.isVisible()


@pytest.mark.parametrize(
    ("at", "unit"),
    [((0.53, 0.0), 0), ((0.0, 0.96), 1), ((0.52, 0.99), 1), ((0.51, 0.98), 0), ((0, 0), None),
     ((1.499, 0), None)],
)  # fmt: skip
def test_the_nearest_drawn_line_within_reach_is_near(
    at: tuple[float, float], unit: int | None
) -> None:
    assert unit_near(WEIGHTS, *at, reach=0.05) == unit


def test_a_network_without_lines_has_none_near() -> None:
    assert unit_near(Weights(np.zeros((2, 3)), None, np.ones((3, 1)), None), 0, 0, 1) is None
