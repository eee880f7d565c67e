"""Several updates between two states: a pass over the rows, an update for each.

Every right product is looked at to second order in the rate, with each order of the rows; then the
nearest of them with each fault. The nearest of all are taken through the updates one by one, at the
rate that fits best.
Shapes: U updates, M orders of the rows, N numbers of an array, P numbers of all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.polynomial.polynomial import polyder, polyval

from xorviz.core.arrays import Array, Steps
from xorviz.core.check import factors
from xorviz.core.check.factors import HIDDEN, Model
from xorviz.core.check.fit import (
    Anchor,
    ArrayFit,
    Factors,
    Fit,
    Reading,
    deltas_for,
    models,
    right_deltas,
)
from xorviz.core.check.reading import layer_of, own_forms, right_recipe, scaled
from xorviz.core.check.said import Said
from xorviz.core.check.step import Step, digits_beside
from xorviz.core.network import Weights
from xorviz.core.truth_table import ROWS

OUTPUT = ("w2", "b2")
"""Arrays of the output layer."""
_ORDERS = tuple(permutations(range(len(ROWS))))
_LIKELY, _NEAR = 3, 0.1
"""Right products of which faults are looked for, and what may be left over of the output layer."""
_ITERATIONS, _KEPT = 6, 4
"""Of the search for a rate, and the orders in which it begins."""
_RATES = np.geomspace(1e-5, 10, 80)
"""Rates that are tried to second order, times the largest term of a gradient."""
_REFINED = 4
"""Steps by which a rate is refined."""
_SOLVED = 8
"""Sketches that are taken on."""
_FLAT = 1e-100
"""The largest term of a gradient that moves nothing; rates for it would overflow."""
_NUDGE = 1e-3
"""A small rate, times the largest term of a gradient; and a small share of a rate."""


class Candidate(NamedTuple):
    """A model with a product for each array."""

    anchor: Anchor
    readings: Mapping[str, Reading]

    @property
    def recipes(self) -> dict[str, Factors]:
        """The products."""
        return {name: reading.recipe for name, reading in self.readings.items()}


def taken_through(
    model: Model, recipes: Mapping[str, Factors], before: Weights, rows: Steps, rates: Array
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the changes (M, N) by updates on rows (U, M, 1) at rates (M,), and their sizes."""
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
    changes = {name: now[name] - getattr(before, name) for name in now}
    return {name: change.reshape(many, -1) for name, change in changes.items()}, sizes


class Sketch(NamedTuple):
    """The orders and rates at which a product comes nearest to a step, to second order."""

    candidate: Candidate
    rows: Steps
    """(U, M, 1)."""
    rates: Array
    """(M,)."""
    distance: float
    """The least norm of what is left over."""
    of_output: float
    """The least of the output layer, relative to its change."""


def sketched(candidate: Candidate, taken: Step, said: Said, rows: Steps) -> Sketch:
    """Return the nearest of some orders (U, M, 1): at rates that are said, or to second order.

    Where the rows cancel each other, as on a plateau, the second order is most of a change.
    """
    recipes, model, change = candidate.recipes, candidate.anchor.model, _line(taken.changes)
    hidden = sum(taken.changes[name].size for name in HIDDEN if name in taken.changes)
    known = said.rates(candidate.anchor.is_entropy, 1)
    if len(known):
        rates, rows = np.repeat(known, rows.shape[1]), np.tile(rows, (1, len(known), 1))
        found, _ = taken_through(model, recipes, taken.before, rows, rates)
        left = _line(found) - change
        output = left[:, hidden:]
    else:
        f = model.forward(taken.before)
        steepest = max(float(np.abs(one.terms(f)).max()) for one in recipes.values())
        steepest = steepest if steepest > _FLAT else 1.0
        nudge, twice = _NUDGE / steepest, np.tile(rows, (1, 2, 1))
        rates = np.repeat((nudge, 2 * nudge), rows.shape[1])
        found, _ = taken_through(model, recipes, taken.before, twice, rates)
        once, again = np.split(_line(found), 2)
        slope, bend = (4 * once - again) / (2 * nudge), (again - 2 * once) / (2 * nudge**2)
        rates = _nearest_rates(slope, bend, change, _RATES / steepest)
        left = _left(slope, bend, change, rates)
        parts = slope[:, hidden:], bend[:, hidden:], change[hidden:]
        output = _left(*parts, _nearest_rates(*parts, _RATES / steepest))
    squares = (left**2).sum(axis=1)
    kept = np.argsort(squares)[:_KEPT]
    of_output = np.linalg.norm(output, axis=1) / (np.linalg.norm(change[hidden:]) or 1.0)
    distance = float(np.sqrt(squares[kept[0]]))
    return Sketch(candidate, rows[:, kept], rates[kept], distance, float(of_output.min()))


