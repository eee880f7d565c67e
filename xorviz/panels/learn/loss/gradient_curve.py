"""Paints the norm of the gradient all through a run, below another curve of that run."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.runs.trace import Trace
from xorviz.panels.curves.run_curves import paint_curve
from xorviz.panels.curves.step_scale import StepScale
from xorviz.ui.plot.axes import loss_text
from xorviz.ui.plot.ticks import round_above, round_below
from xorviz.ui.theme.palette import Theme

NAME = "Gradient norm"

_SMALLEST = 1e-12
"""Smaller norms, and those of zero, stand at this one."""
_ALIGNED = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class GradientCurve:
    """Curves on a logarithmic axis of at least one decade, whose ends are round numbers."""

    def __init__(self) -> None:
        self._traces: Sequence[Trace] = ()
        self.ends: tuple[float, float] | None = None
        """The lowest and the highest norm of the axis; None where no norm is known."""

    def show(self, *traces: Trace) -> None:
        """Paint the norms of these runs from now on."""
        self._traces = traces
        norms = np.concatenate([trace.gradient_norms for trace in traces] or [np.empty(0)])
        known = norms[np.isfinite(norms)].clip(_SMALLEST, 1e300)
        self.ends = _round_ends(float(known.min()), float(known.max())) if len(known) else None

    def ticks(self, height: float, line: float) -> list[float]:
        """Return the norms to label: both ends, and the decades between them that have room."""
        if self.ends is None:
            return []
        low, high = self.ends
        decades = range(math.ceil(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9))
        per_decade = height / (math.log10(high) - math.log10(low))
        every = max(1, math.ceil(1.3 * line / per_decade))
        room = 1.2 * line / per_decade
        inner = [
            10.0**d
            for d in decades
            if d % every == 0 and d - math.log10(low) >= room and math.log10(high) - d >= room
        ]
        return [low, *inner, high]

    def label_width(self, metrics: QFontMetricsF) -> float:
        """Return how wide the labels of the axis are."""
        texts = [loss_text(end) for end in self.ends or ()]
        return max((metrics.horizontalAdvance(text) for text in texts), default=0.0)

    def y_of(self, norms: Array, area: QRectF) -> Array:
        """Return the pixels of norms (P,)."""
        low, high = self.ends or (_SMALLEST, 1.0)
        share = np.log10(norms.clip(low, high) / low) / math.log10(high / low)
        return np.asarray(area.bottom() - share * area.height())

    def paint(
        self, painter: QPainter, area: QRectF, scale: StepScale, theme: Theme, inks: Sequence[str]
    ) -> None:
        """Paint the axis and the curves, the last one first, each in its ink."""
        self._paint_axis(painter, area, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for trace, ink in reversed([*zip(self._traces, inks, strict=False)]):
            x, y = scale.x_of(trace.steps), self.y_of(trace.gradient_norms, area)
            paint_curve(painter, x, y, area.adjusted(0, -2, 0, 2), ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_axis(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        metrics = QFontMetricsF(painter.font())
        line = metrics.height()
        ticks = self.ticks(area.height(), line)
        heights = self.y_of(np.array(ticks), area).tolist() if ticks else [area.bottom()]
        painter.setPen(QPen(QColor(theme.hairline), 1))
        for y in heights:
            painter.drawLine(QPointF(area.left(), round(y)), QPointF(area.right(), round(y)))
        painter.setPen(QColor(theme.quiet))
        for y, tick in zip(heights, ticks, strict=False):
            room = QRectF(0, y - line / 2, area.left() - 6, line)
            painter.drawText(room, _ALIGNED, loss_text(tick))
        if not ticks:
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "not known of this run")


def paint_heading(
    painter: QPainter, room: QRectF, norm: float, at: int | None, theme: Theme
) -> None:
    """Paint the curve's name, and on the right what it comes to, with its step if there is room."""
    font = painter.font()
    bold = QFont(font)
    bold.setBold(True)
    painter.setFont(bold)
    painter.setPen(QColor(theme.text))
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, NAME)
    rest = room.adjusted(QFontMetricsF(bold).horizontalAdvance(NAME) + 8, 0, 0, 0)
    painter.setFont(font)
    painter.setPen(QColor(theme.quiet))
    short = norm_text(norm)
    text = short if at is None else f"{short} at {numerals.whole(at)}"
    fits = QFontMetricsF(font).horizontalAdvance(text) <= rest.width()
    painter.drawText(rest, _ALIGNED, text if fits else short)


def norm_of(gradient: Weights) -> float:
    """Return the length of a gradient."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum((part**2).sum() for part in gradient.arrays())))


def norm_text(norm: float) -> str:
    """Write a gradient norm."""
    return "not known" if math.isnan(norm) else numerals.real(norm, 3)


def _round_ends(lowest: float, highest: float) -> tuple[float, float]:
    """Return round numbers around these two, at least a decade apart."""
    low, high = round_below(lowest), round_above(highest)
    return (low, high) if high / low > 9.99 else (round_below(high / 10), high)
