"""How many networks came right when: counts in bins that are equal on a logarithmic step axis.

Shapes: N networks, B bins.
"""

import math
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Mask, Steps
from xorviz.lab.training.cohort import NO_STEP

_PER_DECADE = 10


@dataclass(frozen=True, slots=True)
class StepHistogram:
    """When networks came right for the first time: all but those that lost it again. A value."""

    edges: Steps
    """(B + 1,) the first step of each bin, from 1, and last the step beyond all."""
    counts: Steps
    """(B,)."""
    median: float | None
    """Of the steps that are counted; None without any."""
    never: int
    """Networks that are done and were right at no step."""
    lost: int
    """Networks that were right at some step and are not in the end."""

    @property
    def highest(self) -> int:
        """The largest count."""
        return int(self.counts.max())

    @property
    def first_used(self) -> int:
        """The first bin with a count; 0 without any."""
        return int((self.counts > 0).argmax())

    def bin_of(self, step: float) -> int | None:
        """Return the bin that a step is in, if there is one."""
        place = int(np.searchsorted(self.edges, step, side="right")) - 1
        return place if 0 <= place < len(self.counts) else None


def bin_edges(steps: int) -> Steps:
    """Return the bins (B + 1,) of a plan of so many steps: ten in a decade, in whole steps.

    They depend on nothing else, so that bars stay where they are while networks train. At the
    first few steps a bin is wider than that, since it holds one step at least.
    """
    count = max(1, round(_PER_DECADE * math.log10(steps)))
    return np.unique(np.rint(np.geomspace(1, steps + 1, count + 1)).astype(np.int64))


def histogram_of(first_right: Steps, done: Mask, right: Mask, steps: int) -> StepHistogram:
    """Return when networks came right, given as LabSnapshot has it: (N,) each."""
    was_right, failed = first_right != NO_STEP, done & ~right
    counted = first_right[was_right & ~failed]
    edges = bin_edges(steps)
    return StepHistogram(
        edges=edges,
        counts=np.histogram(counted, edges)[0],
        median=float(np.median(counted)) if len(counted) else None,
        never=int((failed & ~was_right).sum()),
        lost=int((failed & was_right).sum()),
    )
