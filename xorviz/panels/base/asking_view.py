"""Base class of the views of an analysis that is computed in the background."""

from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot

from xorviz.core.analysis.curvature import Question
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.ui.guard import paint_failed_again


class AskingView(SnapshotView):
    """Requests an analysis of what it shows; none while it is hidden.

    At most one request is pending, and a pause follows each answer, so that an expensive analysis
    slows neither training nor the other views.
    """

    has_previews = False
    question_asked = Signal(object)  # Question

    def __init__(self, name: str, rest_ms: int) -> None:
        super().__init__(name)
        self._pending: Question | None = None
        self._is_requested = False
        """Whether the snapshot shown needs no further request."""
        self.rest = QTimer(self, singleShot=True, interval=rest_ms)
        self.rest.timeout.connect(self.ask)

    def _question(self, snapshot: Snapshot) -> Question:
        """Return the question to ask about a snapshot."""
        raise NotImplementedError

    def _show_answer(self, question: Any, answer: Any) -> None:
        """Show an answer, perhaps to a question about an earlier snapshot."""
        raise NotImplementedError

    def _show_failure(self, message: str) -> None:
        """Show why there is no answer."""
        raise NotImplementedError

    def answer_at_once(self) -> None:
        """Compute each answer in this thread from now on."""
        self.question_asked.connect(self._answer)

    @Slot(object)
    def _answer(self, question: Question) -> None:
        self._pending = None
        self._show_answer(question, question.answer())

    @Slot(object, object)
    def take_answer(self, question: Question, answer: object) -> None:
        """Show an answer, if it is to the pending question."""
        if self._finish(question):
            self._show_answer(question, answer)

    @Slot(object, str)
    def take_failure(self, question: Question, message: str) -> None:
        """Show why the analysis failed, if it is the pending one."""
        if self._finish(question):
            self._show_failure(message)

    def _finish(self, question: Question) -> bool:
        """End the pending request and begin the pause, if the question is the pending one."""
        if question is not self._pending:
            return False
        self._pending = None
        paint_failed_again()
        self.rest.start()
        return True

    def _draw(self, snapshot: Snapshot) -> None:  # noqa: ARG002
        """Request an analysis of another snapshot, as soon as none is pending."""
        self._is_requested = False
        self.ask()

    @Slot()
    def ask(self) -> None:
        """Request an analysis, if it is needed and none is pending."""
        is_busy = self._pending is not None or self.rest.isActive()
        if is_busy or self._is_requested or not self.is_seen or self._snapshot is None:
            return
        self._is_requested = True
        self._pending = self._question(self._snapshot)
        self.question_asked.emit(self._pending)
