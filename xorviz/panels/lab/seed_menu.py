"""Context menu of a network of the lab."""

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from xorviz.core import numerals


class SeedMenu(QMenu):
    """Offers to make a network the current run, at step 0 or at its newest step."""

    chosen = Signal(int, bool)  # index of the network, whether at its newest step

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._index = 0
        self._at_start, self._as_it_stands = self.addAction(""), self.addAction("")
        self.triggered.connect(self._choose)

    def open_for(self, index: int, seed: int, step: int, at: QPoint) -> None:
        """Open at a point of the screen."""
        self._index = index
        self._at_start.setText(f"Put seed {numerals.plain(seed)} on the bench at step 0\tEnter")
        text = f"Take it to step {numerals.whole(step)}, where it stands\tShift+Enter"
        self._as_it_stands.setText(text)
        self.popup(at)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self.chosen.emit(self._index, action is self._as_it_stands)
