"""Contour lines of values on a grid. Shapes: m by n grid points, K points of a line."""

from collections.abc import Callable
from typing import Any, cast

from contourpy import contour_generator
from numpy.typing import NDArray

from xorviz.core.arrays import Array


def isolines(
    xs: NDArray[Any], ys: NDArray[Any], heights: NDArray[Any]
) -> Callable[[float], list[Array]]:
    """Return what finds the lines (K, 2) at a height.

    The heights (m, n) are over rows at ys (m,) and columns at xs (n,).
    """
    return cast("Callable[[float], list[Array]]", contour_generator(xs, ys, heights).lines)
