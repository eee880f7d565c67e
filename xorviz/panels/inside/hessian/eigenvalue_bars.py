"""Bar chart of eigenvalues, largest first."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

DECADES = 6
"""Decades from the zero line to either end; smaller values get the shortest bar."""
_WIDEST = 64
_STUB = 2
"""Least height of a bar in pixels."""
_RIGHT, _VCENTER = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter


@guarded
class EigenvalueBars(QWidget):
    """Bars on a logarithmic scale in both directions. The scale changes by whole decades only."""

    pointed_at = Signal(object)  # int | None: index of a bar

    def __init__(self) -> None:
        super().__init__()
        self._values: Array = np.empty(0)
        self._negative = self._positive = 0
        self._note = ""
        self._top = 0
        self._marked: int | None = None
        self._minus = self._plus = self._ink = self._quiet = self._hairline = QColor()
        self.setMouseTracking(True)

    @property
    def top(self) -> int:
        """Exponent of ten at the end of the scale."""
        return self._top

    @property
    def count(self) -> int:
        return len(self._values)

    def apply_theme(self, theme: Theme) -> None:
        self._minus, self._plus = QColor(theme.minus), QColor(theme.plus)
        self._ink, self._quiet = QColor(theme.text), QColor(theme.quiet)
        self._hairline = QColor(theme.hairline)
        self.update()

    def show_values(self, falling: Array, negative: int, positive: int) -> None:
        """Show eigenvalues, largest first; all but the given numbers of each sign count as zero."""
        self._values, self._negative, self._positive = falling, negative, positive
        self._fit_scale(float(np.abs(falling).max(initial=0.0)))
        self.update()

    def set_note(self, note: str) -> None:
        if note != self._note:
            self._note = note
            self.setToolTip(f"Eigenvalues {note}, the largest first, on a logarithmic scale")
            self.update()

    def mark(self, bar: int | None) -> None:
        if bar != self._marked:
            self._marked = bar
            self.update()

    def value(self, bar: int) -> float:
        return float(self._values[bar])

    def _fit_scale(self, largest: float) -> None:
        """Change the scale only if a bar exceeds it or stays more than a decade below its end."""
        if largest > 0:
            needed = math.ceil(math.log10(largest) - 1e-9)
            if not self._top - 1 <= needed <= self._top:
                self._top = needed

    def rects(self) -> list[QRectF]:
        area, width = self._area(), self._bar_width()
        space = 2 if width > 6 else 1 if width > 3 else 0
        lefts = np.floor(area.left() + np.arange(self.count + 1) * width)
        wides = np.maximum(1, np.diff(lefts) - space)
        with np.errstate(divide="ignore"):
            shares = 1 + (np.log10(np.abs(self._values)) - self._top) / DECADES
        highs = np.maximum(_STUB, np.clip(shares, 0, 1) * area.height() / 2)
        highs[self._positive : self.count - self._negative] = 0
        tops = area.center().y() + np.where(np.arange(self.count) < self._positive, -highs, 1)
        tops[highs == 0], highs[highs == 0] = area.center().y() - 1, 3
        return [
            QRectF(*place)
            for place in zip(*(a.tolist() for a in (lefts[:-1], tops, wides, highs)), strict=True)
        ]

    @property
    def _has_heading(self) -> bool:
        return self.height() >= 4 * self.fontMetrics().height()

    def _area(self) -> QRectF:
        """Return the area of the bars; its middle is a whole pixel."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance(f"{numerals.MINUS}10⁻¹⁰") + 6
        above = metrics.height() + 8 if self._has_heading else metrics.height() // 2
        half = max(4, (self.height() - above - 6) // 2)
        return QRectF(left, above, max(16, self.width() - left - 2), 2 * half)

    def _bar_width(self) -> float:
        return min(_WIDEST, self._area().width() / max(1, self.count))

    def _bar_under(self, point: QPointF) -> int | None:
        area = self._area()
        bar = math.floor((point.x() - area.left()) / self._bar_width())
        return bar if area.top() <= point.y() <= area.bottom() and 0 <= bar < self.count else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self._bar_under(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if not self.count:
            return
        painter = QPainter(self)
        if self._has_heading:
            self._paint_heading(painter)
        self._paint_scale(painter)
        rects = self.rects()
        zero, negative = self._positive, self.count - self._negative
        painter.setPen(Qt.PenStyle.NoPen)
        for color, some in (
            (self._plus, rects[:zero]),
            (self._quiet, rects[zero:negative]),
            (self._minus, rects[negative:]),
        ):
            painter.setBrush(color)
            painter.drawRects(some)
        if self._marked is not None and self._marked < self.count:
            self._paint_mark(painter, rects[self._marked])
        painter.end()

    def _paint_heading(self, painter: QPainter) -> None:
        """Write the kind of scale on the left and the note on the right."""
        metrics = painter.fontMetrics()
        line = QRectF(0, 0, self.width() - 2, metrics.height())
        painter.setPen(self._quiet)
        painter.drawText(line, _RIGHT, self._note)
        space = self.width() - metrics.horizontalAdvance(self._note) - 16
        for text in ("log scale, largest first", "log scale"):
            if metrics.horizontalAdvance(text) <= space:
                painter.drawText(line, Qt.AlignmentFlag.AlignLeft, text)
                return

    def _paint_scale(self, painter: QPainter) -> None:
        """Draw the zero line, and as many labelled decades as fit."""
        area = self._area()
        for decades in self._labelled():
            y = area.center().y() - decades / DECADES * area.height() / 2
            painter.fillRect(QRectF(area.left(), round(y), area.width(), 1), self._hairline)
            label = QRectF(0, y - 20, area.left() - 6, 40)
            painter.setPen(self._quiet)
            painter.drawText(label, _RIGHT | _VCENTER, self._label(decades))
        line = QRectF(area.left(), area.center().y(), area.width(), 1)
        painter.fillRect(line, self._quiet)

    def _labelled(self) -> list[int]:
        """Return the decades to label, none of which touch."""
        half, high = self._area().height() / 2, self.fontMetrics().height()
        if half < high:
            return [-DECADES, DECADES] if 2 * half >= high else [DECADES]
        every = next(n for n in (1, 2, 3, DECADES) if n / DECADES * half >= high or n == DECADES)
        return list(range(-DECADES, DECADES + 1, every))

    def _label(self, decades: int) -> str:
        """Return the label of a decade, counted from the zero line."""
        if not decades:
            return "0"
        exponent = self._top - DECADES + abs(decades)
        sign = numerals.MINUS if decades < 0 else ""
        if 0 <= exponent <= 2:
            return f"{sign}{10**exponent}"
        raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{sign}10{raised}"

    def _paint_mark(self, painter: QPainter, rect: QRectF) -> None:
        """Frame a bar over the full height, so that a bar of no height is found too."""
        area = self._area()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._ink)
        painter.drawRect(QRectF(rect.left() - 1.5, area.top(), rect.width() + 2, area.height()))
