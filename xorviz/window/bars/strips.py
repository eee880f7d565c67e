"""The strips across the window, and the tabs of the workspaces."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.forms.boxes import column, row


class Strip(QToolBar):
    """A tool bar across the window for one widget, or for some below each other."""

    def __init__(self, *contents: QWidget, space_below: int = 2) -> None:
        super().__init__(contents[-1].accessibleName())
        self.setObjectName(f"{contents[-1].objectName()}_bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        spaced = QWidget()
        spaced.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._column = column(spaced, *contents, margins=(0, 8, 0, space_below), gap=10)
        self.addWidget(spaced)

    def add_above_last(self, widget: QWidget) -> None:
        """Add a widget above the last one."""
        self._column.insertWidget(self._column.count() - 1, widget)


class SideBar(QToolBar):
    """A tool bar at the left of the panels for one widget, hidden at first."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content.accessibleName())
        self.setObjectName(f"{content.objectName()}_bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setOrientation(Qt.Orientation.Vertical)
        content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.addWidget(content)
        self.hide()


class WorkspaceTabs(QWidget):
    """A button for each workspace's action."""

    def __init__(self, actions: Iterable[QAction]) -> None:
        super().__init__()
        self.setObjectName("workspace_tabs")
        self.setAccessibleName("Workspaces")
        buttons = (ToolButton(action=action) for action in actions)
        row(self, *buttons, margins=(0, 0, 0, 0), gap=2)
