"""Updates that an optimizer makes with what it remembers: momentum, RMSProp, Adam.

What it remembers is looked for by experiment, as weights are. Shapes: P trained numbers; K
directions in which they are moved, of which an array has N.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.program import LOSSES, Program, Updates
from xorviz.core.check.code.state import Path, is_array, is_table, of_modules, raw, reached

_ADDED = 1e-7
"""The most that is added to a root, or below it, so that nothing is divided by 0."""
_ALIKE, _NEAR = 1e-4, 0.05
"""The relative difference up to which shares of a gradient explain a change; and up to which two
factors are one, as what is added below a root moves them."""


class _Reading(NamedTuple):
    """One way to see the change of an array: what it is a multiple of."""

    kind: tuple[str, bool]
    """The loss whose gradient that is, or none if it is a mean of gradients; whether divided."""
    factor: float
    numbers: Array
    """(3, N) the change before, the change, and bounds of its errors."""


_Option = tuple[_Reading, Array, Array]
"""A reading, with the change before and the change (K,) along the directions of its array."""


def remembered(program: Program, theta: Array) -> Iterator[tuple[Updates, bool]]:
    """Yield an update from weights (P,) by what its optimizer remembers; whether it divides.

    The change of a mean of the gradients stands in place of that of the weights, which must be a
    multiple of it; or the change of the weights, times the roots that they are divided by. The
    update is the second one, as many programs begin to remember in the first.
    """
    holders = program.holders
    holders.go_to(theta)
    program.train()
    start, old = holders.read(), _arrays(program)
    program.train()
    change, new = holders.read() - start, _arrays(program)
    holders.go_to(start)
    losses = program.gradients(None)
    if not np.isfinite(change).all():
        return
    memory = {
        path: (before, new[path])
        for path, before in old.items()
        if path in new and before.shape == new[path].shape and (before != new[path]).any()
    }
    totals = {
        loss: {name: rows.sum(axis=0)[place] for name, place in program.probes.places.items()}
        for loss, (rows, _) in losses.items()
    }
    readings: dict[str, list[_Reading]] = {}
    for name, place in holders.places.items():
        after = start[place] + change[place]
        alike = [pair for pair in memory.values() if len(pair[0]) == len(after)]
        others = [pair for pair in alike if (pair[1] != after).any()]
        readings[name] = [*_readings(program, name, change, others, totals)]
    for chosen in _matching(program, readings, totals):
        velocity, change, errors = np.concatenate([one.numbers for one in chosen], axis=1)
        loss, is_divided = chosen[0].kind
        fitting = {loss: losses[loss]} if loss else losses
        errors = errors + program.errors(velocity, change)
        for before in [velocity, 0 * velocity] if velocity.any() else [velocity]:
            yield program.beside([(start, before, change, errors, fitting)]), is_divided


def _arrays(program: Program) -> dict[Path, Array]:
    """Return all arrays (N,) of floats that the program leads to."""
    reached_here = reached(
        (program.holders.root, program.train), None, of_modules([program.train, program.predict])
    )
    arrays = {
        path: np.array(raw(value), dtype=float).ravel()
        for path, value in reached_here
        if (is_array(value) and raw(value).dtype.kind == "f") or is_table(value)
    }
    return {path: array for path, array in arrays.items() if np.isfinite(array).all()}


def _readings(
    program: Program,
    name: str,
    change: Array,
    memory: Sequence[tuple[Array, Array]],
    totals: Mapping[str, Mapping[str, Array]],
) -> Iterator[_Reading]:
    """Yield what the change of an array can be a multiple of."""
    moved = change[program.holders.places[name]]
    nothing = np.zeros(len(moved))
    roots = [np.sqrt(new) for _, new in memory if (new >= 0).all()]
    for root in [None, *roots]:
        product, errors = moved, nothing
        if root is not None:
            product = moved * root
            errors = np.abs(moved) * (np.sqrt(root**2 + _ADDED) - root + _ADDED)
        for old, new in memory:
            if factor := _factor(product, new, errors):
                way = -np.sign(factor)
                numbers = np.array([way * old, way * new, nothing])
                yield _Reading(("", root is not None), abs(factor), numbers)
        for loss in [loss for loss in totals if loss in LOSSES and root is not None]:
            along, bounds = (_along(program, name, each) for each in (product, errors))
            if factor := _factor(along, totals[loss][name], np.abs(bounds)):
                yield _Reading((loss, True), abs(factor), np.array([nothing, product, errors]))


def _along(program: Program, name: str, numbers: Array) -> Array:
    """Return what numbers (N,) of an array are along its directions."""
    every = np.zeros(program.holders.rounding.shape)
    every[program.holders.places[name]] = numbers
    return program.probes.of(every)[program.probes.places[name]]


def _factor(change: Array, way: Array, errors: Array) -> float:
    """Return the factor by which a change goes against a way; 0 if there is none."""
    factor = -float(change @ way) / max(float(way @ way), 1e-300)
    left = np.abs(change + factor * way) > 2 * errors + _NEAR * np.abs(change)
    return 0.0 if left.any() or not np.isfinite(factor) else factor


def _matching(
    program: Program,
    readings: Mapping[str, Sequence[_Reading]],
    totals: Mapping[str, Mapping[str, Array]],
) -> Iterator[list[_Reading]]:
    """Yield one reading of each array, all of one kind and one factor.

    At the start many fit arrays of one size: then the gradient decides, with the shares of it and
    of the change before that an array of three numbers and more shows.
    """
    chosen = set[tuple[int, ...]]()
    for kind, factor in {(one.kind, one.factor) for each in readings.values() for one in each}:
        options: dict[str, list[_Option]] = {
            name: [
                (one, _along(program, name, one.numbers[0]), _along(program, name, one.numbers[1]))
                for one in each
                if one.kind == kind and abs(one.factor - factor) <= _NEAR * factor
            ]
            for name, each in readings.items()
        }
        for gradients in [totals[kind[0]]] if kind[0] else totals.values():
            for shares in _shares(options, gradients) if all(options.values()) else ():
                fitting: list[_Reading] = [
                    min(each, key=partial(_left, shares=shares, gradient=gradients[name]))[0]
                    for name, each in options.items()
                ]
                if (ids := tuple(map(id, fitting))) not in chosen:
                    chosen.add(ids)
                    yield fitting


def _shares(
    options: Mapping[str, Sequence[_Option]], gradients: Mapping[str, Array]
) -> Iterator[Array]:
    """Yield the shares (2,) of the change before and of the gradient that an array shows."""
    for name, each in options.items():
        for option in each:
            _, before, change = option
            table = np.stack([before, -gradients[name]], axis=1)
            if len(change) > 2 and np.isfinite(table).all():
                shares: Array = np.linalg.lstsq(table, change, rcond=None)[0].astype(float)
                if _left(option, shares, gradients[name]) <= _ALIKE * np.linalg.norm(change):
                    yield shares


def _left(option: _Option, shares: Array, gradient: Array) -> float:
    """Return how much of a change is left over by its shares."""
    _, before, change = option
    return float(np.linalg.norm(change - shares[0] * before + shares[1] * gradient))
