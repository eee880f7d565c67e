"""Losses whose gradients differ by a factor alone: which of them a rate belongs to."""

from collections.abc import Sequence

from xorviz.core.check.said import NONE, OWN, Said
from xorviz.core.network import LOSSES

_EQUAL = 1e-4
"""Relative difference of rates that are the same, also where numbers are rounded."""
MULTIPLES = (1.0, 0.5, 2.0, 0.25, 4.0)
"""Of a loss: who writes 1/2 or 1/4 before it, or leaves out the 2 of its derivative."""


def factor_of(loss: str, rows: int) -> float:
    """Return d loss / d z over the signal, for a batch of so many rows."""
    one = LOSSES[loss]
    factor = 2 * one.factor if one.is_square else one.factor
    return factor / rows if one.is_mean else factor


def right_for(loss: str) -> str:
    """Return the signal that is right for a loss, where the output unit is a sigmoid."""
    return OWN if LOSSES[loss].is_square else NONE


def losses_for(right: str) -> Sequence[str]:
    """Return the losses for which a signal is right; they differ by a factor alone."""
    return [loss for loss in LOSSES if right_for(loss) == right]


def loss_for(right: str, rate: float, said: Said, unsure: float, rows: int) -> str:
    """Return the loss to which a rate without a factor belongs, by what is said of it."""
    losses = losses_for(right)
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


def multiple_of(rate: float, wanted: float, unsure: float) -> float | None:
    """Return the multiple of a loss by which a rate is the wanted one, both without a factor."""
    return next((m for m in MULTIPLES if is_equal(rate, m * wanted, unsure)), None)
