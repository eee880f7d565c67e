"""A pass over the rows, with an update for each, or several steps, as explanations of a change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules.row_terms import ARRAYS, HIDDEN, fault_of, forwards
from xorviz.core.check.rules.rule import NO_INPUTS, TARGETS_INVERTED
from xorviz.core.check.said import OWN, Said
from xorviz.core.check.search.explained import Explained
from xorviz.core.check.search.parts import BY_CHANCE, LARGEST, MARGIN, Parts, Way, parts_of
from xorviz.core.check.search.sequences import ORDERS, Variant, fitted, masks_of, variants, walked
from xorviz.core.check.search.settings import Model, goals, outputs_for
from xorviz.core.check.search.step import Step
from xorviz.core.truth_table import ROWS

_FIRST, _THEN = 2, 10
"""Rounds in which rates of all candidates, and of the best, are found."""
_MOST, _FEW = 12, 4
"""Candidates that are simulated in all orders, and those that are looked at closely."""
_STARTS = (1.0, 3.0, 9.0)
"""Factors of the rate of one step down the gradient, to begin from."""
STEP_COUNTS = (2, 3, 4, 5, 10)
"""Numbers of steps that people take between two states."""


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A way to compute updates, before and after its rate is found."""

    setting: Model
    variant: Variant
    parts: Mapping[str, Parts]
    rate: float
    left: float
    """Norm of what is left over."""
    order: tuple[int, ...] = ()
    by_array: tuple[float, ...] = ()

    @property
    def cost(self) -> float:
        return len(set(self.variant.faults.values())) + self.setting.goal.doubt

    @property
    def names(self) -> dict[str, str]:
        """The fault of each array; empty if it is right."""
        inverted = TARGETS_INVERTED if self.setting.goal.doubt == 1 else ""
        return {name: self.variant.faults.get(name, inverted) for name in self.parts}

    def limits(self, factor: float = 1.0) -> Array:
        """Return what rounding may leave over of each array, times a factor."""
        right = self.variant.right
        return factor * np.array(
            [len(ROWS) * part.noises(self.rate)[part.right[right]] for part in self.parts.values()]
        )

    def is_within(self, factor: float = 1.0) -> bool:
        """Return whether nothing is left over but rounding, times a factor."""
        digits = sorted(each for part in self.parts.values() for each in part.digits)[:-1]
        moved = LARGEST * np.array([part.moved for part in self.parts.values()])
        is_near = bool((np.array(self.by_array) <= np.minimum(self.limits(factor), moved)).all())
        return is_near and sum(digits) >= BY_CHANCE


def explained_by_passes(taken: Step, said: Said) -> Iterator[Explained]:
    """Yield the pass that explains a change, if there is one."""
    orders = ORDERS if said.order is None else (said.order,)
    measured = [*_measured(taken, said)]
    tried = _searched(taken, [*_candidates(taken, measured, said, True)], orders, said)
    if not any(one.is_within() for one in tried):
        faulty = sorted(_candidates(taken, measured, said, False), key=lambda one: one.left)
        tried = _searched(taken, faulty[: 2 * _MOST], orders, said)
    fits = sorted((one for one in tried if one.is_within()), key=lambda one: one.cost)
    if fits:
        best = fits[0]
        for one in _candidates(taken, [(best.setting, best.parts)], said, False):
            if one.variant.right == best.variant.right:
                tried.append(_improved(taken, one, [best.order], np.array([best.rate]), 0))
        yield _explained(taken, best, tried)


def _measured(taken: Step, said: Said) -> Iterator[tuple[Model, Mapping[str, Parts]]]:
    """Yield the settings of a pass, with all ways to come to its directions."""
    wanted = product(
        forwards(taken.before, said.activation), outputs_for(said), goals(said.targets)[:4]
    )
    for seen, output, goal in wanted:
        setting = Model(seen, output, goal, None)
        yield setting, parts_of(setting, taken)


