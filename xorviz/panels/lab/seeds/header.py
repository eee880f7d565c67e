"""Header of the seeds panel: success rate, uncertainty and recipe."""

from html import escape

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFontInfo, QPainter, QTextDocument

from xorviz.core.numerals import THIN_SPACE
from xorviz.panels.lab.seeds.headline import Headline
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded

_INTERVAL = "95 % interval (Wilson): how far chance may have moved the share of these seeds."
_LARGE, _SMALL = 2.3, 1.4
"""Size of the number relative to the text, in a normal and a small header."""
_BAR, _ABOVE_BAR = 3, 3
"""Height of the progress bar at the bottom, and of the space above it, in pixels."""
_GAP = "\u00a0\u00a0 "
"""Between two texts; a line may break after it."""
_WIDEST = 10_000


@guarded
class SeedHead(Canvas):
    """A headline wrapped to the widget's width. A small one is a line, cut where it wraps.

    Unlike a QLabel it does not lay out the window anew, which costs 10 ms, for another text.
    """

    def __init__(self) -> None:
        super().__init__(QSize(0, 0), QSize(0, 0))
        self.setObjectName("seed_head")
        self.headline: Headline | None = None
        self._page = QTextDocument(self)
        self._page.setDocumentMargin(0)
        self._is_small = False

    def show_headline(self, headline: Headline) -> None:
        if headline != self.headline:
            self.headline = headline
            self.setToolTip(f"{headline.recipe}\n\n{_INTERVAL}")
            self.setAccessibleName(headline.spoken)
            self._write()

    def height_for(self, width: int, is_small: bool) -> int:
        """Become normal or small, and return the height at a width."""
        if is_small != self._is_small:
            self._is_small = is_small
            self._write()
        self._page.setTextWidth(_WIDEST if is_small else width)
        return round(self._page.size().height()) + _ABOVE_BAR + _BAR

    def _paint(self, painter: QPainter) -> None:
        width, bottom = self.width(), self.height() - _BAR
        self._page.setTextWidth(width)
        # Only if need be: drawings misplace what is clipped.
        line = QRectF(0, 0, width, bottom - _ABOVE_BAR) if self._is_small else QRectF()
        self._page.drawContents(painter, line)
        if self.headline is not None and self.headline.progress is not None:
            bar = QRect(0, bottom, width, _BAR)
            painter.fillRect(bar, QColor(self.theme.hairline))
            bar.setWidth(round(width * self.headline.progress))
            painter.fillRect(bar, QColor(self.theme.accent))

    def _recolour(self) -> None:
        self._write()

    def _write(self) -> None:
        """Write the notes beside the number or below it, and the recipe in a line of its own."""
        if (headline := self.headline) is None:
            return
        notes = headline.short_notes if self._is_small else headline.notes
        size = round(QFontInfo(self.font()).pixelSize() * (_SMALL if self._is_small else _LARGE))
        ink, quiet = (f"color:{color}" for color in (self.theme.text, self.theme.quiet))
        texts = [
            f'<b style="{ink}; font-size:{size}px">{_html(headline.number)}</b>',
            f'<b style="{ink}">{_unbroken(headline.word)}</b>',
            *(f'<span style="{quiet}">{_unbroken(note)}</span>' for note in notes),
        ]
        if not self._is_small:
            recipe = _html(headline.recipe).replace(", ", ",\u00a0")  # an interval stays whole
            texts.append(f'<br><span style="{quiet}">{recipe}</span>')
        self._page.setDefaultFont(self.font())
        self._page.setHtml(_GAP.join(texts))
        self.update()


def _html(text: str) -> str:
    return escape(text).replace(THIN_SPACE, "\u00a0")  # else Qt has a plain space for it


def _unbroken(text: str) -> str:
    return _html(text).replace(" ", "\u00a0")
