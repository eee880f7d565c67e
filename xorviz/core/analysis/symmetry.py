"""Whether hidden units do the same, at one step and all through a run.

Two units do the same where their incoming weights and their biases coincide: then they answer
alike to every input, and what goes out of them only adds up. So outgoing weights play no part.
Shapes: H hidden units, K incoming numbers of each (2, or 3 with biases), C steps, P parameters.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights
from xorviz.core.runs.record import Checkpoint, Record

_AT_ONCE = 2**16
"""Differences in one array: it stays in the processor's cache."""

_NEARLY = 0.01
"""Of the largest incoming number: units that differ by less respond alike, as far as one sees."""


def incoming(weights: Weights) -> Array:
    """Return what goes into each unit (K, H): a unit's column of w1, and its bias below."""
    if weights.b1 is None:
        return np.asarray(weights.w1)
    return np.vstack([weights.w1, weights.b1])


def similarity(weights: Weights) -> Array:
    """Return the cosines (H, H) between what goes into the units, never NaN.

    1: both draw the same line, with the same side of it high. -1: the same line, the other side.
    Units without any input are the same to each other, and unlike all others: 1 and 0.
    """
    into = incoming(weights)
    # By its largest number first, so that no square overflows or vanishes.
    unit = _over(into, np.abs(into).max(axis=0))
    unit = _over(unit, np.sqrt((unit**2).sum(axis=0)))
    cosines: Array = np.clip(unit.T @ unit, -1, 1)
    column, row = into[:, :, np.newaxis], into[:, np.newaxis]
    cosines[(column == -row).all(axis=0)] = -1
    cosines[(column == row).all(axis=0)] = 1
    return cosines


def difference(weights: Weights, one: int, other: int) -> float:
    """Return the largest difference between a number that goes into one unit and its like.

    This, and no root of squares, since it is 0 for units that are equal to the last bit alone.
    """
    into = incoming(weights)
    return float(np.abs(into[:, one] - into[:, other]).max())


def is_mirrored(weights: Weights, activation: str, one: int, other: int) -> bool:
    """Tell whether one unit answers high where another answers low, all over the plane.

    A tanh then has the other sign, a sigmoid is 1 minus the other one; a relu has no mirror.
    """
    into = incoming(weights)[:, [one, other]]
    largest = np.abs(into).max()
    return bool(activation != "relu" and np.abs(into.sum(axis=1)).max() < _NEARLY * largest)


def equal_units(weights: Weights) -> list[tuple[int, ...]]:
    """Return the groups of units whose incoming numbers are equal to the last bit."""
    groups: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for unit, into in enumerate(incoming(weights).T.tolist()):
        groups[tuple(into)].append(unit)
    return [tuple(units) for units in groups.values() if len(units) > 1]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How far hidden units are apart at some steps. A value.

    A difference is that of difference(). With one unit there is none: all are 0.
    """

    largest: Array
    """(C,) of the two units that differ most."""
    smallest: Array
    """(C,) of the two that differ least."""


def spread(parameters: NDArray[Any], config: RunConfig) -> Spread:
    """Return how far the units of networks (C, P) are apart."""
    count, width, inputs = len(parameters), config.width, 3 if config.biases else 2
    into = parameters[:, : inputs * width].reshape(count, inputs, width)
    largest = np.ptp(into, axis=2).max(axis=1)
    if width == 1:
        return Spread(largest, largest)
    stride = max(1, _AT_ONCE // width**2)
    parts = (into[start : start + stride] for start in range(0, count, stride))
    return Spread(largest, np.concatenate([np.empty(0), *map(_smallest, parts)]))


def _smallest(into: Array) -> Array:
    """Return the smallest difference between two units (C,), of incoming numbers (C, K, H)."""
    one, other = np.triu_indices(into.shape[2], 1)
    apart = np.zeros((len(into), len(one)))
    for row in into.swapaxes(0, 1):
        differences = row.take(one, axis=1) - row.take(other, axis=1)
        np.maximum(apart, np.abs(differences), out=apart)
    return np.asarray(apart.min(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class SpreadCurve:
    """How far the units of a run were apart, at each of its checkpoints. A value."""

    steps: NDArray[np.int64]
    """(C,) rising."""
    spread: Spread


class SpreadHistory:
    """Reckons the spread of each checkpoint once, however often its run is asked about."""

    def __init__(self) -> None:
        self._known: dict[Checkpoint, tuple[float, float]] = {}

    def curve(self, record: Record) -> SpreadCurve:
        """Return the curve of a run; what is of no use to it is forgotten."""
        kept, known = record.checkpoints, self._known
        if new := [checkpoint for checkpoint in kept if checkpoint not in known]:
            found = spread(np.stack([c.parameters for c in new]), record.config)
            pairs = zip(found.largest.tolist(), found.smallest.tolist(), strict=True)
            known |= dict(zip(new, pairs, strict=True))
        self._known = {checkpoint: known[checkpoint] for checkpoint in kept}
        values = np.array(list(self._known.values()), dtype=float).reshape(-1, 2)
        steps = np.array([checkpoint.step for checkpoint in kept], dtype=np.int64)
        return SpreadCurve(steps, Spread(values[:, 0], values[:, 1]))


def _over(columns: Array, scale: Array) -> Array:
    """Return columns (K, H) over their scales (H,); those of scale 0 stay 0."""
    return np.divide(columns, scale, out=np.zeros_like(columns), where=scale > 0)
