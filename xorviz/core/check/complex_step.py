"""Exact gradients by a complex step (Squire and Trapp 1998), without backpropagation."""

import numpy as np

from xorviz.core.arrays import Array, Numbers
from xorviz.core.check.rules.row_terms import UNITS, names_of
from xorviz.core.check.said import NONE
from xorviz.core.check.search.settings import Model
from xorviz.core.network import Weights, flat, hidden, logits

_STEP = 1e-30


def gradients(weights: Weights, setting: Model, right: str, factor: float) -> dict[str, Array]:
    """Return the gradient of a loss by each array (N,), for the rows that are used."""
    numbers, ends = flat(weights), np.cumsum([array.size for array in weights.arrays()])[:-1]
    nudged = iter(np.split(numbers + 1j * _STEP * np.eye(len(numbers)), ends, axis=1))
    many = weights.each(lambda array: next(nudged).reshape(len(numbers), *array.shape))
    slopes = _loss(many, setting, right, factor).imag / _STEP
    return dict(zip(names_of(weights), np.split(slopes, ends), strict=True))


def _loss(weights: Weights, setting: Model, right: str, factor: float) -> Numbers:
    """Return the loss (P,) of networks over the rows that are used."""
    seen, targets = setting.seen, setting.goal.values
    z = logits(weights, hidden(weights, seen.activation, seen.x))
    if right == NONE:
        each = np.log(1 + np.exp(z)) - targets * z
    else:
        each = (UNITS[setting.output].value(z) - targets) ** 2 / 2
    return np.asarray(factor * (each * setting.mask).sum(axis=-1))
