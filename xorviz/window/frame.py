"""The frame of the main window: its size, and what is dropped on it."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow

from xorviz.ui.guard import guarded
from xorviz.window.document.file_dialogs import taken_run_file

DEFAULT_SIZE = QSize(1280, 800)
_OF_SCREEN = 0.85
"""Share of a large screen that the first window takes."""
_MARGIN = 10


@guarded
class WindowFrame(QMainWindow):
    """A main window that tells of new sizes and of run files dropped on it."""

    resized = Signal()
    file_dropped = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        # Qt's own menu could hide tool bars for good.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(True)
        self.resize(first_size(self.screen().availableSize()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        taken_run_file(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        taken_run_file(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if path := taken_run_file(event):
            self.file_dropped.emit(path)


def first_size(screen: QSize) -> QSize:
    """Return the size of the first window on a screen: larger than the default on a large one."""
    return (screen * _OF_SCREEN).expandedTo(DEFAULT_SIZE).boundedTo(screen)
