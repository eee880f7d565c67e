"""Requests for an analysis that is computed in the background."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xorviz.core.analysis.curvature import Question
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.ui.guard import paint_failed_again


class Asker(QObject):
    """Requests an analysis of what a view shows; none while the view is hidden.

    At most one request is pending, and a pause follows each answer, so that an expensive analysis
    slows neither training nor the other views.
    """

    question_asked = Signal(object)  # Question
    answered = Signal(object, object)
    """Question and answer. They may be about an earlier snapshot than the one shown now."""
    failed = Signal(str)
    """Why there is no answer."""

    def __init__(
        self, view: SnapshotView, rest_ms: int, question: Callable[[], Question | None]
    ) -> None:
        """Serve a view, with a function that returns the question to ask now, if any."""
        super().__init__(view)
        self._view, self._question = view, question
        self._pending: Question | None = None
        self._is_requested = False
        """Whether the snapshot shown needs no further request."""
        self.rest = QTimer(self, singleShot=True, interval=rest_ms)
        self.rest.timeout.connect(self.ask)

    def answer_at_once(self) -> None:
        """Compute each answer in this thread from now on: for exports."""
        self.question_asked.connect(self._answer)

    @Slot(object)
    def _answer(self, question: Question) -> None:
        self._pending = None
        self.answered.emit(question, question.answer())

    @Slot(object, object)
    def take_answer(self, question: Question, answer: object) -> None:
        """Emit an answer, if it is to the pending question."""
        if self._finish(question):
            self.answered.emit(question, answer)

    @Slot(object, str)
    def take_failure(self, question: Question, message: str) -> None:
        """Emit why the analysis failed, if it is the pending one."""
        if self._finish(question):
            self.failed.emit(message)

    def _finish(self, question: Question) -> bool:
        """End the pending request and begin the pause, if the question is the pending one."""
        if question is not self._pending:
            return False
        self._pending = None
        paint_failed_again()
        self.rest.start()
        return True

    def ask_anew(self) -> None:
        """Request an analysis of another snapshot, as soon as none is pending."""
        self._is_requested = False
        self.ask()

    @Slot()
    def ask(self) -> None:
        """Request an analysis, if it is needed and none is pending."""
        is_busy = self._pending is not None or self.rest.isActive()
        if is_busy or self._is_requested or not self._view.is_seen:
            return
        self._is_requested = True
        self._pending = self._question()
        if self._pending is not None:
            self.question_asked.emit(self._pending)
