"""Texts of a panel: a line that elides, and a page that may be replaced while it is read."""

import math
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QTextBrowser

from xorviz.ui.guard import guarded
from xorviz.ui.said import plain
from xorviz.ui.theme.style import bold


def styled(tag: str, style: str, text: str) -> str:
    """Return an element of HTML with a plain text."""
    # Without pre-wrap, Qt's HTML turns thin spaces into plain, breakable ones.
    return f'<{tag} style="{style}; white-space:pre-wrap">{escape(text)}</{tag}>'


@guarded
class ElidedLabel(QLabel):
    """A QLabel of plain text that elides what it paints; its text() is always the whole text.

    That is also its tool tip while it is cut off, unless it has another one.
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
            painter.drawText(space, self.alignment(), shown)
            space.setLeft(space.left() + metrics.horizontalAdvance(part))
        painter.end()
        if self.toolTip() == self._tip:
            self._tip = plain(self.text()) if space.width() < 0 else ""
            self.setToolTip(self._tip)


class SteadyText(QTextBrowser):
    """Rich text that keeps its scroll position and selection when it is replaced."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self._written = ""

    def write(self, page: str) -> None:
        """Show a page of HTML."""
        if page == self._written:
            return
        self._written = page
        scrolled, before = self.verticalScrollBar().value(), self.textCursor()
        anchor, end = before.anchor(), before.position()
        self.setHtml(page)
        longest = self.document().characterCount() - 1
        after = self.textCursor()
        after.setPosition(min(anchor, longest))
        after.setPosition(min(end, longest), after.MoveMode.KeepAnchor)
        self.setTextCursor(after)
        self.verticalScrollBar().setValue(scrolled)

    def height_at(self, width: int) -> int:
        """Return the height in pixels that shows all of the page at a width."""
        document = self.document().clone()
        document.setTextWidth(width)
        return math.ceil(document.size().height()) + 1
