"""Contour lines equal contourpy's, also for non-finite values."""

import contourpy
import numpy as np

from xorviz.core.arrays import Array
from xorviz.ui.draw.isolines import Isolines


def hills(count_x: int, count_y: int) -> tuple[Array, Array, Array]:
    xs, ys = np.linspace(-1, 2, count_x), np.linspace(0, 5, count_y)
    return xs, ys, np.sin(3 * xs)[np.newaxis] * np.cos(ys)[:, np.newaxis]


def test_the_lines_are_those_of_contourpy() -> None:
    for holes in [[], [(2, 3)], [(2, 3), (0, 0), (8, 20)]]:
        for height in [-0.5, 0.0, 0.3, 7.0]:
            xs, ys, heights = hills(21, 9)
            for hole, nothing in zip(holes, (np.nan, np.inf, -np.inf), strict=False):
                heights[hole] = nothing
            expected = contourpy.contour_generator(xs, ys, heights).lines(height)
            lines = Isolines(xs, ys, heights).at(height)
            assert len(lines) == len(expected)
            for mine, theirs in zip(lines, expected, strict=True):
                np.testing.assert_array_equal(mine, theirs)


def test_integers_are_accepted() -> None:
    ticks = np.arange(3)
    (line,) = Isolines(ticks, ticks, np.array([[0, 0, 0], [2, 2, 2], [4, 4, 4]])).at(1)
    np.testing.assert_array_equal(line[:, 1], 0.5)
