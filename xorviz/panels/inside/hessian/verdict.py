"""A heading with paragraphs below it, cut to the available space."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QTextLayout

from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded
from xorviz.ui.theme.style import bold

_GAP = 4
"""Pixels between paragraphs."""


@guarded
class VerdictText(Canvas):
    """Text whose size never depends on its content; the tool tip holds all of it."""

    def __init__(self, lengths: Iterable[int]) -> None:
        """Make room for paragraphs of these numbers of characters, if there is so much."""
        super().__init__(QSize(0, 0), QSize(0, 0))
        self._lengths = tuple(lengths)
        self._heading = self._sentence = ""
        self._quiet: tuple[str, ...] = ()

    def show_text(self, heading: str, sentence: str = "", quiet: tuple[str, ...] = ()) -> None:
        """Show a heading, a sentence, and paragraphs in the quiet colour."""
        self._heading, self._sentence, self._quiet = heading, sentence, quiet
        self.setAccessibleName(". ".join(part for part in (heading, sentence) if part))
        self.setAccessibleDescription(" ".join(quiet))
        self.setToolTip("\n".join(part for part in (heading, sentence, *quiet) if part))
        self.update()

    def _lay_out(self) -> None:
        """Take the height that the paragraphs need at this width, or less."""
        metrics = self.fontMetrics()
        a_line = max(1, int(0.9 * self.width() / max(1, metrics.averageCharWidth())))
        lines = sum(-(-length // a_line) for length in self._lengths)
        self.setMaximumHeight(lines * metrics.lineSpacing() + len(self._lengths) * _GAP)

    def _paint(self, painter: QPainter) -> None:
        paragraphs = [(self._heading, bold(self.font()), self.theme.text)]
        paragraphs.append((self._sentence, self.font(), self.theme.text))
        paragraphs += [(text, self.font(), self.theme.quiet) for text in self._quiet]
        top = 0.0
        for text, font, ink in paragraphs:
            if text:
                painter.setFont(font)
                painter.setPen(QColor(ink))
                top = self._paint_paragraph(painter, text, top) + _GAP

    def _paint_paragraph(self, painter: QPainter, text: str, top: float) -> float:
        """Paint as many lines as fit, eliding the last one; return the bottom of the paragraph."""
        layout, metrics = QTextLayout(text, painter.font()), QFontMetricsF(painter.font())
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.width())
        layout.endLayout()
        for line in map(layout.lineAt, range(layout.lineCount())):
            if top + line.height() > self.height():
                break
            shown = text[line.textStart() : line.textStart() + line.textLength()]
            if top + 2 * line.height() > self.height():
                rest = text[line.textStart() :]
                shown = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width())
                if shown != rest:  # half a number would be another number
                    shown = f"{shown.rpartition(' ')[0]}…"
            painter.drawText(QPointF(0, top + line.ascent()), shown)
            top += line.height()
        return top
