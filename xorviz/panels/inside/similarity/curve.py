"""Plot of the differences between hidden units over a run."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.analysis.symmetry import Spread, SpreadCurve
from xorviz.core.arrays import Array
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

_RIGHT = Qt.AlignmentFlag.AlignRight
_SAMPLE = 18
"""Length in pixels of a line sample in the legend."""
_LEAST_PLOT = 24
"""Least height of a plot in pixels."""
_ZERO_ROOM = 12
"""Pixels between the lowest decade and the line for exact zeros."""


@dataclass(frozen=True, slots=True, eq=False)
class CurveData:
    """The content of the plot."""

    curve: SpreadCurve
    now: Spread
    """(1,) at the shown step."""
    step: int
    is_past: bool
    sentence: str
    """About equal units; empty if there are none."""


@guarded
class SimilarityCurve(QWidget):
    """The largest and the smallest difference between two units, on a logarithmic axis.

    Exact zeros have a line of their own below the lowest decade.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: CurveData | None = None
        self._theme = LIGHT
        self.setAccessibleName("Differences of hidden units against step")

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_curve(self, shown: CurveData | None) -> None:
        self._shown = shown
        self.setAccessibleDescription("" if shown is None else shown.sentence)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self._shown is None:
            return
        painter = QPainter(self)
        line = painter.fontMetrics().height() + 3
        top = 0
        if self._shown.sentence:
            self._paint_sentence(painter, self._shown.sentence)
            top += line
        self._paint_legend(painter, top, self._shown.now)
        top += line + 4
        bottom = self.height() - line
        if bottom - top >= _LEAST_PLOT:
            self._paint_plot(painter, top, bottom, self._shown)
        painter.end()

    def _paint_sentence(self, painter: QPainter, sentence: str) -> None:
        painter.setPen(QColor(self._theme.text))
        metrics = painter.fontMetrics()
        elided = metrics.elidedText(sentence, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(0, metrics.ascent()), elided)

    def _paint_legend(self, painter: QPainter, top: float, now: Spread) -> None:
        """Write the name and current value of each line, shortened to fit."""
        ends = (float(now.largest[0]), float(now.smallest[0]))
        is_one = self._is_one_line()
        values = [_difference_text(value) for value in ends[: 1 if is_one else 2]]
        names = ("difference",) if is_one else ("largest", "smallest")
        named = [f"{name} {value}" for name, value in zip(names, values, strict=True)]
        advance = painter.fontMetrics().horizontalAdvance
        variants = [("", named)] if is_one else [("difference", named), ("", named), ("", values)]
        needed = [
            advance(head) + sum(_SAMPLE + 18 + advance(part) for part in parts)
            for head, parts in variants
        ]
        fits = [v for v, space in zip(variants, needed, strict=True) if space <= self.width() + 12]
        head, parts = fits[0] if fits else variants[-1]
        baseline = top + painter.fontMetrics().ascent()
        middle = baseline - painter.fontMetrics().xHeight() / 2
        painter.setPen(QColor(self._theme.quiet))
        painter.drawText(QPointF(0, baseline), head)
        x = advance(head) + 12.0 if head else 0.0
        for part, pen in zip(parts, self._pens(), strict=False):
            painter.setPen(pen)
            painter.drawLine(QPointF(x, middle), QPointF(x + _SAMPLE, middle))
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QPointF(x + _SAMPLE + 6, baseline), part)
            x += _SAMPLE + 18 + advance(part)

    def _paint_plot(self, painter: QPainter, top: float, bottom: float, shown: CurveData) -> None:
        lines = self._lines(shown)
        ends = [shown.now.largest, shown.now.smallest][: len(lines)]
        axis = DifferenceAxis.fitted(np.concatenate([*lines, *ends]), top, bottom)
        left = self._paint_axis(painter, axis, top, bottom)
        steps = shown.curve.steps
        last = max(int(steps[-1]) if len(steps) else 0, shown.step, 1)
        across = (self.width() - 6 - left) / last
        self._paint_steps(painter, left, bottom, last)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        xs = (left + steps * across).tolist()
        for values, pen in reversed(list(zip(lines, self._pens(), strict=False))):
            points = QPolygonF(list(map(QPointF, xs, axis.positions(values))))
            if shown.curve.is_line:
                painter.setPen(pen)
                painter.drawPolyline(points)
            else:  # too little is known of what was between
                painter.setPen(QPen(pen.color(), 4, c=Qt.PenCapStyle.RoundCap))
                painter.drawPoints(points)
        x = left + shown.step * across
        if shown.is_past:
            painter.setPen(QPen(QColor(self._theme.text), 1))
            painter.drawLine(QPointF(x, top - 3), QPointF(x, bottom))
        painter.setPen(QPen(QColor(self._theme.panel), 1.5))
        painter.setBrush(QColor(self._theme.accent))
        for value in ends:
            painter.drawEllipse(QPointF(x, axis.positions(value)[0]), 4, 4)

    def _paint_axis(
        self, painter: QPainter, axis: "DifferenceAxis", top: float, bottom: float
    ) -> float:
        metrics = painter.fontMetrics()
        ticks = axis.ticks(metrics.height())
        left = max(metrics.horizontalAdvance(text) for _, text in ticks) + 6.0
        for y, text in ticks:
            painter.setPen(QColor(self._theme.hairline))
            painter.drawLine(QPointF(left, round(y)), QPointF(self.width() - 6, round(y)))
            painter.setPen(QColor(self._theme.quiet))
            # The lowest label keeps clear of the step labels.
            middle = min(max(y, top + 2), bottom - 2)
            box = QRectF(0, middle - 20, left - 6, 40)
            painter.drawText(box, _RIGHT | Qt.AlignmentFlag.AlignVCenter, text)
        return left

    def _paint_steps(self, painter: QPainter, left: float, bottom: float, last: int) -> None:
        painter.setPen(QColor(self._theme.quiet))
        row = QRectF(left, bottom + 2, self.width() - 6 - left, painter.fontMetrics().height())
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(row, _RIGHT, f"{numerals.whole(last)} step{'s' if last > 1 else ''}")

    def _lines(self, shown: CurveData) -> list[Array]:
        """Return one line if largest and smallest difference are equal, else both."""
        spread = shown.curve.spread
        return [spread.largest] if self._is_one_line() else [spread.largest, spread.smallest]

    def _is_one_line(self) -> bool:
        """Tell whether largest and smallest difference are always equal."""
        assert self._shown is not None
        pairs = (self._shown.curve.spread, self._shown.now)
        return all(np.array_equal(spread.largest, spread.smallest) for spread in pairs)

    def _pens(self) -> tuple[QPen, QPen]:
        smallest = QPen(QColor(self._theme.quiet), 1.5, Qt.PenStyle.DashLine)
        smallest.setDashPattern([3, 2])
        return QPen(QColor(self._theme.text), 1.5), smallest


