"""Rich text in a panel, that may be replaced while it is read."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QTextBrowser


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

    def height_of(self, page: str, width: int) -> int:
        """Return the height in pixels that shows all of a page at a width."""
        document = self.document().clone()
        document.setHtml(page)
        document.setTextWidth(width)
        return math.ceil(document.size().height()) + 1
