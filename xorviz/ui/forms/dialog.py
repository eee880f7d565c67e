"""Dialogs, and sizes that follow the size of text."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from xorviz.ui.keys import end_typing
from xorviz.ui.said import WhatsThis
from xorviz.ui.theme.palette import Theme

_MOST_OF_SCREEN = 0.9


def fixed_font(beside: QWidget) -> QFont:
    """Return the font of code, in the size of a widget's text."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(QFontInfo(beside.font()).pixelSize())
    return font


class Dialog(QDialog):
    """A dialog that is deleted when it is closed."""

    def __init__(self, parent: QWidget, name: str, title: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        WhatsThis(self)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours, in a dialog that paints."""

    def buttons(self, kinds: QDialogButtonBox.StandardButton) -> QDialogButtonBox:
        """Return buttons that accept and close the dialog."""
        box = QDialogButtonBox(kinds)
        box.clicked.connect(end_typing)  # before what a button does, also by its key
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def open_wide(self, width: int, height: int, beside: int = 0) -> None:
        """Take a size in characters and lines, and pixels beside them.

        It is at least what the dialog needs and at most what the screen has room for.
        """
        metrics = self.fontMetrics()
        size = QSize(width * metrics.averageCharWidth() + beside, height * metrics.height())
        most = self.screen().availableSize() * _MOST_OF_SCREEN
        self.resize(size.boundedTo(most).expandedTo(self.minimumSizeHint()))
