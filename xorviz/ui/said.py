"""Texts as tool tips show them and screen readers say them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtGui import Qt as Text
from PySide6.QtWidgets import QWidget


def plain(text: str) -> str:
    """Return a tool tip or help that shows exactly this text, also where it looks like HTML."""
    if not Text.mightBeRichText(text):
        return text
    return Text.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal)


def announce(widget: QWidget, text: str) -> None:
    """Have screen readers say a text of a widget when they have finished what they say now."""
    if not text:
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
    QAccessible.updateAccessibility(event)
