"""Recent trend of the loss. Shapes: K points, on the last axis; axes before it are networks."""

from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.runs.trace import Trace

RECENT = 32
"""Points of the trace that count as recent; thinned traces end in single steps too."""

_FEWEST_TURNS = 4
"""Changes of direction of a loss that wavers."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A summary of the last points of a loss curve, or of each of many (...)."""

    fall_per_step: Array
    """Mean fall of the loss per step, negative where it rose; NaN where there is no trend."""
    change: Array
    """Change of the loss in the last step, or for each step between the last two points."""
    last: Array
    lowest: Array
    highest: Array
    wavers: Mask
    """Whether the loss repeatedly rose about as much as it fell."""
    spike: Array
    """The largest rise of a loss that also fell, as a share of its highest value."""

    @property
    def swing(self) -> Array:
        """Range of the loss as a share of its maximum."""
        some = np.where(self.highest > 0, self.highest, np.inf)
        return np.asarray((self.highest - self.lowest) / some)


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
    return step, trend_of(steps, losses) if len(steps) > 1 else None


def trend_of(steps: Steps, losses: Array) -> Trend:
    """Return the trend of losses (..., K) at steps (K,).

    Losses that are not finite are unknown, and come before all that are known.
    """
    with np.errstate(all="ignore"):
        known = np.isfinite(losses)
        losses = np.where(known, losses, np.nan)
        is_first = known.copy()
        is_first[..., 1:] &= ~known[..., :-1]
        first, begun = (np.where(is_first, x, 0).sum(axis=-1) for x in (steps, losses))
        # As shares of the largest loss, differences and sums cannot overflow.
        largest = np.where(known, np.abs(losses), 0).max(axis=-1, keepdims=True)
        shares = losses / np.where(largest > 0, largest, 1)
        changes = np.where(known[..., :-1], shares[..., 1:] - shares[..., :-1], 0)
        turns = _turns(changes)
        rises = np.maximum(changes, 0).sum(axis=-1) / np.abs(changes).sum(axis=-1)
        spike = np.fmax.reduce(shares - np.fmin.accumulate(shares, axis=-1), axis=-1)
        last, before = losses[..., -1], losses[..., -2]
        return Trend(
            fall_per_step=np.where(known[..., -2], (begun - last) / (steps[-1] - first), np.nan),
            change=(last - before) / (steps[-1] - steps[-2]),
            last=last,
            lowest=np.fmin.reduce(losses, axis=-1),
            highest=np.fmax.reduce(losses, axis=-1),
            wavers=(turns >= _FEWEST_TURNS) & (rises > 1 / 3),
            spike=np.where(turns > 0, spike, 0),
        )


def _turns(changes: Array) -> Steps:
    """Return how often changes (..., K) change their sign, ignoring zeros."""
    # Odd where the last change so far that is not 0 was a rise, even where it was a fall.
    latest = np.where(changes != 0, 2 * np.arange(changes.shape[-1]) + 2 + (changes > 0), 0)
    latest = np.maximum.accumulate(latest, axis=-1)
    are_opposite = (latest[..., 1:] ^ latest[..., :-1]) & 1 & (latest[..., :-1] > 0)
    return np.asarray(are_opposite.sum(axis=-1))
