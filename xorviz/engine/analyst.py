"""Slow analyses of networks in a thread of their own."""

import sys
import traceback

from PySide6.QtCore import QObject, QThread, Signal, Slot

from xorviz.core.analysis.curvature import Question
from xorviz.engine.activity import end


class Analyst(QThread):
    """A queue of questions, answered one at a time; a newer one replaces a waiting one of its kind.

    Does not block the window's thread, in which its slots run. Each answer has a thread.
    """

    answered = Signal(object, object)  # Question, answer
    failed = Signal(object, str)  # Question, why, in one line

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("analysis")
        self._waiting: dict[type, Question] = {}
        self._question: Question | None = None  # under way
        self._answer: object = None
        self._trouble = ""
        self._is_closed = False
        self.finished.connect(self._deliver)

    @Slot(object)
    def ask(self, question: Question) -> None:
        """Queue a question; it replaces a waiting one of the same kind. After the end, drop it."""
        if not self._is_closed:
            self._waiting[type(question)] = question
            self._begin_next()

    def close(self) -> None:
        """End the thread; wait at most for the answer under way."""
        self._is_closed = True
        self._waiting.clear()
        end(self)

    def run(self) -> None:
        """Answer the question, in the thread; any error must reach the window."""
        assert self._question is not None
        self._answer, self._trouble = None, ""
        try:
            self._answer = self._question.answer()
        except Exception as error:
            sys.stderr.write(traceback.format_exc())
            self._trouble = f"{type(error).__name__}: {error}"

    def _begin_next(self) -> None:
        if self._question is None and self._waiting:
            self._question = self._waiting.pop(next(iter(self._waiting)))
            self.start()

    @Slot()
    def _deliver(self) -> None:
        question, self._question = self._question, None
        if self._trouble:
            self.failed.emit(question, self._trouble)
        else:
            self.answered.emit(question, self._answer)
        self._begin_next()
