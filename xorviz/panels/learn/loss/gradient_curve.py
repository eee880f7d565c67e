"""The curve of the gradient norm over a run."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.runs.trace import Trace
from xorviz.panels.curves.run_curves import paint_curve
from xorviz.panels.curves.step_scale import StepScale
from xorviz.ui.plot.axes import loss_text
from xorviz.ui.plot.ticks import round_above, round_below
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold

NAME = "Gradient norm"

_SMALLEST = 1e-12
"""Lower end of the axis; smaller norms are drawn there."""
_ALIGNED = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class GradientCurve:
    """Curves on a logarithmic axis of at least one decade, with round ends."""

    def __init__(self) -> None:
        self._traces: Sequence[Trace] = ()
        self.ends: tuple[float, float] | None = None
        """The lowest and the highest norm of the axis; None if no norm is known."""

    def show(self, *traces: Trace) -> None:
        """Set the runs to paint."""
        self._traces = traces
        norms = np.concatenate([trace.gradient_norms for trace in traces] or [np.empty(0)])
        known = norms[np.isfinite(norms)].clip(_SMALLEST, 1e300)
        self.ends = _round_ends(float(known.min()), float(known.max())) if len(known) else None

    def ticks(self, height: float, line: float) -> list[float]:
        """Return the norms to label: both ends, and as many decades between as fit."""
        if self.ends is None:
            return []
        low, high = self.ends
        decades = range(math.ceil(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9))
        per_decade = height / (math.log10(high) - math.log10(low))
        every = max(1, math.ceil(1.3 * line / per_decade))
        space = 1.2 * line / per_decade
        inner = [
            10.0**d
            for d in decades
            if d % every == 0 and d - math.log10(low) >= space and math.log10(high) - d >= space
        ]
        return [low, *inner, high]

    def label_width(self, metrics: QFontMetricsF) -> float:
        """Return the width of the axis labels."""
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
        """Paint the axis and the curves, the first one on top."""
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
            rect = QRectF(0, y - line / 2, area.left() - 6, line)
            painter.drawText(rect, _ALIGNED, loss_text(tick))
        if not ticks:
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "not known of this run")


def paint_heading(
    painter: QPainter, rect: QRectF, norm: float, at: int | None, theme: Theme
) -> None:
    """Paint the curve's name, and at the right the norm, with its step if it fits."""
    font = painter.font()
    painter.setFont(bold(font))
    painter.setPen(QColor(theme.text))
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, NAME)
    rest = rect.adjusted(QFontMetricsF(bold(font)).horizontalAdvance(NAME) + 8, 0, 0, 0)
    painter.setFont(font)
    painter.setPen(QColor(theme.quiet))
    short = norm_text(norm)
    text = short if at is None else f"{short} at {numerals.whole(at)}"
    fits = QFontMetricsF(font).horizontalAdvance(text) <= rest.width()
    painter.drawText(rest, _ALIGNED, text if fits else short)


def norm_of(gradient: Weights) -> float:
    """Return the Euclidean norm of a gradient."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum((part**2).sum() for part in gradient.arrays())))


def norm_text(norm: float) -> str:
    """Return the text of a gradient norm."""
    return "not known" if math.isnan(norm) else numerals.real(norm, 3)


def _round_ends(lowest: float, highest: float) -> tuple[float, float]:
    """Return round numbers at or outside of these two, at least a decade apart."""
    low, high = round_below(lowest), round_above(highest)
    return (low, high) if high / low > 9.99 else (round_below(high / 10), high)
