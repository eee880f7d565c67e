"""Plot axes, linear or logarithmic, and the texts of their ticks."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from xorviz.core import numerals
from xorviz.core.numerals import round_above
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import Theme

_CLOSE = 1e-9
"""Relative difference below which a value counts as a round number."""
FINE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
"""Round numbers at most a third apart."""
_SPACINGS = (1, 2, 2.5, 5, 10)
_SERIES = ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))
"""Round numbers within a decade, dense to sparse."""


def linear_ticks(low: float, high: float, most: float, is_whole: bool = False) -> list[float]:
    """Return evenly spaced round values between two ends: at most this many, about."""
    if not low < high:
        return []
    spacing = round_above((high - low) / max(most, 1), _SPACINGS)
    if is_whole and spacing % 1:  # 2.5, or below 1
        spacing = max(2 * spacing, 1)
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
"""Lengths of dot and gap of grid lines, which are calm so, in widths of the line."""


@guarded
class ScaledAxis(pg.AxisItem):  # type: ignore[misc]
    """A linear or logarithmic axis. View coordinates are the value, or its log10.

    pyqtgraph's own logarithmic axis has no labels below one decade (pyqtgraph#1505), and its
    log mode turns the automatic range on again. Replaying all of its picture costs up to 0.5 ms at
    each change of a curve: here texts are repainted where they are exposed, and lines always.
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
        self._is_whole, self._lead = is_whole, lead
        self._lines: list[Any] = []
        """(pen, start, end) of the axis and of each tick."""
        self._texts = QRectF()
        """Bounds of all texts."""
        self.is_log = False
        self.enableAutoSIPrefix(False)
        self.setStyle(tickAlpha=255, hideOverlappingLabels=False)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def apply_theme(self, theme: Theme) -> None:
        self.setPen(pg.mkPen(theme.rule, width=theme.stroke))
        self.setTextPen(pg.mkPen(theme.quiet))

    def use_font(self, font: QFont) -> None:
        self.setTickFont(QFont(font))
        self.label.setFont(font)
        self.resizeEvent()  # places the label

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
        self._lines, self._texts = [line, *ticks], QRectF()
        for rect, _, text in texts:
            # The first text stays off those of the axis at its left.
            if self._lead and text.startswith(self._lead) and rect.left() < 0:
                rect.moveLeft(0)
            self._texts |= rect
        super().drawPicture(p, (QPen(Qt.PenStyle.NoPen), *line[1:]), [], texts)

    def paint(
        self, p: QPainter, opt: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.picture is None or self._texts.intersects(opt.exposedRect):
            super().paint(p, opt, widget)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for number, (given, start, end) in enumerate(self._lines):
            # In whole pixels of the device: as thick everywhere, at any scale.
            wide = max(1, round(given.widthF() * p.deviceTransform().m11()))
            pen = QPen(given.color(), wide, c=Qt.PenCapStyle.FlatCap)
            pen.setCosmetic(True)
            if number > 0 and self.grid is not False:
                pen.setDashPattern(_DOTS)
            p.setPen(pen)
            p.drawLine(start, end)

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
            return [(1.0, linear_ticks(low, high, most - 1, self._is_whole))]
        ticks = log_ticks(self.from_view(low), self.from_view(high), most)
        if self._is_whole:
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


def _above(value: float) -> float:
    return round_above(min(max(value, 1e-300), _LARGEST), FINE)


def step_text(value: float) -> str:
    """Return the text of a step; empty between whole ones."""
    return numerals.whole(value) if abs(value - round(value)) < 1e-6 * max(1, value) else ""
