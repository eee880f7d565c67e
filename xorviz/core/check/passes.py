"""Several updates between two states: a pass over the rows, or some full batches.

To first order in the rate a pass is a batch, so the same products come near; the nearest are then
taken through the updates one by one, at the rate that fits best.
Shapes: U updates, M orders of the rows, B rows of an update, N numbers of an array.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.check import factors
from xorviz.core.check.factors import HIDDEN, Model
from xorviz.core.check.fit import Anchor, Fit, Group, Reading, Recipe, digits_beside
from xorviz.core.check.reading import Forms, all_forms, right_recipe
from xorviz.core.check.said import Said
from xorviz.core.check.step import Step
from xorviz.core.network import Weights
from xorviz.core.truth_table import ROWS

_ORDERS = tuple(permutations(range(len(ROWS))))
_MODELS, _FORMS = 8, 6
"""Deltas that are looked at closely, and forms of each array."""
_TRIED = 24
"""Products with a fault that are taken step by step."""
_MOST_UPDATES = 8
"""Full batches between two states that are looked for."""
_ITERATIONS, _KEPT = 6, 4
"""Of the search for a rate, and the orders in which it begins."""
_RATES = np.geomspace(1e-5, 10, 80)
"""Rates that are tried to second order, times the largest term of a gradient."""
_REFINED = 4
"""Steps by which a rate is refined."""
_SOLVED = 8
"""Sketches that are taken on."""
_NUDGE = 1e-3
"""A small rate, times the largest term of a gradient; and a small share of a rate."""


class Candidate(NamedTuple):
    """A product for each array, with the rate that comes nearest to first order."""

    anchor: Anchor
    readings: Mapping[str, Reading]
    distance: float
    """What is left over, relative to each change."""
    cost: float


def taken_through(
    model: Model, recipes: Mapping[str, Recipe], before: Weights, rows: Steps, rates: Array
) -> dict[str, tuple[Array, Array]]:
    """Return the changes (M, N) by updates on rows (U, M, B) at rates (M,), and their sizes."""
    many = len(rates)
    now = {name: np.repeat(getattr(before, name)[np.newaxis], many, axis=0) for name in recipes}
    sizes = {name: np.zeros((many, array[0].size)) for name, array in now.items()}
    for used in rows:
        weights = Weights(now["w1"], now.get("b1"), now["w2"], now.get("b2"))
        f = model.forward(weights, used)
        for name in reversed(list(recipes)):  # the output layer first
            terms = recipes[name].terms(f) * rates[:, np.newaxis, np.newaxis]
            change = terms.sum(axis=1).reshape(now[name].shape)
            now[name] = now[name] - change
            sizes[name] += np.abs(terms).sum(axis=1)
            if name == "w2":
                f = replace(f, w2_after=now["w2"].swapaxes(-1, -2))
    return {
        name: ((now[name] - getattr(before, name)).reshape(many, -1), sizes[name]) for name in now
    }


class Solution(NamedTuple):
    """The updates and the rate at which a product comes nearest to a step."""

    rows: Steps
    """(U, B) of each update."""
    rate: float
    left: Mapping[str, float]
    """Norm of what is left over, by array."""
    sizes: Mapping[str, Array]
    """(N,) of the changes without signs."""


class Sketch(NamedTuple):
    """The orders and rates at which a product comes nearest to a step, to second order."""

    candidate: Candidate
    rows: Steps
    """(U, M, B)."""
    rates: Array
    """(M,)."""
    distance: float
    """The least norm of what is left over."""


def sketched(candidate: Candidate, taken: Step, rows: Steps) -> Sketch:
    """Return the nearest of some orders (U, M, B), to second order in the rate.

    Where the rows cancel each other, as on a plateau, the second order is most of a change.
    """
    recipes = {name: one.recipe for name, one in candidate.readings.items()}
    many = rows.shape[1]
    f = candidate.anchor.whole_model.forward(taken.before)
    steepest = max(float(np.abs(one.terms(f)).max()) for one in recipes.values()) or 1.0
    nudge = _NUDGE / steepest
    twice, rates = np.tile(rows, (1, 2, 1)), np.repeat((nudge, 2 * nudge), many)
    found = taken_through(candidate.anchor.whole_model, recipes, taken.before, twice, rates)
    once, again = np.split(np.concatenate([found[name][0] for name in recipes], axis=1), 2)
    change = np.concatenate([taken.changes[name] for name in recipes])
    slope, bend = (4 * once - again) / (2 * nudge), (again - 2 * once) / (2 * nudge**2)
    nearest_rates, squares = _nearest_rates(slope, bend, change, _RATES / steepest)
    kept = np.argsort(squares)[:_KEPT]
    distance = float(np.sqrt(max(squares[kept[0]], 0.0)))
    return Sketch(candidate, rows[:, kept], nearest_rates[kept], distance)


def _nearest_rates(slope: Array, bend: Array, change: Array, tried: Array) -> tuple[Array, Array]:
    """Return the rates (M,) at which slope rate + bend rate^2 is nearest to a change (N,).

    And the squared distances. ``slope`` and ``bend`` are (M, N).
    """
    powers = (
        np.full(len(slope), float(change @ change)),
        -2 * slope @ change,
        (slope**2).sum(axis=1) - 2 * bend @ change,
        2 * (slope * bend).sum(axis=1),
        (bend**2).sum(axis=1),
    )  # of the rate, from 0 on
    squares = np.stack(powers, axis=1) @ np.vander(tried, len(powers), increasing=True).T
    rates = tried[np.argmin(squares, axis=1)]
    for _ in range(_REFINED):
        down = powers[1] + rates * (2 * powers[2] + rates * (3 * powers[3] + rates * 4 * powers[4]))
        bent = 2 * powers[2] + rates * (6 * powers[3] + rates * 12 * powers[4])
        rates = np.where(bent > 0, np.maximum(rates - down / bent, rates / 2), rates)
    left = slope * rates[:, np.newaxis] + bend * rates[:, np.newaxis] ** 2 - change
    return rates, (left**2).sum(axis=1)


def solved(sketch: Sketch, taken: Step) -> Solution:
    """Return the rate that fits best and its order, by Gauss and Newton."""
    candidate, rows, rates = sketch.candidate, sketch.rows, sketch.rates
    recipes = {name: one.recipe for name, one in candidate.readings.items()}
    for _ in range(_ITERATIONS):
        moved, _ = _nudged(candidate, recipes, taken, rows, rates)
        rates = np.clip(np.nan_to_num(moved, nan=1.0), rates / 4, rates * 4)
    found = taken_through(candidate.anchor.whole_model, recipes, taken.before, rows, rates)
    rest = {name: found[name][0] - taken.changes[name] for name in recipes}
    best = int(np.argmin(sum((one**2).sum(axis=1) for one in rest.values())))
    return Solution(
        rows[:, best],
        float(rates[best]),
        {name: float(np.linalg.norm(one[best])) for name, one in rest.items()},
        {name: found[name][1][best] for name in recipes},
    )


def _nudged(
    candidate: Candidate, recipes: Mapping[str, Recipe], taken: Step, rows: Steps, rates: Array
) -> tuple[Array, Array]:
    """Return better rates (M,), and what these leave over of a step (M, P)."""
    both = np.concatenate((rates, rates * (1 + _NUDGE**2)))
    twice = np.tile(rows, (1, 2, 1))
    found = taken_through(candidate.anchor.whole_model, recipes, taken.before, twice, both)
    made = np.concatenate([found[name][0] for name in recipes], axis=1)
    here, there = np.split(made, 2)
    left = here - np.concatenate([taken.changes[name] for name in recipes])
    slope = (there - here) / (rates * _NUDGE**2)[:, np.newaxis]
    squares = (slope**2).sum(axis=1)
    return rates - (slope * left).sum(axis=1) / np.where(squares > 0, squares, 1.0), left


def candidates(groups: Sequence[Group], taken: Step, said: Said) -> Iterator[Candidate]:
    """Yield the right products, and the nearest with one fault to first order in the rate."""
    wrong: list[Candidate] = []
    for name in (None, "w2", "w1"):
        nearest = _nearest(groups, name)
        for anchor, forms in _formed(nearest, taken, said):
            wrong += [_candidate(anchor, forms, {})] if anchor.cost else _deviating(anchor, forms)
    for group in groups:
        for k, delta in enumerate(group.deltas):
            if not delta.faults and not delta.doubt:
                anchor = Anchor(0.0, False, 0.0, group.model, delta, 1.0, 0.0)
                yield right_candidate(anchor, taken, said)
    yield from sorted(wrong, key=lambda one: one.distance)[:_TRIED]


def _nearest(groups: Sequence[Group], name: str | None) -> list[tuple[Group, int, float]]:
    """Return the deltas that come nearest to one array, right ones; or wrong ones, to all."""
    found = []
    for group in groups:
        rates, left = group.whole() if name is None else (group.of(name).rates, group.of(name).left)
        for k, delta in enumerate(group.deltas):
            is_wanted = not (delta.faults or delta.doubt) if name else len(delta.faults) == 1
            if is_wanted and rates[k] > 0:
                found.append((group, k, float(rates[k]), float(left[k])))
    found.sort(key=lambda one: one[3])
    return [(group, k, rate) for group, k, rate, _ in found[:_MODELS]]


def _formed(
    nearest: Sequence[tuple[Group, int, float]], taken: Step, said: Said
) -> Iterator[tuple[Anchor, dict[str, Forms]]]:
    """Yield the anchors of deltas, with the forms of each array."""
    for group, k, rate in nearest:
        delta = group.deltas[k]
        cost = len(delta.faults) + delta.doubt
        anchor = Anchor(cost, False, 0.0, group.model, delta, rate, 0.0)
        yield anchor, all_forms(anchor, taken, said)


def _deviating(anchor: Anchor, forms: Mapping[str, Forms]) -> Iterator[Candidate]:
    """Yield what is near with another form of one array, or of both of a layer."""
    for name, one in forms.items():
        layer = [n for n in forms if (n in HIDDEN) == (name in HIDDEN)]
        for names in {(name,), tuple(layer)}:
            yield _candidate(anchor, forms, {n: forms[n].reading(0, sign=-1) for n in names})
        for place in one.nearest(_FORMS):
            names = layer if place < one.shared else [name]
            yield _candidate(anchor, forms, {n: forms[n].reading(place) for n in names})


def right_candidate(anchor: Anchor, taken: Step, said: Said) -> Candidate:
    """Return the right product, where what does not move at all is not updated."""
    readings = {
        name: Reading((), right_recipe(anchor, name, said), 0.0)
        if taken.lengths[name] else
        Reading((factors.NOT_UPDATED,), right_recipe(anchor, name, said)._replace(scale=0.0), 0.0)
        for name in taken.changes
    }  # fmt: skip
    return Candidate(anchor, readings, 0.0, 0.0)


def _candidate(
    anchor: Anchor, forms: Mapping[str, Forms], others: Mapping[str, Reading]
) -> Candidate:
    """Return a product where all is right but for some arrays, and those that do not move."""
    own = {name: one.reading(0) if one.length else one.still() for name, one in forms.items()}
    readings = dict(own) | dict(others)
    distance = sum(one.distance / forms[name].scale for name, one in readings.items())
    faults = {fault for one in readings.values() for fault in one.faults}
    return Candidate(anchor, readings, distance, len(faults) + anchor.delta.doubt)


def several(groups: Sequence[Group], taken: Step, said: Said) -> Fit | None:
    """Return the best fit of several updates, if any fits: of right products first."""
    found = list(candidates(groups, taken, said))
    orders = np.array(_ORDERS if said.order is None else [said.order]).T[:, :, np.newaxis]
    rights = [one for one in found if not one.cost]
    for tried in (rights, [one for one in found if one.cost]):
        if fit := _first(tried, taken, said, [orders]):
            return fit
    full = np.arange(len(ROWS))[np.newaxis, np.newaxis]
    many = [np.repeat(full, count, axis=0) for count in range(2, _MOST_UPDATES + 1)]
    return _first(rights[:2], taken, said, many) if said.batch is None else None


def _first(
    tried: Sequence[Candidate], taken: Step, said: Said, rows: Sequence[Steps]
) -> Fit | None:
    """Return the first of the nearest products that fits."""
    sketches = [sketched(one, taken, used) for one in tried for used in rows]
    sketches.sort(key=lambda one: one.distance)
    fits = (_fitted(one, taken, said) for one in sketches[:_SOLVED])
    return next(filter(None, fits), None)


def _fitted(sketch: Sketch, taken: Step, said: Said) -> Fit | None:
    """Return the fit of a product if it leaves over rounding errors alone."""
    found, one = solved(sketch, taken), sketch.candidate
    noises = {n: float(taken.noise(n, np.linalg.norm(size))) for n, size in found.sizes.items()}
    if any(found.left[name] > noises[name] for name in noises):
        return None
    anchor, model = one.anchor._replace(rate=found.rate), one.anchor.whole_model
    digits = [
        float(digits_beside(taken.lengths[name], noises[name]))
        for name, count in taken.counts.items()
        for _ in range(count)
    ]
    right = {name: right_recipe(anchor, name, said) for name in one.readings}
    used, rate = found.rows[:, np.newaxis], np.array([found.rate])
    exact = taken_through(model, right, taken.before, used, rate)
    return Fit(
        model, anchor.delta, found.rate, 0.0,
        evidence=sum(sorted(digits)[1:]),
        readings=one.readings,
        alternatives=dict.fromkeys(noises, ()),
        exact={name: change[0] for name, (change, _) in exact.items()},
        residuals={name: found.left[name] / (taken.lengths[name] or 1.0) for name in noises},
        others=dict.fromkeys(noises, None),
        doubt=anchor.delta.doubt,
        updates=tuple(tuple(map(int, row)) for row in found.rows),
    )  # fmt: skip
