"""A line of text that ends in an ellipsis if it does not fit."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from xorviz.ui.guard import guarded
from xorviz.ui.plain import plain
from xorviz.ui.theme.style import bold


@guarded
class ElidedLabel(QLabel):
    """A QLabel of plain text that elides what it paints; its text() is always the whole text.

    That is also its tool tip while it is cut off, unless it has another one.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
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
