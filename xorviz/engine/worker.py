"""The worker in the training thread."""

import time
import traceback

from PySide6.QtCore import QObject, QThread, Signal, Slot

from xorviz.core.kernels import kernels
from xorviz.core.runs.current_run import CurrentRun, CurrentWatched
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER
from xorviz.engine.commands import (
    Adopt,
    Advance,
    Answer,
    Begin,
    Command,
    Failure,
    Intervene,
    Look,
    Seek,
    UseKernel,
)
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
        self._rate = _StepRate()

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
            return Failure(command.run, message, traceback.format_exc())

    def _carry_out(self, command: Command) -> Snapshot:
        if isinstance(command, Begin):
            options = (command.run, command.beside, command.kernel, followed, command.parted_at)
            self._run = CurrentRun(command.record, command.step, *options)
            self._rate = _StepRate()
        if (run := self._run) is None:
            raise RuntimeError("no run has begun")
        match command:
            case Advance():
                _advance(run, command, self._rate)
            case Begin() | Seek():
                _go_to(run, command.step, self._rate)
            case Intervene():
                run.intervene(command.changes, command.beside)
            case Look():
                run.look()
            case Adopt() if isinstance(run, CurrentWatched):
                run.adopt(command.config, command.assumed)
            case UseKernel():
                self._run = run = run.taken_over(command.kernel)
                self._rate = _StepRate()
        return run.snapshot()


class _StepRate:
    """Estimates how many steps fit into a time, from the last measurement.

    Steps are measured in CPU time of this thread, so waiting for the GIL does not count.
    """

    def __init__(self) -> None:
        self._steps_per_second = 0.0

    def fitting(self, seconds: float, most: int) -> int:
        """Return how many steps to take at once: up to ``most``, fewer if time is short."""
        steps = self._steps_per_second * seconds if self._steps_per_second else 0
        return int(min(most, max(_FEWEST_STEPS, steps)))  # the seconds may be infinite

    def seconds_for(self, steps: int) -> float:
        """Return how long steps take; nothing before the first measurement."""
        return steps / self._steps_per_second if self._steps_per_second else 0.0

    def measure(self, steps: int, seconds: float) -> None:
        """Update the estimate, if any steps were taken."""
        if steps:
            self._steps_per_second = steps / max(seconds, 1e-9)


def _advance(run: CurrentRun, command: Advance, rate: _StepRate) -> None:
    """Train at least a few steps, until the steps or the time run out or a rule stops it."""
    now = time.perf_counter()
    deadline, goal = now + command.seconds, run.step + command.steps
    block = kernels.kernel_named(run.kernel).block
    while run.step < goal:
        to_boundary = block - run.step % block
        n = min(rate.fitting(deadline - now, to_boundary), goal - run.step)
        before, start = run.step, time.thread_time()
        is_stopped = run.advance(n, command.rules)
        rate.measure(run.step - before, time.thread_time() - start)
        now = time.perf_counter()
        if is_stopped or now >= deadline:
            return


def _go_to(run: CurrentRun, step: int, rate: _StepRate) -> None:
    """Display a step; where more than a second of training leads there, one before it.

    Nothing is trained before the kernel is ready, since it would be compiled first.
    """
    left, thread = run.go_to(step), QThread.currentThread()
    while left and kernels.is_ready(run.kernel) and not thread.isInterruptionRequested():
        if rate.seconds_for(left) > _SEEK_SECONDS:
            return
        before = run.step
        _advance(run, Advance(0, left, _PIECE_SECONDS, NEVER), rate)
        left -= run.step - before
        if left and not kernels.kernel_named(run.kernel).frees_the_lock:
            QThread.msleep(_BREAK_MS)
