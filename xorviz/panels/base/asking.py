"""Base class of the views that show an analysis computed in the background."""

from PySide6.QtCore import QTimer, Signal, Slot

from xorviz.core.analysis.curvature import Question
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.ui.guard import paint_failed_again


class AskingView(SnapshotView):
    """A view that requests an analysis of the snapshot shown; none while it is hidden.

    At most one request is pending, and a pause follows each answer, so that an expensive analysis
    slows neither training nor the other views.
    """

    question_asked = Signal(object)  # Question

    def __init__(self, name: str, rest_ms: int) -> None:
        super().__init__(name)
        self._pending: Question | None = None
        self._is_requested = False
        """Whether the snapshot shown needs no further request."""
        self._rest = QTimer(self, singleShot=True, interval=rest_ms)
        self._rest.timeout.connect(self._ask)

    def answer_at_once(self) -> None:
        """Compute each answer in this thread from now on: for exports."""
        self.question_asked.connect(self._answer)

    @Slot(object)
    def _answer(self, question: Question) -> None:
        self._pending = None
        self._show_answer(question.answer())

    @Slot(object, object)
    def take_answer(self, question: Question, answer: object) -> None:
        """Show an answer, if it is to this view's question."""
        if self._finish(question):
            self._show_answer(answer)

    @Slot(object, str)
    def take_failure(self, question: Question, message: str) -> None:
        """Show why an analysis failed, if it is this view's."""
        if self._finish(question):
            self._show_failure(message)

    def _finish(self, question: Question) -> bool:
        """End the pending request and begin the pause, if the question is this view's."""
        if question is not self._pending:
            return False
        self._pending = None
        paint_failed_again()
        self._rest.start()
        return True

    def _draw(self, snapshot: Snapshot) -> None:  # noqa: ARG002
        self._is_requested = False
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Request an analysis of the snapshot shown, if it is needed and none is pending."""
        is_busy = self._pending is not None or self._rest.isActive()
        if is_busy or self._is_requested or self._snapshot is None or not self.is_seen:
            return
        self._is_requested = True
        self._pending = self._question(self._snapshot)
        if self._pending is not None:
            self.question_asked.emit(self._pending)

    def _question(self, snapshot: Snapshot) -> Question | None:
        """Return the analysis of a snapshot to request, if any."""
        raise NotImplementedError

    def _show_answer(self, answer: object) -> None:
        """Draw an answer. It may be about an earlier snapshot than the one shown now."""
        raise NotImplementedError

    def _show_failure(self, message: str) -> None:
        """Show why the analysis failed."""
        raise NotImplementedError
