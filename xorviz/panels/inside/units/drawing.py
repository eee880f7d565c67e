"""Drawing of one hidden unit: map, responses at the four rows, name and outgoing weight."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from xorviz.core import numerals
from xorviz.core.analysis.responses import Span
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.config import ROWS
from xorviz.panels.base.row_signs import paint_sign
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.theme.palette import Theme, diverging_colors, level
from xorviz.ui.theme.style import bold

WEIGHT_LIMIT = 5.0
"""Absolute outgoing weight with the strongest colour."""
NUMBERS_FROM = 104
"""Side of a map, in pixels, from which responses at the rows are written."""
FOOT_SPACE = 6
"""Pixels between a map and its name."""


def response_text(value: float) -> str:
    """Return a unit's response as text."""
    return numerals.fixed(value, 2) if abs(value) < 1000 else numerals.power(value)


class UnitDrawing:
    """Draws tiles of one size in one theme. Caches what all tiles share."""

    def __init__(self, theme: Theme, font: QFont, side: int) -> None:
        self._theme, self._side = theme, side
        self._font, self._bold, self._small = font, bold(font), QFont(font)
        self._small.setPointSizeF(font.pointSizeF() * 0.9)
        self._metrics, self._bold_metrics = QFontMetricsF(font), QFontMetricsF(self._bold)
        self._small_metrics = QFontMetricsF(self._small)
        self._fills = diverging_colors(theme)
        self._text, self._accent = QColor(theme.text), QColor(theme.accent)
        self._line_pen = QPen(self._text, 1.5, c=Qt.PenCapStyle.FlatCap)
        self._radius = float(np.clip(side / 26, 2.5, 7))
        self._markers: dict[float, list[QPixmap]] = {}
        """Of targets 0 and 1, by the pixels of a unit of length."""
        self._rows = [self._place(*row) for row in ROWS]

    def _place(self, x1: float, x2: float) -> QPointF:
        """Return the position of an input point from a map's top left corner."""
        scale = self._side / (HIGH - LOW)
        return QPointF((x1 - LOW) * scale, (HIGH - x2) * scale)

    def line(self, painter: QPainter, corner: QPointF, ends: NDArray[np.float64]) -> None:
        """Draw the line of zero net input."""
        painter.setPen(self._line_pen)
        painter.drawLine(*(corner + self._place(x1, x2) for x1, x2 in ends.tolist()))

    def markers(self, painter: QPainter, corner: QPointF, targets: Sequence[int]) -> None:
        ratio = painter.device().devicePixelRatioF()
        if ratio not in self._markers:
            self._markers[ratio] = [self._marker(target, ratio) for target in (0, 1)]
        for at, target in zip(self._rows, targets, strict=True):
            sign = self._markers[ratio][target]
            half = sign.deviceIndependentSize().width() / 2
            painter.drawPixmap(corner + at - QPointF(half, half), sign)

    def _marker(self, target: int, ratio: float) -> QPixmap:
        """Return a picture of a row's marker: painted anew, they take ten times as long."""
        side = round(2 * (self._radius + 2) * ratio)

        def paint(painter: QPainter) -> None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = QPointF(side / ratio / 2, side / ratio / 2)
            paint_sign(painter, middle, self._radius, target, self._theme)

        return pixmap_of(QSize(side, side), ratio, paint)

    def responses(
        self, painter: QPainter, corner: QPointF, values: Sequence[float], colors: Span
    ) -> None:
        """Write a unit's responses below the markers, if the map is large enough."""
        if self._side < NUMBERS_FROM:
            return
        middle, reach = (colors.low + colors.high) / 2, (colors.high - colors.low) / 2
        painter.setFont(self._small)
        for at, value in zip(self._rows, values, strict=True):
            text = response_text(value)
            width = self._small_metrics.horizontalAdvance(text) + 6
            top_left = corner + at + QPointF(-width / 2, self._radius + 3)
            box = QRectF(top_left.x(), top_left.y(), width, self._small_metrics.height())
            self._badge(painter, box, text, level(value - middle, reach), self._small_metrics)

    def _badge(
        self, painter: QPainter, box: QRectF, text: str, color: int, metrics: QFontMetricsF
    ) -> None:
        """Write a number on a background of its colour."""
        fill, ink = self._fills[color]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(ink)
        _write(painter, box, box.center().x() - metrics.horizontalAdvance(text) / 2, text, metrics)

    def foot(
        self, painter: QPainter, box: QRectF, name: str, weight: float, is_selected: bool
    ) -> None:
        """Write a unit's name, and its outgoing weight on the weight's colour."""
        painter.setFont(self._bold)
        painter.setPen(self._accent if is_selected else self._text)
        _write(painter, box, box.left(), name, self._bold_metrics)
        painter.setFont(self._font)
        space = box.width() - self._bold_metrics.horizontalAdvance(f"{name} ")
        text, width = self._fitting(weight, space - 8)
        width = min(width + 10, space)
        badge = QRectF(box.right() - width, box.top(), width, box.height())
        self._badge(painter, badge, text, level(weight, WEIGHT_LIMIT), self._metrics)

    def _fitting(self, value: float, space: float) -> tuple[str, float]:
        """Return a weight with as many decimals as fit, and its width."""
        text, width = "", 0.0
        for decimals in (2, 1, 0):
            text = numerals.signed(value, decimals)
            width = self._metrics.horizontalAdvance(text)
            if width <= space:
                break
        return text, width

    def frame(self, painter: QPainter, rect: QRectF, is_selected: bool) -> None:
        """Frame a map: thick if selected, thin if pointed at."""
        color, width = (self._accent, 3.0) if is_selected else (self._text, 1.5)
        grown = width / 2 + 0.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, width, j=Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(rect.adjusted(-grown, -grown, grown, grown))


def _write(painter: QPainter, box: QRectF, left: float, text: str, metrics: QFontMetricsF) -> None:
    """Write text centred vertically in a box. Qt's own alignment takes three times as long."""
    base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(left, base), text)
