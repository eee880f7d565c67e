"""All ways in which the change of one array may have come about, measured against it.

Shapes: P ways, N numbers of the array.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.row_terms import HIDDEN, NONE, OWN, signals, terms
from xorviz.core.check.search.settings import Setting, mask_of
from xorviz.core.check.search.step import Step
from xorviz.core.config import ROWS

MARGIN = 1000
"""So many times better than the next explanation is one that counts."""
_SAFETY = 4
"""Times the estimated rounding errors that an explanation may leave over."""
_TERMS_SUMMED = 16
"""Rounding errors of a sum of products, in units of one operation."""
_CURVED = 2
"""By how much rounded weights change a gradient, at most, in most networks."""

_AT_OUTPUT = {NONE: rule.NO_OUTPUT_SLOPE, rule.OUTPUT_SENT: rule.OUTPUT_SENT}


class Way(NamedTuple):
    """One way to come to a direction. A value."""

    signal: str
    term: str
    row: int | None
    """The only row that is used."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The change of an array, and the directions of all ways to come to it."""

    name: str
    change: Array
    """(N,)."""
    error: float
    """Norm of the rounding errors of the change."""
    epsilon: float
    places: Mapping[Way, int]
    """The index of each way."""
    right: Mapping[str, int]
    """Index of the right way, by the signal that is right for the loss."""
    directions: Array
    """(P, N) gradients, or what stands in their place."""
    sizes: Array
    """(P,) norms of the directions if no rows cancelled each other."""
    rates: Array
    """(P,) by which each direction comes nearest to the change; negative against the gradient."""
    left: Array
    """(P,) norm of what is left over then."""
    lengths: Array
    """(P,) norms of the directions."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways in their order."""
        return tuple(self.places)

    @property
    def moved(self) -> float:
        """The norm of the change."""
        return float(np.linalg.norm(self.change))

    @property
    def has_direction(self) -> bool:
        """Whether the change can agree with a direction by more than its length."""
        return self.change.size > 1 and self.moved > 0

    def distances(self, rate: float) -> Array:
        """Return the norm of what each way leaves over at one rate (P,)."""
        return np.asarray(np.hypot(self.left, (self.rates - rate) * self.lengths))

    def noises(self, rate: float) -> Array:
        """Return the norm of what rounding may leave over of each way (P,), at one rate."""
        computed = _TERMS_SUMMED * self.epsilon * abs(rate) * self.sizes
        return np.asarray(_SAFETY * (self.error * (1 + _CURVED * abs(rate)) + computed))

    def limits(self, rate: float) -> Array:
        """Return the distances within which a way may be the right one (P,), at one rate."""
        return np.asarray(MARGIN / _SAFETY * self.noises(rate))


def parts_of(setting: Setting, taken: Step) -> dict[str, Parts]:
    """Return the parts of each array for one setting."""
    target = setting.goal.values[np.newaxis]
    named = [(n, s[0]) for n, s in signals(setting.seen.logit, setting.output, target)]
    rows = (None, *range(len(ROWS))) if setting.row is None else (setting.row,)
    masks = np.array([mask_of(row) for row in rows])
    sent = np.array([signal for _, signal in named])[:, np.newaxis] * masks  # (S, M, B)
    found = {}
    for name, of_array in terms(setting.seen, taken.before, taken.after).items():
        stack = np.array([term for _, term in of_array])
        ways = tuple(
            Way(signal, term, row) for signal, _ in named for row in rows for term, _ in of_array
        )
        numbers = stack.shape[-1]
        directions = np.einsum("smb,kbn->smkn", sent, stack).reshape(-1, numbers)
        sizes = np.einsum("smb,kbn->smkn", np.abs(sent), np.abs(stack)).reshape(-1, numbers)
        found[name] = _measured(name, taken, ways, directions, np.linalg.norm(sizes, axis=1))
    return found


def _measured(
    name: str, taken: Step, ways: tuple[Way, ...], directions: Array, sizes: Array
) -> Parts:
    """Return the ways of an array with what each leaves over."""
    change, squares = taken.changes[name], (directions**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(squares > 0, -(directions @ change) / squares, 0.0)
    left = np.linalg.norm(change + rates[:, np.newaxis] * directions, axis=1)
    places = {way: place for place, way in enumerate(ways)}
    exact = {signal: places.get(Way(signal, OWN, ways[0].row)) for signal in (OWN, NONE)}
    right = {signal: place for signal, place in exact.items() if place is not None}
    return Parts(name, change, taken.errors[name], taken.epsilon, places, right, directions,
                 sizes, rates, left, np.sqrt(squares))  # fmt: skip


def deviations(array: str, way: Way, right: str, row: int | None) -> tuple[str, ...] | None:
    """Return the faults of a way where one signal is right for the loss; None if they have no name.

    After a colon a fault says which other activation it takes, or that it is at the output.
    """
    found = []
    if (way.signal == OWN and right == NONE) or (
        way.signal == rule.OUTPUT_SENT and array not in HIDDEN
    ):
        return None
    if way.signal != right:
        found.append(_AT_OUTPUT.get(way.signal, f"{way.signal}: output"))
    if way.term != OWN:
        found.append(way.term)
    if way.row != row:
        found.append(rule.ONE_ROW)
    return tuple(found)
