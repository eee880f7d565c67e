"""The range of the loss plot that fits its curves; it grows in jumps."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xorviz.core.runs.record import Record
from xorviz.ui.plot.axes import ScaledAxis, nice_above

Range = tuple[float, float, float, float]
"""Left, right, bottom and top in view coordinates."""

_FEWEST_STEPS = 100
"""Shortest step axis, so that the first steps do not race across it."""

_LEFT_SPACE = 0.015
"""Share of the step axis before step 0, so that the first dot is not cut off."""

_LEAST_RATIO = 2.0
"""Between the ends of a logarithmic loss axis, so that a plateau looks flat."""

_MARGIN = 1.15
"""Space above and below the curve, as a ratio on a logarithmic axis."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The newest step and the range of losses of curves."""

    newest: int
    lowest: float
    highest: float

    @classmethod
    def of(cls, record: Record) -> "Extent | None":
        """Return the extent of a run's curve, if any step of it is known."""
        losses = record.trace.losses
        losses = losses[~np.isnan(losses)]
        if not len(losses):
            return None
        return cls(record.newest, float(losses.min()), float(losses.max()))


def union(extents: Iterable[Extent | None]) -> Extent | None:
    """Return the extent of several curves together."""
    known = [extent for extent in extents if extent is not None]
    if not known:
        return None
    return Extent(
        max(extent.newest for extent in known),
        min(extent.lowest for extent in known),
        max(extent.highest for extent in known),
    )


def fitted_steps(newest: int, step_axis: ScaledAxis) -> tuple[float, float]:
    """Return the ends, in view coordinates, of an axis for all steps up to the newest."""
    longest = nice_above(max(newest, _FEWEST_STEPS))
    left, right = (float(x) for x in step_axis.to_view(np.array([0.0, longest])))
    return left - _LEFT_SPACE * (right - left), right


def fitted(extent: Extent, step_axis: ScaledAxis, loss_axis: ScaledAxis) -> Range:
    """Return a range that shows everything; in jumps, since repainting axes is expensive."""
    left, right = fitted_steps(extent.newest, step_axis)
    if not loss_axis.is_log:
        return left, right, 0.0, nice_above(max(extent.highest, 1e-12) * 1.05)
    below = 1 / nice_above(_MARGIN / max(extent.lowest, 1e-12))
    above = nice_above(extent.highest * _MARGIN)
    bottom, top = (float(y) for y in loss_axis.to_view(np.array([below, above])))
    spare = max(0.0, math.log10(_LEAST_RATIO) - (top - bottom)) / 2
    return left, right, bottom - spare, top + spare