def _left(slope: Array, bend: Array, change: Array, rates: Array) -> Array:
    """Return what is left over of a change (N,) to second order, for each rate (M, N)."""
    each = rates[:, np.newaxis]
    return np.asarray(slope * each + bend * each**2 - change)


def _line(changes: Mapping[str, Array]) -> Array:
    """Return the changes of all arrays (..., N) in one line (..., P)."""
    return np.concatenate(list(changes.values()), axis=-1)


def _nearest_rates(slope: Array, bend: Array, change: Array, tried: Array) -> Array:
    """Return the rates (M,) at which slope rate + bend rate^2 is nearest to a change (N,).

    ``slope`` and ``bend`` are (M, N).
    """
    powers = np.array(
        [
            np.full(len(slope), change @ change),
            -2 * slope @ change,
            (slope**2).sum(axis=1) - 2 * bend @ change,
            2 * (slope * bend).sum(axis=1),
            (bend**2).sum(axis=1),
        ]
    )  # of the rate, from 0 on: of the square of what is left over
    rates = tried[np.argmin(polyval(tried, powers), axis=1)]
    falls, curves = polyder(powers), polyder(powers, 2)
    for _ in range(_REFINED):
        down, bent = (polyval(rates, each, tensor=False) for each in (falls, curves))
        rates = np.where(bent > 0, np.maximum(rates - down / bent, rates / 2), rates)
    return np.asarray(rates)


def refined(sketch: Sketch, taken: Step) -> Array:
    """Return the rates (M,) that fit a sketch's orders best, by Gauss and Newton."""
    (anchor, _), rows, rates, *_ = sketch
    model, recipes = anchor.model, sketch.candidate.recipes
    twice, change = np.tile(rows, (1, 2, 1)), _line(taken.changes)
    for _ in range(_ITERATIONS):
        both = np.concatenate((rates, rates * (1 + _NUDGE**2)))
        found, _ = taken_through(model, recipes, taken.before, twice, both)
        here, there = np.split(_line(found), 2)
        slope = (there - here) / (rates * _NUDGE**2)[:, np.newaxis]
        squares = (slope**2).sum(axis=1)
        further = (slope * (here - change)).sum(axis=1) / np.where(squares > 0, squares, 1.0)
        rates = np.clip(np.nan_to_num(rates - further, nan=1.0), rates / 4, rates * 4)
    return rates


def rights(taken: Step, said: Said) -> Iterator[Candidate]:
    """Yield the right products of all models; an array that does not move is not updated."""
    for model in models(said):
        for delta in right_deltas(model, said):
            anchor, readings = Anchor(model, delta), dict[str, Reading]()
            for name, length in taken.lengths.items():
                recipe = right_recipe(anchor, name, said)
                still = Reading((factors.NOT_UPDATED,), recipe._replace(scale=0.0))
                readings[name] = Reading((), recipe) if length else still
            yield Candidate(anchor, readings)


