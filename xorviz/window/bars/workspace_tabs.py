"""The names of the workspaces, one of which is shown."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget


class WorkspaceTabs(QWidget):
    """A button for each workspace's action."""

    def __init__(self, actions: Iterable[QAction]) -> None:
        super().__init__()
        self.setObjectName("workspace_tabs")
        self.setAccessibleName("Workspaces")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
