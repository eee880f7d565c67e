"""The tabs of the workspaces, and their actions."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from xorviz.panels.registry import Workspace
from xorviz.window.bars.actions import Actions
from xorviz.window.docks.docks import Docks
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
    """Switches the docks to the workspace chosen; checks its action and saves the choice."""

    def __init__(self, docks: Docks, actions: Actions, settings: Settings) -> None:
        super().__init__(docks)
        self._docks, self._actions, self._settings = docks, actions, settings
        actions.workspaces.triggered.connect(self._choose)
        docks.workspace_changed.connect(self._show)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._docks.switch(Workspace(action.data()))

    @Slot(object)
    def _show(self, workspace: Workspace) -> None:
        self._actions[f"workspace_{workspace}"].setChecked(True)
        self._settings.set_choice("workspace", workspace)
