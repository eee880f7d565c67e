"""The worker in the training thread."""

import time
import traceback

from PySide6.QtCore import QObject, QThread, Signal, Slot

from xorviz.core.kernels import kernels
from xorviz.core.runs.current_run import CurrentRun, CurrentWatched
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
    Stop,
    Underway,
    UseKernel,
)
from xorviz.watching.followed_run import followed

_FEWEST_STEPS = 64
"""Taken at once before the clock is read."""


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

    def _carry_out(self, command: Command) -> Answer:
        if isinstance(command, Begin):
            self._begin(command)
        if self._run is None:
            raise RuntimeError("no run has begun")
        return self._go_on(self._run, command)

    def _begin(self, command: Begin) -> None:
        options = (command.run, command.beside, command.kernel, followed)
        self._run = CurrentRun(command.record, command.step, *options)
        self._rate = _StepRate()

    def _go_on(self, run: CurrentRun, command: Command) -> Answer:
        match command:
            case Advance():
                _advance(run, command, self._rate)
            case Seek():
                run.go_to(command.step)
            case Stop():
                run.stop()
            case Intervene():
                run.intervene(command.changes, command.beside)
            case Look():
                run.look()
            case Adopt() if isinstance(run, CurrentWatched):
                run.adopt(command.config, command.assumed)
            case UseKernel():
                self._run = run = run.taken_over(command.kernel)
                self._rate = _StepRate()
        seconds = command.seconds if isinstance(command, Begin | Seek) else 0.0
        if left := _approach(run, seconds, self._rate):
            return Underway(command.run, run.step, left)
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


def _approach(run: CurrentRun, seconds: float, rate: _StepRate) -> int:
    """Train towards the displayed step until it is reached or time runs out; return the steps left.

    Nothing is trained before the kernel is ready, since it would be compiled first.
    """
    if not (left := run.left) or not kernels.is_ready(run.kernel):
        return left
    block = kernels.kernel_named(run.kernel).block
    now = time.perf_counter()
    deadline = now + seconds
    while True:
        n, start = rate.fitting(deadline - now, block), time.thread_time()
        before, left = left, run.approach(run.step, n)
        if not left:  # fewer than n steps may have been taken
            return 0
        rate.measure(min(n, before - left), time.thread_time() - start)
        now = time.perf_counter()
        if now >= deadline:
            return left
