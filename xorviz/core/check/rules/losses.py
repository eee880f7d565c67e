"""Losses whose gradients differ by a factor alone: which of them a rate belongs to."""

from collections.abc import Mapping

from xorviz.core.check.rules.row_terms import NONE, OWN
from xorviz.core.check.rules.said import Said

FACTORS: Mapping[str, Mapping[str, tuple[float, bool]]] = {
    OWN: {
        "sse": (2.0, False),
        "half-sse": (1.0, False),
        "mse": (2.0, True),
        "half-mse": (1.0, True),
    },
    NONE: {"cross-entropy": (1.0, False), "mean cross-entropy": (1.0, True)},
}
"""By the signal that is right for them: d loss / d z of one row over the signal, and whether the
loss is the mean over the rows of a batch, not the sum."""
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


def factor_of(loss: str, rows: int) -> float:
    """Return d loss / d z over the signal, for a batch of so many rows."""
    factor, is_mean = next(losses[loss] for losses in FACTORS.values() if loss in losses)
    return factor / rows if is_mean else factor


def loss_for(right: str, rate: float, said: Said, unsure: float, rows: int) -> str:
    """Return the loss to which a rate without a factor belongs, by what is said of it."""
    losses = FACTORS[right]
    if said.loss in losses:
        return str(said.loss)
    fits = (
        loss for loss in losses
        if said.rate is not None and is_equal(rate, factor_of(loss, rows) * said.rate, unsure)
    )  # fmt: skip
    return next(fits, next(iter(losses)))


def is_equal(one: float, other: float, unsure: float = 0.0) -> bool:
    """Return whether two rates are the same, one of which has a relative error."""
    return abs(one - other) <= max(_EQUAL, 2 * unsure) * abs(other)


def multiple_of(rate: float, wanted: float, unsure: float) -> float | None:
    """Return the multiple of a loss by which a rate is the wanted one, both without a factor."""
    return next((m for m in MULTIPLES if is_equal(rate, m * wanted, unsure)), None)
