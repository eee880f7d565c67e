"""The frame of the main window: its size, what is dropped on it, and where Tab goes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from xorviz.ui.chrome.panel import is_in_sight
from xorviz.ui.focus import beside_in_chain, focus_of, has_focus_proxy
from xorviz.ui.guard import guarded
from xorviz.window.document.file_dialogs import taken_file

DEFAULT_SIZE = QSize(1280, 800)
_OF_SCREEN = 0.85
"""Share of a large screen that the first window takes."""
_MARGIN = 10


@guarded
class WindowFrame(QMainWindow):
    """A main window that signals new sizes, and opens the files dropped on it."""

    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.openers: dict[str, Callable[[Path], object]] = {}
        """What opens a file that is dropped, by its suffix."""
        self.setObjectName("main_window")
        self.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        # Qt's own menu could hide tool bars for good.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(True)
        self.resize(first_size(self.screen().availableSize()))

    @Slot()
    def toggle_full_screen(self) -> None:
        """Show the window on the whole screen, or as before."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def focusNextPrevChild(self, is_forward: bool) -> bool:
        """Have Tab pass over what lies behind a tab: Qt moves it away, and takes it for visible."""
        reasons = Qt.FocusReason
        start = focus_of(self) or self
        widget = beside_in_chain(start, is_forward)
        while widget is not start:
            if self._takes_tab(widget):
                widget.setFocus(
                    reasons.TabFocusReason if is_forward else reasons.BacktabFocusReason
                )
                return True
            widget = beside_in_chain(widget, is_forward)
        return False

    def _takes_tab(self, widget: QWidget) -> bool:
        """Return whether Tab goes to a widget: its panel, not itself, may be scrolled to."""
        has_policy = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        is_usable = widget.isVisible() and widget.isEnabled() and not has_focus_proxy(widget)
        if not (has_policy and is_usable and widget.window() is self):
            return False
        part = widget
        while (around := part.parentWidget()) is not None and around is not self:
            part = around
        return is_in_sight(part)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        taken_file(event, self.openers)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        taken_file(event, self.openers)

    def dropEvent(self, event: QDropEvent) -> None:
        if path := taken_file(event, self.openers):
            self.openers[path.suffix](path)


def first_size(screen: QSize) -> QSize:
    """Return the size of the first window on a screen: larger than the default on a large one."""
    return (screen * _OF_SCREEN).expandedTo(DEFAULT_SIZE).boundedTo(screen)
