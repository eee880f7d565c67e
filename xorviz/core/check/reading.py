"""What became of each array of a step, once the model, the delta and the rate are known.

Shapes: B rows, H hidden units, K combinations, N numbers of an array.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check import factors
from xorviz.core.check.factors import ERROR, HIDDEN, TERMS, W2_WAYS, Forward, Way
from xorviz.core.check.fit import (
    ONE,
    Anchor,
    Fit,
    Measured,
    Reading,
    Recipe,
    digits_beside,
    is_entropy,
    measured,
    slope_faults,
)
from xorviz.core.check.losses import MULTIPLES, is_equal, said_rates
from xorviz.core.check.said import Said
from xorviz.core.check.step import Step
from xorviz.core.truth_table import ROW_NAMES

_SINGLE = 3.0
"""Digits to which one of the few forms of one number agrees by chance, and some more."""
_MOST = 6
"""Forms of one array that are kept."""
_DOUBT = 3
"""Times the noise below which a right array is not called wrong."""
_OTHER_RATE = 1.5
"""What another rate than said counts: more than a fault, less than two."""


@dataclass(frozen=True, eq=False)
class Forms:
    """All forms of the product of one array, measured beside its change."""

    name: str
    forms: Sequence[tuple[tuple[str, ...], Recipe]]
    """The faults and the factors of each; the right one of the anchor's delta is first."""
    shared: int
    """How many come first that both arrays of the layer have, in the same places."""
    measured: Measured
    rate: float
    noises: Array
    """(K,) what rounding may leave over of each."""
    length: float
    """The norm of the change."""

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
        return max(self.predicted, self.length) <= self.noises[0]

    def reading(self, k: int, sign: int = 1) -> Reading:
        """Return a form, perhaps turned around."""
        faults, recipe = self.forms[k]
        more = () if sign > 0 else (factors.WRONG_SIGN,)
        left = float(self.measured.distances(sign * self.rate)[k])
        return Reading((*faults, *more), recipe._replace(scale=sign * recipe.scale), left)

    def still(self) -> Reading:
        """Return the form of an array that is not updated."""
        faults, recipe = self.forms[0]
        return Reading((*faults, factors.NOT_UPDATED), recipe._replace(scale=0.0), self.length)

    def nearest(self, count: int) -> Iterator[int]:
        """Yield the places of the forms with one fault more that leave over least."""
        most = len(self.forms[0][0]) + 1
        order = np.argsort(self.measured.distances(self.rate))
        found = (int(k) for k in order if k and len(self.forms[k][0]) <= most)
        return islice(found, count)


def read(anchor: Anchor, taken: Step, said: Said) -> Fit:
    """Return what became of every array of a step, by the fewest faults in all."""
    model = anchor.whole_model
    forms = all_forms(anchor, taken, said)
    near = {name: list(_near(one, taken)) for name, one in forms.items()}
    for name, found in near.items():
        found += _at_rates(forms[name], near)
        found.sort(key=_simplicity)
        del found[_MOST:]
    chosen, alternatives = _fewest(near)
    known = said_rates(said, is_entropy(model, anchor.delta), len(model.rows))
    is_said = bool(len(known)) and any(is_equal(anchor.rate, one, anchor.unsure) for one in known)
    return Fit(
        model, anchor.delta, anchor.rate, anchor.unsure,
        evidence=_evidence(chosen, forms, taken, is_said),
        readings=chosen,
        alternatives=alternatives,
        exact=exact_changes(anchor, taken, said),
        residuals={name: _residual(one, chosen[name]) for name, one in forms.items()},
        others={name: _next(one, chosen[name]) for name, one in forms.items()},
        unseen=frozenset(name for name, one in forms.items() if one.is_unseen),
        is_scaled=len(model.rows) > 1 or is_said,
        doubt=anchor.delta.doubt + (_OTHER_RATE if len(known) and not is_said else 0.0),
    )  # fmt: skip


def _simplicity(one: Reading) -> tuple[int, float]:
    return len(one.faults), one.distance


def all_forms(anchor: Anchor, taken: Step, said: Said) -> dict[str, Forms]:
    """Return all forms of each array's product."""
    f = anchor.whole_model.forward(taken.before)
    f = replace(f, w2_after=taken.after.w2.swapaxes(-1, -2))
    return {name: _forms(name, anchor, f, taken, said) for name in taken.changes}


