"""The best explanation of a step, beside those that are nearly as good."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.row_terms import fault_of
from xorviz.core.check.search.hypotheses import Hypothesis, Reading
from xorviz.core.check.search.parts import deviations
from xorviz.core.check.search.settings import Setting

Names = tuple[str, ...]
"""Faults; empty if an array is right."""


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """What became of every array of a step. A value."""

    setting: Setting
    right: str
    rate: float
    """Of the gradient whose signal is the error times a slope, without a factor."""
    batch: str
    order: tuple[int, ...] | None
    cost: float
    """The number of faults, and a penalty for what is not explained or not likely."""
    faults: Mapping[str, Names | None]
    """None where an array is not explained."""
    residuals: Mapping[str, float]
    """What is left over, relative to the change."""
    rates: Mapping[str, float | None]
    """That each array alone implies."""
    others: Mapping[str, tuple[tuple[float, str], ...]]
    """Residuals and names of other explanations, the best first."""
    confused: Mapping[str, tuple[str, ...]]
    """The names of those that are too near to be told apart."""
    exact: Mapping[str, Array]
    """(N,) the change of a correct step."""
    alike: Sequence[tuple[Setting, str]] = field(default=())
    """Settings and losses that explain the step as well."""
    momentum: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every array is explained."""
        return all(faults is not None for faults in self.faults.values())


def text_of(faults: Names) -> str:
    """Return the name of a finding."""
    return " and ".join(dict.fromkeys(map(fault_of, faults))) or rule.CORRECT


def explained_by(found: Sequence[Hypothesis]) -> Explained:
    """Return the best of some hypotheses, the likely ones first, beside the others."""
    best = min(found, key=lambda one: one.cost)
    equal = [
        one for one in found
        if one.is_whole and one.cost <= max(1.0, best.cost) and not _is_same(one, best)
    ]  # fmt: skip
    faults = {n: None if one is None else one.faults for n, one in best.readings.items()}
    others = {name: _others(best, name) for name in faults}
    return Explained(
        setting=best.setting,
        right=best.right,
        rate=best.rate,
        batch="full" if best.setting.row is None else "row",
        order=None if best.setting.row is None else (best.setting.row,),
        cost=best.cost,
        faults=_named(faults, best.setting.goal.doubt),
        residuals={name: _residual(best, name, others[name]) for name in faults},
        rates={name: _rate(one) for name, one in best.readings.items()},
        others=others,
        confused={name: _confused(best, equal, name) for name in faults},
        exact={n: -best.rate * p.directions[p.right[best.right]] for n, p in best.parts.items()},
        alike=[(one.setting, one.right) for one in found if one.is_whole and one.cost == best.cost],
    )


def _named(faults: Mapping[str, Names | None], doubt: float) -> dict[str, Names | None]:
    """Return the faults with one name where they are in all arrays."""
    moved = [
        names for names in faults.values() if names is not None and rule.NOT_UPDATED not in names
    ]
    found = dict(faults)
    if moved and len(moved) > 0 and all(rule.WRONG_SIGN in names for names in moved):
        found = {
            name: names and tuple(rule.ADDED if n == rule.WRONG_SIGN else n for n in names)
            for name, names in faults.items()
        }
    if doubt == 1:
        found = {
            name: names if names is None else (*names, rule.TARGETS_INVERTED)
            for name, names in found.items()
        }
    return found


def _is_same(one: Hypothesis, other: Hypothesis) -> bool:
    """Return whether two hypotheses are the same numbers under two names."""
    if one.setting is not other.setting:
        return False
    pairs = zip(one.readings.values(), other.readings.values(), strict=True)
    return all(a is not None and b is not None and _effect(a) == _effect(b) for a, b in pairs)


def _effect(one: Reading) -> tuple[int, bool, bool]:
    kinds = (rule.WRONG_SIGN, rule.NOT_UPDATED)
    return (one.way, *(kind in one.faults for kind in kinds))  # type: ignore[return-value]


def _confused(best: Hypothesis, equal: Iterable[Hypothesis], name: str) -> tuple[str, ...]:
    """Return the names of what else may have become of an array."""
    chosen = best.readings[name]
    if chosen is None:
        return ()
    used = {f for n, one in best.readings.items() if n != name and one for f in one.faults}
    limit = max(1.0, best.cost) - best.setting.goal.doubt
    found = [
        one.faults for one in best.near[name]
        if _effect(one) != _effect(chosen) and len(used | set(one.faults)) <= limit
    ]  # fmt: skip
    for other in equal:
        reading = other.readings[name]
        assert reading is not None
        doubt = (rule.TARGETS_INVERTED,) * (other.setting.goal.doubt == 1)
        found.append((*reading.faults, *doubt))
    mine = (*chosen.faults, *(rule.TARGETS_INVERTED,) * (best.setting.goal.doubt == 1))
    return tuple(dict.fromkeys(text_of(one) for one in found if text_of(one) != text_of(mine)))


def _others(best: Hypothesis, name: str) -> tuple[tuple[float, str], ...]:
    """Return residuals and names of what explains an array next best, by the same rule."""
    part, chosen = best.parts[name], best.readings[name]
    found: dict[str, float] = {}
    for sign, turned in ((1, ()), (-1, (rule.WRONG_SIGN,))):
        for way, distance in enumerate(part.distances(sign * best.rate)):
            faults = deviations(name, part.ways[way], best.right, best.setting.row)
            if faults is None or len(faults) + len(turned) > 1 or not part.lengths[way]:
                continue
            label = text_of((*faults, *turned))
            found[label] = min(found.get(label, np.inf), float(distance))
    found[rule.NOT_UPDATED] = part.moved
    if chosen is not None:
        found.pop(text_of(chosen.faults), None)
    scale = _scale(best, name)
    return tuple(sorted((distance / scale, label) for label, distance in found.items()))[:5]


def _scale(best: Hypothesis, name: str) -> float:
    """Return the norm of an array's change, or of the one that is missing."""
    part = best.parts[name]
    return part.moved or best.rate * float(part.lengths[part.right[best.right]]) or 1.0


def _residual(best: Hypothesis, name: str, others: Sequence[tuple[float, str]]) -> float:
    chosen = best.readings[name]
    if chosen is None:
        return min((residual for residual, _ in others), default=1.0)
    return chosen.distance / _scale(best, name)


def _rate(one: Reading | None) -> float | None:
    return None if one is None or rule.NOT_UPDATED in one.faults else one.rate
