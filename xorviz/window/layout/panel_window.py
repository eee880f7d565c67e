"""A window with one panel, for a second screen."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xorviz.ui.chrome.panel import Panel
from xorviz.ui.chrome.slot import PanelSlot
from xorviz.ui.guard import guarded
from xorviz.ui.whats_this import WhatsThis

_LEAST = QSize(360, 280)


@guarded
class PanelWindow(QWidget):
    """Holds a panel until it is closed, which puts the panel back.

    A tool window: in any other one the keys of the main window would be dead.
    """

    closed = Signal()

    def __init__(self, panel: Panel, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setObjectName("panel_window")
        self.setWindowTitle(f"{panel.windowTitle()} – xorviz")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        WhatsThis(self)
        size, corner = panel.size().expandedTo(_LEAST), panel.mapToGlobal(panel.rect().topLeft())
        slot = PanelSlot()
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(slot)
        slot.put([panel], panel)
        panel.show()
        self.resize(size)
        self.move(corner)

    def end(self) -> None:
        """Go, without a signal; the panel has another place already."""
        self.closed.disconnect()
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
