"""Keys: how actions show them, which ones a focused widget handles first; and the wheel."""

import re
from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QLineEdit, QWidget

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
"""Arrow keys and their directions: (right, down)."""

ZOOM = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
"""Keys that zoom in or out; Equal is Plus without Shift."""

PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
"""Keys that scroll, and by how many pages downwards."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
MOVES = (*ARROWS, *ENDS)
"""The keys that move a slider's knob."""


def is_plain(event: QKeyEvent) -> bool:
    """Return whether a key was pressed without Shift, Control or Alt."""
    return not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


def is_letter(key: str) -> bool:
    """Return whether a key, as QKeySequence writes it, is a letter, a digit or a sign alone."""
    return len(key) == 1


def is_for_fields(key: str) -> bool:
    """Return whether a key, as QKeySequence writes it, is of use in a field, a table or a list."""
    return is_letter(key) or key in {"Space", "Left", "Right", "Home", "End"}


def written(*keys: QKeySequence | str) -> str:
    """Return keys as the desktop writes them."""
    form = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(key).toString(form) for key in keys)


def plain_text(action: QAction) -> str:
    """Return an action's text without the marks of a menu."""
    return re.sub("&(.)", r"\1", action.text().partition("\t")[0])


def allow(action: QAction, why_not: str = "") -> None:
    """Enable an action, or disable it for a reason, which its tips then say."""
    action.setEnabled(not why_not)
    if why_not != reason_against(action):
        action.setProperty("why_not", why_not)
        explain_action(action)


def reason_against(action: QAction) -> str:
    """Return why an action is disabled."""
    return str(action.property("why_not") or "")


def explain_action(action: QAction, tip: str = "") -> None:
    """Say in an action's tips what it does, if that is new, or why it is disabled; and its key."""
    about = tip or action.property("about") or plain_text(action)
    action.setProperty("about", about)
    tip = reason_against(action) or about
    action.setStatusTip(tip)
    key = written(action.shortcut())
    action.setToolTip(f"{tip} ({key})" if key else tip)
    about = f"{tip.removesuffix('.')}."
    action.setWhatsThis(f"{about} Key: {key}." if key else about)


def explained_action(parent: QObject, text: str, tip: str, name: str = "", *keys: str) -> QAction:
    """Return an action with a tip, a name and the keys that trigger it."""
    action = QAction(text, parent)
    action.setObjectName(name)
    action.setShortcuts([QKeySequence(key) for key in keys if key])
    action.triggered.connect(end_typing)  # before all that it does
    explain_action(action, tip)
    return action


def end_typing() -> None:
    """Let what is being typed count, as after Enter."""
    field = QApplication.focusWidget()
    if isinstance(field, QAbstractSpinBox):
        field.interpretText()
    elif isinstance(field, QLineEdit):
        field.editingFinished.emit()


def leave_focus(button: QAbstractButton) -> None:
    """Leave the focus in a field at a click, and let what is being typed there count."""
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.pressed.connect(end_typing)


def claims(event: QEvent, keys: Collection[Qt.Key]) -> bool:
    """Accept the shortcut override of these keys, so that they reach the widget."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() not in keys or not is_plain(event):
        return False
    event.accept()
    return True


def turn_with_focus(
    widget: QWidget, event: QWheelEvent, turn: Callable[[QWheelEvent], None]
) -> None:
    """Handle the wheel if a widget has the focus; else leave it to the scroll area around it."""
    if widget.hasFocus():
        turn(event)
    else:
        event.ignore()
