"""The line of the highlighted unit, and the line nearest to a point."""

import numpy as np

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


def test_the_selected_line_is_the_unit_s_if_it_has_one() -> None:
    line = SelectedLine()
    line.recolour(LIGHT)
    line.show_unit(WEIGHTS, 1)
    assert line.isVisible()
    np.testing.assert_array_equal(line.ends, unit_line(WEIGHTS, 1))

    for unit in [None, 2, 3, 4, 99]:
        line = SelectedLine()
        line.show_unit(WEIGHTS, 0)
        line.show_unit(WEIGHTS, unit)
        assert not line.isVisible()
        line.show_unit(WEIGHTS, 0)
        line.show_unit(None, 0)
        assert not line.isVisible()


def test_the_nearest_line_within_reach_is_found() -> None:
    for at, unit in [
        ((0.53, 0.0), 0),
        ((0.0, 0.96), 1),
        ((0.52, 0.99), 1),
        ((0.51, 0.98), 0),
        ((0, 0), None),
        ((1.499, 0), None),
    ]:
        assert unit_near(WEIGHTS, *at, reach=0.05) == unit

    assert unit_near(Weights(np.zeros((2, 3)), None, np.ones((3, 1)), None), 0, 0, 1) is None
