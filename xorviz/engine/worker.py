"""Trains in its own thread, one command at a time."""

import time
import traceback
from typing import assert_never

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.kernel import BLOCK
from xorviz.core.trainer import Snapshot, Trainer
from xorviz.engine.commands import Advance, Begin, ChangeSetting, Command, Failure


class TrainingWorker(QObject):
    """Answers every command exactly once, with a Snapshot or a Failure.

    It never runs on its own: between commands its thread sleeps, and the window has the
    interpreter to itself.
    """

    answered = Signal(object)  # Snapshot | Failure

    def __init__(self) -> None:
        super().__init__()
        self._trainer: Trainer | None = None

    @Slot(object)
    def obey(self, command: Command) -> None:
        """Carry out a command and answer it."""
        self.answered.emit(self._answer(command))

    def _answer(self, command: Command) -> Snapshot | Failure:
        try:
            return self._carry_out(command)
        except Exception as error:  # whatever it is, it must reach the window
            message = f"{type(error).__name__}: {error}"
            return Failure(command.run, message, traceback.format_exc())

    def _carry_out(self, command: Command) -> Snapshot:
        if isinstance(command, Begin):
            self._trainer = Trainer(command.config, command.run)
        if self._trainer is None:
            raise RuntimeError("no run has begun")
        match command:
            case Begin():
                pass
            case Advance():
                _advance(self._trainer, command)
            case ChangeSetting():
                self._trainer.change(command.name, command.value)
            case _:  # pragma: no cover
                assert_never(command)
        return self._trainer.snapshot()


def _advance(trainer: Trainer, command: Advance) -> None:
    """Train until the steps or the time are used up, at least for one block, or a rule stops it."""
    deadline = time.perf_counter() + command.seconds
    goal = trainer.step + command.steps
    while trainer.step < goal:
        halt = trainer.advance(min(BLOCK, goal - trainer.step), command.rules)
        if halt is not None or time.perf_counter() >= deadline:
            return
