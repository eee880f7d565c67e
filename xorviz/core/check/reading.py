"""What became of each array of a step, once the model, the delta and the rate are known.

Shapes: B rows, H hidden units, K forms of a product, N numbers of an array.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import product

import numpy as np

from xorviz.core.check import factors
from xorviz.core.check.factors import HIDDEN, TERMS, Forward, by_name
from xorviz.core.check.fit import (
    ONE,
    RATE_NOT_SAID,
    Anchor,
    ArrayFit,
    Delta,
    Factors,
    Fit,
    Forms,
    Layer,
    Reading,
    own_ways,
    slope_faults,
    values_of,
)
from xorviz.core.check.said import MULTIPLES, Said, is_equal
from xorviz.core.check.step import Step, digits_beside
from xorviz.core.truth_table import ROW_NAMES

_MOST = 6
"""Forms of one array that are kept."""
_DOUBT = 3
"""Times the noise below which a right array is not called wrong."""
_SINGLE = 3.0
"""Digits to which decay must be seen."""
_LOSE_FACTOR = {factors.ERROR_SENT, factors.OUTPUT_SENT}
"""Faults that lose the factor of the loss, or take a mean for a sum."""


def sent_to(is_hidden: bool, anchor: Anchor, said: Said) -> Iterator[Delta]:
    """Yield what a layer may get: the anchor's delta first."""
    delta, output, goal = anchor.delta, anchor.model.output, anchor.delta.goal
    error, *wrong = factors.errors(goal)
    yield delta
    inverted = (factors.INVERTED,) * (factors.INVERTED in delta.faults)
    none = factors.NO_SLOPE.format("output")
    for slope in factors.slopes(output, "output"):
        if slope == delta.slope and delta.error == error:
            continue
        faults = slope_faults(slope, output, said.is_entropy)
        if is_hidden and (faults or inverted or not delta.faults):
            name = slope.name or "derivative of the output activation"
            faults = (f"{name} in the backward pass",)
        # Without a fault, only the output layer has a wrong delta.
        if slope.name != none if is_hidden else faults:
            yield Delta((*inverted, *faults), error, slope, goal)
    if is_hidden:
        if delta.slope.code != "1":  # else the delta is the error
            yield Delta((*inverted, factors.ERROR_SENT), error, ONE, goal)
        yield Delta((*inverted, factors.OUTPUT_SENT), wrong[0], ONE, goal)
    elif delta.error == error:
        yield from (Delta(one.faults, one, delta.slope, goal) for one in wrong)


def layer_of(is_hidden: bool, anchor: Anchor, said: Said, f: Forward) -> Layer:
    """Return all products of the deltas of a layer: the right one first."""
    sent = list(sent_to(is_hidden, anchor, said))
    return Layer(sent, values_of(sent, f), own_ways(is_hidden, f.activation), f)


def own_forms(right: Reading, name: str, rows: tuple[int, ...]) -> Iterator[Reading]:
    """Yield the forms that one array may have of its own."""
    (usual, *others), count = TERMS[name], len(rows)
    for term in others:
        yield Reading((*right.faults, term.name), right.recipe._replace(term=term))
    if count > 1:
        for fault, scale in ((factors.MEAN_FOR_SUM, 1 / count), (factors.SUM_FOR_MEAN, count)):
            yield Reading((*right.faults, fault), right.recipe._replace(scale=float(scale)))
        for place, scale in product(range(count), (1.0, float(count))):
            fault = factors.ONE_ROW.format(ROW_NAMES[rows[place]])
            recipe = right.recipe._replace(term=usual, scale=scale, row=place)
            yield Reading((*right.faults, fault), recipe)