def with_one_fault(right: Candidate, taken: Step, said: Said) -> Iterator[Candidate]:
    """Yield a right product with each fault that it may have, in an array, a layer or all."""
    anchor, own = right.anchor, dict(right.readings)
    f = anchor.model.forward(taken.before)
    for names in (*((name,) for name in own), HIDDEN, OUTPUT, tuple(own)):
        there = [name for name in names if name in own]
        turned = {name: scaled(own[name], factors.WRONG_SIGN, -1.0) for name in there}
        yield Candidate(anchor, own | turned)
    for name, one in own.items():
        for form in own_forms(one, name, (0,)):
            yield Candidate(anchor, own | {name: form})
    for names in (HIDDEN, OUTPUT):
        layer = layer_of(names == HIDDEN, anchor, said, f)
        for k in range(1, len(layer)):
            forms = {name: layer.form(k, name) for name in names if name in own}
            if all(len(form.faults) == 1 for form in forms.values()):
                yield Candidate(anchor, own | forms)
    for delta in deltas_for(anchor.model.output, said.targets, said.is_entropy):
        is_like = delta.goal.is_signed == anchor.delta.goal.is_signed and not delta.error.name
        if is_like and len(delta.faults) == 1 and not delta.doubt:
            yield Candidate(Anchor(anchor.model, delta), {
                name: Reading(
                    delta.faults, one.recipe._replace(error=delta.error, slope=delta.slope), 0.0
                )
                for name, one in own.items()
            })  # fmt: skip


def of_passes(taken: Step, said: Said) -> list[Fit]:
    """Return the fits of a pass over the rows: of right products, else of those with a fault."""
    orders = np.array(_ORDERS if said.order is None else [said.order]).T[:, :, np.newaxis]

    def nearest(tried: Iterable[Candidate]) -> list[Sketch]:
        found = [sketched(one, taken, said, orders) for one in tried]
        return sorted(found, key=lambda one: one.distance)

    def fits(sketches: Sequence[Sketch]) -> list[Fit]:
        found = (_fitted(one, taken, said) for one in sketches[:_SOLVED])
        return [fit for fit in found if fit is not None]

    sketches = nearest(rights(taken, said))
    if found := fits(sketches):
        return found
    # What the hidden layer does wrong hardly changes the output layer.
    sketches.sort(key=lambda one: one.of_output)
    likely = [one.candidate for one in sketches[:_LIKELY] if one.of_output < _NEAR]
    return fits(nearest(wrong for right in likely for wrong in with_one_fault(right, taken, said)))


def _fitted(sketch: Sketch, taken: Step, said: Said) -> Fit | None:
    """Return the fit of a product if it leaves over rounding errors alone."""
    one, recipes = sketch.candidate, sketch.candidate.recipes
    model, rates = one.anchor.model, refined(sketch, taken)
    found, sizes = taken_through(model, recipes, taken.before, sketch.rows, rates)
    rest = {name: np.linalg.norm(found[name] - taken.changes[name], axis=1) for name in recipes}
    best = int(np.argmin(sum(left**2 for left in rest.values())))
    noises = {
        name: float(taken.noise(name, float(np.linalg.norm(size[best]))))
        for name, size in sizes.items()
    }
    if any(rest[name][best] > noises[name] for name in noises):
        return None
    rate, order = rates[best : best + 1], sketch.rows[:, best : best + 1]
    digits = [
        float(digits_beside(taken.lengths[name], noises[name]))
        for name, count in taken.counts.items()
        for _ in range(count)
    ]
    right = {name: right_recipe(one.anchor, name, said) for name in recipes}
    exact, _ = taken_through(model, right, taken.before, order, rate)
    arrays = {
        name: ArrayFit(reading, exact[name][0], rest[name][best] / (taken.lengths[name] or 1.0))
        for name, reading in one.readings.items()
    }
    return Fit(
        one.anchor._replace(rate=float(rate[0])),
        sum(sorted(digits)[1:]),
        arrays,
        doubt=one.anchor.delta.doubt,
        order=tuple(order.ravel().tolist()),
    )
