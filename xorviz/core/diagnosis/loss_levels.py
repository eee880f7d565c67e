"""Loss values at which a stuck network stays, in each convention of a loss."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from xorviz.core import numerals
from xorviz.core.diagnosis.stuck_states import StuckState, states_of
from xorviz.core.network import LOSSES
from xorviz.core.settings import loss_text

NEAR = 0.02
"""Largest distance of a loss value from a level, as a share of the level."""


@dataclass(frozen=True, slots=True)
class Level:
    """The loss of a stuck state."""

    state: str
    loss: str
    """One of LOSS_NAMES."""
    convention: str
    """The loss in words."""
    level: float


def levels(targets: tuple[int, ...], loss: str | None = None) -> tuple[Level, ...]:
    """Return the levels of the stuck states of these targets, of one loss or of all."""
    found = [
        Level(
            state.name, name, loss_text(name), each.scale * _summed(state, targets, each.is_square)
        )
        for name, each in LOSSES.items()
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


def loss_sentence(value: float, targets: tuple[int, ...], loss: str | None = None) -> str:
    """Return what a loss value says: of the loss that is said, else of the others."""
    number, near = numerals.plain(value), levels_near(value, targets, loss)
    if near:
        return f"The loss {number} is near {_fits(near)}."
    convention = "" if loss is None else f" in {loss_text(loss)}"
    far = f"The loss {number} is not within 2 % of the level of any stuck state{convention}."
    others = levels_near(value, targets)
    return f"{far} It is near {_fits(others)}." if others else far


def _fits(near: Sequence[Level]) -> str:
    """Return levels in words."""
    fits = [f"the level {numerals.real(x.level)} of “{x.state}” in {x.convention}" for x in near]
    return "; or near ".join(fits)


def _summed(state: StuckState, targets: tuple[int, ...], is_square: bool) -> float:
    """Return the sum of squared errors, or of cross-entropies, over the rows not learned."""
    wanted = [targets[row] for row in state.pinned]
    if is_square:
        return sum((t - state.level) ** 2 for t in wanted)
    return -sum(math.log(state.level if t else 1 - state.level) for t in wanted)
