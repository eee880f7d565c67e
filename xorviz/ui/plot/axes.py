"""Plot axes, linear or logarithmic, and the texts of their ticks."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from xorviz.core import numerals
from xorviz.ui.guard import guarded

_SMALLEST = 1e-12
"""Lower end of logarithmic axes; smaller values are drawn there."""
_LARGEST = 1e300
"""Upper end of all axes; larger values are drawn there. pyqtgraph's ranges end at 1e307."""

_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@guarded
class StillAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis that repaints its texts only where they are exposed, but always its grid lines.

    Replaying all of pyqtgraph's picture costs up to 0.5 ms at each change of a curve.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self._lines: list[Any] = []
        """(pen, start, end) of each line: one pixel wide, horizontal or vertical."""
        self._texts = QRectF()
        """Bounds of all texts."""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def drawPicture(
        self, p: QPainter, line: Any, ticks: list[Any], texts: list[tuple[QRectF, Any, str]]
    ) -> None:
        super().drawPicture(p, line, ticks, texts)
        self._lines = [line, *ticks]
        self._texts = QRectF()
        for rect, _, _ in texts:
            self._texts |= rect

    def paint(
        self, p: QPainter, opt: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.picture is None or self._texts.intersects(opt.exposedRect):
            super().paint(p, opt, widget)
            return
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        pixel = 1 / p.deviceTransform().m11()
        for pen, start, end in self._lines:
            # The same pixels as drawing a translucent line, at a tenth of the cost.
            left, right = sorted((start.x(), end.x()))
            top, bottom = sorted((start.y(), end.y()))
            rect = QRectF(left, top, right - left + pixel, bottom - top + pixel)
            p.fillRect(rect.translated(-pixel / 2, -pixel / 2), pen.color())


def nice_above(value: float) -> float:
    """Return the next round number at or above a positive value, at most a third above it."""
    value = min(max(value, 1e-300), _LARGEST)
    base = 10.0 ** math.floor(math.log10(value))
    return next(s * base for s in _STEPS if s * base >= value * (1 - 1e-12))


class ScaledAxis(StillAxis):
    """A linear or logarithmic axis. View coordinates are the value, or its log10.

    pyqtgraph's own logarithmic axis has no labels below one decade (pyqtgraph#1505), and its
    log mode turns the automatic range on again.
    """

    def __init__(self, side: str, write: Callable[[float], str], smallest: float) -> None:
        super().__init__(side)
        self._write = write
        self._floor = max(smallest, _SMALLEST)
        self.is_log = False
        self.enableAutoSIPrefix(False)

    def set_log(self, is_log: bool) -> None:
        """Choose the scale."""
        self.is_log = is_log
        self.picture = None
        self.update()

    def to_view(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values in view coordinates."""
        values = np.minimum(values, _LARGEST)
        return np.log10(np.maximum(values, self._floor)) if self.is_log else values

    def from_view(self, position: float) -> float:
        """Return the value at a view coordinate."""
        return float(10.0 ** min(position, 300.0)) if self.is_log else position

    def limits(self) -> tuple[float, float]:
        """Return the limits of panning and zooming, in view coordinates."""
        if self.is_log:
            return math.log10(self._floor) - 1, math.log10(_LARGEST) + 1
        return -0.1 * _LARGEST, _LARGEST

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if not self.is_log:
            return super().tickValues(low, high, size)  # type: ignore[no-any-return]
        if high - low > 3:
            every = max(1, round((high - low) / 6))
            first = math.ceil(low / every) * every
            return [(1.0, [float(d) for d in range(first, math.floor(high) + 1, every)])]
        decades = range(math.floor(low), math.ceil(high) + 1)
        multiples = (1, 2, 5) if high - low > 0.75 else _STEPS[:-1]
        ticks = [d + math.log10(m) for d in decades for m in multiples]
        inside = [t for t in ticks if low - 1e-9 <= t <= high + 1e-9]
        return [(1.0, inside if len(inside) > 1 else _round_ticks(low, high))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        return [self._write(self.from_view(value)) for value in values]


def _round_ticks(low: float, high: float) -> list[float]:
    """Return log10 of evenly spaced round values, for a range too small for other ticks."""
    first, last = 10.0**low, 10.0**high
    step = nice_above((last - first) / 5)
    counts = range(math.ceil(first / step), math.floor(last / step) + 1)
    return [math.log10(count * step) for count in counts]


def step_text(value: float) -> str:
    """Return the text of a step; empty between whole ones."""
    return numerals.whole(value) if abs(value - round(value)) < 1e-6 * max(1, value) else ""


def loss_text(value: float) -> str:
    """Return the text of a loss at a tick."""
    if value == 0 or 1e-4 <= value < 1e5:
        return f"{value:.6g}"
    mantissa, power = numerals.power(value, 5).split("·")
    return f"{mantissa.rstrip('0').rstrip('.')}·{power}"
