"""Plot axes, linear or logarithmic, and the texts of their ticks."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from xorviz.core import numerals
from xorviz.core.numerals import round_above
from xorviz.ui.guard import guarded

_CLOSE = 1e-9
"""Relative difference below which a value counts as a round number."""
FINE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
"""Round numbers at most a third apart."""
_SPACINGS = (1, 2, 2.5, 5, 10)
_SERIES = ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))
"""Round numbers within a decade, dense to sparse."""


def linear_ticks(low: float, high: float, most: float, least_spacing: float = 0.0) -> list[float]:
    """Return evenly spaced round values between two ends: at most this many, about."""
    if not low < high:
        return []
    spacing = max(round_above((high - low) / max(most, 1), _SPACINGS), least_spacing)
    first, last = math.ceil(low / spacing - _CLOSE), math.floor(high / spacing + _CLOSE)
    return [count * spacing for count in range(first, last + 1)]


def log_ticks(low: float, high: float, most: float) -> list[float]:
    """Return round values between two positive ends, at most this many, if two of them fit.

    As dense as allowed: several in each decade, every decade, or every few decades; evenly spaced
    values in a range so small that it holds less than two of those.
    """
    if not low < high:
        return []
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for series in _SERIES:
        values = [m * 10.0**decade for decade in decades for m in series]
        inside = [v for v in values if low * (1 - _CLOSE) <= v <= high * (1 + _CLOSE)]
        if len(inside) <= max(most, 2):
            break
    if len(inside) < 2:
        return linear_ticks(low, high, most)
    every = math.ceil(len(inside) / max(most, 2))
    return inside if every == 1 else [v for v in inside if round(math.log10(v)) % every == 0]


_SMALLEST = 1e-12
"""Lower end of logarithmic axes; smaller values are drawn there."""
_LARGEST = 1e300
"""Upper end of all axes; larger values are drawn there. pyqtgraph's ranges end at 1e307."""

_MARGIN = 1.15
"""Space above and below a curve, as a ratio on a logarithmic axis."""
_BETWEEN = 12.0
"""Pixels between the texts of two ticks."""
_DOTS = (1.0, 3.0)
"""Lengths of dot and gap of grid lines, in widths of the line."""


