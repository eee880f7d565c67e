"""Fast plot items over the input square, redrawn at each frame."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.ui.guard import guarded


@guarded
class SquareCurve(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve within the input square; pyqtgraph measures other curves several times a frame."""

    def boundingRect(self) -> QRectF:
        return QRectF(LOW, LOW, HIGH - LOW, HIGH - LOW)


@guarded
class LevelImage(pg.ImageItem):  # type: ignore[misc]
    """An image (n, n) of levels 0 to 255, each with its colour.

    pyqtgraph builds a table of 256 colours in Python for each image, and Qt looks up each pixel
    while smoothing.
    """

    def __init__(self) -> None:
        # Automatic levels would recolour one half on every frame.
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
        self._pixels = pixels  # the QImage uses this memory
        self._renderRequired = self._unrenderable = False
