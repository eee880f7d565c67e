"""What became of each array of a step, once the model, the delta and the rate are known.

Shapes: B rows, H hidden units, K forms of a product, N numbers of an array.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import product

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check import factors
from xorviz.core.check.factors import ERROR, HIDDEN, TERMS, W2_WAYS, Forward, by_name
from xorviz.core.check.fit import (
    ONE,
    UNUSED,
    Anchor,
    ArrayFit,
    Delta,
    Factors,
    Fit,
    Nearness,
    Reading,
    measured,
    slope_faults,
)
from xorviz.core.check.said import MULTIPLES, Said, is_equal
from xorviz.core.check.step import Step, digits_beside
from xorviz.core.truth_table import ROW_NAMES

_MOST = 6
"""Forms of one array that are kept."""
_DOUBT = 3
"""Times the noise below which a right array is not called wrong."""
_OTHER_RATE = 1.5
"""What another rate than said counts: more than a fault, less than two."""
_SINGLE = 3.0
"""Digits to which decay must be seen."""
_OF_DELTA = factors.W2_MISSING, factors.NO_SLOPE.format("hidden")
"""Both faults together are another one."""
_LOSE_FACTOR = {factors.ERROR_SENT, factors.OUTPUT_SENT}
"""Faults that lose the factor of the loss, or take a mean for a sum."""


def sent_to(is_hidden: bool, anchor: Anchor, said: Said) -> Iterator[Delta]:
    """Yield what a layer may get: the anchor's delta first."""
    delta, output = anchor.delta, anchor.model.output
    yield delta
    inverted = (factors.INVERTED,) * (factors.INVERTED in delta.faults)
    none = factors.NO_SLOPE.format("output")
    for slope in factors.slopes(output, "output"):
        if slope == delta.slope and delta.error is ERROR:
            continue
        faults = slope_faults(slope, output, said.is_entropy)
        if not is_hidden:
            yield from [Delta((*inverted, *faults), ERROR, slope)] * bool(faults)
        elif delta.faults and not faults and not inverted and slope.name != none:
            yield Delta((), ERROR, slope)  # only the output layer has a wrong delta
        elif slope.name != none:
            name = slope.name or "derivative of the output activation"
            yield Delta((*inverted, f"{name} in the backward pass"), ERROR, slope)
    if is_hidden:
        if delta.slope.code != "1":  # else the delta is the error
            yield Delta((*inverted, factors.ERROR_SENT), ERROR, ONE)
        yield Delta((*inverted, factors.OUTPUT_SENT), factors.ERRORS[1], ONE)
    elif delta.error is ERROR:
        yield from (Delta(one.faults, one, delta.slope) for one in factors.ERRORS[1:])


class Layer:
    """All products of the deltas of a layer."""

    def __init__(self, is_hidden: bool, anchor: Anchor, said: Said, f: Forward) -> None:
        sent = list(sent_to(is_hidden, anchor, said))
        slopes = factors.slopes(f.activation, "hidden") if is_hidden else (UNUSED,)
        ways = W2_WAYS if is_hidden else (UNUSED,)
        self._ways = list(product(sent, ways, slopes))
        deltas = np.array([one.error.value(f) * one.slope.value(f) for one in sent])
        back, through = (np.array([one.value(f) for one in each]) for each in (ways, slopes))
        every = deltas[:, np.newaxis, np.newaxis, :, np.newaxis] * back[:, np.newaxis] * through
        self.values = every.reshape(-1, *every.shape[-2:])
        """(K, B, H), or (K, B, 1) of the output layer: the right one first."""

    def __len__(self) -> int:
        return len(self._ways)

    def form(self, k: int, name: str) -> Reading:
        """Return a form of an array's product."""
        sent, w2, slope = self._ways[k]
        is_delta = (w2.name, slope.name) == _OF_DELTA
        own = (factors.DELTA_USED,) if is_delta else (*w2.faults, *slope.faults)
        recipe = Factors(sent.error, sent.slope, w2, slope, TERMS[name][0])
        return Reading((*sent.faults, *own), recipe)


def own_forms(right: Reading, name: str, rows: tuple[int, ...]) -> Iterator[Reading]:
    """Yield the forms that one array may have of its own."""
    (usual, *others), count = TERMS[name], len(rows)
    for term in others:
        yield Reading((*right.faults, term.name), right.recipe._replace(term=term))
    if count > 1:
        for fault, scale in ((factors.MEAN_FOR_SUM, 1 / count), (factors.SUM_FOR_MEAN, count)):
            yield Reading((*right.faults, fault), right.recipe._replace(scale=float(scale)))
        for row, scale in product(rows, (1.0, float(count))):
            fault = factors.ONE_ROW.format(ROW_NAMES[row])
            recipe = right.recipe._replace(term=usual, scale=scale, row=row)
            yield Reading((*right.faults, fault), recipe)


