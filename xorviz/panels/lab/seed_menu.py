"""Context menu of a network of the lab."""

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from xorviz.core import numerals


class SeedMenu(QMenu):
    """Offers to make a network the current run, as it is pictured or at step 0."""

    chosen = Signal(int, int)  # index of the network, step

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._index: int | None = None
        """Of the network it was opened for."""
        self._step = 0
        self._as_pictured, self._untrained = self.addAction(""), self.addAction("")
        self.triggered.connect(self._choose)

    def open_for(self, index: int, seed: int, step: int, at: QPoint) -> None:
        """Open at a point of the screen."""
        self._index, self._step = index, step
        name = f"seed {numerals.plain(seed)}"
        self._as_pictured.setText(opening_text(name, step, "Enter"))
        self._untrained.setText(opening_text(name, 0, "Shift+Enter"))
        self._untrained.setVisible(step > 0)
        self.popup(at)

    def let_go(self) -> None:
        """Close: the network is not shown any more."""
        self._index = None
        self.close()

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if self._index is not None:
            self.chosen.emit(self._index, self._step if action is self._as_pictured else 0)


def opening_text(name: str, step: int, key: str) -> str:
    """Return the text of a menu's action that puts a network on the bench at a step."""
    how = f"trained to step {numerals.whole(step)}" if step else "untrained at step 0"
    return f"Put {name} on the bench, {how}" + (f"\t{key}" if key else "")