@guarded
class StillAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis that repaints its texts only where they are exposed, but always its lines.

    Replaying all of pyqtgraph's picture costs up to 0.5 ms at each change of a curve. Its lines
    are as thin as the screen can draw, whatever the scale; these are as thick at any scale.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self._lines: list[Any] = []
        """(pen, start, end) of each line, horizontal or vertical."""
        self._texts = QRectF()
        """Bounds of all texts."""
        self.setStyle(tickAlpha=255)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def drawPicture(
        self, p: QPainter, line: Any, ticks: list[Any], texts: list[tuple[QRectF, Any, str]]
    ) -> None:
        super().drawPicture(p, (QPen(Qt.PenStyle.NoPen), *line[1:]), [], texts)
        self._lines = [line, *ticks]
        self._texts = QRectF()
        for rect, _, _ in texts:
            self._texts |= rect

    def paint(
        self, p: QPainter, opt: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.picture is None or self._texts.intersects(opt.exposedRect):
            super().paint(p, opt, widget)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        device = p.deviceTransform()
        for number, (pen, start, end) in enumerate(self._lines):
            is_dotted = number > 0 and self.grid is not False
            self._paint_line(p, device, pen, (start, end), is_dotted)

    def _paint_line(
        self,
        p: QPainter,
        device: QTransform,
        pen: QPen,
        ends: tuple[QPointF, QPointF],
        is_dotted: bool,
    ) -> None:
        """Paint a line on whole pixels of the device; of the grid in dots, which are calm."""
        ratio = device.m11()
        wide = max(1, round(pen.widthF() * ratio))
        start, end = (_in_pixel(point, device, wide) for point in ends)
        if is_dotted:
            dots = QPen(pen.color(), wide / ratio, c=Qt.PenCapStyle.FlatCap)
            dots.setDashPattern(_DOTS)
            p.setPen(dots)
            p.drawLine(start, end)
        else:  # at a tenth of the cost of drawing a line
            half = wide / ratio / 2
            x, y = (half, 0.0) if start.x() == end.x() else (0.0, half)
            p.fillRect(QRectF(start, end).normalized().adjusted(-x, -y, x, y), pen.color())


@guarded
class ScaledAxis(StillAxis):
    """A linear or logarithmic axis. View coordinates are the value, or its log10.

    pyqtgraph's own logarithmic axis has no labels below one decade (pyqtgraph#1505), and its
    log mode turns the automatic range on again.
    """

    def __init__(
        self,
        side: str,
        write: Callable[[float], str] = numerals.tick,
        smallest: float = 0.0,
        least_ratio: float = 2.0,
        is_whole: bool = False,
        lead: str = "",
    ) -> None:
        """Make a linear axis; its ticks may be at whole numbers only.

        The first text follows a lead, such as the axis's name.

        On a logarithmic one, smaller values than the smallest are drawn there, and its ends are
        fitted at least this ratio apart, so that a plateau looks flat.
        """
        super().__init__(side)
        self._write = write
        self._floor = smallest or _SMALLEST
        self._least_ratio = least_ratio
        self._fixed: Sequence[float] = ()
        self._least_spacing, self._lead = float(is_whole), lead
        self.is_log = False
        self.enableAutoSIPrefix(False)

    def set_log(self, is_log: bool) -> None:
        """Choose the scale."""
        self.is_log = is_log
        self.picture = None
        self.update()

    def fix(self, ticks: Sequence[float]) -> None:
        """Fix the ticks in view coordinates; without any they follow the range."""
        if ticks != self._fixed:
            self._fixed, self.picture = ticks, None
            self.update()

    def lead_with(self, lead: str) -> None:
        """Write another lead before the first text."""
        if lead != self._lead:
            self._lead, self.picture = lead, None
            self.update()

    def to_view(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values in view coordinates."""
        values = np.minimum(values, _LARGEST)
        if not self.is_log:
            return values
        return np.asarray(np.log10(np.maximum(values, self._floor)))

    def from_view(self, position: float) -> float:
        """Return the value at a view coordinate."""
        return float(10.0 ** min(position, 300.0)) if self.is_log else position

    def limits(self) -> tuple[float, float]:
        """Return the limits of panning and zooming, in view coordinates."""
        if self.is_log:
            return math.log10(self._floor) - 1, math.log10(_LARGEST) + 1
        return -0.1 * _LARGEST, _LARGEST

    def fitted(self, lowest: float, highest: float) -> tuple[float, float]:
        """Return round ends for these values, in view coordinates; they change in jumps."""
        if not self.is_log:
            return 0.0, _above(max(highest, 1e-12) * 1.05)
        below, above = 1 / _above(_MARGIN / max(lowest, 1e-12)), _above(highest * _MARGIN)
        bottom, top = (float(end) for end in self.to_view(np.array([below, above])))
        spare = max(0.0, math.log10(self._least_ratio) - (top - bottom)) / 2
        return bottom - spare, top + spare

    def boundingRect(self) -> QRectF:
        # pyqtgraph drops texts that reach beyond: those at the ends of the axis.
        rect: QRectF = super().boundingRect()
        if self.orientation == "left":
            return rect.adjusted(0, -self.text_height, 0, self.text_height)
        half = self._metrics.horizontalAdvance(f"{self._lead}000 000") / 2
        return rect.adjusted(-half, 0, half, 0)

    def drawPicture(
        self, p: QPainter, line: Any, ticks: list[Any], texts: list[tuple[QRectF, Any, str]]
    ) -> None:
        """Keep the first text with its lead off the texts of the axis at its left."""
        for rect, _, text in texts:
            if self._lead and text.startswith(self._lead) and rect.left() < 0:
                rect.moveLeft(0)
        super().drawPicture(p, line, ticks, texts)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if self._fixed:
            return [(1.0, list(self._fixed))]
        line = self.text_height
        needed = first = 1.8 * line
        if self.orientation == "bottom":
            widest = self._metrics.horizontalAdvance(self._write(round(self.from_view(high))))
            needed = max(widest, line) + _BETWEEN
            # The first text is not left of its tick.
            first = self._metrics.horizontalAdvance(f"{self._lead}0") + widest / 2 + _BETWEEN
        most = max(2.0, min(size / needed, size / first + 1))
        if not self.is_log:
            return [(1.0, linear_ticks(low, high, most - 1, self._least_spacing))]
        ticks = log_ticks(self.from_view(low), self.from_view(high), most)
        if self._least_spacing:
            ticks = [tick for tick in ticks if tick == round(tick)]
        return [(1.0, [math.log10(tick) for tick in ticks])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        texts = [self._write(self.from_view(value)) for value in values]
        if self._lead and (named := next(filter(None, texts), "")):
            texts[texts.index(named)] = self._lead + named
        return texts

    def widest_text(self) -> float:
        """Return the width of the widest text of the current range."""
        low, high = self.range
        # Its own size follows that of the box.
        ticks = self.tickValues(low, high, self.linkedView().height())[0][1]
        texts = self.tickStrings(ticks, 1.0, 1.0)
        return max((self._metrics.horizontalAdvance(text) for text in texts), default=0.0)

    @property
    def text_height(self) -> float:
        """The height of a tick's text, in pixels."""
        return self._metrics.height()

    @property
    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.style["tickFont"] or QFont())


def _in_pixel(point: QPointF, device: QTransform, wide: int) -> QPointF:
    """Return the point in the middle of this many whole pixels of a device that is nearest."""
    # By hand: with QTransform.map the axes take twice as long.
    ratio, dx, dy, shift = device.m11(), device.dx(), device.dy(), wide / 2
    x = round(point.x() * ratio + dx - shift) + shift
    y = round(point.y() * ratio + dy - shift) + shift
    return QPointF((x - dx) / ratio, (y - dy) / ratio)


def _above(value: float) -> float:
    return round_above(min(max(value, 1e-300), _LARGEST), FINE)


def step_text(value: float) -> str:
    """Return the text of a step; empty between whole ones."""
    return numerals.whole(value) if abs(value - round(value)) < 1e-6 * max(1, value) else ""
