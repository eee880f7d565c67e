"""Fonts made from other fonts."""

from PySide6.QtGui import QFont


def bold(font: QFont) -> QFont:
    """Return the same font, bold."""
    result = QFont(font)
    result.setBold(True)
    return result