class Forms:
    """All forms of the product of one array, measured beside its change."""

    def __init__(self, name: str, layer: Layer, anchor: Anchor, f: Forward, taken: Step) -> None:
        self.name, self.rate, self.length = name, anchor.rate, taken.lengths[name]
        self._layer = layer
        self._right = layer.form(0, name)
        self._own = list(own_forms(self._right, name, anchor.model.rows))
        terms = np.asarray(TERMS[name][0].value(f, layer.values))
        more = [one.recipe.of_rows(f, anchor.model.rows) for one in self._own]
        directions = np.concatenate([terms.sum(axis=1), *(one.sum(axis=0)[None] for one in more)])
        sizes = [np.abs(terms).sum(axis=1), *(np.abs(one).sum(axis=0)[None] for one in more)]
        # An error y - t near 0 is known no better than y.
        least = np.abs(self._right.recipe._replace(error=ONE).terms(f)).sum(axis=0) / 16
        self.measured: Nearness = measured(
            taken.changes[name], directions, np.concatenate(sizes) + least
        )
        self._left = taken.changes[name] + anchor.rate * directions[0]
        """(N,) what the right one leaves over."""
        noises = taken.noise(name, self.rate * self.measured.sizes)
        self._is_one = taken.counts[name] < 2
        self.noises = noises + anchor.unsure * self.rate * self.measured.lengths
        """(K,) what rounding may leave over of each."""

    @property
    def predicted(self) -> float:
        """The norm of the change that the right one makes."""
        return float(self.rate * self.measured.lengths[0])

    @property
    def scale(self) -> float:
        """The norm of the change, or of the one that is missing."""
        return self.length or self.predicted or 1.0

    @property
    def is_unseen(self) -> bool:
        """Whether there is no gradient and no change."""
        return max(self.predicted, self.length) <= float(self.noises[0])

    def form(self, k: int) -> Reading:
        """Return a form; the right one is the first."""
        count = len(self._layer)
        return self._layer.form(k, self.name) if k < count else self._own[k - count]

    def distances(self, scale: float) -> Array:
        """Return the norm of what each form (K,) leaves over at a multiple of the rate."""
        return self.measured.distances(scale * self.rate)

    def near(self, taken: Step) -> Iterator[Reading]:
        """Yield the forms that leave over no more than rounding errors."""
        limits = taken.limits(self.name, self.noises)
        limits[0] = taken.limits(self.name, _DOUBT * self.noises[:1])[0]
        is_seen = self.measured.lengths * self.rate > self.noises
        for scale in (1.0, *(m for m in MULTIPLES if m != 1)):
            for sign in (1, -1):
                for k in np.flatnonzero(self.distances(sign * scale) <= limits):
                    form = self.form(int(k))
                    is_free = scale == 1 or not _LOSE_FACTOR.isdisjoint(form.faults)
                    if is_free and (is_seen[k] or (sign > 0 and not form.faults)):
                        yield _scaled(form, sign * scale, float(self.distances(sign * scale)[k]))
        if self.length <= self.noises[0] and self.predicted > _DOUBT * self.noises[0]:
            yield _scaled(self._right, 0.0, self.length)

    def with_decay(self, taken: Step) -> Iterator[Reading]:
        """Yield the right form if decay explains the rest: of the weights, their signs, or both."""
        weights, noise = by_name(taken.before)[self.name], float(self.noises[0])
        if self._right.faults or np.linalg.norm(self._left) <= 10**_SINGLE * noise:
            return
        for pulls in ([weights], [np.sign(weights)], [weights, np.sign(weights)]):
            table = np.stack(pulls, axis=1)
            shares = np.linalg.lstsq(table, -self._left, rcond=None)[0]
            rest = float(np.linalg.norm(self._left + table @ shares))
            is_sound = len(weights) > len(pulls) and ((shares > 0) & (shares < 1)).all()
            if is_sound and rest <= noise:
                yield self._right._replace(distance=rest, is_decayed=True)
                return

    def at_another_rate(self, taken: Step) -> Iterator[Reading]:
        """Yield the right form at another rate, if it fits at one."""
        own, left = float(self.measured.rates[0]), float(self.measured.left[0])
        limit = float(taken.limits(self.name, taken.noise(self.name, own * self.measured.sizes[0])))
        if own > 0 and taken.counts[self.name] > 1 and left <= limit < self.length:
            yield other_rate(self._right, own / self.rate, left)

    def like(self, near: Mapping[str, Sequence[Reading]]) -> Iterator[Reading]:
        """Yield the form of one number alone at another rate that some other array has."""
        scale = float(self.measured.rates[0]) / self.rate
        others = (o for found in near.values() for o in found if factors.OTHER_RATE in o.faults)
        same = next((one for one in others if is_equal(one.recipe.scale, scale)), None)
        if same is not None and self._is_one and not near[self.name]:
            yield other_rate(self._right, same.recipe.scale, 0.0)

    def fit(
        self, chosen: Reading | None, alternatives: tuple[str, ...], right: Factors, f: Forward
    ) -> ArrayFit:
        """Return what became of the array: the reading that is chosen, and the next best."""
        distances, mine = self.distances(1.0), () if chosen is None else chosen.faults
        left = float(distances[0]) if chosen is None else chosen.distance
        nearest = ((k, self.form(k).faults) for k in np.argsort(distances).tolist())
        others = (
            (float(distances[k]) / self.scale, " and ".join(faults))
            for k, faults in nearest
            if faults != mine and len(faults) < 2 and self.measured.lengths[k]
        )
        exact = -self.rate * right.terms(f).sum(axis=0)
        other = next(others, None)
        return ArrayFit(chosen, exact, left / self.scale, alternatives, other, self.is_unseen)


