"""The worker in the training thread."""

import time
import traceback

from PySide6.QtCore import QObject, QThread, Signal, Slot

from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.current_run import CurrentRun, CurrentWatched, current_run
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.engine.commands import Adopt, Advance, Answer, Begin, Command, Failure, Intervene, Seek
from xorviz.engine.pace import BUDGET_SECONDS, FREE_BUDGET_SECONDS
from xorviz.watching.followed_run import followed

_FEWEST_STEPS = 64
"""Taken at once before the clock is read."""

_SEEK_SECONDS = 1.0
"""Longest way to a step that is gone in one command."""
_PIECE_SECONDS, _BREAK_MS = 0.004, 2
"""Of such a way, and the break after it: the window's thread is to be on time."""


class TrainingWorker(QObject):
    """Answers every command exactly once.

    Between commands its thread sleeps and leaves the GIL to the window.
    """

    answered = Signal(object)  # Answer

    def __init__(self) -> None:
        super().__init__()
        self._run: CurrentRun | None = None
        self._speed = 0.0
        """Steps per second when they were measured last, in CPU time of this thread, so that
        waiting for the GIL does not count; 0 before."""

    @Slot(object)
    def execute(self, command: Command) -> None:
        """Carry out a command and emit its answer."""
        # Qt delivers all that is queued before a thread ends.
        if not QThread.currentThread().isInterruptionRequested():
            self.answered.emit(self._answer(command))

    def _answer(self, command: Command) -> Answer:
        try:
            return self._carry_out(command)
        except Exception as error:  # any error must reach the window
            message = f"{type(error).__name__}: {error}"
            return Answer(command, Failure(message, traceback.format_exc()))

    def _carry_out(self, command: Command) -> Answer:
        if isinstance(command, Begin):
            options = (command.run, command.beside, command.kernel, followed, command.parted_at)
            self._run, self._speed = current_run(command.record, command.step, *options), 0.0
        if (run := self._run) is None:
            raise RuntimeError("no run has begun")
        is_stopped = False
        match command:
            case Advance():
                if not kernels.is_ready(run.kernel):  # it cannot be used
                    run.use_kernel(NUMPY)
                    self._speed = 0.0
                seconds = FREE_BUDGET_SECONDS if _is_free(run) else BUDGET_SECONDS
                goal = run.step + command.steps
                is_stopped = self._advance(run, goal, seconds, command.rules)
            case Begin() | Seek():
                run.look()
                self._go_to(run, command.step)
            case Intervene():
                run.intervene(command.changes, command.beside)
            case Adopt() if isinstance(run, CurrentWatched):
                run.adopt(command.config, command.assumed, command.batch)
        return Answer(command, run.snapshot(), is_stopped)

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
