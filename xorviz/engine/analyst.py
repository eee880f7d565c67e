"""Slow analyses of networks in a thread of their own."""

import sys
import traceback

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from xorviz.core.analysis.curvature import Question
from xorviz.engine.activity import end


class _AnalysisWorker(QObject):
    """Answers every question exactly once."""

    finished = Signal(object, object, str)  # Question, answer, a failure in one line

    @Slot(object)
    def answer(self, question: Question) -> None:
        """Compute the answer to a question; any error must reach the window."""
        answer, trouble = None, ""
        try:
            answer = question.answer()
        except Exception as error:
            sys.stderr.write(traceback.format_exc())
            trouble = f"{type(error).__name__}: {error}"
        self.finished.emit(question, answer, trouble)


class Analyst(QObject):
    """A queue of questions, answered one at a time; a newer one replaces a waiting one of its kind.

    Lives in the window's thread and does not block it. The thread starts with the first question.
    """

    answered = Signal(object, object)  # Question, answer
    failed = Signal(object, str)  # Question, why, in one line

    _question_sent = Signal(object)  # Question

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[type, Question] = {}
        self._is_busy = self._is_closed = False
        self._thread = QThread(self)
        self._thread.setObjectName("analysis")
        self._worker = _AnalysisWorker()
        self._worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._question_sent.connect(self._worker.answer, queued)
        self._worker.finished.connect(self._deliver, queued)

    @Slot(object)
    def ask(self, question: Question) -> None:
        """Queue a question; it replaces a waiting one of the same kind. After the end, drop it."""
        if self._is_closed:
            return
        self._waiting[type(question)] = question
        self._send_next()

    def close(self) -> None:
        """End the thread; wait at most for the answer under way."""
        self._is_closed = True
        self._waiting.clear()
        end(self._thread)

    def _send_next(self) -> None:
        if self._is_busy or not self._waiting:
            return
        if not self._thread.isRunning():
            self._thread.start()
        self._is_busy = True
        self._question_sent.emit(self._waiting.pop(next(iter(self._waiting))))

    @Slot(object, object, str)
    def _deliver(self, question: Question, answer: object, trouble: str) -> None:
        if trouble:
            self.failed.emit(question, trouble)
        else:
            self.answered.emit(question, answer)
        self._is_busy = False
        self._send_next()
