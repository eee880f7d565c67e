"""Trains in its own thread, one command at a time."""

import time
import traceback
from typing import assert_never

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.runs.current_run import CurrentRun
from xorviz.engine.commands import (
    Advance,
    Answer,
    Begin,
    Command,
    Failure,
    Intervene,
    Seek,
    SetWeights,
    Underway,
)

_FEWEST_STEPS = 64
"""Taken before it is asked what time it is."""


class TrainingWorker(QObject):
    """Answers every command exactly once, with a Snapshot, with how far it is, or a Failure.

    It never runs on its own: between commands its thread sleeps, and the window has the
    interpreter to itself.
    """

    answered = Signal(object)  # Answer

    def __init__(self) -> None:
        super().__init__()
        self._bench: CurrentRun | None = None
        self._gait = _Gait()

    @Slot(object)
    def obey(self, command: Command) -> None:
        """Carry out a command and answer it."""
        self.answered.emit(self._answer(command))

    def _answer(self, command: Command) -> Answer:
        try:
            return self._carry_out(command)
        except Exception as error:  # whatever it is, it must reach the window
            message = f"{type(error).__name__}: {error}"
            return Failure(command.run, message, traceback.format_exc())

    def _carry_out(self, command: Command) -> Answer:
        if isinstance(command, Begin):
            self._bench = CurrentRun(
                command.record, command.step, command.run, command.beside, command.kernel
            )
            self._gait = _Gait()
        if self._bench is None:
            raise RuntimeError("no run has begun")
        match command:
            case Begin():
                pass
            case Advance():
                _advance(self._bench, command, self._gait)
            case Seek():
                if left := _approach(self._bench, command, self._gait):
                    return Underway(command.run, left)
                self._bench.go_to(command.step)
            case Intervene():
                self._bench.intervene(command.field, command.value, command.index, command.beside)
            case SetWeights():
                self._bench.set_weights(command.weights)
            case _:  # pragma: no cover
                assert_never(command)
        return self._bench.snapshot()


class _Gait:
    """How many steps fit into a time, as the last ones tell.

    What they cost is the time of this thread: not how long others had Python meanwhile.
    """

    def __init__(self) -> None:
        self._steps_per_second = 0.0

    def fitting(self, seconds: float, most: int) -> int:
        """Return how many steps to take at once: at most so many, and fewer if time is short."""
        steps = self._steps_per_second * seconds if self._steps_per_second else 0
        return int(min(most, max(_FEWEST_STEPS, steps)))  # the seconds may be infinite

    def note(self, steps: int, seconds: float) -> None:
        """Remember what steps that were taken have cost, if there were any."""
        if steps:
            self._steps_per_second = steps / max(seconds, 1e-9)


def _advance(bench: CurrentRun, command: Advance, gait: _Gait) -> None:
    """Go on until the steps or the time are used up, some steps at least, or a rule stops it."""
    now = time.perf_counter()
    deadline, goal = now + command.seconds, bench.step + command.steps
    while bench.step < goal:
        to_boundary = bench.block - bench.step % bench.block
        n = min(gait.fitting(deadline - now, to_boundary), goal - bench.step)
        before, start = bench.step, time.thread_time()
        is_stopped = bench.advance(n, command.rules)
        gait.note(bench.step - before, time.thread_time() - start)
        now = time.perf_counter()
        if is_stopped or now >= deadline:
            return


def _approach(bench: CurrentRun, command: Seek, gait: _Gait) -> int:
    """Train towards a step until it is reached or the time is used up; return what is left."""
    now = time.perf_counter()
    deadline = now + command.seconds
    while True:
        n, start = gait.fitting(deadline - now, bench.block), time.thread_time()
        left = bench.approach(command.step, n)
        if not left:  # and perhaps fewer steps were taken
            return 0
        gait.note(n, time.thread_time() - start)
        now = time.perf_counter()
        if now >= deadline:
            return left
