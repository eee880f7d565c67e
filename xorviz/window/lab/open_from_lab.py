"""Opens networks of the lab as the current run."""

import math

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.runs.snapshot import Snapshot
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
        """Open a network and train it to a step; ``loss`` is the lab's there, or NaN."""
        self._session.pause()
        self._document.restart(config, f"seed {config.seed}")
        self._awaited = None
        if step:
            self._session.step(step)
            self._awaited = config, step, loss
        self.noticed.emit(f"Seed {config.seed} is on the bench. Ctrl+1 shows it, Ctrl+Z undoes it.")

    @Slot(object)
    def _compare(self, seen: Snapshot) -> None:
        """Give notice if the network's loss differs from the lab's."""
        if self._awaited is None or (seen.config, seen.step) != self._awaited[:2]:
            return
        (config, step, loss), self._awaited = self._awaited, None
        if math.isfinite(loss) and not math.isclose(seen.loss, loss, rel_tol=_SAME):
            here, there = numerals.real(seen.loss), numerals.real(loss)
            self.noticed.emit(
                f"Seed {config.seed}: loss {here} here at step {numerals.whole(step)}, {there} in "
                "the lab. Where a recipe leaps about, the last bit decides."
            )
