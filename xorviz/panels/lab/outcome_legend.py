"""The outcomes of a lab with their marks and counts, in lines that wrap."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from xorviz.core import numerals
from xorviz.panels.lab.outcomes import NOT_YET, OUTCOMES, RIGHT_SO_FAR, paint_mark
from xorviz.ui.theme import fonts
from xorviz.ui.theme.palette import Theme

_MARK, _AFTER_MARK, _BEFORE_COUNT, _BETWEEN = 9.0, 5.0, 4.0, 14.0
"""Pixels: of a mark's side, and between the parts."""
_MORE = "…"


@dataclass(frozen=True, slots=True)
class _Entry:
    """An outcome and where it stands."""

    outcome: str
    count: str
    left: float
    line: int


class OutcomeLegend:
    """What stands below a strip of seeds: every outcome that there is, and how often."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    @property
    def counts(self) -> dict[str, int]:
        """How many seeds have each outcome that there is, as OUTCOMES has them in order."""
        return dict(self._counts)

    def show_codes(self, codes: NDArray[np.uint8]) -> None:
        """Count these outcomes, places in OUTCOMES."""
        found = np.bincount(codes, minlength=len(OUTCOMES)).tolist()
        self._counts = {name: n for name, n in zip(OUTCOMES, found, strict=True) if n}

    @property
    def is_open(self) -> bool:
        """Whether more outcomes may come: some networks go on."""
        return NOT_YET in self._counts or RIGHT_SO_FAR in self._counts

    @property
    def spoken(self) -> str:
        """All of it in one line."""
        return ", ".join(f"{name} {numerals.whole(n)}" for name, n in self._counts.items())

    def lines(self, font: QFont, width: float) -> int:
        """Return how many lines it takes."""
        return 1 + max((entry.line for entry in self._entries(font, width)), default=0)

    def paint(self, painter: QPainter, at: QPointF, width: float, lines: int, theme: Theme) -> None:
        """Paint it below a point, in the painter's font; an ellipsis in place of further lines."""
        metrics = QFontMetricsF(painter.font())
        plain, bold = QFont(painter.font()), fonts.bold(painter.font())
        left, base = at.x(), at.y() + metrics.ascent()
        for entry in self._entries(plain, width):
            if entry.line >= lines:
                painter.drawText(QPointF(left, base), _MORE)
                break
            left, top = at.x() + entry.left, at.y() + entry.line * metrics.height()
            mark = QRectF(left, round(top + (metrics.height() - _MARK) / 2), _MARK, _MARK)
            paint_mark(painter, mark, entry.outcome, theme)
            base, left = top + metrics.ascent(), left + _MARK + _AFTER_MARK
            painter.setPen(QColor(theme.text))
            painter.drawText(QPointF(left, base), entry.outcome)
            left += metrics.horizontalAdvance(entry.outcome) + _BEFORE_COUNT
            painter.setFont(bold)
            painter.drawText(QPointF(left, base), entry.count)
            left += QFontMetricsF(bold).horizontalAdvance(entry.count) + _BEFORE_COUNT
            painter.setFont(plain)

    def _entries(self, font: QFont, width: float) -> list[_Entry]:
        plain, bold = QFontMetricsF(font), QFontMetricsF(fonts.bold(font))
        entries: list[_Entry] = []
        left, line = 0.0, 0
        for outcome, count in self._counts.items():
            text = numerals.whole(count)
            words = plain.horizontalAdvance(outcome) + _BEFORE_COUNT + bold.horizontalAdvance(text)
            room = _MARK + _AFTER_MARK + words
            if left > 0 and left + room > width:
                left, line = 0.0, line + 1
            entries.append(_Entry(outcome, text, left, line))
            left += room + _BETWEEN
        return entries
