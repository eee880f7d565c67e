"""Matrix of the similarity of hidden units as coloured cells."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QStaticText,
)
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LEVELS, LIGHT, Theme, diverging, diverging_names

Pair = tuple[int, int]
"""The units of a row and a column."""

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LARGEST_CELL = QSize(84, 44)
_LEAST_WITH_GAPS = 8
"""Cells at least this large, in pixels, are separated by lines."""


@guarded
class SimilarityMatrix(QWidget):
    """A cell for every two units, as large as they fit, or a sentence instead."""

    pointed_at = Signal(object)  # Pair | None
    clicked = Signal(object)  # Pair | None, with the left button

    def __init__(self) -> None:
        super().__init__()
        self._cosines: Array = np.empty((0, 0))
        self._sentence = ""
        self._levels: NDArray[np.intp] = np.empty((0, 0), dtype=np.intp)
        self._image = QImage()
        self._unit: int | None = None
        self._pair: Pair | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("Similarity of hidden units")
        self.apply_theme(LIGHT)

    @property
    def count(self) -> int:
        return len(self._cosines)

    def largest(self) -> QSize:
        """Return the largest useful size."""
        return QSize(
            self._left() + self.count * _LARGEST_CELL.width(),
            self._top() + self.count * _LARGEST_CELL.height() + 1,
        )

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._inks = [QColor(ink) for _, ink in diverging_names(theme)]
        self._paint_image()

    def show_cosines(self, cosines: Array) -> None:
        """Show cosines (H, H) from -1 to 1."""
        self._cosines, self._sentence = cosines, ""
        self._paint_image()

    def show_sentence(self, sentence: str) -> None:
        self._cosines, self._sentence = np.empty((0, 0)), sentence
        self._paint_image()

    def mark(self, unit: int | None, pair: Pair | None) -> None:
        unit = unit if unit is not None and unit < self.count else None
        pair = pair if pair is not None and max(pair) < self.count else None
        if (unit, pair) != (self._unit, self._pair):
            self._unit, self._pair = unit, pair
            self.update()

    def rect_of(self, row: int, column: int) -> QRectF:
        """Return the rectangle of a cell, including the line after it."""
        width, height = self._cell()
        return QRectF(self._left() + column * width, self._top() + row * height, width, height)

    def pair_at(self, point: QPointF) -> Pair | None:
        """Return the pair at a point; at a unit's name, that unit twice."""
        if not self.count:
            return None
        width, height = self._cell()
        column = int((point.x() - self._left()) // width)
        row = int((point.y() - self._top()) // height)
        row, column = (column if row < 0 else row), (row if column < 0 else column)
        is_there = 0 <= row < self.count and 0 <= column < self.count
        return (row, column) if is_there else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self.pair_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.pair_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        if not self.count:
            painter.setPen(QColor(self._theme.quiet))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 0, -8, 0), wrapped, self._sentence)
        else:
            painter.drawImage(self._square(), self._image)
            self._paint_gaps(painter)
            self._paint_numbers(painter)
            self._paint_names(painter)
            self._paint_marks(painter)
        painter.end()

    def _paint_image(self) -> None:
        """Update the image of the cells, one pixel for each."""
        share = (np.clip(self._cosines, -1, 1) + 1) / 2
        self._levels = np.rint(share * (LEVELS - 1)).astype(np.intp)
        pixels = np.ascontiguousarray(diverging(self._theme)[self._levels])
        count = self.count
        image = QImage(pixels.data, count, count, 3 * count, QImage.Format.Format_RGB888)
        self._image = image.copy()
        self.update()

    def _paint_gaps(self, painter: QPainter) -> None:
        """Separate the cells by lines in the panel's colour."""
        width, height = self._cell()
        if min(width, height) < _LEAST_WITH_GAPS:
            return
        square = self._square()
        painter.setPen(QColor(self._theme.panel))
        for n in range(1, self.count + 1):
            x, y = square.left() + n * width - 1, square.top() + n * height - 1
            painter.drawLine(QPointF(x, square.top()), QPointF(x, square.bottom() - 1))
            painter.drawLine(QPointF(square.left(), y), QPointF(square.right() - 1, y))

    def _paint_numbers(self, painter: QPainter) -> None:
        if not self._writes(*self._cell()):
            return
        font_key, (width, height) = painter.font().key(), self._cell()
        left, top = self._left() + (width - 1) / 2, self._top() + (height - 1) / 2
        for row, values in enumerate(self._cosines.tolist()):
            for column, value in enumerate(values):
                painter.setPen(self._inks[self._levels[row, column]])
                text, size = _number(round(100 * value) / 100, font_key)
                x, y = left + column * width - size[0] / 2, top + row * height - size[1] / 2
                painter.drawStaticText(QPointF(x, y), text)

    def _paint_names(self, painter: QPainter) -> None:
        """Write the names at both edges, leaving out what would cover the highlighted one."""
        metrics = painter.fontMetrics()
        width, height = self._cell()
        self._paint_edge(painter, height, metrics.height(), is_row=True)
        self._paint_edge(painter, width, metrics.horizontalAdvance("h64") + 4, is_row=False)

    def _paint_edge(self, painter: QPainter, cell: float, needed: float, is_row: bool) -> None:
        stride = 1
        while stride * cell < needed:
            stride *= 2
        for unit in range(self.count):
            stands_out = unit == self._unit
            hides = self._unit is not None and abs(unit - self._unit) * cell < needed
            if not stands_out and (unit % stride or hides):
                continue
            rect, name = self.rect_of(unit, unit), f"h{unit + 1}"
            painter.setPen(QColor(self._theme.text if stands_out else self._theme.quiet))
            painter.setFont(self._font(stands_out))
            if is_row:
                middle = rect.center().y() - 1
                box = QRectF(0, middle - 20, self._left() - 6, 40)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | _MIDDLE, name)
            else:
                box = QRectF(rect.center().x() - 30, 0, 60, self._top() - 2)
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | _MIDDLE, name)
        painter.setFont(self._font(False))

    def _paint_marks(self, painter: QPainter) -> None:
        if self._unit is not None:
            row, column = (self.rect_of(self._unit, n) for n in (0, self.count - 1))
            across = row.united(column)
            down = self.rect_of(0, self._unit).united(self.rect_of(self.count - 1, self._unit))
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            for strip in (across, down):
                painter.drawRect(strip.adjusted(-1, -1, 0, 0))
        if self._pair is not None:
            painter.setPen(QPen(QColor(self._theme.text), 2))
            painter.drawRect(self.rect_of(*self._pair).adjusted(-1, -1, 0, 0))

    def _square(self) -> QRectF:
        return self.rect_of(0, 0).united(self.rect_of(self.count - 1, self.count - 1))

    def _cell(self) -> tuple[float, float]:
        """Return the size of a cell; it is square unless its number fits."""
        width = min(_LARGEST_CELL.width(), (self.width() - self._left() - 1) / self.count)
        height = min(_LARGEST_CELL.height(), (self.height() - self._top() - 1) / self.count)
        if not self._writes(int(width), int(height)):
            width = height = max(1.0, min(width, height))
        if min(width, height) < _LEAST_WITH_GAPS:
            return width, height
        return float(int(width)), float(int(height))

    def _writes(self, width: float, height: float) -> bool:
        """Tell whether a number fits into a cell."""
        metrics = self.fontMetrics()
        needed = metrics.horizontalAdvance("+0.00") + 5
        return width >= needed and height >= metrics.height() + 1

    def _left(self) -> int:
        return self._name_metrics().horizontalAdvance(f"h{max(self.count, 1)}") + 8

    def _top(self) -> int:
        return self.fontMetrics().height() + 4

    def _name_metrics(self) -> QFontMetrics:
        return QFontMetrics(self._font(True))

    def _font(self, is_bold: bool) -> QFont:
        font = QFont(self.font())
        font.setBold(is_bold)
        return font


@cache
def _number(value: float, font_key: str) -> tuple[QStaticText, tuple[float, float]]:
    """Return the cached layout of a cosine in a font, and its size."""
    text = QStaticText(numerals.signed(value))
    font = QFont()
    font.fromString(font_key)
    text.prepare(font=font)
    size = text.size()
    return text, (size.width(), size.height())
