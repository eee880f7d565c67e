"""Exact gradients by a complex step (Squire and Trapp 1998), without backpropagation."""

import numpy as np

from xorviz.core.arrays import Array, Numbers
from xorviz.core.check.rules.row_terms import NONE, UNITS, names_of
from xorviz.core.check.search.settings import Model
from xorviz.core.network import Weights, flat, hidden, logits

_STEP = 1e-30


def gradients(weights: Weights, setting: Model, right: str, factor: float) -> dict[str, Array]:
    """Return the gradient of a loss by each array (N,), for the rows that are used."""
    numbers = flat(weights)
    nudged = numbers + 1j * _STEP * np.eye(len(numbers))
    slopes = _loss(_split(nudged, weights), setting, right, factor).imag / _STEP
    ends = np.cumsum([array.size for array in weights.arrays()])[:-1]
    return dict(zip(names_of(weights), np.split(slopes, ends), strict=True))


def _split(numbers: Numbers, like: Weights) -> Weights:
    """Return networks with some trainable numbers (P, P) each."""
    ends = np.cumsum([array.size for array in like.arrays()])[:-1]
    parts = iter(np.split(numbers, ends, axis=1))
    return like.each(lambda array: next(parts).reshape(len(numbers), *array.shape))


def _loss(weights: Weights, setting: Model, right: str, factor: float) -> Numbers:
    """Return the loss (P,) of networks over the rows that are used."""
    seen, targets = setting.seen, setting.goal.values
    z = logits(weights, hidden(weights, seen.activation, seen.x))
    if right == NONE:
        each = np.log(1 + np.exp(z)) - targets * z
    else:
        each = (UNITS[setting.output].value(z) - targets) ** 2 / 2
    return np.asarray(factor * (each * setting.mask).sum(axis=-1))
