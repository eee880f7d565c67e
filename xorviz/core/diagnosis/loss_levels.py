"""Loss values at which a stuck network stays, in each convention of a loss."""

import math
from dataclasses import dataclass

from xorviz.core import numerals
from xorviz.core.diagnosis.stuck_states import StuckState, states_of

NEAR = 0.02
"""Largest distance of a loss value from a level, as a share of the level."""


@dataclass(frozen=True, slots=True)
class Level:
    """The loss of a stuck state."""

    state: str
    loss: str
    """One of LOSS_NAMES."""
    convention: str
    """How the rows are summed, in words."""
    level: float


_CONVENTIONS = (
    ("sse", 1.0, "the sum of squared errors"),
    ("sse", 1 / 2, "half the sum of squared errors"),
    ("mse", 1 / 4, "the mean squared error"),
    ("half-mse", 1 / 8, "half the mean squared error"),
    ("cross-entropy", 1.0, "the cross-entropy summed over the rows"),
    ("cross-entropy", 1 / 4, "the cross-entropy averaged over the rows"),
)
"""The loss, a factor of its sum over the four rows, and the words for it."""


def levels(targets: tuple[int, ...], loss: str | None = None) -> tuple[Level, ...]:
    """Return the levels of the stuck states of these targets, of one loss or of all."""
    found = [
        Level(state.name, name, words, factor * _summed(state, targets, name))
        for name, factor, words in _CONVENTIONS
        if loss in {None, name}
        for state in states_of(targets)
    ]
    # Mirror images have the same loss, but for its last digits.
    return tuple({(x.state, x.convention, round(x.level, 9)): x for x in found}.values())


def levels_near(
    value: float, targets: tuple[int, ...], loss: str | None = None
) -> tuple[Level, ...]:
    """Return the levels that a loss value is near, the nearest first."""
    near = [x for x in levels(targets, loss) if abs(value - x.level) <= NEAR * x.level]
    return tuple(sorted(near, key=lambda x: abs(value / x.level - 1)))


def loss_sentence(value: float, near: tuple[Level, ...], loss: str | None = None) -> str:
    """Return what a loss value says, as one sentence."""
    number = numerals.plain(value)
    if not near:
        convention = "" if loss is None else f" in {loss}"
        return f"The loss {number} is not within 2 % of the level of any stuck state{convention}."
    fits = [f"the level {numerals.real(x.level)} of “{x.state}” in {x.convention}" for x in near]
    return f"The loss {number} is near {'; or near '.join(fits)}."


def _summed(state: StuckState, targets: tuple[int, ...], loss: str) -> float:
    """Return the sum of a loss over the rows that are not learned."""
    wanted = [targets[row] for row in state.pinned]
    if loss == "cross-entropy":
        return -sum(math.log(state.level if t else 1 - state.level) for t in wanted)
    return sum((t - state.level) ** 2 for t in wanted)
