"""Opens networks of the lab as the current run."""

import math

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core import numerals
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.window.document.document import Document

_SAME = 1e-3
"""Relative tolerance of losses that count as equal."""


class OpenFromLab(QObject):
    """Opens networks of the lab as the current run, and notices if the loss differs there.

    With NumPy the lab sums in another order than the current run. In most recipes only the last
    bits differ; in unstable ones the difference grows until it decides the outcome.
    """

    noticed = Signal(str)

    def __init__(self, session: TrainingSession, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document = session, document
        self._awaited: tuple[RunConfig, int, float] | None = None
        """A network being trained to a step, the step, and its loss there in the lab."""
        session.snapshot_arrived.connect(self._compare)

    def open(self, config: RunConfig, step: int, loss: float) -> None:
        """Open a network alone, and train it to a step in slices; ``loss`` is the lab's there."""
        if self._document.refuses(config):
            return
        name, self._awaited = f"Seed {config.seed}", None
        self._document.open_alone(Record(config), f"seed {config.seed}")
        if step:
            self._session.step(step)
            self._awaited = config, step, loss
            self._notice(f"Opening {name.lower()} at step {numerals.whole(step)}.")
        else:
            self._notice(f"{name} is open, untrained at step 0.")

    @Slot(object)
    def _compare(self, seen: Snapshot) -> None:
        """Tell that the network has come to its step, and whether the loss differs there."""
        if self._awaited is None:
            return
        config, step, loss = self._awaited
        is_given_up = self._session.activity is Activity.PAUSED
        if seen.config != config or seen.step >= step or is_given_up:
            self._awaited = None
        if (seen.config, seen.step) != (config, step):
            return
        name, at = f"Seed {config.seed}", f"at step {numerals.whole(step)}"
        if math.isnan(loss):  # it is not among the seeds shown
            self._notice(f"{name} is open {at}.")
        elif not math.isclose(seen.loss, loss, rel_tol=_SAME):
            here, there = numerals.real(seen.loss), numerals.real(loss)
            self.noticed.emit(
                f"{name} {at}: loss {here} here, {there} in the lab. Rounding decides this run."
            )
        else:
            self._notice(f"{name} is open {at}, as in the lab.")

    def _notice(self, text: str) -> None:
        self.noticed.emit(f"{text} See it in Learn. Undo goes back.")
