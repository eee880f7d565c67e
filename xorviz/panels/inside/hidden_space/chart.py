"""Parts of a rectangle on the screen that straight lines cut off."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from xorviz.core.analysis.pair_plane import Border
from xorviz.core.analysis.responses import Span


@dataclass(frozen=True, slots=True)
class Chart:
    """A rectangle in pixels over which two spans reach, the second upwards."""

    rect: QRectF
    across: Span
    up: Span

    def at(self, across: float, up: float) -> QPointF:
        """Return where values are on the screen."""
        x = (across - self.across.low) / (self.across.high - self.across.low)
        y = (up - self.up.low) / (self.up.high - self.up.low)
        rect = self.rect
        return QPointF(rect.left() + x * rect.width(), rect.bottom() - y * rect.height())

    def strip(self, border: Border, low: float, high: float) -> QPolygonF:
        """Return the part of the rectangle where the output's input is between two values."""
        rect, middle = self.rect, self.rect.center()
        slope_x = border.a * (self.across.high - self.across.low) / rect.width()
        slope_y = -border.b * (self.up.high - self.up.low) / rect.height()
        steepness = math.hypot(slope_x, slope_y)
        here = border.side(
            (self.across.low + self.across.high) / 2, (self.up.low + self.up.high) / 2
        )
        far = rect.width() + rect.height()
        if steepness == 0:
            return QPolygonF(rect) if low < here < high else QPolygonF()
        normal = QPointF(slope_x / steepness, slope_y / steepness)
        along = QPointF(-normal.y(), normal.x()) * far
        start, end = (
            middle + normal * min(max((value - here) / steepness, -far), far)
            for value in (low, high)
        )
        strip = QPolygonF([start - along, start + along, end + along, end - along])
        return strip.intersected(QPolygonF(rect))
