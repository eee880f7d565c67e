"""Between the panels of the lab and the bench, where any of its networks can be looked into."""

import math

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.session import TrainingSession
from xorviz.window.document.document import Document

_SAME = 1e-3
"""How near losses are of networks that went the same way, as a share of either."""


class OpenFromLab(QObject):
    """Puts networks of the lab on the bench, and says so where one comes out otherwise there.

    By NumPy the lab adds numbers up in another order than the bench. What that does to the last
    bits stays there in most recipes; in those that leap about it grows, until it decides what
    becomes of a network.
    """

    noticed = Signal(str)

    def __init__(self, session: TrainingSession, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document = session, document
        self._awaited: tuple[RunConfig, int, float] | None = None
        """A network that is on its way to a step, and its loss there in the lab."""
        session.snapshot_arrived.connect(self._compare)

    def put(self, config: RunConfig, step: int, loss: float) -> None:
        """Put a network on the bench at step 0, or take it to a later one, to see it there.

        The loss is the lab's at that step, NaN where it is not known.
        """
        self._session.pause()
        self._document.restart(config, f"seed {config.seed}")
        self._awaited = None
        if step:
            self._session.step(step)
            self._awaited = config, step, loss
        self.noticed.emit(f"Seed {config.seed} is on the bench. Ctrl+1 shows it, Ctrl+Z undoes it.")

    @Slot(object)
    def _compare(self, seen: Snapshot) -> None:
        """Say so if the network that was awaited is not what it was in the lab."""
        if self._awaited is None or (seen.config, seen.step) != self._awaited[:2]:
            return
        (config, step, loss), self._awaited = self._awaited, None
        if math.isfinite(loss) and not math.isclose(seen.loss, loss, rel_tol=_SAME):
            here, there = numerals.real(seen.loss), numerals.real(loss)
            self.noticed.emit(
                f"Seed {config.seed}: loss {here} here at step {numerals.whole(step)}, {there} in "
                "the lab. Where a recipe leaps about, the last bit decides."
            )