class AtRate(Forms):
    """The forms of an array at the rate of an anchor, beside its change."""

    def __init__(self, name: str, layer: Layer, anchor: Anchor, f: Forward, taken: Step) -> None:
        self.right = layer.form(0, name)
        own = list(own_forms(self.right, name, anchor.model.rows))
        super().__init__(name, layer, f, taken, own)
        self.rate = anchor.rate
        self.noise = self.noises(self.rate, anchor.unsure)
        """(K,) what rounding may leave over of each."""
        self.predicted = float(self.rate * self.lengths[0])
        """The norm of the change that the right one makes."""
        self.rest = taken.changes[name] + self.rate * self.right.recipe.terms(f).sum(axis=0)
        """(N,) what the right one leaves over."""

    def near(self) -> Iterator[Reading]:
        """Yield the forms that leave over no more than rounding errors."""
        limits = self.taken.limits(self.name, self.noise)
        limits[0] = self.taken.limits(self.name, _DOUBT * self.noise[:1])[0]
        is_seen = self.lengths * self.rate > self.noise
        for scale, sign in product(MULTIPLES, (1, -1)):
            distances = self.distances(sign * scale * self.rate)
            for k in np.flatnonzero(distances <= limits).tolist():
                form = self.form(k)
                is_free = scale == 1 or not _LOSE_FACTOR.isdisjoint(form.faults)
                if is_free and (is_seen[k] or (sign > 0 and not form.faults)):
                    fault = factors.WRONG_SIGN if sign < 0 else ""
                    yield scaled(form, fault, sign * scale, float(distances[k]))
        if self.length <= self.noise[0] and self.predicted > _DOUBT * self.noise[0]:
            yield scaled(self.right, factors.NOT_UPDATED, 0.0, self.length)

    def with_decay(self) -> Iterator[Reading]:
        """Yield the right form if decay explains the rest: of the weights, their signs, or both."""
        weights, noise = by_name(self.taken.before)[self.name], float(self.noise[0])
        if self.right.faults or np.linalg.norm(self.rest) <= 10**_SINGLE * noise:
            return
        for pulls in ([weights], [np.sign(weights)], [weights, np.sign(weights)]):
            table = np.stack(pulls, axis=1)
            shares = np.linalg.lstsq(table, -self.rest, rcond=None)[0]
            rest = float(np.linalg.norm(self.rest + table @ shares))
            is_sound = len(weights) > len(pulls) and ((shares > 0) & (shares < 1)).all()
            if is_sound and rest <= noise:
                yield self.right._replace(distance=rest, is_decayed=True)
                return

    def at_another_rate(self) -> Iterator[Reading]:
        """Yield the right form at another rate, if it fits at one."""
        if self.rates[0] > 0 and 0 in self.exact():
            scale = float(self.rates[0]) / self.rate
            yield scaled(self.right, factors.OTHER_RATE, scale, float(self.left[0]))

    def like(self, near: Mapping[str, Sequence[Reading]]) -> Iterator[Reading]:
        """Yield the form of one number alone at another rate that some other array has."""
        scale = float(self.rates[0]) / self.rate
        others = (o for found in near.values() for o in found if factors.OTHER_RATE in o.faults)
        same = next((one for one in others if is_equal(one.recipe.scale, scale)), None)
        if same is not None and self.taken.counts[self.name] < 2 and not near[self.name]:
            yield scaled(self.right, factors.OTHER_RATE, same.recipe.scale)

    def fit(
        self, chosen: Reading | None, alternatives: tuple[str, ...], right: Factors, f: Forward
    ) -> ArrayFit:
        """Return what became of the array: the reading that is chosen, and the next best."""
        distances, mine = self.distances(self.rate), () if chosen is None else chosen.faults
        left = float(distances[0]) if chosen is None else chosen.distance
        size = self.length or self.predicted or 1.0
        others = (
            (float(distances[k]) / size, " and ".join(faults))
            for k in np.argsort(distances).tolist()
            if (faults := self.form(k).faults) != mine and len(faults) < 2 and self.lengths[k]
        )
        exact = -self.rate * right.terms(f).sum(axis=0)
        is_unseen = max(self.predicted, self.length) <= float(self.noise[0])
        return ArrayFit(chosen, exact, left / size, alternatives, next(others, None), is_unseen)


def scaled(form: Reading, fault: str, scale: float, left: float = 0.0) -> Reading:
    """Return a form at a multiple of the rate, which may be turned around or 0."""
    recipe = form.recipe._replace(scale=scale * form.recipe.scale)
    return Reading((*form.faults, fault) if fault else form.faults, recipe, left)


