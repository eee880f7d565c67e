"""The stuck states: some rows learned, the others at the mean of their targets.

A network that cannot separate some rows outputs the mean of their targets for all of them, where
the squared errors are least. Outputs are shares here: 0 and 1 at the two targets (core/network.py).
Two rows at one half is the local minimum of Rumelhart, Hinton and Williams (1986).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Array, Steps
from xorviz.core.network import LOSSES, head_of
from xorviz.core.settings import LOSS_FORMULAS, RunConfig, loss_text, refusal
from xorviz.core.truth_table import COUNTED, ROWS

NO_ROW, ONE_ROW = "no row learned", "one row learned"
TWO_ROWS, THREE_ROWS = "two rows learned", "three rows learned"
NAMES = (NO_ROW, ONE_ROW, TWO_ROWS, THREE_ROWS)
"""In the order of the number of averaged rows: four, three, two, one."""
OLD_NAMES = {
    "coin toss": NO_ROW,
    "three in a row": ONE_ROW,
    "half learned": TWO_ROWS,
    "one row on the fence": THREE_ROWS,
}
"""The names in files that versions up to 0.5 wrote, and those of today."""

TOLERANCE = 0.2
"""Largest distance of an output from that of the state.

States are at least 0.25 apart, so that the nearest state stays the same while outputs move by 0.12.
"""
NEAR = 0.02
"""Largest distance of a loss value from a level, as a share of the level."""


@dataclass(frozen=True, slots=True)
class StuckState:
    """Outputs at which a network can stay for long, for one set of targets."""

    name: str
    """One of NAMES."""
    pinned: tuple[int, ...]
    """Indices in ROWS of the rows that are not learned, in counting order."""
    level: float
    """The output of the pinned rows: the mean of their targets, or one half for a single row."""
    outputs: tuple[float, ...]
    """In the order of ROWS."""


def nearest(shares: Sequence[float], targets: tuple[int, ...]) -> StuckState | None:
    """Return the nearest stuck state to outputs as shares (4,), or None beyond TOLERANCE."""
    place = int(places_of_nearest(np.asarray(shares), targets))
    return states_of(targets)[place] if place >= 0 else None


def places_of_nearest(shares: Array, targets: tuple[int, ...]) -> Steps:
    """Return the places in states_of of the nearest to shares (..., 4); -1 beyond TOLERANCE."""
    table = np.array([state.outputs for state in states_of(targets)])
    distances = np.abs(table - shares[..., np.newaxis, :]).max(axis=-1)
    is_near = distances.min(axis=-1) <= TOLERANCE
    return np.where(is_near, distances.argmin(axis=-1), -1)


@cache
def states_of(targets: tuple[int, ...]) -> tuple[StuckState, ...]:
    """Return the stuck states of these targets, one for each choice of pinned rows.

    Several rows are averaged only where their targets differ.
    """
    found = []
    for count in range(len(ROWS), 0, -1):
        for pinned in combinations(COUNTED, count):
            wanted = [targets[row] for row in pinned]
            if count > 1 and len(set(wanted)) == 1:
                continue
            level = sum(wanted) / count if count > 1 else 0.5
            outputs = tuple(
                level if row in pinned else float(target) for row, target in enumerate(targets)
            )
            found.append(StuckState(NAMES[len(ROWS) - count], pinned, level, outputs))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Level:
    """The loss of a stuck state."""

    state: str
    loss: str
    """One of LOSS_NAMES."""
    level: float


def levels(config: RunConfig, loss: str | None = None) -> tuple[Level, ...]:
    """Return the levels of the stuck states, of one loss or of all that go with these settings."""
    found = [
        Level(state.name, name, level_of(state, replace(config, loss=name)))
        for name in LOSSES
        if loss in {None, name} and not refusal(config, loss=name)
        for state in states_of(config.targets)
    ]
    # Mirror images have the same loss except in its last digits.
    return tuple({(x.state, x.loss, round(x.level, 9)): x for x in found}.values())


def levels_near(value: float, config: RunConfig, loss: str | None = None) -> tuple[Level, ...]:
    """Return the levels that a loss value is near, the nearest first."""
    near = [x for x in levels(config, loss) if abs(value - x.level) <= NEAR * x.level]
    return tuple(sorted(near, key=lambda x: abs(value / x.level - 1)))


def loss_sentence(value: float, config: RunConfig, loss: str | None = None) -> str:
    """Return the stuck states near a loss value: of the given kind of loss, else of the others."""
    number, near = numerals.plain(value), levels_near(value, config, loss)
    if near:
        return f"The loss {number} is near {_fits(near)}."
    convention = "" if loss is None else f" in {loss_text(loss)}"
    far = f"The loss {number} is not within 2 % of the level of any stuck state{convention}."
    others = levels_near(value, config)
    return f"{far} It is near {_fits(others)}." if others else far


def _fits(near: Sequence[Level]) -> str:
    """Return levels in words, each with the recipe of its loss."""
    fits = [
        f"the level {_written(x.level)} of “{x.state}” in {loss_text(x.loss)}, "
        f"{LOSS_FORMULAS[x.loss]}"
        for x in near
    ]
    return "; or near ".join(fits)


def _written(level: float) -> str:
    """Return a level with, where it has one, its form in ln 2: that of an output of one half."""
    share = round(level / math.log(2), 9)
    has_form = share > 0 and share % 0.25 == 0
    form = f" = {numerals.plain(share)} ln 2".replace(" 1 ln", " ln")
    return f"{numerals.real(level)}{form if has_form else ''}"


def level_of(state: StuckState, config: RunConfig) -> float:
    """Return the loss of a stuck state, to which only the rows not learned add."""
    wanted, head = [config.targets[row] for row in state.pinned], head_of(config)
    kind, span = head.of_loss, head.coding.span
    if kind.is_square:
        return kind.scale * span**2 * sum((t - state.level) ** 2 for t in wanted)
    return kind.scale * -sum(math.log(state.level if t else 1 - state.level) for t in wanted)
