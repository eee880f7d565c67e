"""Asks widgets about the focus without harm.

PySide6 takes the widget that focusProxy, focusWidget and nextInFocusChain return for a child of the
one that is asked: once that is deleted, or no one refers to it, the returned one counts as deleted
too, and its overrides end the process.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def has_focus_proxy(widget: QWidget) -> bool:
    """Return whether another widget takes the focus in place of this one."""
    return _kept(widget.focusProxy()) is not None


def focus_of(window: QWidget) -> QWidget | None:
    """Return the widget in a window that has the focus, or gets it with the window."""
    return _kept(window.focusWidget())


def _kept(found: QWidget | None) -> QWidget | None:
    """Return a widget, for PySide6 again a child of its own parent.

    So are all around it: no one refers to what Qt itself put between, as around scroll bars.
    """
    part = found
    while part is not None:
        around = part.parentWidget()
        part.setParent(around)  # none around a window, which the chain leads through, too
        part = around
    return found


def keep_near(before: QWidget, focused: QWidget) -> None:
    """Move the focus from a widget that is disabled or hidden to the nearest one around it.

    Qt moves it to the next one by Tab, which may be what closes a panel or a dialog.
    """
    if before.window() is not focused.window() or (before.isVisible() and before.isEnabled()):
        return
    around: QWidget | None = before
    while around is not None and not (around.isWindow() or _takes_focus(around)):
        around = around.parentWidget()
    if around is not None:
        around.setFocus()


def _takes_focus(widget: QWidget) -> bool:
    is_usable = widget.isVisible() and widget.isEnabled() and not has_focus_proxy(widget)
    return is_usable and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