def read(anchor: Anchor, taken: Step, said: Said) -> Fit:
    """Return what became of every array of a step, by the fewest faults in all."""
    model = anchor.model
    f = replace(model.forward(taken.before), w2_after=taken.after.w2.swapaxes(-1, -2))
    layers = [layer_of(is_hidden, anchor, said, f) for is_hidden in (False, True)]
    forms = {name: AtRate(name, layers[name in HIDDEN], anchor, f, taken) for name in taken.changes}
    near = {
        # The more faults, the more numbers must show them.
        name: [one for one in forms[name].near() if len(one.faults) <= max(count, 1)]
        or list(forms[name].with_decay())
        or list(forms[name].at_another_rate())
        for name, count in taken.counts.items()
    }
    near = {
        name: nsmallest(
            _MOST, [*found, *forms[name].like(near)], lambda one: (len(one.faults), one.distance)
        )
        for name, found in near.items()
    }
    chosen, alternatives = _fewest(near)
    known = said.rates(anchor.is_entropy, len(model.rows))
    is_said = any(is_equal(anchor.rate, one, anchor.unsure) for one in known)
    as_said = said.rates(anchor.is_entropy, len(model.rows), MULTIPLES[:1])
    agreed = _evidence(chosen, forms, taken)
    return Fit(
        anchor,
        sum(agreed if anchor.rate in as_said else agreed[1:]),  # one decides a rate not said
        {
            name: one.fit(chosen[name], alternatives[name], right_recipe(anchor, name, said), f)
            for name, one in forms.items()
        },
        is_scaled=len(model.rows) > 1 or is_said,
        doubt=anchor.delta.doubt + (RATE_NOT_SAID if len(known) and not is_said else 0.0),
        is_as_said=not len(known)
        or any(is_equal(anchor.rate, one, anchor.unsure) for one in as_said),
    )


def _fewest(
    near: Mapping[str, Sequence[Reading]],
) -> tuple[dict[str, Reading | None], dict[str, tuple[str, ...]]]:
    """Return the readings with the fewest faults in all, and other faults that are as few."""
    there = [name for name, found in near.items() if found]
    every = list(product(*(near[name] for name in there)))
    sizes = [
        (
            len({fault for one in each for fault in one.faults}),
            sum(bool(one.faults) for one in each),
        )
        for each in every
    ]
    best = [each for each, size in zip(every, sizes, strict=True) if size == min(sizes)]
    best.sort(key=lambda each: sum(one.distance for one in each))
    chosen: dict[str, Reading | None] = dict.fromkeys(near)
    chosen.update(zip(there, best[0], strict=True))
    alternatives: dict[str, tuple[str, ...]] = dict.fromkeys(near, ())
    for place, name in enumerate(there):
        mine = best[0][place].faults
        others = (" and ".join(each[place].faults) for each in best if each[place].faults != mine)
        alternatives[name] = tuple(dict.fromkeys(others))
    return chosen, alternatives


def _evidence(
    chosen: Mapping[str, Reading | None], forms: Mapping[str, AtRate], taken: Step
) -> list[float]:
    """Return to how many digits each number agrees, the least first."""
    digits: list[float] = []
    for name, one in chosen.items():
        if one is not None and forms[name].length and factors.OTHER_RATE not in one.faults:
            limit = max(float(forms[name].noise[0]), one.distance)
            digits += [float(digits_beside(forms[name].length, limit))] * taken.counts[name]
    return sorted(digits)


def right_recipe(anchor: Anchor, name: str, said: Said) -> Factors:
    """Return the product of a correct step for an array."""
    output, slope = anchor.model.output, anchor.delta.slope
    if slope_faults(slope, output, said.is_entropy):
        ways = factors.slopes(output, "output")
        slope = next(way for way in ways if not slope_faults(way, output, said.is_entropy))
    w2, through = (ways[0] for ways in own_ways(name in HIDDEN, anchor.model.activation))
    error, goal = factors.errors(anchor.delta.goal)[0], anchor.delta.goal
    if factors.INVERTED in anchor.delta.faults:
        error = factors.errors(goal.inverse)[0]._replace(code="(y - (1 - t))")
    return Factors(error, slope, w2, through, TERMS[name][0])