def _forms(name: str, anchor: Anchor, f: Forward, taken: Step, said: Said) -> Forms:
    """Return all forms of an array's product."""
    rows = anchor.model.rows
    sent = list(_sent(anchor, f, said, name in HIDDEN))
    if name in HIDDEN:
        ways = list(product(sent, W2_WAYS, factors.slopes(f.activation, "hidden")))
        deltas = np.array(
            [error.value(f) * slope.value(f) * scale for _, error, slope, scale in sent]
        )
        through = np.array([way.value(f)[0] for way in W2_WAYS])
        hidden = np.array([way.value(f) for way in factors.slopes(f.activation, "hidden")])
        values = np.einsum("pb,wh,sbh->pwsbh", deltas, through, hidden).reshape(-1, *f.h.shape)
        recipes = [
            (_joined(faults, w2, slope), Recipe(error, out, w2, slope, TERMS[name][0], scale))
            for (faults, error, out, scale), w2, slope in ways
        ]
    else:
        values = np.array([(e.value(f) * s.value(f))[:, np.newaxis] for _, e, s, _ in sent])
        recipes = [(faults, Recipe(e, s, None, None, TERMS[name][0])) for faults, e, s, _ in sent]
    of_rows = np.asarray(TERMS[name][0].value(f, values))
    directions, sizes = of_rows.sum(axis=1), np.abs(of_rows).sum(axis=1)
    faults, right = recipes[0]
    more = [
        ((*faults, *one), right._replace(term=term, scale=scale, row=row))
        for one, term, scale, row in _of_array(name, rows)
    ]
    extra = [
        np.asarray(recipe.terms(f))[... if recipe.row is None else [rows.index(recipe.row)], :]
        for _, recipe in more
    ]
    if extra:
        directions = np.concatenate((directions, [one.sum(axis=0) for one in extra]))
        sizes = np.concatenate((sizes, [np.abs(one).sum(axis=0) for one in extra]))
    least = np.abs(right._replace(error=ONE).terms(f)).sum(axis=0) / 16
    found = measured(taken.changes[name], directions, sizes + least)
    noises = (
        taken.noise(name, anchor.rate * found.sizes) + anchor.unsure * anchor.rate * found.lengths
    )
    length = taken.lengths[name]
    return Forms(name, [*recipes, *more], len(recipes), found, anchor.rate, noises, length)


def _sent(
    anchor: Anchor, f: Forward, said: Said, is_hidden: bool
) -> Iterator[tuple[tuple[str, ...], Way, Way, float]]:
    """Yield faults, error, slope and scale of what an array may get: the anchor's delta first."""
    delta, output = anchor.delta, anchor.model.output
    entropy = None if said.loss is None else said.is_entropy
    yield delta.faults, delta.error, delta.slope, 1.0
    of_targets = (factors.INVERTED,) * (factors.INVERTED in delta.faults)
    for slope in factors.slopes(output, "output"):
        faults = slope_faults(slope, output, entropy)
        is_same = slope == delta.slope and delta.error is ERROR
        if is_same or (slope.name == factors.NO_SLOPE.format("output") and is_hidden):
            continue
        if is_hidden and not faults and delta.faults and not of_targets:
            yield (), ERROR, slope, 1.0  # only the output layer has a wrong delta
        elif is_hidden:
            name = slope.name or "derivative of the output activation"
            yield (*of_targets, f"{name} on the way back"), ERROR, slope, 1.0
        elif faults:
            yield (*of_targets, *faults), ERROR, slope, 1.0
    if is_hidden:
        for scale in MULTIPLES:
            yield (*of_targets, factors.ERROR_SENT), ERROR, ONE, scale
            yield (*of_targets, factors.OUTPUT_SENT), factors.ERRORS[1], ONE, scale
    elif delta.error is ERROR:
        for error in factors.ERRORS[1:]:
            yield error.faults, error, delta.slope, 1.0


def _joined(sent: tuple[str, ...], w2: Way, slope: Way) -> tuple[str, ...]:
    """Return the faults of a hidden delta; without w2 and a slope, it is that of the output."""
    if w2.name == factors.W2_MISSING and slope.name == factors.NO_SLOPE.format("hidden"):
        return (*sent, factors.DELTA_USED)
    return (*sent, *w2.faults, *slope.faults)


def _of_array(
    name: str, rows: tuple[int, ...]
) -> Iterator[tuple[tuple[str, ...], factors.Term, float, int | None]]:
    """Yield faults, term, scale and row of what one array may have of its own."""
    right, *others = TERMS[name]
    for term in others:
        yield (term.name,), term, 1.0, None
    if len(rows) > 1:
        yield (factors.MEAN_FOR_SUM,), right, 1 / len(rows), None
        yield (factors.SUM_FOR_MEAN,), right, float(len(rows)), None
        for row in rows:
            for scale in (1.0, float(len(rows))):
                yield (factors.ONE_ROW.format(ROW_NAMES[row]),), right, scale, row


