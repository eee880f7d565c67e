"""A row of the truth table, as a mark over the input square."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from xorviz.panels.base.row_signs import paint_sign
from xorviz.ui.theme.palette import LIGHT, Theme

_RADIUS = 9.0


class RowMarker(QGraphicsItem):
    """A row of the truth table: a circle for target 0, a square for 1, crossed while wrong."""

    def __init__(self, at: Sequence[int]) -> None:
        super().__init__()
        self._target, self._is_right = 0, True
        self._theme = LIGHT
        self.setPos(float(at[0]), float(at[1]))
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(10)

    def show_row(self, target: int, is_right: bool) -> None:
        """Show this target, and whether the output is on its side."""
        if (target, is_right) != (self._target, self._is_right):
            self._target, self._is_right = target, is_right
            self.update()

    def recolour(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:
        r = _RADIUS + 2
        return QRectF(-r, -r, 2 * r, 2 * r)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # White around either colour: legible on every part of the surface in both themes.
        paint_sign(painter, QPointF(), _RADIUS, self._target, self._theme, is_right=self._is_right)
