"""Where the loss has been going lately: down, up, or up and down."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xorviz.core.runs.trace import Trace

RECENT = 32
"""Points of the trace that count as recent; a thinned trace ends in single steps too."""

_FEWEST_TURNS = 4


@dataclass(frozen=True, slots=True)
class Trend:
    """The last points of a loss curve, summed up."""

    span: int
    """Steps from the first of these points to the last."""
    first: float
    last: float
    lowest: float
    highest: float
    rises: float
    """All that the loss went up."""
    falls: float
    """All that the loss went down."""
    turns: int
    """How often it changed its direction."""

    @property
    def fall_per_step(self) -> float:
        """How much the loss fell a step, negative where it rose."""
        return (self.first - self.last) / self.span

    @property
    def wavers(self) -> bool:
        """Whether the loss went up about as much as down, again and again."""
        return self.turns >= _FEWEST_TURNS and self.rises > self.falls / 2

    @property
    def swing(self) -> float:
        """How far the loss went up and down, as a share of where it was highest."""
        return (self.highest - self.lowest) / self.highest if self.highest > 0 else 0.0


def trend_until(
    trace: Trace | None, step: int | None, since: int = 0
) -> tuple[int | None, Trend | None]:
    """Return the step that a trace is looked at from, and the trend up to it, where known.

    What came before the step since when nothing was changed by hand is no part of the trend.
    """
    if trace is None or not len(trace.steps):
        return step, None
    end = len(trace.steps)
    if step is None:
        step = int(trace.steps[-1])
    elif step < trace.steps[-1]:
        end = int(np.searchsorted(trace.steps, step, side="right"))
    start = max(end - RECENT, int(np.searchsorted(trace.steps, since)))
    return step, _trend(trace.steps[start:end], trace.losses[start:end])


def _trend(steps: NDArray[np.int64], losses: NDArray[np.float64]) -> Trend | None:
    known = np.isfinite(losses)
    if not known.all():
        steps, losses = steps[known], losses[known]
    if len(steps) < 2:
        return None
    changes = np.diff(losses)
    signs = np.sign(changes[changes != 0])
    first, last = float(losses[0]), float(losses[-1])
    rises = float(changes[changes > 0].sum())
    return Trend(
        span=int(steps[-1] - steps[0]),
        first=first,
        last=last,
        lowest=float(losses.min()),
        highest=float(losses.max()),
        rises=rises,
        falls=first - last + rises,
        turns=int((signs[1:] != signs[:-1]).sum()),
    )
