"""Keeps what a widget paints as a picture, for as long as nothing of it changes."""

from collections.abc import Callable

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class Painted:
    """A picture of a widget, painted anew only once it was let go or needs another size.

    It holds no reference to the widget, so that neither keeps the other alive.
    """

    def __init__(self) -> None:
        self.pixmap: QPixmap | None = None
        """What was painted last."""

    def let_go(self) -> None:
        """Paint anew when it is wanted next."""
        self.pixmap = None

    def draw(self, widget: QWidget, painter: QPainter, paint: Callable[[QPainter], None]) -> None:
        """Draw what paint does, all over a widget: from the picture, where pixels are wanted.

        Painters of drawings, such as SVG, get every line and letter as such. The painter is left
        as it was.
        """
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:  # a drawing, not a picture
            painter.save()
            paint(painter)
            painter.restore()
        else:
            ratio = painter.deviceTransform().m11()
            painter.drawPixmap(0, 0, self._pictured(widget, ratio, paint))

    def _pictured(
        self, widget: QWidget, ratio: float, paint: Callable[[QPainter], None]
    ) -> QPixmap:
        """Return the picture, with so many pixels for each of the widget's."""
        size = (QSizeF(widget.size()) * ratio).toSize()
        if self.pixmap is None or self.pixmap.size() != size:
            self.pixmap = QPixmap(size)
            self.pixmap.setDevicePixelRatio(ratio)
            self.pixmap.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self.pixmap)
            inner.setFont(widget.font())
            paint(inner)
            inner.end()
        return self.pixmap
