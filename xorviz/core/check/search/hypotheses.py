"""Complete explanations of a step: a setting, a loss, a rate, and what became of every array."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.losses import MULTIPLES, is_equal
from xorviz.core.check.rules.row_terms import ARRAYS, HIDDEN, fault_of
from xorviz.core.check.said import NONE
from xorviz.core.check.search.parts import LARGEST, SAFETY, Parts, deviations
from xorviz.core.check.search.settings import Model

_ORDER = ("w2", "b2", "w1", "b1")
"""What the hidden layer is sent is named after what the output layer used."""
_UNEXPLAINED = 3
"""An array without an explanation counts as much as so many faults."""
_DOUBT = 1.5
"""More than a fault, less than two."""
_SCALED = frozenset({rule.ERROR_SENT, rule.NO_OUTPUT_SLOPE, rule.OUTPUT_SENT, rule.SHARED_BIAS})
"""Faults of the hidden layer that lose the factor of the loss, or take a mean for a sum."""


class Reading(NamedTuple):
    """What may have become of one array."""

    fault: str
    """Empty if it is right."""
    way: int
    """Index of the way in its parts."""
    distance: float
    """Norm of what is left over."""
    rate: float
    """The rate of this array alone."""
    is_free: bool = False
    """Whether any rate fits, so that it explains more on its own."""


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """What may have become of all arrays. A value."""

    setting: Model
    parts: Mapping[str, Parts]
    right: str
    """The signal that is right for the loss: OWN for squared errors, NONE for cross-entropy."""
    rate: float
    """Of the gradient whose signal is the error times a slope, without a factor."""
    unsure: float = 0.0
    """Relative error of the rate."""
    doubt: float = 0.0
    """Where another rate was said."""
    is_scale_known: bool = False
    """Whether the rate is said, so that the size of a step along one row counts as evidence."""
    said: float | None = None
    """The rate that is said, without the factor of the loss."""
    is_loss_said: bool = True
    """Whether no other loss is possible."""

    @cached_property
    def near(self) -> dict[str, list[Reading]]:
        """All readings of each array within the margin."""
        found = {name: [*self._read(name, self.right, None)] for name in self.parts}
        ways = {n: self.parts[n].ways[min(r, key=_simplicity).way] for n, r in found.items() if r}
        # Where one array is of one row, another that did not change may be of it too; and what the
        # output layer does wrong reaches the hidden one, which may have a fault of its own.
        lost = next((way.row for way in ways.values() if way.row != self.setting.row), None)
        sent = ways["w2"].signal if "w2" in ways else self.right
        if (sent, lost) == (self.right, None):
            return found
        return {name: [*self._read(name, sent, lost)] for name in self.parts}

    @cached_property
    def readings(self) -> dict[str, Reading | None]:
        """The simplest reading of each array that leaves over rounding errors alone."""
        found: dict[str, Reading | None] = {}
        for name in (name for name in _ORDER if name in self.parts):
            used = {"", *(one.fault for one in found.values() if one)}
            fits = [
                self._named(name, one, found) for one in self.near[name] if self._fits(name, one)
            ]
            fits.sort(key=lambda one: (*_simplicity(one)[:2], one.fault not in used, one.distance))
            found[name] = fits[0] if fits else None
        return {name: found[name] for name in ARRAYS if name in found}

    def _named(self, name: str, one: Reading, found: Mapping[str, Reading | None]) -> Reading:
        """Return a reading by the name of its fault in the hidden layer."""
        of_w2 = found.get("w2")
        is_lost_before = of_w2 is not None and self.parts["w2"].ways[of_w2.way].signal == NONE
        if name in HIDDEN and one.fault == rule.NO_OUTPUT_SLOPE and not is_lost_before:
            return one._replace(fault=rule.ERROR_SENT)
        return one

    @cached_property
    def cost(self) -> float:
        """The number of faults, and a penalty for what is not explained or not likely."""
        readings = self.readings.values()
        faults = {fault_of(one.fault) for one in readings if one} - {""}
        # A rate that no array has is no explanation.
        has_rate = any(one is not None and not one.is_free for one in readings)
        unknown = sum(one is None for one in readings) if has_rate else len(readings)
        unknown += self.is_loose
        return len(faults) + _UNEXPLAINED * unknown + self.setting.goal.doubt + self.doubt

    @cached_property
    def preference(self) -> tuple[float, ...]:
        """What is less for the simpler hypothesis: faults, then the arrays that have them."""
        faulty = [name for name, one in self.readings.items() if one is None or one.fault]
        is_other = self.said is not None and not is_equal(self.rate, self.said, self.unsure)
        return (self.cost, is_other, len(faulty), *(n in faulty for n in ("w2", "w1", "b2")))

    @property
    def agreeing(self) -> list[float]:
        """To how many digits each number agrees with the rate.

        Without the number that decides the rate, unless it is said.
        """
        fixed = (name for name, one in self.readings.items() if one and not one.is_free)
        digits = [each for name in fixed for each in self.parts[name].digits]
        is_said = self.said is not None and is_equal(self.rate, self.said, self.unsure)
        return sorted(digits)[: None if is_said else -1]

    @property
    def is_of_one_row(self) -> bool:
        """Whether the sum over the rows is missing in all weights that changed."""
        moved = [name for name in ("w1", "w2") if self.parts[name].moved]
        faults = {one and one.fault for name, one in self.readings.items() if name in moved}
        return faults == {rule.ONE_ROW}

    @property
    def is_whole(self) -> bool:
        """Whether every array is explained."""
        return all(one is not None for one in self.readings.values()) and not self.is_loose

    @property
    def is_loose(self) -> bool:
        """Whether there are several faults, which together explain nearly anything."""
        faults = {fault_of(one.fault) for one in self.readings.values() if one}
        return len(faults - {"", rule.NOT_UPDATED}) > 1

    def _fits(self, name: str, one: Reading) -> bool:
        """Return whether a reading leaves over rounding errors alone."""
        part = self.parts[name]
        noise = float(self._noises(part)[one.way])
        return one.distance <= (min(noise, LARGEST * part.moved) if part.moved else noise)

    def _noises(self, part: Parts) -> Array:
        """Return what rounding may leave over of each way (P,)."""
        return np.asarray(part.noises(self.rate) + self.unsure * self.rate * part.lengths)

    def _read(self, name: str, sent: str, lost: int | None) -> Iterator[Reading]:
        """Yield the readings of an array within the margin.

        ``sent`` is the signal of w2, ``lost`` the only row of another array.
        """
        part, exact = self.parts[name], self.parts[name].right[self.right]
        limits, is_right = part.margin / SAFETY * self._noises(part), False
        for sign in (1, -1):
            distances = part.distances(sign * self.rate)
            for way in np.flatnonzero(distances <= limits):
                fault = self._fault(part, int(way), sign, sent, lost)
                if fault is not None:
                    is_right |= not fault
                    yield Reading(fault, int(way), float(distances[way]), float(part.rates[way]))
        yield from self._scaled(part, limits, sent, lost)
        if part.moved <= limits[exact]:
            yield Reading(rule.NOT_UPDATED, exact, part.moved, 0.0, is_free=True)
        own, left = float(part.rates[exact]), float(part.left[exact])
        # Along one row, another signal looks like another rate.
        is_free = not is_right and self.setting.row is None and own > 0 and left <= limits[exact]
        if is_free and self._is_shared(name, own):
            yield Reading(rule.OTHER_RATE, exact, left, own, is_free=True)

    def _scaled(self, part: Parts, limits: Array, sent: str, lost: int | None) -> Iterator[Reading]:
        """Yield the readings of a direction whose scale a fault changes as well."""
        if part.name not in HIDDEN or not part.has_direction or self.setting.row is not None:
            return
        for way in np.flatnonzero((part.left <= limits) & (part.rates != 0)):
            fault, rate = self._fault(part, int(way), 1, sent, lost), float(part.rates[way])
            # Where all targets are 0, the output is the error, and has a sign.
            has_sign = fault != rule.OUTPUT_SENT or not self.setting.goal.values.any()
            if fault in _SCALED and (rate > 0 or not has_sign):
                yield Reading(fault, int(way), float(part.left[way]), rate, is_free=True)

    def _fault(self, part: Parts, way: int, sign: int, sent: str, lost: int | None) -> str | None:
        """Return the one fault of a way, empty if it is right; None for several or one unnamed."""
        taken, row = part.ways[way], self.setting.row
        deviating = deviations(part.name, taken, self.right, row, self.is_scale_known)
        if deviating is None or (rule.EXTRA_SLOPE in deviating and not self.is_loss_said):
            return None
        if part.name in HIDDEN and taken.signal == sent != self.right and len(deviating) > 1:
            deviating = deviating[1:]
        if sign < 0:
            deviating = (*deviating, rule.WRONG_SIGN)
        # A direction of length 0 shows no fault, unless another array shows it.
        is_seen = (
            part.lengths[way] > 0
            or not deviating
            or (deviating == (rule.ONE_ROW,) and taken.row == lost)
        )
        return "".join(deviating) if is_seen and len(deviating) < 2 else None

    def _is_shared(self, name: str, own: float) -> bool:
        """Return whether an array's rate is seen in more than one number."""
        part = self.parts[name]
        if part.has_direction:
            return True
        noise = float(self._noises(part)[part.right[self.right]])
        for other in (one for one in self.parts.values() if one is not part and one.moved):
            exact = other.right[self.right]
            limit = noise + float(self._noises(other)[exact])
            is_near = abs(other.rates[exact] - own) * other.lengths[exact] <= limit
            if is_near and other.left[exact] <= limit:
                return True
        return False


