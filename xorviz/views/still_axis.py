"""An axis that does not write its numbers again while only the curves beside it change."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPicture
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget


class StillAxis(pg.AxisItem):  # type: ignore[misc]
    """Lines reach into the plot and are painted with it; texts only where they are exposed.

    Laying out its texts costs pyqtgraph's axis 0.2 ms at each change of a curve.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self._lines = QPicture()
        self._texts = QRectF()
        """Where texts are."""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def drawPicture(
        self, p: QPainter, line: Any, ticks: Any, texts: list[tuple[QRectF, Any, str]]
    ) -> None:
        super().drawPicture(p, line, ticks, texts)
        self._texts = QRectF()
        for room, _, _ in texts:
            self._texts |= room
        self._lines = QPicture()
        painter = QPainter(self._lines)
        super().drawPicture(painter, line, ticks, [])
        painter.end()

    def paint(
        self, p: QPainter, opt: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.picture is not None and not self._texts.intersects(opt.exposedRect):
            self._lines.play(p)
        else:
            super().paint(p, opt, widget)
