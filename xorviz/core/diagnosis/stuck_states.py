"""The known stuck states: some rows learned, the others averaged.

A network that cannot tell some rows apart answers all of them with the mean of their targets,
where the squared errors are least. People post exactly these outputs and ask whether their code
is wrong; the trap of two rows at one half is that of Rumelhart, Hinton and Williams (1986).
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.config import COUNTED, ROWS

COIN_TOSS, THREE_IN_A_ROW = "coin toss", "three in a row"
HALF_LEARNED, ON_THE_FENCE = "half learned", "one row on the fence"
NAMES = (COIN_TOSS, THREE_IN_A_ROW, HALF_LEARNED, ON_THE_FENCE)
"""By how many rows are averaged: four, three, two, one."""

TOLERANCE = 0.2
"""How far any output may be from that of the state.

States are at least 0.25 apart, so an output may wander by 0.12 and the nearest one stays it.
"""


@dataclass(frozen=True, slots=True)
class StuckState:
    """Outputs that a network can stay at for long, for one set of targets."""

    name: str
    """One of NAMES."""
    pinned: tuple[int, ...]
    """Places in ROWS of the rows that are not learned, as people count them."""
    level: float
    """The output of the pinned rows: the mean of their targets, or one half for a single row."""
    outputs: tuple[float, ...]
    """In the order of ROWS."""


def nearest(outputs: Array, targets: tuple[int, ...]) -> StuckState | None:
    """Return the stuck state that outputs (4,) are within TOLERANCE of, if there is one."""
    states, table = _table(targets)
    distances = np.abs(table - outputs).max(axis=1)
    closest = int(distances.argmin())
    return states[closest] if distances[closest] <= TOLERANCE else None


@cache
def states_of(targets: tuple[int, ...]) -> tuple[StuckState, ...]:
    """Return every stuck state of these targets: all ways to choose the rows that it pins.

    Several rows count as averaged only where their targets differ.
    """
    found = []
    for count in range(len(ROWS), 0, -1):
        for pinned in combinations(COUNTED, count):
            wanted = [targets[row] for row in pinned]
            if count > 1 and len(set(wanted)) == 1:
                continue
            level = sum(wanted) / count if count > 1 else 0.5
            found.append(_state(pinned, level, targets))
    return tuple(found)


def _state(pinned: tuple[int, ...], level: float, targets: tuple[int, ...]) -> StuckState:
    outputs = [float(target) for target in targets]
    for row in pinned:
        outputs[row] = level
    return StuckState(NAMES[len(ROWS) - len(pinned)], pinned, level, tuple(outputs))


@cache
def _table(targets: tuple[int, ...]) -> tuple[tuple[StuckState, ...], Array]:
    states = states_of(targets)
    return states, np.array([state.outputs for state in states])
