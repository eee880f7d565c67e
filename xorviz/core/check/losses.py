"""Losses whose gradients differ by a factor alone: which of them a rate belongs to."""

from collections.abc import Sequence

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.said import Said
from xorviz.core.network import LOSSES

_EQUAL = 1e-4
"""Relative difference of rates that are the same, also where numbers are rounded."""
MULTIPLES = (1.0, 0.5, 2.0, 0.25, 4.0)
"""Of a loss: who writes 1/2 or 1/4 before it, or leaves out the 2 of its derivative."""


def factor_of(loss: str, rows: int) -> float:
    """Return d loss / d z over the error times the slope, for a batch of so many rows."""
    one = LOSSES[loss]
    factor = 2 * one.factor if one.is_square else one.factor
    return factor / rows if one.is_mean else factor


def losses_for(is_entropy: bool) -> Sequence[str]:
    """Return the losses that are cross-entropies, or squares; they differ by a factor alone."""
    return [name for name, loss in LOSSES.items() if loss.is_square != is_entropy]


def loss_for(is_entropy: bool, rate: float, said: Said, unsure: float, rows: int) -> str:
    """Return the loss to which a rate without a factor belongs, by what is said of it."""
    losses = losses_for(is_entropy)
    if said.loss in losses:
        return str(said.loss)
    fits = (
        loss for loss in losses
        if said.rate is not None and is_equal(rate, factor_of(loss, rows) * said.rate, unsure)
    )  # fmt: skip
    return next(fits, losses[0])


def is_equal(one: float, other: float, unsure: float = 0.0) -> bool:
    """Return whether two rates are the same, one of which has a relative error."""
    return abs(one - other) <= max(_EQUAL, 2 * unsure) * abs(other)


def said_rates(said: Said, is_entropy: bool, rows: int) -> Array:
    """Return the rates (R,) without the factor of a loss that what is said allows."""
    losses = losses_for(is_entropy) if said.loss is None else [said.loss]
    rates = [] if said.rate is None else [
        multiple * factor_of(loss, rows) * said.rate for loss in losses for multiple in MULTIPLES
    ]  # fmt: skip
    return np.unique(np.array(rates).round(12)) if rates else np.empty(0)
