"""Losses whose gradients differ by a factor alone: which of them a rate belongs to."""

from collections.abc import Mapping

from xorviz.core.check.rules.row_terms import NONE, OWN

FACTORS: Mapping[str, Mapping[str, float]] = {
    OWN: {"sse": 2.0, "half-sse": 1.0, "mse": 0.5, "half-mse": 0.25},
    NONE: {"cross-entropy": 1.0, "mean cross-entropy": 0.25},
}
"""By the signal that is right for them: d loss / d z over the signal y - t, times a slope."""
NAMES: Mapping[str, str] = {
    "sse": "the sum of squared errors",
    "half-sse": "half the sum of squared errors",
    "mse": "the mean squared error",
    "half-mse": "half the mean squared error",
    "cross-entropy": "the cross-entropy",
    "mean cross-entropy": "the mean cross-entropy",
}
_EQUAL = 1e-4
"""Relative difference of rates that are the same, also where numbers are rounded."""
MULTIPLES = (1.0, 0.5, 2.0, 0.25, 4.0)
"""Of a loss: who writes 1/2 or 1/4 before it, or leaves out the 2 of its derivative."""


def factor_of(loss: str) -> float:
    """Return d loss / d z over the signal."""
    return next(losses[loss] for losses in FACTORS.values() if loss in losses)


def loss_for(
    right: str, rate: float, said_loss: str | None, said_rate: float | None, unsure: float
) -> str:
    """Return the loss to which a rate without a factor belongs, by what is said of it."""
    losses = FACTORS[right]
    if said_loss in losses:
        return str(said_loss)
    if said_rate is not None:
        for loss, factor in losses.items():
            if is_equal(rate, factor * said_rate, unsure):
                return loss
    return next(iter(losses))


def is_equal(one: float, other: float, unsure: float = 0.0) -> bool:
    """Return whether two rates are the same, one of which has a relative error."""
    return abs(one - other) <= max(_EQUAL, 2 * unsure) * abs(other)


def multiple_of(rate: float, loss: str, said_rate: float, unsure: float) -> float | None:
    """Return the multiple of a loss by which a rate without a factor is the one that is said."""
    wanted = factor_of(loss) * said_rate
    return next((m for m in MULTIPLES if is_equal(rate, m * wanted, unsure)), None)
