"""Passes answers on one at a time: the next one only after the pictures of the last are painted."""

from collections import deque

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.engine.after_painting import AfterPainting
from xorviz.engine.commands import Answer


class Turns(QObject):
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
