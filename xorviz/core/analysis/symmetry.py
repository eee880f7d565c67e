"""Similarity of hidden units, and since when two of them differ.

Units with equal incoming weights and biases respond alike to every input, and their outgoing
weights only add up; so only incoming numbers are compared. Shapes: H hidden units, K incoming
numbers of each (2, or 3 with biases).
"""

from collections import defaultdict

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import Weights, incoming
from xorviz.core.runs.record import Record

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


def partners(cosines: Array, chosen: int | None = None) -> list[int]:
    """Return for each of two or more units (H, H) the one to compare it with.

    That is the chosen one, or else the one most alike or most opposite.
    """
    alike = np.abs(cosines)
    np.fill_diagonal(alike, -1)
    found: list[int] = alike.argmax(axis=1).tolist()
    if chosen is None or chosen >= len(found):
        return found
    return [own if unit == chosen else chosen for unit, own in enumerate(found)]


def parted_after(record: Record, step: int, one: int, other: int) -> int | None:
    """Return the last known step before this one at which two units looked alike.

    None if they never did, or still do at the last known step.
    """
    path = [checkpoint for checkpoint in record.path if checkpoint.step < step]
    if not path:
        return None
    inputs, width = 3 if record.config.biases else 2, record.config.width
    numbers = np.stack([checkpoint.parameters[: inputs * width] for checkpoint in path])
    pair = numbers.reshape(len(path), inputs, width)[:, :, [one, other]]
    largest = np.abs(pair).max(axis=(1, 2))
    alike = _apart(pair[..., 0], pair[..., 1]).max(axis=1) <= _NEARLY * largest
    return path[np.flatnonzero(alike)[-1]].step if alike.any() and not alike[-1] else None


def _apart(numbers: Array, others: Array) -> Array:
    """Return absolute differences, clipped to the largest finite number."""
    with np.errstate(over="ignore"):
        return np.minimum(np.abs(numbers - others), np.finfo(float).max)


def _over(columns: Array, scale: Array) -> Array:
    """Return columns (K, H) divided by their scales (H,); those of scale 0 stay 0."""
    return np.divide(columns, scale, out=np.zeros_like(columns), where=scale > 0)