def _searched(
    taken: Step, begun: Sequence[_Candidate], orders: Sequence[tuple[int, ...]], said: Said
) -> list[_Candidate]:
    """Return candidates by what they leave over, the best of which have their order and rate."""
    # A few orders tell which settings are nearest; not all 24 of each need be simulated.
    some = orders[:: max(1, len(orders) // _FEW)]
    found = [(_tried(taken, one, some, said), one) for one in begun]
    found.sort(key=lambda pair: pair[0].left)
    best = [_tried(taken, one, orders, said) for _, one in found[:_MOST]]
    best.sort(key=lambda one: one.left)
    exact = [_improved(taken, one, [one.order], np.array([one.rate]), _THEN) for one in best[:_FEW]]
    return [*exact, *best[_FEW:], *(one for one, _ in found[_MOST:])]


def _candidates(
    taken: Step, measured: Iterable[tuple[Model, Mapping[str, Parts]]], said: Said, are_right: bool
) -> Iterator[_Candidate]:
    """Yield ways to compute an update, right ones or with a fault, with a rate to begin from."""
    still = frozenset(name for name, change in taken.changes.items() if not change.any())
    for setting, parts in measured:
        for right in said.rights(setting.output):
            plain, *faulty = variants(setting, right, still, said.rights(setting.output))
            if are_right != bool(setting.goal.doubt):
                yield _begun(setting, plain, parts)
            elif not are_right:
                yield from (_begun(setting, variant, parts) for variant in faulty)


def _begun(setting: Model, variant: Variant, parts: Mapping[str, Parts]) -> _Candidate:
    """Return a candidate with the rate that explains most of the change to first order."""
    met = squares = total = 0.0
    for sign, name in zip(variant.signs, ARRAYS, strict=True):
        if name not in parts:
            continue
        part = parts[name]
        way = _way(part, variant, name)
        square = float(part.lengths[way]) ** 2
        met += sign * float(part.rates[way]) * square
        squares += abs(sign) * square
        total += part.moved**2
    rate = met / squares if squares else 0.0
    return _Candidate(setting, variant, parts, abs(rate), total - met * abs(rate))


def _way(part: Parts, variant: Variant, name: str) -> int:
    """Return the index of the way that a variant computes an array."""
    if name not in HIDDEN:
        return part.places[Way(variant.signal, OWN, None)]
    has_term = name == "b1" or variant.has_inputs
    term = variant.message if has_term else NO_INPUTS
    # Where w2 did not change, it does not matter when it did.
    return part.places.get(Way(variant.hidden_signal, term, None), part.right[variant.right])


def _tried(
    taken: Step, one: _Candidate, orders: Sequence[tuple[int, ...]], said: Said
) -> _Candidate:
    """Return a candidate with the order and the rate that come nearest to the change."""
    starts = [factor * one.rate for factor in _STARTS]
    if said.rate is not None:
        starts += [2 * said.rate, said.rate / 2]
    return _improved(taken, one, [*orders] * len(starts), np.repeat(starts, len(orders)), _FIRST)


def _improved(
    taken: Step, one: _Candidate, orders: Sequence[tuple[int, ...]], rates: Array, rounds: int
) -> _Candidate:
    """Return a candidate with the best of some orders, each with a rate to begin from."""
    rates, left = fitted(taken, one.setting, one.variant, masks_of(orders), rates, rounds)
    norms = np.linalg.norm(left, axis=1)
    best = int(np.argmin(norms))
    by_array = tuple(left[best].tolist())
    return replace(one, rate=float(rates[best]), left=float(norms[best]), order=orders[best],
                   by_array=by_array)  # fmt: skip


def _explained(taken: Step, best: _Candidate, tried: Sequence[_Candidate]) -> Explained:
    """Return the best candidate, beside those that are nearly as good."""
    moved = {name: part.moved or 1.0 for name, part in best.parts.items()}
    near = [
        one for one in tried
        if one is not best and one.cost <= max(1.0, best.cost) and one.is_within(MARGIN)
    ]  # fmt: skip
    names = best.names
    others: dict[str, tuple[tuple[float, str], ...]] = {}
    confused: dict[str, tuple[str, ...]] = {}
    for place, name in enumerate(names):
        different = [one for one in tried if one.by_array and one.names[name] != names[name]]
        pairs = sorted((one.by_array[place] / moved[name], fault_of(one.names[name]))
                       for one in different)  # fmt: skip
        others[name] = tuple(pairs[:5])
        unlike = [one.names[name] for one in near if one.names[name] != names[name]]
        confused[name] = tuple(dict.fromkeys(map(fault_of, unlike)))
    signal = best.variant.right
    right = Variant(signal, {}, signal, signal)
    exact = walked(taken.before, best.setting, right, masks_of([best.order]),
                   np.array([best.rate]))  # fmt: skip
    return Explained(
        setting=best.setting,
        right=best.variant.right,
        rate=best.rate,
        unsure=min(
            float(limit) / part.moved
            for limit, part in zip(best.limits(), best.parts.values(), strict=True)
            if part.moved
        ),
        batch="pass",
        order=best.order,
        cost=best.cost,
        faults=names,
        residuals={n: d / moved[n] for n, d in zip(names, best.by_array, strict=True)},
        rates=dict.fromkeys(names, best.rate),
        others=others,
        confused=confused,
        exact={name: change[0] for name, change in exact.items()},
        alike=[(one.setting, one.variant.right) for one in (best, *near) if one.cost == best.cost],
    )


def steps_between(taken: Step, said: Said) -> int | None:
    """Return the number of steps that lie between two states, if there is more than one."""
    right = _candidates(taken, _measured(taken, said), said, True)
    begun = sorted(right, key=lambda one: one.left)
    # Updates with no row, after the last step of each count, change nothing.
    updates = np.arange(max(STEP_COUNTS))[:, np.newaxis] < np.array(STEP_COUNTS)
    masks = np.repeat(updates[..., np.newaxis], len(ROWS), axis=2).astype(float)
    for one in begun[:_FEW]:
        starts = one.rate / np.array(STEP_COUNTS)
        rates, left = fitted(taken, one.setting, one.variant, masks, starts, _THEN - 2)
        for count, rate, by_array in zip(STEP_COUNTS, rates, left, strict=True):
            ended = replace(one, rate=float(rate), by_array=tuple(by_array.tolist()))
            if ended.is_within(count):
                return count
    return None
