"""The training thread: commands in, answers out, in order."""

from collections import deque

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from xorviz.engine.answer_queue import AfterPainting, AnswerQueue
from xorviz.engine.commands import Answer, Command, Intervene
from xorviz.engine.ending import end
from xorviz.engine.worker import TrainingWorker


class TrainingThread(QObject):
    """The worker and its thread. Lives in the window's thread."""

    answered = Signal(object, object)  # Command, Answer
    painted = Signal()

    _command_sent = Signal(object)  # Command

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._unanswered: deque[Command] = deque()
        self._is_closed = False
        self._thread = QThread(self)
        self._thread.setObjectName("training")
        self._worker = TrainingWorker()
        self._worker.moveToThread(self._thread)
        self._answers = AnswerQueue(self)
        self._command_sent.connect(self._worker.execute, Qt.ConnectionType.QueuedConnection)
        self._worker.answered.connect(self._answers.take, Qt.ConnectionType.QueuedConnection)
        self._answers.passed_on.connect(self._deliver)
        self._answers.painted.connect(self.painted)
        # After the first painting: the two would compete for the GIL.
        self._first_painting = AfterPainting(self)
        self._first_painting.passed.connect(self._begin)
        self._first_painting.start()

    @property
    def unanswered(self) -> tuple[Command, ...]:
        """Commands without an answer yet, in the order sent."""
        return tuple(self._unanswered)

    @property
    def is_changing(self) -> bool:
        """Whether a change to the run is still unanswered."""
        return any(isinstance(command, Intervene) for command in self._unanswered)

    def send(self, command: Command) -> None:
        """Queue a command."""
        self._unanswered.append(command)
        self._command_sent.emit(command)

    def begin_painting(self) -> None:
        """Hold answers back until the screen is painted; then emit ``painted``."""
        self._answers.begin_painting()

    def close(self) -> None:
        """End the thread; wait at most for the command under way."""
        self._is_closed = True
        end(self._thread)

    @Slot()
    def _begin(self) -> None:
        if not self._is_closed:
            self._thread.start()

    @Slot(object)
    def _deliver(self, answer: Answer) -> None:
        self.answered.emit(self._unanswered.popleft(), answer)
