"""The hidden units' lines over the input square, and the highlighted one."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from xorviz.core.analysis.surface import HIGH, LOW, line_distances, unit_line, unit_lines
from xorviz.core.network import Weights
from xorviz.panels.base.square_items import SquareCurve
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme


class UnitLines(SquareCurve):
    """The lines where each hidden unit's input is zero: dotted, fainter the more there are."""

    def __init__(self) -> None:
        super().__init__(antialias=True, connect="pairs")

    def show_weights(self, weights: Weights, theme: Theme) -> None:
        """Draw the lines of all units."""
        ends = unit_lines(weights).reshape(-1, 2)
        ink = QColor(theme.text)
        ink.setAlphaF(max(0.25, min(1.0, 4 / weights.w1.shape[1]) ** 0.5))
        self.setData(ends[:, 0], ends[:, 1], pen=QPen(ink, 0, Qt.PenStyle.DotLine))


@guarded
class SelectedLine(QGraphicsItem):
    """The line of the highlighted unit: solid, above all others, legible on any colour."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: NDArray[np.float64] | None = None
        """(2, 2) in units of the inputs; None if no line is visible."""
        self._accent, self._rim = QColor(), QColor()
        self.setZValue(5)
        self.hide()

    def recolour(self, theme: Theme) -> None:
        """Use these colours."""
        self._accent, self._rim = QColor(theme.accent), QColor(theme.panel)
        self.update()

    def show_unit(self, weights: Weights | None, unit: int | None) -> None:
        """Draw the line of a unit, if the network has the unit and its line is in the square."""
        ends = None
        if weights is not None and unit is not None and unit < weights.w1.shape[1]:
            ends = unit_line(weights, unit)
        if ends is not None or self.ends is not None:
            self.ends = ends
            self.setVisible(ends is not None)
            self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(LOW, LOW, HIGH - LOW, HIGH - LOW)

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        if self.ends is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, width in ((self._rim, 5.0), (self._accent, 2.5)):
            pen = QPen(color, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLine(*(QPointF(*end) for end in self.ends.tolist()))


def unit_near(weights: Weights, x1: float, x2: float, reach: float) -> int | None:
    """Return the hidden unit whose line in the square is nearest to a point, within reach."""
    distances = line_distances(weights, x1, x2)
    for unit in np.argsort(distances).tolist():
        if distances[unit] > reach:
            return None
        if unit_line(weights, unit) is not None:
            return int(unit)
    return None
