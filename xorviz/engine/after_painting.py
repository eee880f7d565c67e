"""A signal once the event loop has had time to paint."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

_PASSED = QEvent.Type(QEvent.registerEventType())
_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1
_PASSES_TO_PAINT = 2
"""Passes of the event loop: in the first a graphics scene notifies its view, in the next it paints.

A zero timer may fire between the two, and training would then compete with painting for the GIL.
"""


class AfterPainting(QObject):
    """Signals when the event loop has had time to paint."""

    passed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._passes_left = 0

    def start(self) -> None:
        """Start counting passes from zero."""
        QCoreApplication.removePostedEvents(self, _PASSED.value)
        self._passes_left = _PASSES_TO_PAINT
        self._pass()

    def _pass(self) -> None:
        QCoreApplication.postEvent(self, QEvent(_PASSED), _AFTER_PAINTING)

    def customEvent(self, event: QEvent) -> None:  # noqa: ARG002, N802
        """Count one pass of the event loop."""
        self._passes_left -= 1
        if self._passes_left > 0:
            self._pass()
        else:
            self.passed.emit()
