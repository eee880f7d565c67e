"""Which keys a focused widget takes before the window's shortcuts do."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
"""Arrow keys and where they point: (right, down)."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
MOVES = (*ARROWS, *ENDS)
"""All keys that move a slider's knob."""

_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


def is_plain(event: QKeyEvent) -> bool:
    """Tell whether a key was pressed without Shift, Control or Alt."""
    return event.modifiers() in _PLAIN


def claims(event: QEvent, keys: Collection[Qt.Key]) -> bool:
    """Accept the shortcut override of these keys, so that they reach the widget itself."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() not in keys or not is_plain(event):
        return False
    event.accept()
    return True


def claims_arrow(event: QEvent) -> bool:
    """Accept an arrow key's shortcut override, so that the key reaches the widget itself."""
    return claims(event, ARROWS)


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
