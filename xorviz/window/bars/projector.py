"""Projector mode: larger text, thicker lines, fewer panels, and the keys as they are used."""

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMainWindow

from xorviz.ui.keys import plain_text, written
from xorviz.window.bars.appearance import Appearance
from xorviz.window.bars.keys import Keys
from xorviz.window.docks.docks import Docks

SHOWN_MS = 2000
_HEIGHT = 0.92
"""Where the middle of the label is, in heights of the window: over the timeline, not the panels."""


class Projector(QObject):
    """Switches projector mode on and off; the layout and the text are then as before.

    The mode is not saved: a new window starts without it.
    """

    def __init__(
        self, window: QMainWindow, action: QAction, docks: Docks, appearance: Appearance, keys: Keys
    ) -> None:
        super().__init__(window)
        self._window, self._action = window, action
        self._docks, self._appearance = docks, appearance
        self._label = QLabel(window)
        self._label.setObjectName("key_label")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label.hide()
        # It goes without fading: nothing moves, whatever is chosen about motion.
        self._hide_late = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._hide_late.timeout.connect(self._label.hide)
        action.toggled.connect(self._switch)
        keys.used.connect(self._show_key)

    @Slot(bool)
    def _switch(self, is_on: bool) -> None:
        # The layout is always changed with the small text, in which it has to come back.
        if is_on:
            self._docks.show_projector(True)
        self._appearance.project(is_on)
        if not is_on:
            self._docks.show_projector(False)
            self._label.hide()

    @Slot(QAction)
    def _show_key(self, action: QAction) -> None:
        """Show the key of an action that is used, and what it does."""
        key = written(action.shortcut())
        if not self._action.isChecked() or not key:
            return
        self._label.setText(f"{key}: {plain_text(action).removesuffix('…')}")
        self._label.adjustSize()
        size, room = self._label.size(), self._window.size()
        top = round(_HEIGHT * room.height()) - size.height() // 2
        self._label.move((room.width() - size.width()) // 2, top)
        self._label.raise_()
        self._label.show()
        self._hide_late.start()
