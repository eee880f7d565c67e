"""Labels whose text is larger than that around them, or bold."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget

from xorviz.ui.theme.style import bold


class SizedLabel(QLabel):
    """Plain text that wraps, at its own share of another font's size."""

    def __init__(self, text: str, size: float = 1.0, is_bold: bool = False) -> None:
        super().__init__(text)
        self._size, self._is_bold = size, is_bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def follow(self, font: QFont) -> None:
        """Take its share of this font's size."""
        own = bold(font) if self._is_bold else QFont(font)
        if font.pointSizeF() > 0:
            own.setPointSizeF(font.pointSizeF() * self._size)
        else:
            own.setPixelSize(round(font.pixelSize() * self._size))
        if own != self.font():
            self.setFont(own)


def size_labels(owner: QWidget) -> None:
    """Let all sized labels in a widget follow its font, which does not reach them by itself."""
    for label in owner.findChildren(SizedLabel):
        label.follow(owner.font())
