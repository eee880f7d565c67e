"""What is drawn over the input square at each frame, without what pyqtgraph does besides."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from xorviz.core.analysis.surface import HIGH, LOW


class SquareCurve(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve that never leaves the square: pyqtgraph measures others several times a frame."""

    def boundingRect(self) -> QRectF:
        return QRectF(LOW, LOW, HIGH - LOW, HIGH - LOW)


def simplified(line: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Return a line (K, 2) without points as near as this to the line between their neighbours.

    Its ends stay, and at least every fourth point. Qt's wide smooth lines cost by the point.
    """
    for _ in range(2):
        before, point, after = line[:-2:2], line[1:-1:2], line[2::2]
        way, aside = after - before, point - before
        area = np.abs(way[:, 0] * aside[:, 1] - way[:, 1] * aside[:, 0])
        length = np.hypot(way[:, 0], way[:, 1])
        # Not where the line turns back: a thin loop would be gone.
        is_near = (area <= tolerance * length) & (np.hypot(aside[:, 0], aside[:, 1]) <= length)
        kept = np.ones(len(line), dtype=bool)
        kept[1:-1:2] = ~is_near
        line = line[kept]
    return line


class LevelImage(pg.ImageItem):  # type: ignore[misc]
    """An image (n, n) of levels, each with its colour.

    pyqtgraph makes a table of 256 colours in Python for each image, and Qt looks each pixel up
    while it smooths them.
    """

    def __init__(self) -> None:
        # Fixed levels: automatic ones would recolour one half on every frame.
        super().__init__(axisOrder="row-major", levels=(0, 255))
        self._colors = np.full(256, 0xFF808080, np.uint32)

    def set_colors(self, colors: NDArray[np.uint8]) -> None:
        """Use these colours (L, 3) for the levels."""
        red, green, blue = colors.T.astype(np.uint32)
        self._colors = 0xFF000000 | red << 16 | green << 8 | blue
        self._renderRequired = True
        self.update()

    def render(self) -> None:
        pixels = self._colors[self.image]
        height, width = pixels.shape
        self.qimage = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        self._pixels = pixels  # the picture's memory
        self._renderRequired = self._unrenderable = False
