"""Texts of a panel: lines that elide or wrap, and styled pieces of HTML."""

from html import escape

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QLabel

from xorviz.ui.guard import guarded
from xorviz.ui.said import plain
from xorviz.ui.theme.style import bold


def styled(tag: str, style: str, text: str) -> str:
    """Return an element of HTML with a plain text."""
    # Without pre-wrap, Qt's HTML turns thin spaces into plain, breakable ones.
    return f'<{tag} style="{style}; white-space:pre-wrap">{escape(text)}</{tag}>'


_LEAST_SHARE = 0.25
"""Of a text: less of it says nothing."""


@guarded
class ElidedLabel(QLabel):
    """A QLabel of plain text that elides what it paints; its text() is always the whole text.

    That is also its tool tip while it is cut off, unless it has another one. Where too little of it
    would be left, it paints nothing.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text, textFormat=Qt.TextFormat.PlainText)
        self._tip = ""
        """The tool tip that is the text."""
        self.head = ""
        """The beginning of the text that is in bold."""

    @property
    def whole_width(self) -> int:
        """The width that shows the whole text."""
        rest = self.text().removeprefix(self.head)
        parts = (bold(self.font()), self.head), (self.font(), rest)
        return sum(QFontMetrics(font).horizontalAdvance(part) for font, part in parts)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, space = QPainter(self), self.contentsRect()
        rest = self.text().removeprefix(self.head)
        for font, part in ((bold(self.font()), self.head), (self.font(), rest)):
            painter.setFont(font)
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(part, Qt.TextElideMode.ElideRight, max(0, space.width()))
            if self.width() > _LEAST_SHARE * self.whole_width:
                painter.drawText(space, self.alignment(), shown)
            space.setLeft(space.left() + metrics.horizontalAdvance(part))
        painter.end()
        if self.toolTip() == self._tip:
            self._tip = plain(self.text()) if space.width() < 0 else ""
            self.setToolTip(self._tip)


@guarded
class WrappedLabel(ElidedLabel):
    """The same on as many lines as it takes."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, layout = QPainter(self), self.laid_out()
        layout.draw(painter, QPointF(0, (self.height() - layout.boundingRect().height()) / 2))
        painter.end()

    def laid_out(self) -> QTextLayout:
        """Return the text in lines as wide as the label."""
        layout, head = QTextLayout(self.text(), self.font()), QTextLayout.FormatRange()
        head.start, head.length, head.format = 0, len(self.head), QTextCharFormat()
        head.format.setFont(bold(self.font()))
        layout.setFormats([head])
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.width())
            line.setPosition(QPointF(0, top))
            top += line.height()
        layout.endLayout()
        return layout
