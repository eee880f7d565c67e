"""The strips across the window, and the tabs of the workspaces."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QVBoxLayout, QWidget

from xorviz.ui.guard import guarded


@guarded
class Strip(QToolBar):
    """A tool bar across the window for one widget; hides when the widget does."""

    def __init__(self, content: QWidget, space_below: int = 2) -> None:
        super().__init__(content.accessibleName())
        was_hidden = content.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
        self.setObjectName(f"{content.objectName()}_bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addWidget(_spaced(content, space_below))
        content.installEventFilter(self)
        if was_hidden:
            content.hide()
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show and hide with the widget: else Qt leaves an empty bar."""
        if event.type() in {QEvent.Type.HideToParent, QEvent.Type.ShowToParent}:
            self.setVisible(event.type() == QEvent.Type.ShowToParent)
        return super().eventFilter(watched, event)


def _spaced(content: QWidget, below: int) -> QWidget:
    """Return a widget with the space above it that separates panels."""
    spaced = QWidget()
    spaced.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(spaced)
    column.setContentsMargins(0, 8, 0, below)
    column.addWidget(content)
    return spaced


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
