"""The training thread: its worker, commands in and answers out, in order, and garbage."""

import gc
import sys
import time
import traceback
from collections import deque
from queue import SimpleQueue

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, QTimer, Signal, Slot

from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.current_run import CurrentRun, CurrentWatched, current_run
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.engine.activity import end
from xorviz.engine.commands import Adopt, Advance, Answer, Begin, Command, Failure, Intervene, Seek
from xorviz.engine.pace import FREE_SECONDS, FULL_SECONDS, LEAST_SECONDS
from xorviz.watching.followed_run import followed

_FEWEST_STEPS = 64
"""Taken at once before the clock is read."""

_SEEK_SECONDS = 1.0
"""Longest way to a step that is gone in one command."""
_PIECE_SECONDS, _BREAK_MS = 0.004, 2
"""Of such a way, and the break after it: the window's thread is to be on time."""


class TrainingWorker:
    """Answers every command."""

    def __init__(self) -> None:
        self._run: CurrentRun | None = None
        self._speed = 0.0
        """Steps per second when they were measured last, in CPU time of this thread, so that
        waiting for the GIL does not count; 0 before."""
        self._trained_at = 0.0
        """When training stopped last."""

    def answer(self, command: Command) -> Answer:
        """Carry out a command."""
        try:
            return self._carry_out(command)
        except Exception as error:  # any error must reach the window
            message = f"{type(error).__name__}: {error}"
            return Answer(command, Failure(message, traceback.format_exc()))

    def _carry_out(self, command: Command) -> Answer:
        if isinstance(command, Begin):
            options = (command.run, command.beside, command.kernel, followed)
            self._run, self._speed = current_run(command.record, command.step, *options), 0.0
        if (run := self._run) is None:
            raise RuntimeError("no run has begun")
        is_stopped = False
        match command:
            case Advance():
                if not kernels.is_ready(run.kernel):  # it cannot be used
                    run.use_kernel(NUMPY)
                    self._speed = 0.0
                goal = run.step + command.steps
                is_stopped = self._advance(run, goal, self._budget(run), command.rules)
            case Begin() | Seek():
                run.look()
                self._go_to(run, command.step)
            case Intervene():
                run.intervene(command.changes, command.beside)
            case Adopt() if isinstance(run, CurrentWatched):
                run.adopt(command.config, command.assumed, command.batch)
        return Answer(command, run.snapshot(), is_stopped)

    def _budget(self, run: CurrentRun) -> float:
        """Return the training time of a frame: what drawing the last one has left of it."""
        if _is_free(run):
            return FREE_SECONDS
        since = time.perf_counter() - self._trained_at
        return max(LEAST_SECONDS, FULL_SECONDS - since)

    def _advance(self, run: CurrentRun, goal: int, seconds: float, rules: StopRules) -> bool:
        """Train a few steps at least, until a step, the time's end or a stop; return if stopped."""
        now = time.perf_counter()
        deadline, is_stopped = now + seconds, False
        block = kernels.kernel_named(run.kernel).block
        while run.step < goal and not is_stopped:
            fitting = max(_FEWEST_STEPS, int(self._speed * (deadline - now)))
            before, start = run.step, time.thread_time()
            n = min(fitting, block - before % block, goal - before)
            is_stopped = run.advance(n, rules)
            if run.step > before:
                self._speed = (run.step - before) / max(time.thread_time() - start, 1e-9)
            now = time.perf_counter()
            if now >= deadline:
                break
        self._trained_at = now
        return is_stopped

    def _go_to(self, run: CurrentRun, step: int) -> None:
        """Display a step; where more than a second of training leads there, one before it.

        Nothing is trained before the kernel is ready, since it would be compiled first.
        """
        left, thread = run.go_to(step), QThread.currentThread()
        goal = run.step + left
        while run.step < goal and kernels.is_ready(run.kernel):
            is_far = 0 < self._speed * _SEEK_SECONDS < goal - run.step
            if is_far or thread.isInterruptionRequested():
                return
            self._advance(run, goal, _PIECE_SECONDS, NEVER)
            if run.step < goal and not _is_free(run):
                QThread.msleep(_BREAK_MS)


def _is_free(run: CurrentRun) -> bool:
    """Return whether a run leaves the GIL to the window while it is trained."""
    return kernels.kernel_named(run.kernel).frees_the_lock


_HAND_OVER_SECONDS = 0.0005
"""GIL switch interval: by Python's own of 5 ms, threads wait for one another half a frame."""

_PASSED = QEvent.Type(QEvent.registerEventType())
_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1
_PASSES_TO_PAINT = 4
"""Passes of the event loop: in the first a graphics scene notifies its view, in the next it paints;
then the same for the views that are drawn once others are painted.

A zero timer may fire between two, and training would then compete with painting for the GIL.
"""

_EVERY_MS = 1000
_FULL_EVERY = 60
"""Every so many collections, one is full."""


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


class TrainingThread(QThread):
    """Has a worker answer each command, in order. Its slots run in the window's thread.

    Between commands it sleeps and leaves the GIL to the window, which alone collects garbage.
    No answer is passed on during painting. A session has at most one frame under way, so only that
    one waits, and the answers to changes made meanwhile.
    """

    answered = Signal(object)  # Answer
    painted = Signal()

    _made = Signal(object)  # Answer, in the thread

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("training")
        self.unanswered: deque[Command] = deque()
        """Commands without an answer yet, in the order sent."""
        self._commands: SimpleQueue[Command | None] = SimpleQueue()
        self._is_closed = False
        sys.setswitchinterval(_HAND_OVER_SECONDS)
        self._worker = TrainingWorker()
        self._made.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._held_back: deque[Answer] = deque()
        self._is_painting = False
        self._passes_left = 0
        # The thread starts after the first painting: the two would compete for the GIL.
        self._await_painting()
        self._garbage = GarbageCollector(self)

    def send(self, command: Command) -> None:
        """Queue a command."""
        self.unanswered.append(command)
        self._commands.put(command)

    def run(self) -> None:
        """Answer commands until the thread is to end; those that still wait have no answer."""
        while (command := self._commands.get()) and not self.isInterruptionRequested():
            self._made.emit(self._worker.answer(command))

    def begin_painting(self) -> None:
        """Hold answers back until the screen is painted; then emit ``painted``."""
        self._is_painting = True
        self._await_painting()

    def close(self) -> None:
        """End the thread; wait at most for the command under way."""
        self._is_closed = True
        self._commands.put(None)
        end(self)
        self._garbage.close()

    @Slot(object)
    def _take(self, answer: Answer) -> None:
        self._held_back.append(answer)
        self._pass_on()

    def _await_painting(self) -> None:
        """Count passes of the event loop from zero."""
        QCoreApplication.removePostedEvents(self, _PASSED.value)
        self._passes_left = _PASSES_TO_PAINT
        self._post_pass()

    def _post_pass(self) -> None:
        QCoreApplication.postEvent(self, QEvent(_PASSED), _AFTER_PAINTING)

    def customEvent(self, event: QEvent) -> None:  # noqa: ARG002, N802
        """Count one pass of the event loop; after the last, the screen is painted."""
        self._passes_left -= 1
        if self._passes_left > 0:
            self._post_pass()
        else:
            self._end_painting()

    def _end_painting(self) -> None:
        if not self._is_closed:
            self.start()  # which does nothing if it runs
        if self._is_painting:
            self._is_painting = False
            self.painted.emit()
        self._pass_on()

    def _pass_on(self) -> None:
        while self._held_back and not self._is_painting:
            self.unanswered.popleft()
            self.answered.emit(self._held_back.popleft())
