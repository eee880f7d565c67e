"""Complete explanations of a step: a setting, a loss, a rate, and what became of every array."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from xorviz.core.check.rules import rule
from xorviz.core.check.rules.row_terms import ARRAYS, HIDDEN, NONE
from xorviz.core.check.search.parts import Parts, deviations
from xorviz.core.check.search.settings import Setting

_ORDER = ("w2", "b2", "w1", "b1")
"""What the hidden layer is sent is named after what the output layer used."""
_MATES = {"w1": "b1", "b1": "w1", "w2": "b2", "b2": "w2"}
_UNEXPLAINED = 3
"""An array without an explanation counts as much as so many faults."""
_MOST_FAULTS = 2
"""Of one array."""
_SAME_RATE = 1e-4


class Reading(NamedTuple):
    """What may have become of one array."""

    faults: tuple[str, ...]
    """None if it is right."""
    way: int
    """Index of the way in its parts."""
    distance: float
    """Norm of what is left over."""
    rate: float
    """The rate of this array alone."""
    signal: str


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """What may have become of all arrays. A value."""

    setting: Setting
    parts: Mapping[str, Parts]
    right: str
    """The signal that is right for the loss: OWN for squared errors, NONE for cross-entropy."""
    rate: float
    """Of the gradient of half the sum of squared errors, or of the cross-entropy."""
    near: Mapping[str, tuple[Reading, ...]]
    """All readings of each array within the margin, the simplest first."""

    @cached_property
    def readings(self) -> dict[str, Reading | None]:
        """The simplest reading of each array that leaves over rounding errors alone."""
        found: dict[str, Reading | None] = {}
        for name in (name for name in _ORDER if name in self.parts):
            used = {fault for one in found.values() if one for fault in one.faults}
            fits = [one for one in self.near[name] if self.fits(name, one)]
            fits.sort(key=lambda one: (len(set(one.faults) - used), len(one.faults), one.distance))
            found[name] = fits[0] if fits else None
        return {name: found[name] for name in ARRAYS if name in found}

    def fits(self, name: str, one: Reading) -> bool:
        """Return whether a reading leaves over rounding errors alone."""
        return one.distance <= float(self.parts[name].noises(self.rate)[one.way])

    @cached_property
    def cost(self) -> float:
        """The number of faults, and a penalty for what is not explained or not likely."""
        names = {fault for one in self.readings.values() if one for fault in one.faults}
        unknown = sum(one is None for one in self.readings.values())
        return len(names) + _UNEXPLAINED * unknown + self.setting.goal.doubt

    @property
    def is_whole(self) -> bool:
        """Whether every array is explained."""
        return all(one is not None for one in self.readings.values())


def hypotheses(
    setting: Setting, parts: Mapping[str, Parts], rights: tuple[str, ...]
) -> Iterator[Hypothesis]:
    """Yield a hypothesis for each loss, and each rate at which some array is explained."""
    for right in rights:
        if right not in next(iter(parts.values())).right:
            continue
        tried: list[float] = []
        for rate in _rates(parts, right, setting.row):
            if all(abs(rate - other) > _SAME_RATE * rate for other in tried):
                tried.append(rate)
                yield Hypothesis(setting, parts, right, rate, _near(parts, right, setting, rate))


def nearest(setting: Setting, parts: Mapping[str, Parts], rights: tuple[str, ...]) -> Hypothesis:
    """Return a hypothesis where no array is explained: at the rate that leaves over least."""
    right = next(one for one in rights if one in next(iter(parts.values())).right)
    squares = [part.lengths[part.right[right]] ** 2 for part in parts.values()]
    met = [
        part.rates[part.right[right]] * square
        for part, square in zip(parts.values(), squares, strict=True)
    ]
    rate = abs(float(sum(met))) / (float(sum(squares)) or 1.0)
    return Hypothesis(setting, parts, right, rate, _near(parts, right, setting, rate))


def _rates(parts: Mapping[str, Parts], right: str, row: int | None) -> list[float]:
    """Return the rates at which an array is explained by itself, the surest first."""
    found: list[tuple[float, float]] = []
    for part in parts.values():
        if not part.has_direction:
            continue
        noises = part.noises(float(np.abs(part.rates).max()))
        for way in np.flatnonzero((part.left <= noises) & (part.rates != 0)):
            faults = deviations(part.name, part.ways[way], right, row)
            if faults is not None and len(faults) < 2:
                found.append((float(noises[way]) / part.moved, abs(float(part.rates[way]))))
    return [rate for _, rate in sorted(found)]


def _near(
    parts: Mapping[str, Parts], right: str, setting: Setting, rate: float
) -> dict[str, tuple[Reading, ...]]:
    """Return the readings of each array within the margin, at one rate."""
    found: dict[str, tuple[Reading, ...]] = {}
    sent = ""
    for name in (name for name in _ORDER if name in parts):
        readings = [
            one for one in _read(parts, name, right, setting.row, rate)
            if len(one.faults) <= _MOST_FAULTS
        ]  # fmt: skip
        if name in HIDDEN:
            readings = [_in_hidden_layer(one, sent) for one in readings]
        found[name] = tuple(sorted(readings, key=lambda one: (len(one.faults), one.distance)))
        if name == "w2" and found[name]:
            sent = found[name][0].signal
    return found


def _in_hidden_layer(one: Reading, sent: str) -> Reading:
    """Return a reading of the hidden layer, to which a slope is lost if w2 had it."""
    if rule.NO_OUTPUT_SLOPE not in one.faults or sent == NONE:
        return one
    renamed = (rule.ERROR_SENT if f == rule.NO_OUTPUT_SLOPE else f for f in one.faults)
    return one._replace(faults=tuple(renamed))


def _read(
    parts: Mapping[str, Parts], name: str, right: str, row: int | None, rate: float
) -> Iterator[Reading]:
    """Yield the readings of an array within the margin."""
    part = parts[name]
    limits, exact, is_right = part.limits(rate), part.right[right], False
    for sign, faults in ((1, ()), (-1, (rule.WRONG_SIGN,))):
        distances = part.distances(sign * rate)
        for way in np.flatnonzero(distances <= limits):
            deviating = deviations(name, part.ways[way], right, row)
            # A direction of length 0 has no sign.
            if deviating is not None and (sign == 1 or part.lengths[way] > 0):
                is_right |= sign == 1 and way == exact
                yield Reading((*deviating, *faults), int(way), float(distances[way]),
                              float(part.rates[way]), part.ways[way].signal)  # fmt: skip
    if part.moved <= limits[exact]:
        yield Reading((rule.NOT_UPDATED,), exact, part.moved, 0.0, right)
    own, left = float(part.rates[exact]), float(part.left[exact])
    # Along one row, another signal looks like another rate.
    is_free = not is_right and row is None and own > 0 and left <= limits[exact]
    if is_free and _is_shared(parts, name, own, right):
        yield Reading((rule.OTHER_RATE,), exact, left, own, right)


def _is_shared(parts: Mapping[str, Parts], name: str, own: float, right: str) -> bool:
    """Return whether an array's rate is seen in more than one number."""
    part, mate = parts[name], parts.get(_MATES[name])
    if part.has_direction:
        return True
    return mate is not None and abs(mate.rates[mate.right[right]] - own) <= _SAME_RATE * own
