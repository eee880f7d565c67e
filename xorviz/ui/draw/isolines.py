"""Contour lines of values on a grid. Shapes: m by n grid points, K points of a line."""

from typing import Any

import numpy as np
from contourpy import ContourGenerator, SerialContourGenerator, ZInterp, contour_generator
from numpy.typing import NDArray

from xorviz.core.arrays import Array


class Isolines:
    """The contour lines of one set of values."""

    def __init__(self, xs: NDArray[Any], ys: NDArray[Any], heights: NDArray[Any]) -> None:
        """Take heights (m, n) over rows at ys (m,) and columns at xs (n,)."""
        heights = np.asarray(heights, dtype=np.float64)
        self._generator: ContourGenerator
        # The same without loading numpy.ma, which takes a twentieth of the time to the first
        # frame: contourpy needs it for non-finite heights, which are rare.
        if np.isfinite(heights).all():
            kind = SerialContourGenerator
            columns, rows = np.meshgrid(np.asarray(xs, float), np.asarray(ys, float))
            self._generator = kind(
                columns,
                rows,
                heights,
                None,  # type: ignore[arg-type] # no mask
                corner_mask=kind.supports_corner_mask(),
                line_type=kind.default_line_type,
                fill_type=kind.default_fill_type,
                quad_as_tri=False,
                z_interp=ZInterp.Linear,
            )
        else:
            self._generator = contour_generator(xs, ys, heights)

    def at(self, height: float) -> list[Array]:
        """Return the lines (K, 2) at a height."""
        return [np.asarray(line) for line in self._generator.lines(height)]
