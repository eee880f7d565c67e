"""Pictures over the input square: plot items that are redrawn at each frame, images, and signs."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LEVELS, Theme, rgb32


@guarded
class SquareCurve(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve within the input square; pyqtgraph measures other curves several times a frame.

    Its pens have widths in logical pixels; pyqtgraph draws them in pixels of the device.
    """

    def boundingRect(self) -> QRectF:
        return QRectF(LOW, LOW, HIGH - LOW, HIGH - LOW)

    def paint(self, p: QPainter, _option: object, _widget: object = None) -> None:
        if self.xData is None or not len(self.xData):
            return
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = p.deviceTransform().m11() / self.sceneTransform().m11()
        for given in (self.opts["shadowPen"], self.opts["pen"]):
            if given is not None:
                pen = pg.mkPen(given)
                pen.setWidthF(pen.widthF() * ratio)
                p.setPen(pen)
                p.drawPath(self.getPath())


@guarded
class SquareImage(QGraphicsItem):
    """An image in a rectangle. pyqtgraph's builds a table of 256 colours in Python for each one."""

    def __init__(self) -> None:
        super().__init__()
        self.image, self._rect = QImage(), QRectF()

    def show_image(self, image: QImage, rect: QRectF) -> None:
        """Show an image, whose first row is at the least y."""
        if rect != self._rect:
            self.prepareGeometryChange()
        self.image, self._rect = image, rect
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        painter.drawImage(self._rect, self.image)


def point_in(rect: QRectF, x1: float, x2: float) -> QPointF:
    """Return where a point of the input square is in a picture of it."""
    scale = rect.width() / (HIGH - LOW)
    return QPointF(rect.left() + (x1 - LOW) * scale, rect.top() + (HIGH - x2) * scale)


def level_images(shares: NDArray[np.floating], theme: Theme) -> list[QImage]:
    """Return images of planes (N, n, n) of shares of the diverging map, which is from 0 to 1."""
    n = shares.shape[-1]
    pixels = rgb32(theme)[(shares.clip(0, 1) * (LEVELS - 1) + 0.5).astype(np.uint8)]
    kind = QImage.Format.Format_RGB32
    # Copied: an image does not own the buffer it is made from.
    return [QImage(plane.data, n, n, 4 * n, kind).copy() for plane in pixels]


def paint_sign(
    painter: QPainter,
    at: QPointF,
    radius: float,
    target: int,
    theme: Theme,
    ring: str = "#FFFFFF",
    is_right: bool = True,
) -> None:
    """Paint a circle for target 0, a square for 1, with a ring; crossed if the row is wrong."""
    painter.setPen(QPen(QColor(ring), max(1.2, radius / 4)))
    painter.setBrush(QColor(theme.plus if target else theme.minus))
    if target:
        r = radius * 0.92  # a square looks larger than a circle
        painter.drawRoundedRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r), 1.5, 1.5)
    else:
        painter.drawEllipse(at, radius, radius)
    if not is_right:
        c = radius * 0.42
        painter.setPen(QPen(QColor("#FFFFFF"), max(1.2, radius / 4)))
        painter.drawLine(at + QPointF(-c, -c), at + QPointF(c, c))
        painter.drawLine(at + QPointF(-c, c), at + QPointF(c, -c))
