"""A strip of seeds as one image: each outcome's mark is drawn once and stamped by NumPy.

Shapes: N seeds, O outcomes.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from xorviz.panels.lab.outcomes import OUTCOMES, paint_mark
from xorviz.panels.lab.seeds.seed_grid import SeedGrid
from xorviz.ui.theme.palette import Theme

_FORMAT = QImage.Format.Format_ARGB32_Premultiplied
Pixels = NDArray[np.uint32]


def strip_image(codes: NDArray[np.uint8], grid: SeedGrid, theme: Theme, ratio: float) -> QImage:
    """Return the cells of the seeds that have one, with so many pixels for each of the screen."""
    side = max(1, round(grid.cell * ratio))
    stamps = _stamps(grid.cell, grid.mark, theme, side)
    padded = np.full(grid.rows * grid.columns, len(OUTCOMES), dtype=np.uint8)
    padded[: grid.shown] = codes[: grid.shown]
    cells = stamps[padded].reshape(grid.rows, grid.columns, side, side)
    pixels = np.ascontiguousarray(cells.transpose(0, 2, 1, 3)).reshape(grid.rows * side, -1)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, _FORMAT).copy()
    image.setDevicePixelRatio(side / grid.cell)
    return image


@lru_cache(maxsize=16)
def _stamps(cell: int, mark: int, theme: Theme, side: int) -> Pixels:
    """Return the cell of each outcome (O + 1, side, side), and an empty one."""
    image = QImage(side, side * (len(OUTCOMES) + 1), _FORMAT)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(side / cell, side / cell)
    for place, outcome in enumerate(OUTCOMES):
        rect = QRectF(0, place * cell, mark, mark)
        paint_mark(painter, rect, outcome, theme)
    painter.end()
    found = np.frombuffer(image.constBits(), dtype=np.uint32)
    return found.reshape(len(OUTCOMES) + 1, side, side).copy()
