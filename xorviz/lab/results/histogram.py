"""Histogram of first correct steps, in logarithmic bins. Shapes: N networks, B bins."""

import math
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Mask, Steps
from xorviz.lab.results.success import quartiles_of
from xorviz.lab.training.cohort import NO_STEP

_PER_DECADE = 10


@dataclass(frozen=True, slots=True)
class StepHistogram:
    """Counts of networks by their first correct step, without those wrong at the end. A value."""

    edges: Steps
    """(B + 1,) the first step of each bin, from 1, then the step after the last bin."""
    counts: Steps
    """(B,)."""
    median: int | None
    """Of the counted steps; None if there are none."""
    never: int
    """Networks that were never correct, and were not learning any more."""
    lost: int
    """Networks that were correct at some step, are wrong at the end, and not learning any more."""
    still_learning: int
    """Networks that were still learning when they were stopped."""

    @property
    def highest(self) -> int:
        """The largest count."""
        return int(self.counts.max())

    @property
    def first_used(self) -> int:
        """The first bin that is not empty; 0 if all are."""
        return int((self.counts > 0).argmax())


def bin_edges(steps: int) -> Steps:
    """Return the bin edges (B + 1,) for a plan of ``steps`` steps, or of one: ten bins per decade.

    They depend on nothing else, so bars do not move while networks train. The first bins are
    wider, since each holds at least one step.
    """
    steps = max(1, steps)
    count = max(1, round(_PER_DECADE * math.log10(steps)))
    return np.unique(np.rint(np.geomspace(1, steps + 1, count + 1)).astype(np.int64))


def histogram_of(
    first_right: Steps, done: Mask, right: Mask, still_learning: Mask, steps: int
) -> StepHistogram:
    """Return the histogram of arrays (N,) as in LabSnapshot."""
    was_right, failed = first_right != NO_STEP, done & ~right
    counted = first_right[was_right & ~failed]
    failed = failed & ~still_learning
    edges, quartiles = bin_edges(steps), quartiles_of(counted)
    return StepHistogram(
        edges=edges,
        counts=np.histogram(counted, edges)[0],
        median=quartiles[1] if quartiles else None,
        never=int((failed & ~was_right).sum()),
        lost=int((failed & was_right).sum()),
        still_learning=int(still_learning.sum()),
    )
