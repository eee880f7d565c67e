"""What views have in common that show what takes a while to work out."""

from PySide6.QtCore import QTimer, Signal, Slot

from xorviz.core.analysis.curvature import Question
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView


class AskingView(SnapshotView):
    """Asks about the snapshot that is shown, at its own pace; while it is hidden it asks nothing.

    One question is under way at most, and after its answer comes a rest, so that a costly answer
    slows neither training nor the other views.
    """

    question_asked = Signal(object)  # Question

    def __init__(self, name: str, rest_ms: int) -> None:
        super().__init__(name)
        self._under_way: Question | None = None
        self._is_answered = False
        """Whether the last question that was answered is about what is shown now."""
        self._rest = QTimer(self, singleShot=True, interval=rest_ms)
        self._rest.timeout.connect(self._ask)

    def answer_at_once(self) -> None:
        """Work each answer out right here from now on: for pictures, which nobody waits at."""
        self.question_asked.connect(self._answer)

    @Slot(object)
    def _answer(self, question: Question) -> None:
        self._under_way = None
        self._show_answer(question.answer())

    @Slot(object, object)
    def take_answer(self, question: Question, answer: object) -> None:
        """Show the answer, if it is to this view's question."""
        if question is self._under_way:
            self._under_way = None
            self._rest.start()
            self._show_answer(answer)

    @Slot(object, str)
    def take_failure(self, question: Question, message: str) -> None:
        """Say why there is no answer, if it is this view's question."""
        if question is self._under_way:
            self._under_way = None
            self._rest.start()
            self._show_failure(message)

    def _draw(self, snapshot: Snapshot) -> None:  # noqa: ARG002
        self._is_answered = False
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Ask about what is shown, unless that is done already or it is too early."""
        is_busy = self._under_way is not None or self._rest.isActive()
        if is_busy or self._is_answered or self._snapshot is None or not self.is_seen:
            return
        self._is_answered = True
        self._under_way = self._question(self._snapshot)
        if self._under_way is not None:
            self.question_asked.emit(self._under_way)

    def _question(self, snapshot: Snapshot) -> Question | None:
        """Return what is to be asked about a snapshot, if anything."""
        raise NotImplementedError

    def _show_answer(self, answer: object) -> None:
        """Draw an answer. It may be to an earlier snapshot than the one now shown."""
        raise NotImplementedError

    def _show_failure(self, message: str) -> None:
        """Say that there is no answer, and why."""
        raise NotImplementedError
