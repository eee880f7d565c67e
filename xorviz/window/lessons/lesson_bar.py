"""The bar at the left of the window that a lesson is in."""

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtWidgets import QMainWindow

from xorviz.panels.lesson.lesson_view import LessonView
from xorviz.window.bars.tool_bar import SideBar
from xorviz.window.docks.docks import Docks

_GAP = 8
"""Pixels to the panels, as between those."""


class LessonBar(QObject):
    """Shows the view of a lesson beside the panels, as wide as window and text ask for."""

    def __init__(self, window: QMainWindow, docks: Docks) -> None:
        super().__init__(window)
        self._docks = docks
        self._is_open = False
        self.view = LessonView()
        self._bar = SideBar(self.view)
        self._bar.setContentsMargins(0, 0, _GAP, 0)
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self._bar)
        self._bar.hide()

    def open(self) -> None:
        self._is_open = True
        self.fit()

    def close(self) -> None:
        """Give the room back to the panels."""
        self._is_open = False
        self._docks.show_around(self._bar, QSize(0, 0))

    @Slot()
    def fit(self) -> None:
        """Take as much room as is needed now."""
        if self._is_open:
            width = self.view.sizeHint().width() + _GAP
            self._docks.show_around(self._bar, QSize(width, 0))
