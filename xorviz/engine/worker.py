"""Trains in its own thread, one command at a time."""

import time
import traceback
from typing import assert_never

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.bench import Bench
from xorviz.core.kernel import BLOCK
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


class TrainingWorker(QObject):
    """Answers every command exactly once, with a Snapshot, with how far it is, or a Failure.

    It never runs on its own: between commands its thread sleeps, and the window has the
    interpreter to itself.
    """

    answered = Signal(object)  # Answer

    def __init__(self) -> None:
        super().__init__()
        self._bench: Bench | None = None

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
            self._bench = Bench(command.record, command.step, command.run, command.beside)
        if self._bench is None:
            raise RuntimeError("no run has begun")
        match command:
            case Begin():
                pass
            case Advance():
                _advance(self._bench, command)
            case Seek():
                if left := _approach(self._bench, command):
                    return Underway(command.run, left)
                self._bench.go_to(command.step)
            case Intervene():
                self._bench.intervene(command.field, command.value, command.index, command.beside)
            case SetWeights():
                self._bench.set_weights(command.weights)
            case _:  # pragma: no cover
                assert_never(command)
        return self._bench.snapshot()


def _advance(bench: Bench, command: Advance) -> None:
    """Go on until the steps or the time are used up, at least for one block, or a rule stops it."""
    deadline = time.perf_counter() + command.seconds
    goal = bench.step + command.steps
    while bench.step < goal:
        to_boundary = BLOCK - bench.step % BLOCK
        is_stopped = bench.advance(min(to_boundary, goal - bench.step), command.rules)
        if is_stopped or time.perf_counter() >= deadline:
            return


def _approach(bench: Bench, command: Seek) -> int:
    """Train towards a step until it is reached or the time is used up; return what is left."""
    deadline = time.perf_counter() + command.seconds
    while left := bench.approach(command.step, BLOCK):
        if time.perf_counter() >= deadline:
            return left
    return 0
