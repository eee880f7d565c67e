"""Updates that an optimizer makes with what it remembers: momentum, RMSProp, Adam.

What it remembers is looked for by experiment, as weights are. Shapes: P trained numbers; K
directions in which they are moved, of which an array has N.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.program import LOSSES, Program, Updates
from xorviz.core.check.code.state import Path, is_array, is_table, of_modules, raw, reached

_ADDED = 1e-7
"""The most that is added to a root, or below it, so that nothing is divided by 0."""
_ALIKE = 1e-4
"""The relative difference up to which two factors are one."""


class _Reading(NamedTuple):
    """One way to see the change of an array: what it is a multiple of."""

    kind: tuple[str, bool]
    """The loss whose gradient that is, or none if it is a mean of gradients; whether divided."""
    factor: float
    numbers: Array
    """(3, N) the change before, the change, and bounds of its errors."""


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
    readings: dict[str, list[_Reading]] = {}
    for name, place in holders.places.items():
        alike = [pair for pair in memory.values() if len(pair[0]) == place.stop - place.start]
        others = [pair for pair in alike if (pair[1] != start[place] + change[place]).any()]
        totals = {
            loss: rows.sum(axis=0)[program.probes.places[name]]
            for loss, (rows, _) in losses.items()
            if loss in LOSSES
        }
        readings[name] = [*_readings(program, name, change, others, totals)]
    for chosen in _matching(readings):
        velocity, change, errors = np.concatenate([one.numbers for one in chosen], axis=1)
        loss, is_divided = chosen[0].kind
        fitting = {loss: losses[loss]} if loss else losses
        errors = errors + program.errors(velocity, change)
        for known in [velocity, 0 * velocity] if velocity.any() else [velocity]:
            yield program.beside([(start, known, change, errors, fitting)]), is_divided


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
    gradients: Mapping[str, Array],
) -> Iterator[_Reading]:
    """Yield what the change of an array can be a multiple of."""
    place = program.holders.places[name]
    moved, nothing = change[place], np.zeros(place.stop - place.start)
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
        for loss, gradient in gradients.items() if root is not None else ():
            along = [np.zeros_like(change), np.zeros_like(change)]
            along[0][place], along[1][place] = product, errors
            ends = program.probes.places[name]
            seen = program.probes.of(along[0])[ends], program.probes.bounds(along[1])[ends]
            if factor := _factor(seen[0], gradient, seen[1]):
                numbers = np.array([nothing, product, errors])
                yield _Reading((loss, True), abs(factor), numbers)


def _factor(change: Array, way: Array, errors: Array) -> float:
    """Return the factor by which a change (N,) goes against a way (N,); 0 if there is none."""
    factor = -float(change @ way) / max(float(way @ way), 1e-300)
    left = np.abs(change + factor * way) > 2 * errors + _ALIKE * np.abs(change)
    return 0.0 if left.any() or not np.isfinite(factor) else factor


def _matching(readings: Mapping[str, Sequence[_Reading]]) -> Iterator[list[_Reading]]:
    """Yield one reading of each array, of one kind and one factor."""
    first, *others = sorted(readings.values(), key=len)
    for reading in first:
        chosen = [reading]
        for each in others:
            alike = (
                one
                for one in each
                if one.kind == reading.kind
                and abs(one.factor - reading.factor) <= _ALIKE * reading.factor
            )
            if (one := next(alike, None)) is None:
                break
            chosen.append(one)
        if len(chosen) == len(readings):
            yield chosen
