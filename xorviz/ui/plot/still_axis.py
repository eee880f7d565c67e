"""An axis that does not write its numbers again while only the curves beside it change."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget


class StillAxis(pg.AxisItem):  # type: ignore[misc]
    """Lines reach into the plot and are painted with it; texts only where they are exposed.

    Playing all of pyqtgraph's picture costs up to 0.5 ms at each change of a curve.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self._lines: list[Any] = []
        """Each with its pen, a pixel wide, and its two ends; all are level or upright."""
        self._texts = QRectF()
        """Where texts are."""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def drawPicture(
        self, p: QPainter, line: Any, ticks: list[Any], texts: list[tuple[QRectF, Any, str]]
    ) -> None:
        super().drawPicture(p, line, ticks, texts)
        self._lines = [line, *ticks]
        self._texts = QRectF()
        for room, _, _ in texts:
            self._texts |= room

    def paint(
        self, p: QPainter, opt: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.picture is None or self._texts.intersects(opt.exposedRect):
            super().paint(p, opt, widget)
            return
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        pixel = 1 / p.deviceTransform().m11()
        for pen, start, end in self._lines:
            # The same pixels as those of a line, at a tenth of its price while it is translucent.
            left, right = sorted((start.x(), end.x()))
            top, bottom = sorted((start.y(), end.y()))
            room = QRectF(left, top, right - left + pixel, bottom - top + pixel)
            p.fillRect(room.translated(-pixel / 2, -pixel / 2), pen.color())
