"""A pyqtgraph plot that fits into the window, and a round mark for it."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

pg.setConfigOptions(antialias=False, imageAxisOrder="row-major", exitCleanup=False)


@guarded
class GuardedBox(pg.ViewBox):  # type: ignore[misc]
    """A view box: pyqtgraph handles the wheel and a change of size in it."""


def recolour_axis(axis: pg.AxisItem, theme: Theme) -> None:
    """Use a theme for an axis."""
    axis.setPen(pg.mkPen(theme.hairline))
    axis.setStyle(hideOverlappingLabels=False)
    axis.setTextPen(pg.mkPen(theme.quiet))


@guarded
class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot without focus, buttons and menu (its exporter fails on Qt 6.11, pyqtgraph#3485)."""

    def __init__(self, **axes: pg.AxisItem) -> None:
        super().__init__(axisItems=axes, viewBox=GuardedBox(enableMenu=False), enableMenu=False)
        self.hideButtons()
        for widget in (self, self.viewport()):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)

    def recolour(self, theme: Theme) -> None:
        """Use a theme; pyqtgraph does not follow the application's palette."""
        self.setBackground(theme.panel)
        for side in ("left", "bottom"):
            recolour_axis(self.getAxis(side), theme)
            self.getAxis(side).setTickFont(self.font())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for side in ("left", "bottom"):
                self.getAxis(side).setTickFont(self.font())


@guarded
class Dot(QGraphicsItem):
    """A round mark whose size on screen is fixed."""

    def __init__(self, radius: float) -> None:
        super().__init__()
        self._radius = radius
        self._fill, self._ring = QColor(), QColor()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(20)

    def recolour(self, fill: str, ring: str) -> None:
        """Use these colours."""
        self._fill, self._ring = QColor(fill), QColor(ring)
        self.update()

    def boundingRect(self) -> QRectF:
        r = self._radius + 1
        return QRectF(-r, -r, 2 * r, 2 * r)

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._ring, 1.5))
        painter.setBrush(self._fill)
        r = self._radius
        painter.drawEllipse(QRectF(-r, -r, 2 * r, 2 * r))
