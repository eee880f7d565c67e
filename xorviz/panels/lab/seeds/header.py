"""Header of the seeds panel: success rate, uncertainty and recipe."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from xorviz.panels.lab.seeds.headline import Headline
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT, Theme
from xorviz.ui.theme.style import bold

_LARGE, _SMALL = 2.3, 1.4
"""Size of the number relative to the text, in a normal and a small header."""
_GAP = 12.0
_BAR = 3.0
"""Height of the progress bar at the bottom."""
_ABOVE_BAR = 3.0
_BELOW = 3.0
"""Pixels between the number's line and the next."""


@dataclass(frozen=True, slots=True)
class _HeaderText:
    at: QPointF
    """Start of its base line."""
    text: str
    font: QFont
    is_quiet: bool


@guarded
class SeedHead(QWidget):
    """A headline wrapped to the widget's width."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("seed_head")
        self.headline: Headline | None = None
        self._theme = LIGHT

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_headline(self, headline: Headline) -> None:
        if headline != self.headline:
            self.headline = headline
            self.setToolTip(headline.recipe)
            self.setAccessibleName(headline.spoken)
            self.update()

    def height_for(self, width: int, is_small: bool) -> int:
        """Return the height at a width; a small header has one line."""
        metrics = QFontMetricsF(self.font())
        texts = self._placed(width, is_small)
        base = max((text.at.y() for text in texts), default=0.0)
        return round(base + metrics.descent() + _ABOVE_BAR + _BAR)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, width = QPainter(self), self.width()
        is_small = self.height() < self.height_for(width, is_small=False)
        for text in self._placed(width, is_small):
            painter.setFont(text.font)
            painter.setPen(QColor(self._theme.quiet if text.is_quiet else self._theme.text))
            metrics = QFontMetricsF(text.font)
            shown = metrics.elidedText(text.text, Qt.TextElideMode.ElideRight, width - text.at.x())
            painter.drawText(text.at, shown)
        if self.headline is not None and self.headline.progress is not None:
            self._paint_progress(painter, self.headline.progress)
        painter.end()

    def _placed(self, width: int, is_small: bool) -> list[_HeaderText]:
        """Return the positioned texts, with notes beside the number or below it.

        A small header has one line, and omits notes that do not fit.
        """
        if self.headline is None:
            return []
        headline, plain = self.headline, self.font()
        number, line = self._bold(_SMALL if is_small else _LARGE), QFontMetricsF(plain).height()
        top = base = QFontMetricsF(number).ascent()
        placed = [_HeaderText(QPointF(0, base), headline.number, number, False)]
        x = QFontMetricsF(number).horizontalAdvance(headline.number) + _GAP
        notes = headline.short_notes if is_small else (*headline.notes, headline.recipe)
        texts = [(headline.word, self._bold(1), False), *((note, plain, True) for note in notes)]
        for text, font, is_quiet in texts:
            needed = QFontMetricsF(font).horizontalAdvance(text)
            is_below = base == top and text == headline.recipe
            if is_quiet and (is_below or x + needed > width):
                if is_small:
                    break
                x, base = 0.0, base + line + (_BELOW if base == top else 0)
            placed.append(_HeaderText(QPointF(x, base), text, font, is_quiet))
            x += needed + _GAP
        return placed

    def _bold(self, scale: float) -> QFont:
        font = bold(self.font())
        font.setPixelSize(round(QFontInfo(self.font()).pixelSize() * scale))
        return font

    def _paint_progress(self, painter: QPainter, progress: float) -> None:
        bar = QRectF(0, self.height() - _BAR, self.width(), _BAR)
        painter.fillRect(bar, QColor(self._theme.hairline))
        bar.setWidth(bar.width() * progress)
        painter.fillRect(bar, QColor(self._theme.accent))
