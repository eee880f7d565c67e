"""Layout of a landscape: plot area, colour bar and notes."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF

from xorviz.core.analysis.landscape import Landscape
from xorviz.core.analysis.responses import Span
from xorviz.panels.inside.chart import Chart

BAR_WIDTH, BAR_GAP = 10, 14
_WITH_BAR = 340
"""Least width in pixels that shows the colour bar."""
_WITH_NAMES = 110
"""Least height in pixels, without the notes, that shows the names of the axes."""
_TOP, _RIGHT, GAP = 6, 10, 4
_NOTES_SHARE = 0.22
"""Largest share of the height used by notes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot area, and the parts around it."""

    chart: Chart
    has_names: bool
    bar: QRectF
    """Empty if it does not fit."""
    notes: QRectF
    text: str
    """The notes."""

    @classmethod
    def of(
        cls, size: QSizeF, landscape: Landscape, notes: list[str], metrics: QFontMetricsF
    ) -> "Frame":
        """Lay out the parts, with as many of the last notes as fit."""
        across, up = (Span(float(at[0]), float(at[-1])) for at in (landscape.xs, landscape.ys))
        line = metrics.height()
        text, notes_height = fitting(notes, size, metrics)
        has_names = size.height() - notes_height >= _WITH_NAMES
        labels = max(metrics.horizontalAdvance(tick_text(y)) for y in (up.low, up.high))
        left = labels + 2 * GAP + has_names * (line + GAP)
        bottom = notes_height + (1 + has_names) * (line + 1) + 2 * GAP
        has_bar = size.width() >= _WITH_BAR
        bar_labels = metrics.horizontalAdvance("0.0005") + GAP
        right = BAR_GAP + BAR_WIDTH + bar_labels if has_bar else _RIGHT
        area = QRectF(left, _TOP, size.width() - left - right, size.height() - _TOP - bottom)
        bar = QRectF()
        if has_bar:
            bar = QRectF(area.right() + BAR_GAP, _TOP + line, BAR_WIDTH, area.height() - line)
        foot = QRectF(GAP, size.height() - notes_height, size.width() - 2 * GAP, notes_height)
        return cls(Chart(area, across, up), has_names, bar, foot, text)


def fitting(notes: list[str], size: QSizeF, metrics: QFontMetricsF) -> tuple[str, float]:
    """Return as many of the last notes as fit, at least one, and their height."""
    space = QRectF(0, 0, size.width() - 2 * GAP, 1e4)
    heights = [
        (text, metrics.boundingRect(space, int(Qt.TextFlag.TextWordWrap), text).height())
        for text in (" ".join(notes[i:]) for i in range(len(notes)))
    ]
    allowed = _NOTES_SHARE * size.height()
    return next((pair for pair in heights if pair[1] <= allowed), heights[-1])


def tick_text(value: float) -> str:
    """Return the text of a coordinate."""
    return f"{value:.4g}".replace("-", "\u2212")
