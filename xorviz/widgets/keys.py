"""Which keys a focused widget takes before the window's shortcuts do."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
"""Arrow keys and where they point: (right, down)."""

_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


def claims_arrow(event: QEvent) -> bool:
    """Accept an arrow key's shortcut override, so that the key reaches the widget itself."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() not in ARROWS or event.modifiers() not in _PLAIN:
        return False
    event.accept()
    return True


def leaves_to_shortcuts(event: QEvent, characters: str) -> bool:
    """Ignore the shortcut override of a printable key that a field has no use for.

    Qt's text fields claim every printable key, and then beep at those they cannot take.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if not event.text().isprintable() or not event.text() or event.text() in characters:
        return False
    event.ignore()
    return True
