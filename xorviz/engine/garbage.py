"""Garbage collection in the window's thread only.

Python's cyclic collector runs in whichever thread happens to allocate. A widget or a graphics
item that it frees in the training thread takes the process with it.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 1000
_FULL_EVERY = 60
"""Every so many collections, one is full, which takes about 30 ms."""


class GarbageCollector(QObject):
    """Replaces Python's automatic collection until closed. Lives in the window's thread."""

    _living = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rounds = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()
        GarbageCollector._living += 1
        gc.disable()

    def close(self) -> None:
        """Restore automatic collection once the last collector is closed."""
        if self._timer.isActive():
            self._timer.stop()
            GarbageCollector._living -= 1
            if GarbageCollector._living == 0:
                gc.enable()

    @Slot()
    def _collect(self) -> None:
        self._rounds += 1
        gc.collect(2 if self._rounds % _FULL_EVERY == 0 else 1)
