"""Sizes that follow the size of text."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QWidget

_MOST_OF_SCREEN = 0.9


def in_letters(widget: QWidget, width: int, height: int) -> QSize:
    """Return the size of some characters and lines of a widget's text, in pixels."""
    metrics = widget.fontMetrics()
    return QSize(width * metrics.averageCharWidth(), height * metrics.height())


def open_wide(dialog: QDialog, size: QSize) -> None:
    """Give a dialog a size, at least what it needs and at most what the screen has room for."""
    most = dialog.screen().availableSize() * _MOST_OF_SCREEN
    dialog.resize(size.boundedTo(most).expandedTo(dialog.minimumSizeHint()))