@dataclass(frozen=True, slots=True)
class DifferenceAxis:
    """A logarithmic axis over whole decades, with zero at the bottom."""

    low: int
    high: int
    has_zero: bool
    top: float
    floor: float
    """Position of the lowest decade; above the bottom if there is a zero."""
    bottom: float

    @classmethod
    def fitted(cls, values: Array, top: float, bottom: float) -> "DifferenceAxis":
        """Return the axis that covers these values."""
        positive = values[values > 0]
        has_zero = len(positive) < len(values)
        if not len(positive):
            return cls(0, 0, True, top, bottom, bottom)
        low = math.floor(math.log10(positive.min()))
        high = max(math.ceil(math.log10(positive.max())), low + 1)
        return cls(low, high, has_zero, top, bottom - _ZERO_ROOM * has_zero, bottom)

    def positions(self, values: Array) -> list[float]:
        """Return the vertical position of each value."""
        if self.high == self.low:
            return [self.bottom] * len(values)
        logs = np.log10(np.where(values > 0, values, 1))
        down = self.top + (self.high - logs) * (self.floor - self.top) / (self.high - self.low)
        placed: list[float] = np.where(values > 0, down, self.bottom).tolist()
        return placed

    def ticks(self, height: float) -> list[tuple[float, str]]:
        """Return positions and labels of ticks whose labels, of this height, do not touch."""
        ticks = [(self.bottom, "0")] if self.has_zero else []
        if self.high == self.low:
            return ticks
        decade = (self.floor - self.top) / (self.high - self.low)
        stride = max(1, math.ceil(height / decade))
        decades = range(self.high, self.low - 1, -stride)
        above = [(self.top + (self.high - n) * decade, _power_text(n)) for n in decades]
        space = self.bottom - height if self.has_zero else math.inf
        return ticks + [tick for tick in above if tick[0] <= space or tick is above[0]]


def _difference_text(value: float) -> str:
    return numerals.real(value, 3) if value else "0"


def _power_text(exponent: int) -> str:
    """Return a power of ten as text: 0.01, 1, 10⁻⁶."""
    if -2 <= exponent <= 3:
        return f"{10.0**exponent:.6g}"
    return numerals.ten_to(exponent)
