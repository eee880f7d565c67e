"""Keys that a focused widget handles before the window's shortcuts, and the wheel."""

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QWidget

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
"""Arrow keys and their directions: (right, down)."""

ZOOM = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
"""Keys that zoom in or out; Equal is Plus without Shift."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
MOVES = (*ARROWS, *ENDS)
"""The keys that move a slider's knob."""

_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


def is_plain(event: QKeyEvent) -> bool:
    """Tell whether a key was pressed without Shift, Control or Alt."""
    return event.modifiers() in _PLAIN


def is_letter(key: str) -> bool:
    """Tell whether a key, as QKeySequence writes it, is a letter, a digit or a sign by itself."""
    return len(key.removeprefix("Shift+")) == 1


def written(*keys: QKeySequence | str) -> str:
    """Return keys as the desktop writes them."""
    form = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(key).toString(form) for key in keys)


def explain_action(action: QAction, tip: str = "") -> None:
    """Set an action's status tip, if another is given, and its tool tip and What's This from it."""
    tip = tip or action.statusTip() or action.text().replace("&", "")
    action.setStatusTip(tip)
    key = written(action.shortcut())
    action.setToolTip(f"{tip} ({key})" if key else tip)
    about = f"{tip.removesuffix('.')}."
    action.setWhatsThis(f"{about} Key: {key}." if key else about)


def claims(event: QEvent, keys: Collection[Qt.Key]) -> bool:
    """Accept the shortcut override of these keys, so that they reach the widget."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() not in keys or not is_plain(event):
        return False
    event.accept()
    return True


def leaves_to_shortcuts(event: QEvent, characters: str) -> bool:
    """Ignore the shortcut override of a printable key that a field does not accept.

    Qt's text fields claim every printable key, and beep at those they do not accept.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if not event.text().isprintable() or not event.text() or event.text() in characters:
        return False
    event.ignore()
    return True


def turn_with_focus(
    widget: QWidget, event: QWheelEvent, turn: Callable[[QWheelEvent], None]
) -> None:
    """Handle the wheel if a widget has the focus; else leave it to the scroll area around it."""
    if widget.hasFocus():
        turn(event)
    else:
        event.ignore()
