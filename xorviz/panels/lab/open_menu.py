"""Menu of a network of the lab: making it the current run."""

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from xorviz.core import numerals
from xorviz.core.config import RunConfig


class OpenMenu(QMenu):
    """Offers to make a network the current run, as it is pictured or at step 0."""

    open_requested = Signal(object, int)  # RunConfig, step

    def __init__(self, parent: QWidget, key: str, key_at_0: str) -> None:
        """Make a menu that names the keys which do the same."""
        super().__init__(parent)
        self._keys = key, key_at_0
        self._as_pictured, self._untrained = self.addAction(""), self.addAction("")
        self._config: RunConfig | None = None
        for action in (self._as_pictured, self._untrained):
            action.triggered.connect(partial(self._open, action))

    def open_at(self, at: QPoint, name: str, config: RunConfig, step: int) -> None:
        """Open at a point of the screen for a network that is pictured at a step."""
        self._config = config
        offers = zip((self._as_pictured, self._untrained), (step, 0), self._keys, strict=True)
        for action, at_step, key in offers:
            action.setText(opening_text(name, at_step, key))
            action.setData(at_step)
        self._untrained.setVisible(step > 0)
        self.popup(at)

    def let_go(self) -> None:
        """Close: the network is not drawn any more."""
        self._config = None
        self.close()

    def _open(self, action: QAction, _checked: bool = False) -> None:
        if self._config is not None:
            self.open_requested.emit(self._config, action.data())


def opening_text(name: str, step: int, key: str) -> str:
    """Return the text of a menu's action that puts a network on the bench at a step."""
    how = f"trained to step {numerals.whole(step)}" if step else "untrained at step 0"
    return f"Put {name} on the bench, {how}" + (f"\t{key}" if key else "")
