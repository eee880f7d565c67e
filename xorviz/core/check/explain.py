"""The simplest explanation of a step: one update, or one with momentum or decay, or several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice, product

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.factors import SCALES, Model, by_name
from xorviz.core.check.fit import (
    DECAY,
    MOMENTUM,
    OF_A_RIGHT_STEP,
    SIGNS,
    Anchor,
    Fit,
    Group,
    models,
    not_found,
    right_deltas,
)
from xorviz.core.check.passes import of_passes
from xorviz.core.check.reading import read, right_recipe
from xorviz.core.check.said import Said
from xorviz.core.check.step import Step
from xorviz.core.truth_table import ROWS

_READ = 14
"""Anchors that are read, those with the fewest faults first."""
_ALL = tuple(range(len(ROWS)))
_ROUND = 6
"""Digits of a share that the user wrote down."""


def explained(
    taken: Step, said: Said, velocity: Mapping[str, Array] | None = None, has_passes: bool = True
) -> Fit:
    """Return the explanation of a step with the fewest faults; to look for passes takes long."""
    possible = [  # without a ReLU that answers 0 to all rows, unless that is said
        model
        for model in models(said)
        if said.output or model.output != "relu" or model.forward(taken.before).y.any()
    ]
    batch = possible if said.batch in {None, "full"} else []
    used = said.order if said.order is not None and len(said.order) == 1 else _ALL
    alone = [
        replace(model, rows=(row,))
        for model, row in product(possible if said.batch in {None, "row"} else [], used)
        if _is_along(model, row, taken)
    ]
    found = one_update(batch, taken, said)
    if not any(fit.is_right and fit.is_sure and fit.is_as_said for fit in found):
        found += one_update(alone, taken, said)
    if velocity is not None:
        found = [replace(fit, shares={MOMENTUM: 0.0}) for fit in found]
    is_sought = velocity is not None and not any(fit.cost < 1 for fit in found)
    if is_sought or not _is_settled(found):
        found += _with_shares(list(_pairs([*batch, *alone], found, said)), taken, said, velocity)
    is_pass = has_passes and said.batch in {None, "pass", "shuffled"}
    if is_pass and not _is_settled(found):
        found += of_passes(taken, said)
    best = _simplest(found) or not_found(taken)
    if best.is_right or not best.is_sure or said.batch not in {None, "full"}:
        return best
    return _of_some_rows(best, taken, said) or best


def _of_some_rows(best: Fit, taken: Step, said: Said) -> Fit | None:
    """Return how a batch of two or three rows explains a step exactly, with the same units.

    Single arrays may look as if one row or all four were used: row 00 changes nothing in w1.
    """
    like = {replace(anchor.model, rows=_ALL) for anchor in best.alike}
    tried = [
        replace(model, rows=rows)
        for model, size in product(models(said), (2, 3))
        if model in like
        for rows in combinations(_ALL, size)
    ]
    found = one_update(tried, taken, said)
    return _simplest([fit for fit in found if fit.is_right and fit.is_sure and not fit.doubt])


def _is_along(model: Model, row: int, taken: Step) -> bool:
    """Return whether the change of a layer has the direction of one row."""
    f = model.forward(taken.before, np.array([row]))
    w1 = taken.changes["w1"].reshape(2, -1)
    across = w1 - f.x.T @ (f.x @ w1) / max(float((f.x**2).sum()), 1.0)
    w2, h = taken.changes["w2"], f.h[0]
    beside = w2 - h * (h @ w2) / max(float(h @ h), np.finfo(float).tiny)
    return bool(
        np.linalg.norm(across) <= taken.noise("w1", taken.lengths["w1"])
        or np.linalg.norm(beside) <= taken.noise("w2", taken.lengths["w2"])
    )


def _simplest(found: Sequence[Fit]) -> Fit | None:
    """Return the fit with the fewest faults, with what others as simple would call its arrays."""
    if not found:
        return None
    least = min(fit.simplicity for fit in found)
    alike = [fit for fit in found if fit.simplicity == least]
    if any(fit.model.output == "linear" for fit in alike):  # a ReLU that answers 0 to no row is
        alike = [fit for fit in alike if fit.model.output != "relu"]
    best = min(alike, key=lambda fit: -fit.evidence)
    if len({frozenset(fit.unexplained) for fit in alike}) > 1:
        return replace(best, evidence=0.0)  # which arrays are right depends on the model
    if not best.is_as_said and any(
        fit.is_as_said and fit.cost <= best.cost and fit.evidence >= OF_A_RIGHT_STEP
        for fit in found
    ):
        return replace(best, evidence=0.0)  # as few arrays, but at the rate that is said
    arrays = {}
    for name, one in best.arrays.items():
        theirs = [fit.readings[name] for fit in alike]
        mine = () if one.reading is None else one.reading.faults
        names = [" and ".join(other.faults) for other in theirs if other and other.faults != mine]
        every = tuple(dict.fromkeys((*one.alternatives, *names)))
        arrays[name] = one._replace(alternatives=every)
    return replace(best, arrays=arrays, alike=[fit.anchor for fit in alike])


def _is_settled(found: Sequence[Fit]) -> bool:
    """Return whether every array is explained for sure."""
    return any(fit.is_whole and fit.is_sure and not fit.decayed for fit in found)


def one_update(tried: Sequence[Model], taken: Step, said: Said) -> list[Fit]:
    """Return what became of every array, by the most likely anchors."""
    groups = [Group(model, taken, said) for model in tried]
    fits: list[Fit] = []
    others = tuple(name for name in taken.changes if name != "w2")
    for names in (("w2",), others) if said.rate is None else (("w2", *others),):
        found = [one for group in groups for one in group.anchors(names)]
        is_open = said.rate is None
        found.sort(key=lambda one: (one.cost, is_open and one.is_hidden, -one.evidence))
        for anchor in islice(_distinct(found), _READ):
            if fits and anchor.cost > min(fit.cost for fit in fits):
                break
            fits.append(read(anchor, taken, said))
        # Along one row without a rate, what is turned around may be the other arrays.
        # Where most arrays differ from w2, w2 may be the one that differs from them.
        if any(
            fit.cost <= 1 and (fit.is_scaled or not fit.faults) and not _do_most_differ(fit)
            for fit in fits
        ):
            break
    return fits


def _do_most_differ(fit: Fit) -> bool:
    """Return whether the only fault is that more than half of the arrays have another scale."""
    wrong = [one for one in fit.readings.values() if one is None or one.faults]
    return (
        len(fit.faults) == 1 and SCALES.issuperset(fit.faults) and 2 * len(wrong) > len(fit.arrays)
    )


def _distinct(found: list[Anchor]) -> Iterator[Anchor]:
    """Yield anchors without those that differ in the rate by less than its error."""
    seen: dict[object, list[Anchor]] = {}
    for one in found:
        like = seen.setdefault((one.model, one.delta), [])
        if all(abs(one.rate - o.rate) > (one.unsure + o.unsure + 1e-9) * one.rate for o in like):
            like.append(one)
            yield one


def _pairs(tried: Sequence[Model], found: Sequence[Fit], said: Said) -> Iterator[Anchor]:
    """Yield models with their right deltas, and those beside which some array is exact."""
    for model in tried:
        deltas = list(right_deltas(model, said))  # along one row, all have one direction
        for delta in deltas if len(model.rows) > 1 else deltas[:1]:
            yield Anchor(model, delta)
    yield from {Anchor(fit.model, fit.delta): None for fit in found if fit.delta.doubt}


def _with_shares(
    tried: Sequence[Anchor], taken: Step, said: Said, velocity: Mapping[str, Array] | None
) -> Iterator[Fit]:
    """Yield fits of steps that hold a share of the velocity, or of the weights, too."""
    weights: Mapping[str, Array] = by_name(taken.before)
    signs: Mapping[str, Array] = {name: np.sign(array) for name, array in weights.items()}
    kinds = [] if velocity is None else [(MOMENTUM, velocity, tuple(velocity))]
    for names in (tuple(weights), ("w1", "w2")):
        kinds += [(DECAY, weights, names), (SIGNS, signs, names)]
    for kind, along, names in kinds:
        for share, error, model in _shares(tried, taken, said, along):
            if not 0 < (share if kind == MOMENTUM else -share) < 1:
                continue
            rest = taken.without(share, {name: along[name] for name in names}, error)
            for fit in one_update([model], rest, said):
                if fit.is_right or (kind == MOMENTUM and fit.is_whole):
                    yield replace(fit, shares={kind: share if kind == MOMENTUM else -share})


def _shares(
    tried: Sequence[Anchor], taken: Step, said: Said, along: Mapping[str, Array]
) -> list[tuple[float, float, Model]]:
    """Return the shares of ``along`` beside which some array follows its gradient.

    Each with its error, and the model.
    """
    found: list[tuple[float, float, Model]] = []
    for anchor in tried:
        model = anchor.model
        f = model.forward(taken.before)
        for name, change in taken.changes.items():
            terms = right_recipe(anchor, name, said).terms(f)
            share, unsure = _share(taken, name, terms, along[name])
            is_new = all(
                abs(share - other) > 1e-6 * abs(other) + unsure or model != of
                for other, _, of in found
            )
            if change.size > 2 and abs(share) > 100 * unsure and is_new:
                found.append((*_as_written(share, unsure), model))
    return found


def _share(taken: Step, name: str, terms: Array, along: Array) -> tuple[float, float]:
    """Return the share of ``along`` (N,) in an array's change beside a gradient, and its error.

    The error is infinite where the two do not explain the change. ``terms`` (B, N) are of the rows.
    """
    gradient, change = terms.sum(axis=0), taken.changes[name]
    length = float(gradient @ gradient) or 1.0
    across = along - (along @ gradient) / length * gradient
    square = float(across @ across) or 1.0
    share = float(across @ change) / square
    rest = change - share * along
    rate = -float(gradient @ rest) / length
    size = abs(rate) * float(np.linalg.norm(np.abs(terms).sum(axis=0)))
    noise = float(taken.noise(name, size))
    is_near = rate > 0 and float(np.linalg.norm(rest + rate * gradient)) <= noise
    return share, noise / square**0.5 if is_near else np.inf


def _as_written(share: float, unsure: float) -> tuple[float, float]:
    """Return the shortest number within the error of a share, without an error, or the share."""
    limit = max(unsure, 1e-6 * abs(share))
    short = (float(f"{share:.{digits}g}") for digits in range(1, _ROUND + 1))
    written = next((number for number in short if abs(number - share) <= limit), None)
    return (share, unsure) if written is None else (written, 0.0)
