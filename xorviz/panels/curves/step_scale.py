"""A step axis for widgets that are painted by hand."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from xorviz.core.arrays import Array
from xorviz.core.runs.trace import Trace
from xorviz.ui.plot.axes import ScaledAxis, step_text
from xorviz.ui.theme.palette import Theme

_BETWEEN = 8.0
"""Pixels between the texts of two ticks."""
_TICK = 3.0
_FURTHEST = 1e9


@dataclass(frozen=True)
class StepScale:
    """A part of a step axis, and the pixels that it covers."""

    axis: ScaledAxis
    low: float
    high: float
    """The ends, in the axis's view coordinates."""
    left: float
    right: float
    """The ends, in pixels."""

    def x_of(self, steps: NDArray[np.int64] | Array) -> Array:
        """Return the pixels of steps (P,)."""
        share = (self.axis.to_view(steps.astype(float)) - self.low) / (self.high - self.low)
        across: Array = self.left + share * (self.right - self.left)
        return across.clip(-_FURTHEST, _FURTHEST)

    def x_at(self, step: float) -> float:
        """Return the pixel of one step."""
        return float(self.x_of(np.array([float(step)]))[0])

    def step_at(self, x: float) -> float:
        """Return the step at a pixel."""
        share = (x - self.left) / max(1.0, self.right - self.left)
        return self.axis.from_view(self.low + share * (self.high - self.low))

    def ticks(self, metrics: QFontMetricsF) -> list[tuple[float, str]]:
        """Return the pixel and the text of each tick, as many as fit."""
        first, last = (self.axis.from_view(end) for end in (self.low, self.high))
        widest = metrics.horizontalAdvance(step_text(round(last)) + " steps") + _BETWEEN
        most = max(2, math.floor((self.right - self.left) / widest))
        if self.axis.is_log:
            steps = _decades(self.low, self.high, most)
        else:
            steps = _multiples(first, last, most)
        found = [(self.x_at(step), step_text(step)) for step in steps]
        named = [(x, text) for x, text in found if text]
        if named:
            x, text = named[-1]
            named[-1] = x, f"{text} steps"
        return named

    def paint_ticks(self, painter: QPainter, bottom: float, theme: Theme, width: float) -> None:
        """Paint ticks below this height, with their texts inside of this width."""
        metrics = QFontMetricsF(painter.font())
        for x, text in self.ticks(metrics):
            painter.setPen(QPen(QColor(theme.hairline), 1))
            painter.drawLine(QPointF(x, bottom), QPointF(x, bottom + _TICK))
            wide = metrics.horizontalAdvance(text) + 1
            left = min(max(x - wide / 2, 0.0), width - wide)
            painter.setPen(QColor(theme.quiet))
            painter.drawText(
                QRectF(left, bottom + _TICK, wide, metrics.height()),
                Qt.AlignmentFlag.AlignCenter,
                text,
            )


def picked_step(under: float, is_log: bool, newest: int) -> int:
    """Return the step to go to for a press at this value on an axis."""
    # A logarithmic axis shows step 0 at step 1: everything to the left of it is step 0.
    step = 0 if under < 1 and is_log else round(under)
    return min(max(step, 0), newest)


def moved_along(trace: Trace, at: float, hundredths: int) -> float:
    """Return a recorded step some hundredths of the curve's points further on."""
    stride = max(1, len(trace.steps) // 100) * hundredths
    index = int(np.searchsorted(trace.steps, trace.nearest(at)[0])) + stride
    return float(trace.steps[np.clip(index, 0, len(trace.steps) - 1)])


def _multiples(first: float, last: float, most: int) -> list[float]:
    """Return evenly spaced round steps: at most this many, and step 0."""
    least = max((last - first) / most, 1e-9)
    base = 10.0 ** math.floor(math.log10(least))
    spacing = max(1.0, next(m * base for m in (1, 2, 2.5, 5, 10) if m * base >= least * 0.999))
    counts = range(math.ceil(first / spacing - 1e-9), math.floor(last / spacing + 1e-9) + 1)
    return [count * spacing for count in counts]


def _decades(low: float, high: float, most: int) -> list[float]:
    """Return powers of ten, or evenly spaced round steps in a range of less than two."""
    whole = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    if len(whole) > 1:
        return [10.0**d for d in whole[:: math.ceil(len(whole) / most)]]
    return _multiples(10.0**low, 10.0**high, most)
