"""Recent trend of the loss."""

import numpy as np

from xorviz.core.runs.trace import Trace
from xorviz.core.values import dataclass

RECENT = 32
"""Points of the trace that count as recent; thinned traces end in single steps too."""

_FEWEST_TURNS = 4
"""Changes of direction of a loss that wavers."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A summary of the last points of a loss curve."""

    fall_per_step: float
    """Mean fall of the loss per step, negative where it rose."""
    change: float
    """Change of the loss in the last step, or for each step between the last two points."""
    last: float
    lowest: float
    highest: float
    wavers: bool
    """Whether the loss repeatedly rose about as much as it fell."""
    spike: float
    """The largest rise of a loss that also fell, as a share of its highest value."""

    @property
    def swing(self) -> float:
        """Range of the loss as a share of its maximum."""
        return (self.highest - self.lowest) / self.highest if self.highest > 0 else 0.0


def trend_until(
    trace: Trace | None, step: int | None, since: int = 0
) -> tuple[int | None, Trend | None]:
    """Return the step, by default the last of the trace, and the trend up to it, if known.

    The trend begins at the step since, when the run was last changed by hand.
    """
    if trace is None or not len(trace.steps):
        return step, None
    if step is None:
        step = int(trace.steps[-1])
    end = int(np.searchsorted(trace.steps, step, side="right"))
    start = max(end - RECENT, int(np.searchsorted(trace.steps, since)))
    steps, losses = trace.steps[start:end], trace.losses[start:end]
    known = np.isfinite(losses)
    if not known.all():
        steps, losses = steps[known], losses[known]
    if len(steps) < 2:
        return step, None
    # As shares of the largest loss, differences and sums cannot overflow.
    shares = losses / (np.abs(losses).max() or 1.0)
    changes = np.diff(shares)
    signs = np.sign(changes[changes != 0])
    turns = int((signs[1:] != signs[:-1]).sum())
    rises = changes[changes > 0].sum()
    first, before, last = float(losses[0]), float(losses[-2]), float(losses[-1])
    return step, Trend(
        fall_per_step=(first - last) / int(steps[-1] - steps[0]),
        change=(last - before) / int(steps[-1] - steps[-2]),
        last=last,
        lowest=float(losses.min()),
        highest=float(losses.max()),
        wavers=turns >= _FEWEST_TURNS and bool(rises / np.abs(changes).sum() > 1 / 3),
        spike=float((shares - np.minimum.accumulate(shares)).max()) if turns else 0.0,
    )
