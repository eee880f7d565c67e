"""The files that were open last, as a menu."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from xorviz.window.document.settings import Settings


class RecentFiles(QObject):
    """Remembers files from one start to the next, the newest first."""

    chosen = Signal(object)  # Path

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self.menu = QMenu("Open &recent", window)
        self.menu.aboutToShow.connect(self._fill)
        self.menu.triggered.connect(self._choose)

    @property
    def folder(self) -> Path:
        """The folder of the newest file."""
        recent = self._settings.recent()
        return recent[0].parent if recent else Path.home()

    def remember(self, path: Path) -> None:
        """Put a file first."""
        others = [other for other in self._settings.recent() if other != path]
        self._settings.set_recent([path, *others])

    @Slot()
    def _fill(self) -> None:
        self.menu.clear()
        recent = self._settings.recent()
        names = [path.name for path in recent]
        for path in recent:
            text = path.name if names.count(path.name) == 1 else f"{path.name} in {path.parent}"
            action = self.menu.addAction(text.replace("&", "&&"))
            action.setData(path)
            action.setStatusTip(str(path))
        if not recent:
            self.menu.addAction("No files yet").setEnabled(False)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if action.data():
            self.chosen.emit(action.data())
