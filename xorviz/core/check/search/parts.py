"""All ways in which the change of one array may have come about, measured against it.

Shapes: P ways, N numbers of the array.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.row_terms import HIDDEN, signals, terms
from xorviz.core.check.said import NONE, OWN
from xorviz.core.check.search.settings import Model, mask_of
from xorviz.core.check.search.step import Step
from xorviz.core.truth_table import ROWS

MARGIN = 1000
"""So many times better than the next explanation is one that counts, where numbers are full."""
ROUNDED_MARGIN = 10
"""So many times their rounding errors others leave over, where numbers are rounded."""
SAFETY = 4
"""Times the estimated rounding errors that an explanation may leave over."""
LARGEST = 0.05
"""Share of a change that an explanation may leave over, where numbers have few digits."""
BY_CHANCE = 10.0
"""Digits to which some rule of half a million agrees by chance with any change, and some more."""
_TERMS_SUMMED = 16
"""Rounding errors of a sum of products, in units of one operation."""
_CURVED = 4
"""Relative change of a gradient by a change of each weight, in most networks at most."""

_AT_OUTPUT = {NONE: rule.NO_OUTPUT_SLOPE, rule.OUTPUT_SENT: rule.OUTPUT_SENT}


class Way(NamedTuple):
    """One way to come to a direction. A value."""

    signal: str
    term: str
    row: int | None
    """The only row that is used."""


@dataclass(frozen=True, eq=False)
class Parts:
    """The change of an array, and the directions of all ways to come to it."""

    name: str
    change: Array
    """(N,)."""
    error: float
    """Norm of the rounding errors of the change."""
    is_full: bool
    """Whether the numbers are known in full."""
    precision: float
    """Relative error of a direction, of what its rows are before they cancel each other."""
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

    @cached_property
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

    def noises(self, rate: float | Array) -> Array:
        """Return the norm of what rounding may leave over of each way (P,), at one rate or each."""
        computed = self.precision * np.abs(rate) * self.sizes
        return np.asarray(SAFETY * (self.error + computed))

    @property
    def digits(self) -> list[float]:
        """To how many digits each number that changed is known, taken together."""
        ratio = self.moved / max(self.error, np.finfo(float).tiny)
        return int(np.count_nonzero(self.change)) * [float(np.log10(max(ratio, 1.0)))]

    @property
    def margin(self) -> float:
        """How many times the rounding errors another explanation may leave over to compete."""
        return MARGIN if self.is_full else ROUNDED_MARGIN


def parts_of(setting: Model, taken: Step) -> dict[str, Parts]:
    """Return the parts of each array for one setting."""
    target = setting.goal.values[np.newaxis]
    named = [(n, s[0]) for n, s in signals(setting.seen.logit, setting.output, target)]
    rows = (None, *range(len(ROWS))) if setting.row is None else (setting.row,)
    masks = np.array([mask_of(row) for row in rows])
    sent = np.array([signal for _, signal in named])[:, np.newaxis] * masks  # (S, M, B)
    found = {}
    for name, of_array in terms(setting.seen, taken.before, taken.after).items():
        stack = np.array([term for _, term in of_array])
        ways = _ways(tuple(n for n, _ in named), rows, tuple(n for n, _ in of_array))
        numbers = stack.shape[-1]
        directions = np.einsum("smb,kbn->smkn", sent, stack).reshape(-1, numbers)
        # An error y - t near 0 is known no better than y.
        parted = np.abs(sent) + masks[:, np.newaxis].swapaxes(0, 1) / _TERMS_SUMMED
        sizes = np.einsum("smb,kbn->smkn", parted, np.abs(stack)).reshape(-1, numbers)
        found[name] = _measured(name, taken, ways, directions, np.linalg.norm(sizes, axis=1))
    return found


@cache
def _ways(
    signals: tuple[str, ...], rows: tuple[int | None, ...], terms: tuple[str, ...]
) -> dict[Way, int]:
    """Return the index of each way."""
    ways = (Way(signal, term, row) for signal in signals for row in rows for term in terms)
    return {way: place for place, way in enumerate(ways)}


def _measured(
    name: str, taken: Step, places: dict[Way, int], directions: Array, sizes: Array
) -> Parts:
    """Return the ways of an array with what each leaves over."""
    precision = _TERMS_SUMMED * taken.epsilon + _CURVED * taken.blur
    change, squares = taken.changes[name], (directions**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(squares > 0, -(directions @ change) / squares, 0.0)
    left = np.linalg.norm(change + rates[:, np.newaxis] * directions, axis=1)
    row = next(iter(places)).row
    exact = {signal: places.get(Way(signal, OWN, row)) for signal in (OWN, NONE)}
    right = {signal: place for signal, place in exact.items() if place is not None}
    return Parts(
        name, change, taken.errors[name], taken.is_full, precision, places, right, directions,
        sizes, rates, left, np.sqrt(squares),
    )  # fmt: skip


def deviations(
    array: str, way: Way, right: str, row: int | None, is_scale_known: bool
) -> tuple[str, ...] | None:
    """Return the faults of a way where one signal is right for the loss; None if they have no name.

    After a colon a fault says which other activation it takes, or that it is at the output.
    """
    if way.signal == rule.OUTPUT_SENT and array not in HIDDEN:
        return None
    # Along one row, another signal only scales the step, as another rate does.
    is_seen = row is None or is_scale_known
    if way.signal != right and not is_seen:
        return None
    found = []
    if (right, way.signal) == (NONE, OWN):
        found.append(rule.EXTRA_SLOPE)
    elif way.signal != right:
        found.append(_AT_OUTPUT.get(way.signal, f"{way.signal}: output"))
    if way.term != OWN:
        found.append(way.term)
    if way.row != row:
        found.append(rule.ONE_ROW)
    return tuple(found)
