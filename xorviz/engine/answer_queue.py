"""Passes answers on one at a time: the next one only after the pictures of the last are painted."""

from collections import deque

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal, Slot

from xorviz.engine.commands import Answer

_PASSED = QEvent.Type(QEvent.registerEventType())
_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1
_PASSES_TO_PAINT = 2
"""Passes of the event loop: in the first a graphics scene tells its view, in the next it paints.

A timer of no length may fire between the two, and training would then share the interpreter
with painting.
"""


class AfterPainting(QObject):
    """Counts passes of the event loop once it is started."""

    passed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._passes_left = 0

    def start(self) -> None:
        """Begin to count; what is counted already is forgotten."""
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
    """Keeps an answer that comes while it is painting's turn.

    A session has one frame under way at most, so no more than that one ever waits, and the
    answers to what was wished meanwhile.
    """

    passed_on = Signal(object)  # Answer
    painted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Answer] = deque()
        self._is_painting = False
        self._after_painting = AfterPainting(self)
        self._after_painting.passed.connect(self._go_on)

    def begin_painting(self) -> None:
        """Keep what comes until what was changed on the screen until now is painted."""
        self._is_painting = True
        self._after_painting.start()

    @Slot(object)
    def take(self, answer: Answer) -> None:
        """Pass an answer on, now or when it is its turn."""
        self._waiting.append(answer)
        self._pass_on()

    @Slot()
    def _go_on(self) -> None:
        self._is_painting = False
        self.painted.emit()
        self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting and not self._is_painting:
            self.passed_on.emit(self._waiting.popleft())
