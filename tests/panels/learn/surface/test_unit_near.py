"""The unit whose line is nearest to a point."""

import numpy as np

from xorviz.core.network import Weights
from xorviz.panels.learn.surface.decision_surface import unit_near

WEIGHTS = Weights(
    np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]]),
    np.array([-0.5, -1.0, 1.0, -1.501]),
    np.ones((4, 1)),
    None,
)
"""Lines at x1 = 0.5, at x2 = 1, none, and one just outside the square."""


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
