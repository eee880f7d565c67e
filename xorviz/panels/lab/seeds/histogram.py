"""Histogram of the first steps right of a recipe's networks, on a logarithmic axis."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.lab.results.histogram import StepHistogram
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme

_FINENESS = ((1, 2, 3, 5), (1, 3), (1,))
"""Tick positions within a decade, densest first."""
_BETWEEN = 10.0
"""Least distance in pixels between tick labels."""


@dataclass(frozen=True, slots=True)
class SeedAxis:
    """Logarithmic axis from below the first bar to the end of the plan."""

    low: int
    """First step."""
    high: int
    """Step after the last."""
    left: float
    """Ends in pixels."""
    right: float

    @classmethod
    def of(cls, histogram: StepHistogram, left: float, right: float) -> "SeedAxis":
        """Return the axis of a histogram, starting at 1 or 3 times a power of ten.

        It hardly changes during training, since networks come right ever later.
        """
        first = int(histogram.edges[histogram.first_used])
        decade = 10 ** int(math.log10(first))
        low = 3 * decade if first >= 3 * decade else decade
        return cls(low, int(histogram.edges[-1]), left, right)

    def x_at(self, step: float) -> float:
        share = math.log(step / self.low) / math.log(self.high / self.low)
        return self.left + share * (self.right - self.left)

    def step_at(self, x: float) -> float:
        share = (x - self.left) / max(1.0, self.right - self.left)
        return float(self.low * (self.high / self.low) ** share)

    def ticks(self, width_of: Callable[[str], float]) -> list[tuple[float, str]]:
        """Return position and label of as many ticks as fit."""
        for multiples in _FINENESS:
            ticks = self._ticks(multiples, 1)
            if _have_room(ticks, width_of):
                return ticks
        every = 2
        while not _have_room(ticks := self._ticks((1,), every), width_of):
            every += 1
        return ticks

    def _ticks(self, multiples: tuple[int, ...], every: int) -> list[tuple[float, str]]:
        first, last = (int(math.log10(end)) for end in (self.low, self.high))
        steps = [m * 10**d for d in range(first, last + 1, every) for m in multiples]
        return [(self.x_at(s), numerals.whole(s)) for s in steps if self.low <= s < self.high]


def _have_room(ticks: list[tuple[float, str]], width_of: Callable[[str], float]) -> bool:
    ends = [(x - width_of(text) / 2, x + width_of(text) / 2) for x, text in ticks]
    return all(a[1] + _BETWEEN <= b[0] for a, b in pairwise(ends))


_LAST_TICK = "100 000"
"""Half of this label may extend beyond the axis."""
_CAPTION = "first step with all four rows right"
_NONE, _NONE_YET = "no seed is right", "no seed is right yet"
_CAPTION_FROM = 130
"""Least height in pixels that shows the caption of the axis."""
_GAP, _TICK = 6.0, 4.0
_NARROWEST, _LOWEST = 60, 12
"""Least width and height in pixels of the bars."""
_WIDEST = 60.0
"""Half of the width available to a tick label."""
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class _Frame:
    """Layout of a histogram, in pixels."""

    histogram: StepHistogram
    area: QRectF
    axis: SeedAxis
    notes: tuple[str, ...]
    """Texts at the right about networks without a step."""
    captioned: bool

    def bar(self, place: int) -> QRectF:
        first, last = self.histogram.edges[place : place + 2].tolist()
        left, right = self.axis.x_at(first), self.axis.x_at(last)
        share = int(self.histogram.counts[place]) / max(1, self.histogram.highest)
        height = share * self.area.height()
        return QRectF(left, self.area.bottom() - height, right - left, height)


@guarded
class SeedHistogram(QWidget):
    """Paints a histogram, with the bin pointed at highlighted."""

    pointed_at = Signal(object)  # int | None: index of a bin

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("seed_histogram")
        self.histogram: StepHistogram | None = None
        self.marked: int | None = None
        """Index of the highlighted bin."""
        self._theme = LIGHT
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(420, 180)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_histogram(self, histogram: StepHistogram) -> None:
        self.histogram = histogram
        self.setAccessibleName(_spoken(histogram))
        self.update()

    def mark(self, marked: int | None) -> None:
        if marked != self.marked:
            self.marked = marked
            self.update()

    def bin_of(self, step: int) -> int | None:
        return None if self.histogram is None else self.histogram.bin_of(step)

    def bin_text(self, place: int) -> str:
        if self.histogram is None:
            return ""
        first, last = (int(edge) for edge in self.histogram.edges[place : place + 2])
        count = int(self.histogram.counts[place])
        seeds = numerals.counted(count, "seed")
        if last - first == 1:
            return f"right at step {numerals.whole(first)}: {seeds}"
        return f"right at step {numerals.whole(first)} to {numerals.whole(last - 1)}: {seeds}"

    def bar(self, place: int) -> QRectF:
        frame = self._frame()
        return QRectF() if frame is None else frame.bar(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed_at.emit(self._bin_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        frame = self._frame()
        if frame is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bars(painter, frame)
        self._paint_axis(painter, frame)
        self._paint_notes(painter, frame)
        if frame.histogram.median is not None:
            self._paint_median(painter, frame, frame.histogram.median)
        painter.end()

    def _frame(self) -> _Frame | None:
        """Return the layout; None without a histogram, or if it does not fit."""
        if self.histogram is None:
            return None
        metrics = QFontMetricsF(self.font())
        notes, highest = _notes(self.histogram), numerals.whole(self.histogram.highest)
        beside = max((metrics.horizontalAdvance(note) for note in notes), default=-_GAP)
        captioned = self.height() >= _CAPTION_FROM
        area = QRectF(self.rect()).adjusted(
            max(metrics.horizontalAdvance(text) for text in (highest, "00")) + _GAP,
            metrics.height() + 1,
            -max(beside + 2 * _GAP, metrics.horizontalAdvance(_LAST_TICK) / 2),
            -((1 + captioned) * metrics.height() + _TICK + 1),
        )
        if area.width() < _NARROWEST or area.height() < _LOWEST:
            return None
        axis = SeedAxis.of(self.histogram, area.left(), area.right())
        return _Frame(self.histogram, area, axis, notes, captioned)

    def _bin_at(self, point: QPointF) -> int | None:
        frame = self._frame()
        if frame is None or not frame.area.left() <= point.x() < frame.area.right():
            return None
        return frame.histogram.bin_of(frame.axis.step_at(point.x()))

    def _paint_bars(self, painter: QPainter, frame: _Frame) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for place in range(frame.histogram.first_used, len(frame.histogram.counts)):
            bar = frame.bar(place)
            if place == self.marked:
                column = QRectF(bar.left(), frame.area.top(), bar.width(), frame.area.height())
                painter.fillRect(column, QColor(self._theme.hairline))
            if bar.height() > 0:
                is_marked = place == self.marked
                painter.setBrush(QColor(self._theme.text if is_marked else self._theme.accent))
                # At least a pixel, so that one seed among thousands is visible.
                bar.setTop(min(bar.top(), bar.bottom() - 1))
                painter.drawRect(bar.adjusted(0, 0, -min(1.0, bar.width() / 4), 0))

    def _paint_axis(self, painter: QPainter, frame: _Frame) -> None:
        metrics, area = QFontMetricsF(self.font()), frame.area
        ticks = frame.axis.ticks(metrics.horizontalAdvance)
        painter.setPen(QPen(QColor(self._theme.hairline), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        for x, _ in ticks:
            painter.drawLine(QLineF(x, area.bottom(), x, area.bottom() + _TICK))
        painter.setPen(QColor(self._theme.quiet))
        for x, text in ticks:
            rect = QRectF(x - _WIDEST, area.bottom() + _TICK, 2 * _WIDEST, metrics.height())
            painter.drawText(rect, _CENTRE, text)
        if frame.captioned:
            foot = area.bottom() + _TICK + metrics.height()
            rect = QRectF(area.left(), foot, area.width(), metrics.height())
            painter.drawText(rect, _CENTRE, _CAPTION)

    def _paint_notes(self, painter: QPainter, frame: _Frame) -> None:
        """Write counts at the left, and at the right the number of networks without a step."""
        metrics, area = QFontMetricsF(self.font()), frame.area
        painter.setPen(QColor(self._theme.quiet))
        highest = frame.histogram.highest
        for count in {0, highest}:
            middle = area.bottom() if count == 0 else area.top()
            rect = QRectF(0, middle - metrics.height() / 2, area.left() - _GAP, metrics.height())
            painter.drawText(rect, _RIGHT, numerals.whole(count))
        if not highest:
            is_known = bool(frame.notes)
            painter.drawText(area, _CENTRE, _NONE if is_known else _NONE_YET)
        painter.setPen(QColor(self._theme.text))
        for place, note in enumerate(reversed(frame.notes)):
            at = QPointF(area.right() + 2 * _GAP, area.bottom() - place * metrics.height())
            painter.drawText(at, note)

    def _paint_median(self, painter: QPainter, frame: _Frame, median: float) -> None:
        metrics, color = QFontMetricsF(self.font()), QColor(self._theme.text)
        text, x = f"median {numerals.whole(median)}", frame.axis.x_at(median)
        pen = QPen(color, 1.5, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawLine(QLineF(x, 2, x, frame.area.bottom()))
        left, width = x + _GAP, metrics.horizontalAdvance(text)
        if left + width > (frame.area.right() if frame.notes else self.width()):
            left = x - _GAP - width
        painter.setPen(color)
        painter.drawText(QPointF(left, metrics.ascent()), text)


def _notes(histogram: StepHistogram) -> tuple[str, ...]:
    """Return texts about networks without a step."""
    counts = {
        "still learning": histogram.still_learning,
        "never": histogram.never,
        "lost it": histogram.lost,
    }
    return tuple(f"{numerals.whole(count)} {word}" for word, count in counts.items() if count)


def _spoken(histogram: StepHistogram) -> str:
    median = "" if histogram.median is None else f", median {numerals.whole(histogram.median)}"
    return "; ".join((f"Histogram of the first steps right{median}", *_notes(histogram)))
