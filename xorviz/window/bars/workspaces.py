"""The actions that switch among workspaces: what they do, and which of them is in force."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from xorviz.panels.registry import Workspace
from xorviz.window.bars.actions import Actions
from xorviz.window.docks.docks import Panels
from xorviz.window.document.settings import Settings


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


class Workspaces(QObject):
    """Lets the panels follow the actions, and the actions and the settings the panels."""

    def __init__(self, panels: Panels, actions: Actions, settings: Settings) -> None:
        super().__init__(panels)
        self._panels, self._actions, self._settings = panels, actions, settings
        actions.workspaces.triggered.connect(self._choose)
        panels.workspace_changed.connect(self._show)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._panels.switch(Workspace(action.data()))

    @Slot(object)
    def _show(self, workspace: Workspace) -> None:
        self._actions[f"workspace_{workspace}"].setChecked(True)
        self._settings.set_choice("workspace", workspace)
