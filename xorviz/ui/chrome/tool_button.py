"""A tool button."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QToolButton

from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER


@guarded
class ToolButton(QToolButton):
    """A button of a bar. Enter presses it or opens its menu: the space bar runs and pauses."""

    def __init__(self, name: str = "", *, action: QAction | None = None) -> None:
        """Make a button, for an action if given, after which it is named."""
        super().__init__()
        self.setObjectName(f"{action.objectName()}_button" if action else name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action is not None:
            self.setDefaultAction(action)

    def offer(self, menu: QMenu) -> None:
        """Open a menu when pressed."""
        self.setMenu(menu)
        self.setPopupMode(self.ToolButtonPopupMode.InstantPopup)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif self.menu() is not None:
            self.showMenu()
        else:
            self.click()
