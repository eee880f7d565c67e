"""Texts that may hold what a user, a file or a program has named."""

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as Text


def plain(text: str) -> str:
    """Return a tool tip or help that shows exactly this text, also where it looks like HTML."""
    if not Text.mightBeRichText(text):
        return text
    return Text.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal)
