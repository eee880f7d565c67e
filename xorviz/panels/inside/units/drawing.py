"""Draws one hidden unit's map, its answers at the four rows, its name and outgoing weight."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from xorviz.core import numerals
from xorviz.core.analysis.responses import Span
from xorviz.core.analysis.surface import HIGH, LOW
from xorviz.core.config import ROWS
from xorviz.panels.base.row_signs import paint_sign
from xorviz.ui.theme.palette import Theme, diverging_names, level

WEIGHT_LIMIT = 5.0
"""The outgoing weight, either way, that the strongest colours stand for."""
NUMBERS_FROM = 104
"""Pixels of a map's side from which the answers at the four rows are written in it."""
FOOT_SPACE = 6
"""Pixels between a map and its name."""


def answer_text(value: float) -> str:
    """Return a unit's answer as it is written in a map and in the read-out."""
    return numerals.fixed(value, 2) if abs(value) < 1000 else numerals.power(value)


class UnitDrawing:
    """Draws tiles of one size in one theme. What all of them share is made once: they are many."""

    def __init__(self, theme: Theme, font: QFont, side: int, ratio: float) -> None:
        self._theme, self._side = theme, side
        self._font, self._bold, self._small = font, QFont(font), QFont(font)
        self._bold.setBold(True)
        self._small.setPointSizeF(font.pointSizeF() * 0.9)
        self._metrics, self._bold_metrics = QFontMetricsF(font), QFontMetricsF(self._bold)
        self._small_metrics = QFontMetricsF(self._small)
        self._fills = [(QColor(fill), QColor(ink)) for fill, ink in diverging_names(theme)]
        self._text, self._accent = QColor(theme.text), QColor(theme.accent)
        self._line_pen = QPen(self._text, 1.5, c=Qt.PenCapStyle.FlatCap)
        self._radius = float(np.clip(side / 26, 2.5, 7))
        self._signs = [_drawn_sign(theme, self._radius, target, ratio) for target in (0, 1)]
        self._rows = [self._place(*row) for row in ROWS]

    def _place(self, x1: float, x2: float) -> QPointF:
        """Return where inputs are in a map, from its left upper corner."""
        scale = self._side / (HIGH - LOW)
        return QPointF((x1 - LOW) * scale, (HIGH - x2) * scale)

    def line(self, painter: QPainter, corner: QPointF, ends: NDArray[np.float64]) -> None:
        """Draw where a unit's input is zero."""
        painter.setPen(self._line_pen)
        painter.drawLine(*(corner + self._place(x1, x2) for x1, x2 in ends.tolist()))

    def signs(self, painter: QPainter, corner: QPointF, targets: Sequence[int]) -> None:
        """Draw the signs of the four rows, of these targets."""
        for at, target in zip(self._rows, targets, strict=True):
            sign = self._signs[target]
            middle = QPointF(sign.deviceIndependentSize().width() / 2, 0)
            middle.setY(middle.x())
            painter.drawPixmap(corner + at - middle, sign)

    def answers(
        self, painter: QPainter, corner: QPointF, values: Sequence[float], colors: Span
    ) -> None:
        """Write a unit's answers below the signs of the rows, where there is room for them."""
        if self._side < NUMBERS_FROM:
            return
        middle, reach = (colors.low + colors.high) / 2, (colors.high - colors.low) / 2
        painter.setFont(self._small)
        for at, value in zip(self._rows, values, strict=True):
            text = answer_text(value)
            width = self._small_metrics.horizontalAdvance(text) + 6
            top_left = corner + at + QPointF(-width / 2, self._radius + 3)
            box = QRectF(top_left.x(), top_left.y(), width, self._small_metrics.height())
            self._badge(painter, box, text, level(value - middle, reach), self._small_metrics)

    def _badge(
        self, painter: QPainter, box: QRectF, text: str, color: int, metrics: QFontMetricsF
    ) -> None:
        """Write a number on the colour that stands for it: legible whatever is around it."""
        fill, ink = self._fills[color]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(ink)
        _write(painter, box, box.center().x() - metrics.horizontalAdvance(text) / 2, text, metrics)

    def foot(
        self, painter: QPainter, box: QRectF, name: str, weight: float, is_selected: bool
    ) -> None:
        """Name a unit, and write its outgoing weight on the weight's colour."""
        painter.setFont(self._bold)
        painter.setPen(self._accent if is_selected else self._text)
        _write(painter, box, box.left(), name, self._bold_metrics)
        painter.setFont(self._font)
        room = box.width() - self._bold_metrics.horizontalAdvance(f"{name} ")
        text, width = self._fitting(weight, room - 8)
        width = min(width + 10, room)
        badge = QRectF(box.right() - width, box.top(), width, box.height())
        self._badge(painter, badge, text, level(weight, WEIGHT_LIMIT), self._metrics)

    def _fitting(self, value: float, room: float) -> tuple[str, float]:
        """Return a weight with as many decimals as there is room for, and its width."""
        text, width = "", 0.0
        for decimals in (2, 1, 0):
            text = numerals.signed(value, decimals)
            width = self._metrics.horizontalAdvance(text)
            if width <= room:
                break
        return text, width

    def frame(self, painter: QPainter, rect: QRectF, is_selected: bool) -> None:
        """Frame a map: firmly where its unit is selected, lightly where it is pointed at."""
        color, width = (self._accent, 3.0) if is_selected else (self._text, 1.5)
        grown = width / 2 + 0.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, width, j=Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(rect.adjusted(-grown, -grown, grown, grown))


def _write(painter: QPainter, box: QRectF, left: float, text: str, metrics: QFontMetricsF) -> None:
    """Write in the middle of a box's height; Qt takes three times as long to align it itself."""
    base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(left, base), text)


def _drawn_sign(theme: Theme, radius: float, target: int, ratio: float) -> QPixmap:
    """Return the sign of a row in the middle of a pixmap."""
    half = radius + 2
    pixmap = QPixmap(round(2 * half * ratio), round(2 * half * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    center = pixmap.deviceIndependentSize().width() / 2
    paint_sign(painter, QPointF(center, center), radius, target, theme)
    painter.end()
    return pixmap