def _simplicity(one: Reading) -> tuple[bool, bool, float]:
    """Return what is less for the simpler reading: a rate of its own explains much."""
    return bool(one.fault), one.is_free and one.fault != rule.NOT_UPDATED, one.distance


def hypotheses(
    setting: Model, parts: Mapping[str, Parts], rights: Sequence[str], said: float | None
) -> Iterator[Hypothesis]:
    """Yield a hypothesis for each loss, and each rate at which some array is explained.

    ``said`` is the rate without the factor of the loss, if both are known.
    """
    for right in rights:
        one = Hypothesis(setting, parts, right, 0.0, said=said, is_loss_said=len(rights) == 1)
        if setting.row is not None and said is not None:
            for multiple in MULTIPLES:
                yield replace(one, rate=multiple * said, is_scale_known=True)
            one = replace(one, doubt=_DOUBT)
        tried: list[float] = []
        for rate, unsure in _rates(parts, right, setting.row):
            # The surest are first, so that no other differs by more than its own error.
            if all(abs(rate - other) > 2 * unsure * rate for other in tried):
                tried.append(rate)
                yield replace(one, rate=rate, unsure=unsure)


def nearest(setting: Model, parts: Mapping[str, Parts], right: str) -> Hypothesis:
    """Return a hypothesis where no array is explained: at the rate that leaves over least."""
    exact = [(part, part.right[right]) for part in parts.values()]
    squares = [float(part.lengths[way]) ** 2 for part, way in exact]
    met = [
        float(part.rates[way]) * square for (part, way), square in zip(exact, squares, strict=True)
    ]
    return Hypothesis(setting, parts, right, abs(sum(met)) / (sum(squares) or 1.0))


def _rates(parts: Mapping[str, Parts], right: str, row: int | None) -> list[tuple[float, float]]:
    """Return the rates at which an array is explained on its own, the surest first.

    Each with its relative error.
    """
    found: list[tuple[float, float]] = []
    has_direction = any(part.has_direction for part in parts.values())
    for part in parts.values():
        if not (part.has_direction or (part.moved and not has_direction)):
            continue
        noises = part.noises(part.rates)
        for way in np.flatnonzero((part.left <= noises) & (part.rates != 0)):
            faults = deviations(part.name, part.ways[way], right, row, False)
            is_scaled = part.name in HIDDEN and bool(_SCALED.intersection(faults or ()))
            if faults is not None and len(faults) < 2 and not is_scaled:
                found.append((float(noises[way]) / part.moved, abs(float(part.rates[way]))))
    return [(rate, unsure) for unsure, rate in sorted(found)]
