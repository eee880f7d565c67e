"""The training thread: commands in, answers out, in order. Garbage is collected in the window's."""

import gc
import sys
from collections import deque

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, QTimer, Signal, Slot

from xorviz.engine.activity import end
from xorviz.engine.commands import Answer, Command
from xorviz.engine.worker import TrainingWorker

_HAND_OVER_SECONDS = 0.0005
"""GIL switch interval: by Python's own of 5 ms, threads wait for one another half a frame."""

_PASSED = QEvent.Type(QEvent.registerEventType())
_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1
_PASSES_TO_PAINT = 4
"""Passes of the event loop: in the first a graphics scene notifies its view, in the next it paints;
then the same for the views that are drawn once others are painted.

A zero timer may fire between two, and training would then compete with painting for the GIL.
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


_EVERY_MS = 1000
_FULL_EVERY = 60
"""Every so many collections, one is full, which takes about 30 ms."""


class GarbageCollector(QObject):
    """Collects garbage in the window's thread alone, until closed.

    Python's own collector runs in whichever thread happens to allocate, and a widget or a graphics
    item that is freed in the training thread crashes the process.
    """

    _living = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rounds = 0
        self._timer = QTimer(self, interval=_EVERY_MS)
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


class TrainingThread(QObject):
    """The worker and its thread. Lives in the window's thread, which alone collects garbage.

    No answer is passed on during painting. A session has at most one frame under way, so only that
    one waits, and the answers to changes made meanwhile.
    """

    answered = Signal(object)  # Answer
    painted = Signal()

    _command_sent = Signal(object)  # Command

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.unanswered: deque[Command] = deque()
        """Commands without an answer yet, in the order sent."""
        self._is_closed = False
        sys.setswitchinterval(_HAND_OVER_SECONDS)
        self._thread = QThread(self)
        self._thread.setObjectName("training")
        self._worker = TrainingWorker()
        self._worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._command_sent.connect(self._worker.execute, queued)
        self._worker.answered.connect(self._take, queued)
        self._held_back: deque[Answer] = deque()
        self._is_painting = False
        self._after_painting = AfterPainting(self)
        self._after_painting.passed.connect(self._end_painting)
        # The thread starts after the first painting: the two would compete for the GIL.
        self._after_painting.start()
        self._garbage = GarbageCollector(self)

    def send(self, command: Command) -> None:
        """Queue a command."""
        self.unanswered.append(command)
        self._command_sent.emit(command)

    def begin_painting(self) -> None:
        """Hold answers back until the screen is painted; then emit ``painted``."""
        self._is_painting = True
        self._after_painting.start()

    def close(self) -> None:
        """End the thread; wait at most for the command under way."""
        self._is_closed = True
        end(self._thread)
        self._garbage.close()

    @Slot(object)
    def _take(self, answer: Answer) -> None:
        self._held_back.append(answer)
        self._pass_on()

    @Slot()
    def _end_painting(self) -> None:
        if not self._is_closed:
            self._thread.start()  # which does nothing if it runs
        if self._is_painting:
            self._is_painting = False
            self.painted.emit()
        self._pass_on()

    def _pass_on(self) -> None:
        while self._held_back and not self._is_painting:
            self.unanswered.popleft()
            self.answered.emit(self._held_back.popleft())