def _near(forms: Forms, taken: Step) -> Iterator[Reading]:
    """Yield the forms that leave over no more than rounding errors."""
    one, name, rate = forms.measured, forms.name, forms.rate
    limits = forms.noises.copy()
    limits[0] *= _DOUBT
    for sign in (1, -1):
        for k in np.flatnonzero(one.distances(sign * rate) <= limits):
            is_seen = one.lengths[k] * rate > forms.noises[k]
            if is_seen or (sign > 0 and not forms.forms[k][0]):
                yield forms.reading(int(k), sign)
    if forms.length <= forms.noises[0] and forms.predicted > _DOUBT * forms.noises[0]:
        yield forms.still()
    own = float(one.rates[0])
    limit = float(taken.noise(name, abs(own) * one.sizes[0]))
    is_shown = taken.counts[name] > 1 and forms.length > limit
    if own > 0 and is_shown and one.left[0] <= limit:
        faults, recipe = forms.forms[0]
        scaled = recipe._replace(scale=own / rate)
        yield Reading((*faults, factors.OTHER_RATE), scaled, float(one.left[0]))


def _at_rates(forms: Forms, near: Mapping[str, Sequence[Reading]]) -> Iterator[Reading]:
    """Yield the form of one number alone at another rate that some other array has."""
    scale = float(forms.measured.rates[0]) / forms.rate
    others = (one for found in near.values() for one in found if factors.OTHER_RATE in one.faults)
    like = next((one for one in others if is_equal(one.recipe.scale, scale)), None)
    if like is not None and not near[forms.name]:
        recipe = forms.forms[0][1]
        yield Reading(like.faults, recipe._replace(scale=like.recipe.scale), 0.0)


def _fewest(
    near: Mapping[str, Sequence[Reading]],
) -> tuple[dict[str, Reading | None], dict[str, tuple[str, ...]]]:
    """Return the readings with the fewest faults in all, and other faults that are as few."""
    there = [name for name, found in near.items() if found]
    best: list[tuple[Reading, ...]] = []
    least: tuple[int, int] = (99, 99)
    for one in product(*(near[name] for name in there)):
        size = (
            len({fault for reading in one for fault in reading.faults}),
            sum(len(reading.faults) for reading in one),
        )
        if size < least:
            best, least = [], size
        if size == least:
            best.append(one)
    best.sort(key=lambda one: sum(reading.distance for reading in one))
    chosen: dict[str, Reading | None] = dict.fromkeys(near)
    alternatives: dict[str, tuple[str, ...]] = dict.fromkeys(near, ())
    for place, name in enumerate(there):
        mine = best[0][place]
        chosen[name] = mine
        others = (
            " and ".join(one[place].faults) for one in best[1:] if one[place].faults != mine.faults
        )
        alternatives[name] = tuple(dict.fromkeys(others))
    return chosen, alternatives


def _evidence(
    chosen: Mapping[str, Reading | None], forms: Mapping[str, Forms], taken: Step, is_said: bool
) -> float:
    """Return to how many digits all numbers agree, beside the one that decides the rate."""
    digits: list[float] = []
    for name, one in chosen.items():
        length, count = taken.lengths[name], taken.counts[name]
        if one is not None and length and factors.OTHER_RATE not in one.faults:
            limit = max(float(forms[name].noises[0]), one.distance)
            digits += [float(digits_beside(length, limit))] * count
    return sum(sorted(digits)[0 if is_said else 1 :])


def right_recipe(anchor: Anchor, name: str, said: Said) -> Recipe:
    """Return the product of a correct step for an array."""
    entropy = None if said.loss is None else said.is_entropy
    output, slope = anchor.model.output, anchor.delta.slope
    if slope_faults(slope, output, entropy):
        ways = factors.slopes(output, "output")
        slope = next(way for way in ways if not slope_faults(way, output, entropy))
    hidden = factors.slopes(anchor.model.activation, "hidden")[0]
    parts = (W2_WAYS[0], hidden) if name in HIDDEN else (None, None)
    is_inverted = factors.INVERTED in anchor.delta.faults
    return Recipe(factors.TURNED if is_inverted else ERROR, slope, *parts, TERMS[name][0])


def exact_changes(anchor: Anchor, taken: Step, said: Said) -> dict[str, Array]:
    """Return the change of a correct step at this rate, by array (N,)."""
    f = anchor.whole_model.forward(taken.before)
    return {
        name: -anchor.rate * right_recipe(anchor, name, said).terms(f).sum(axis=0)
        for name in taken.changes
    }


def _residual(forms: Forms, chosen: Reading | None) -> float:
    distance = float(forms.measured.distances(forms.rate)[0]) if chosen is None else chosen.distance
    return distance / forms.scale


def _next(forms: Forms, chosen: Reading | None) -> tuple[float, str] | None:
    """Return the residual and the fault of the form that is next best."""
    distances = forms.measured.distances(forms.rate)
    mine = () if chosen is None else chosen.faults
    for k in np.argsort(distances):
        faults = forms.forms[k][0]
        if faults != mine and len(faults) < 2 and forms.measured.lengths[k]:
            return float(distances[k]) / forms.scale, " and ".join(faults)
    return None
