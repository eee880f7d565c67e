"""Buttons of the window. Enter presses them: the space bar runs and pauses."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton

from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, leave_focus


@guarded
class ToolButton(QToolButton):
    """A button of a bar."""

    def __init__(self, name: str = "", *, action: QAction | None = None) -> None:
        """Make a button, for an action if given, after which it is named."""
        super().__init__()
        self.setObjectName(f"{action.objectName()}_button" if action else name)
        leave_focus(self)
        if action is not None:
            self.setDefaultAction(action)

    def offer(self, menu: QMenu, beside: bool = False) -> None:
        """Open a menu when pressed; or beside the button's own action, by an arrow and Down."""
        mode = self.ToolButtonPopupMode
        self.setMenu(menu)
        self.setPopupMode(mode.MenuButtonPopup if beside else mode.InstantPopup)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_beside = self.popupMode() == self.ToolButtonPopupMode.MenuButtonPopup
        if self.menu() is not None and (
            event.key() == Qt.Key.Key_Down if is_beside else event.key() in ENTER
        ):
            self.showMenu()
        elif event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)


class PushButton(QPushButton):
    """A button with a text."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(text, autoDefault=True)
        self.setObjectName(name)
        leave_focus(self)

    def make_primary(self) -> None:
        """Become the main button outside of a dialog; in a dialog Qt chooses one."""
        self.setProperty("primary", True)  # default is each button that has the focus
        self.setDefault(True)


class ActionButton(PushButton):
    """A button that triggers its action; named, enabled and explained as the action is."""

    def __init__(self, action: QAction) -> None:
        super().__init__(f"{action.objectName()}_button")
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show_action)
        self._show_action()

    @Slot()
    def _show_action(self) -> None:
        # Without the menu's mnemonic: the button's key is the action's shortcut.
        self.setText(self._action.text().replace("&", ""))
        self.setAccessibleName(self.text())
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleDescription(self._action.toolTip())
