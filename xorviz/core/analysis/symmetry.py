"""Similarity of hidden units, at one step and over a run.

Units with equal incoming weights and biases respond alike to every input, and their outgoing
weights only add up; so only incoming numbers are compared. Shapes: H hidden units, K incoming
numbers of each (2, or 3 with biases), C checkpoints, P parameters.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array, Numbers, Steps
from xorviz.core.network import Weights, incoming
from xorviz.core.runs.record import Checkpoint, Record, is_line
from xorviz.core.settings import RunConfig

_AT_ONCE = 2**16
"""Differences in one array, which fits in the processor's cache."""

_NEARLY = 0.01
"""Share of the largest incoming number: a smaller difference is not visible."""


def similarity(weights: Weights) -> Array:
    """Return the cosines (H, H) between the units' incoming numbers, never NaN.

    1 means the same line with the same side high, -1 the same line with the other side high.
    Units whose incoming numbers are all 0 have 1 with each other and 0 with the rest.
    """
    into = incoming(weights)
    # Divided by its largest number first, so that no square overflows or vanishes.
    unit = _over(into, np.abs(into).max(axis=0))
    unit = _over(unit, np.sqrt((unit**2).sum(axis=0)))
    cosines: Array = np.clip(unit.T @ unit, -1, 1)
    column, row = into[:, :, np.newaxis], into[:, np.newaxis]
    cosines[(column == -row).all(axis=0)] = -1
    cosines[(column == row).all(axis=0)] = 1
    return cosines


def difference(weights: Weights, one: int, other: int) -> float:
    """Return the largest absolute difference of the incoming numbers of two units.

    Unlike a root of squares, it is 0 only for units that are equal to the last bit.
    """
    into = incoming(weights)
    return float(_apart(into[:, one], into[:, other]).max())


def is_mirrored(weights: Weights, activation: str, one: int, other: int) -> bool:
    """Return whether one unit responds high exactly where another responds low.

    For tanh it is the negative of the other, for sigmoid 1 minus it; relu has no mirror image.
    """
    into = incoming(weights)[:, [one, other]]
    largest = np.abs(into).max()
    if activation == "relu" or largest == 0:
        return False
    return bool(np.abs((into / largest).sum(axis=1)).max() < _NEARLY)


def are_equal(weights: Weights) -> bool:
    """Return whether all hidden units have the same weights, outgoing ones too, to the last bit."""
    units = np.concatenate((incoming(weights), weights.w2.T))
    return bool((units == units[:, :1]).all())


def equal_units(weights: Weights) -> list[tuple[int, ...]]:
    """Return the groups of units whose incoming numbers are equal to the last bit."""
    groups: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for unit, into in enumerate(incoming(weights).T.tolist()):
        groups[tuple(into)].append(unit)
    return [tuple(units) for units in groups.values() if len(units) > 1]


def spread(parameters: Numbers, config: RunConfig) -> Array:
    """Return the largest and the smallest difference (C, 2) between two units of networks (C, P).

    Differences are those of difference(); both are 0 for a single unit.
    """
    count, width, inputs = len(parameters), config.width, 3 if config.biases else 2
    into = parameters[:, : inputs * width].reshape(count, inputs, width)
    smallest = largest = _apart(into.max(axis=2), into.min(axis=2)).max(axis=1)
    if width > 1:
        stride = max(1, _AT_ONCE // width**2)
        parts = (into[start : start + stride] for start in range(0, count, stride))
        smallest = np.concatenate([np.empty(0), *map(_smallest, parts)])
    return np.column_stack((largest, smallest))


def _smallest(into: Array) -> Array:
    """Return the smallest difference between two units (C,), of incoming numbers (C, K, H)."""
    one, other = np.triu_indices(into.shape[2], 1)
    apart = np.zeros((len(into), len(one)))
    for row in into.swapaxes(0, 1):
        np.maximum(apart, _apart(row.take(one, axis=1), row.take(other, axis=1)), out=apart)
    return np.asarray(apart.min(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class SpreadCurve:
    """Differences between the units of a run along its path. A value."""

    steps: Steps
    """(C,) in increasing order."""
    spread: Array
    """(C, 2) the largest and the smallest difference, as of spread()."""

    @property
    def is_line(self) -> bool:
        """Whether a line through the points is the way that the run took."""
        return not len(self.steps) or is_line(len(self.steps), int(self.steps[-1]))


class SpreadHistory:
    """A cache that computes the spread of each checkpoint once."""

    def __init__(self) -> None:
        self._known: dict[Checkpoint, list[float]] = {}

    def curve(self, record: Record) -> SpreadCurve:
        """Return the curve of a run; drop checkpoints that it does not have."""
        kept, known = record.path, self._known
        if new := [checkpoint for checkpoint in kept if checkpoint not in known]:
            found = spread(np.stack([c.parameters for c in new]), record.config)
            known |= zip(new, found.tolist(), strict=True)
        self._known = {checkpoint: known[checkpoint] for checkpoint in kept}
        steps = np.array([checkpoint.step for checkpoint in kept], dtype=np.int64)
        return SpreadCurve(steps, np.array([*self._known.values()]).reshape(-1, 2))


def _apart(numbers: Array, others: Array) -> Array:
    """Return absolute differences, clipped to the largest finite number."""
    with np.errstate(over="ignore"):
        return np.minimum(np.abs(numbers - others), np.finfo(float).max)


def _over(columns: Array, scale: Array) -> Array:
    """Return columns (K, H) divided by their scales (H,); those of scale 0 stay 0."""
    return np.divide(columns, scale, out=np.zeros_like(columns), where=scale > 0)
