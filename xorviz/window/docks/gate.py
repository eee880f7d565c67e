"""The gate that every change of the layout goes through: it is shut while the mouse is held."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, cast

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QRubberBand, QWidget

Change = Callable[[], object]

_INTERVAL_MS = 20
_OWN = Qt.FindChildOption.FindDirectChildrenOnly


class LayoutGate(QObject):
    """Makes changes of the layout in their order, as soon as nothing is being dragged.

    QMainWindow keeps a copy of its layout while a panel, a tab or a splitter is dragged. A change
    that comes between leaves that copy with dangling pointers, and the drop ends the process.
    """

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[Change] = []
        self._is_passing = False
        # Neither QMainWindow nor QDockWidget has a signal for the end of a drag.
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._let_through)

    @property
    def is_shut(self) -> bool:
        """Whether a button is held, a panel has the mouse, or the place to drop it is shown."""
        held = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if held or QWidget.mouseGrabber() is not None:
            return True
        # QMainWindow's; there is one at most. To search in all panels would take milliseconds.
        place = self._window.findChild(QRubberBand, options=_OWN)
        return place is not None and place.isVisible()

    def make(self, change: Change) -> None:
        """Make a change after those that wait: now, or when the gate is open again."""
        self._waiting.append(change)
        self._let_through()

    def make_once(self, change: Change) -> None:
        """Make a change unless it waits already."""
        if change not in self._waiting:
            self.make(change)

    @Slot()
    def _let_through(self) -> None:
        if self._is_passing:  # a change has asked for another one
            return
        self._is_passing = True
        try:
            while self._waiting and not self.is_shut:
                self._waiting.pop(0)()
        finally:
            self._is_passing = False
            if not self._waiting:
                self._timer.stop()
            elif not self._timer.isActive():
                self._timer.start()


_Method = TypeVar("_Method", bound=Callable[..., None])


def gated(change: _Method) -> _Method:
    """Make a method that changes the layout wait for the gate of its object."""

    @wraps(change)
    def wait(self: Any, *arguments: Any, **named: Any) -> None:
        self.gate.make(partial(change, self, *arguments, **named))

    return cast("_Method", wait)
