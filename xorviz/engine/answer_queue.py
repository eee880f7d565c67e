"""A queue that holds answers back until painting is done."""

from collections import deque

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal, Slot

from xorviz.engine.commands import Answer

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


class AnswerQueue(QObject):
    """Passes answers on in order, but none during painting.

    A session has at most one frame under way, so only that one waits, and the answers to changes
    made meanwhile.
    """

    passed_on = Signal(object)  # Answer
    painted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Answer] = deque()
        self._is_painting = False
        self._after_painting = AfterPainting(self)
        self._after_painting.passed.connect(self._end_painting)

    def begin_painting(self) -> None:
        """Hold answers back until the changes on the screen are painted."""
        self._is_painting = True
        self._after_painting.start()

    @Slot(object)
    def take(self, answer: Answer) -> None:
        """Pass an answer on, now or after painting."""
        self._waiting.append(answer)
        self._pass_on()

    @Slot()
    def _end_painting(self) -> None:
        self._is_painting = False
        self.painted.emit()
        self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting and not self._is_painting:
            self.passed_on.emit(self._waiting.popleft())
