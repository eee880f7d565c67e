"""A push button for an action."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton


class ActionButton(QPushButton):
    """A button that triggers its action; named, enabled and explained as the action is."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.setObjectName(f"{action.objectName()}_button")
        self.setAutoDefault(True)  # Enter presses it: the space bar runs and pauses
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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