def _scaled(form: Reading, scale: float, left: float) -> Reading:
    """Return a form at a multiple of the rate, which may be turned around or 0."""
    more = (factors.NOT_UPDATED,) if scale == 0 else (factors.WRONG_SIGN,) * (scale < 0)
    recipe = form.recipe._replace(scale=scale * form.recipe.scale)
    return Reading((*form.faults, *more), recipe, left)


def other_rate(form: Reading, scale: float, left: float) -> Reading:
    """Return a form at another rate than the others."""
    recipe = form.recipe._replace(scale=scale)
    return Reading((*form.faults, factors.OTHER_RATE), recipe, left)


def read(anchor: Anchor, taken: Step, said: Said) -> Fit:
    """Return what became of every array of a step, by the fewest faults in all."""
    model = anchor.model
    f = replace(model.forward(taken.before), w2_after=taken.after.w2.swapaxes(-1, -2))
    layers = [Layer(is_hidden, anchor, said, f) for is_hidden in (False, True)]
    forms = {name: Forms(name, layers[name in HIDDEN], anchor, f, taken) for name in taken.changes}
    near = {
        # The more faults, the more numbers must show them.
        name: [one for one in forms[name].near(taken) if len(one.faults) <= max(count, 1)]
        or list(forms[name].with_decay(taken))
        or list(forms[name].at_another_rate(taken))
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
    return Fit(
        anchor,
        _evidence(chosen, forms, taken),
        {
            name: one.fit(chosen[name], alternatives[name], right_recipe(anchor, name, said), f)
            for name, one in forms.items()
        },
        is_scaled=len(model.rows) > 1 or is_said,
        doubt=anchor.delta.doubt + (_OTHER_RATE if len(known) and not is_said else 0.0),
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
    chosen: Mapping[str, Reading | None], forms: Mapping[str, Forms], taken: Step
) -> float:
    """Return to how many digits all numbers agree, beside the one that decides the rate."""
    digits: list[float] = []
    for name, one in chosen.items():
        if one is not None and forms[name].length and factors.OTHER_RATE not in one.faults:
            limit = max(float(forms[name].noises[0]), one.distance)
            digits += [float(digits_beside(forms[name].length, limit))] * taken.counts[name]
    return sum(sorted(digits)[1:])


def right_recipe(anchor: Anchor, name: str, said: Said) -> Factors:
    """Return the product of a correct step for an array."""
    output, slope = anchor.model.output, anchor.delta.slope
    if slope_faults(slope, output, said.is_entropy):
        ways = factors.slopes(output, "output")
        slope = next(way for way in ways if not slope_faults(way, output, said.is_entropy))
    hidden = factors.slopes(anchor.model.activation, "hidden")[0]
    w2, through = (W2_WAYS[0], hidden) if name in HIDDEN else (UNUSED, UNUSED)
    error = factors.TURNED if factors.INVERTED in anchor.delta.faults else ERROR
    return Factors(error, slope, w2, through, TERMS[name][0])
