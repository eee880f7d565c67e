"""The best explanation of a step, beside those that are nearly as good."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.row_terms import fault_of
from xorviz.core.check.said import OWN
from xorviz.core.check.search.hypotheses import Hypothesis, Reading
from xorviz.core.check.search.parts import BY_CHANCE, LARGEST, deviations
from xorviz.core.check.search.settings import Model
from xorviz.core.truth_table import ROWS

_TOLD = 5
"""Other explanations that are kept for each array."""
_LUCKY = 10
"""A residual is hardly ever so many times smaller than the bound of rounding errors."""
_LEAST_NUMBERS = 2
"""That agree with the rate, where a fault is named."""
_MATES = {"w1": "b1", "b1": "w1", "w2": "b2", "b2": "w2"}
"""The arrays of a layer."""
_OF_ONE_ARRAY = frozenset({
    "", rule.NOT_UPDATED, rule.WRONG_SIGN, rule.OTHER_RATE, rule.ONE_ROW, rule.NO_INPUTS,
    rule.TRANSPOSED, rule.SHARED_BIAS,
})  # fmt: skip
"""What one array may have alone; all else is of the delta of a layer."""
_SURE = 2 * BY_CHANCE
"""Digits of agreement with which a rule holds although some array is not explained."""


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """What became of every array of a step. A value."""

    setting: Model
    right: str
    rate: float
    """Of the gradient whose signal is the error times a slope, without a factor."""
    batch: str
    order: tuple[int, ...] | None
    cost: float
    """The number of faults, and a penalty for what is not explained or not likely."""
    faults: Mapping[str, str | None]
    """Empty for an array that is right, None for one that is not explained."""
    residuals: Mapping[str, float]
    """What is left over, relative to the change."""
    rates: Mapping[str, float | None]
    """That each array alone implies."""
    others: Mapping[str, tuple[tuple[float, str], ...]]
    """Residuals and faults of other explanations, the best first."""
    confused: Mapping[str, tuple[str, ...]]
    """The faults of those that are too near to be told apart; empty for what is right."""
    exact: Mapping[str, Array]
    """(N,) the change of a correct step."""
    blurred: frozenset[str] = frozenset()
    """Arrays whose numbers have too few digits beside their change."""
    alike: Sequence[tuple[Model, str]] = field(default=())
    """Settings and losses that explain the step as well."""
    unsure: float = 0.0
    """Relative error of the rate."""
    is_scaled: bool = True
    """Whether the size of the step is evidence, not only its direction."""
    momentum: float | None = None
    is_pinned: bool = False
    """Whether some arrays agree with one update so well that it is no other kind of step."""

    @property
    def rows(self) -> int:
        """How many rows a gradient is of."""
        return len(ROWS) if self.batch == "full" else 1

    @property
    def is_whole(self) -> bool:
        """Whether every array is explained."""
        return all(fault is not None for fault in self.faults.values())

    @property
    def is_right(self) -> bool:
        """Whether every array is explained without a fault."""
        return set(self.faults.values()) == {""}


def name_of(fault: str) -> str:
    """Return the name of a finding."""
    return fault_of(fault) or rule.CORRECT


def explained_by(found: Sequence[Hypothesis]) -> Explained:
    """Return the best of some hypotheses, the likely ones first, beside the others."""
    best = min(found, key=lambda one: one.preference)
    equal = [
        one for one in found
        if one.is_whole and _is_as_simple(one, best) and not _is_same(one, best)
    ]  # fmt: skip
    row, readings = best.setting.row, best.readings
    names = tuple(readings)
    others = {name: _others(best, name) for name in names}
    told = Explained(
        setting=best.setting,
        right=best.right,
        rate=best.rate,
        unsure=best.unsure,
        batch="full" if row is None else "row",
        order=None if row is None else (row,),
        cost=best.cost,
        faults={name: None if one is None else one.fault for name, one in readings.items()},
        residuals={name: _residual(best, name, others[name]) for name in names},
        rates={
            name: None if one is None or one.fault == rule.NOT_UPDATED else one.rate
            for name, one in readings.items()
        },
        others=others,
        confused={name: _confused(best, equal, name) for name in names},
        exact={n: -best.rate * p.directions[p.right[best.right]] for n, p in best.parts.items()},
        blurred=frozenset(
            name for name, part in best.parts.items() if part.error > LARGEST * part.moved > 0
        ),
        alike=[(one.setting, one.right) for one in found if one.is_whole and one.cost == best.cost],
        is_scaled=row is None or best.is_scale_known,
        is_pinned=row is None and sum(best.agreeing) >= _SURE,
    )
    if not best.is_whole:
        return _without_guesses(best, told)
    is_plain = set(told.faults.values()) <= {"", rule.NOT_UPDATED}
    has_numbers = len(best.agreeing) >= (1 if is_plain else _LEAST_NUMBERS)
    is_shown = has_numbers and sum(best.agreeing) >= BY_CHANCE
    return told if is_shown else _without_evidence(told)


def _is_as_simple(one: Hypothesis, best: Hypothesis) -> bool:
    """Return whether a hypothesis has no more faults; other targets make it no less simple."""
    mine, theirs = (each.cost - each.setting.goal.doubt for each in (one, best))
    return one.cost <= max(1.0, best.cost) or 1 <= mine <= theirs


def with_one_name(told: Explained) -> Explained:
    """Return an explanation where a fault of all arrays has the name of such a fault."""
    faults = dict(told.faults)
    moved = {faults[name] for name, rate in told.rates.items() if rate}
    if moved == {rule.WRONG_SIGN}:
        faults = {n: rule.ADDED if f == rule.WRONG_SIGN else f for n, f in faults.items()}
    if told.setting.goal.doubt == 1:
        faults = {n: rule.TARGETS_INVERTED if f == "" else f for n, f in faults.items()}
    return replace(told, faults=faults)


def _without_guesses(best: Hypothesis, told: Explained) -> Explained:
    """Return what is reported where some array is not explained: then the rule may be another."""
    # Only one row, or a fault at the output, and more: no one does so much wrong at once.
    is_sure = best.setting.row is None and best.setting.goal.doubt < 1
    is_sure = is_sure and told.faults["w2"] == "" and sum(best.agreeing) >= _SURE
    kept = {name for name, one in best.readings.items() if is_sure and one and not one.is_free}
    faults = {name: fault if name in kept else None for name, fault in told.faults.items()}
    return replace(told, faults=faults)


def _without_evidence(told: Explained) -> Explained:
    """Return what is reported where the rate alone can explain all that changed."""
    confused = {
        name: told.confused[name] or (rule.OTHER_RATE if fault == "" else "",)
        for name, fault in told.faults.items()
    }
    return replace(told, confused=confused)


def _is_same(one: Hypothesis, other: Hypothesis) -> bool:
    """Return whether two hypotheses are the same numbers under two names."""
    return one.setting.seen is other.setting.seen and _effects(one) == _effects(other)


def _effects(one: Hypothesis) -> list[tuple[object, ...]]:
    """Return what decides the numbers of each array, beside the forward pass and the rate."""
    found = [_effect(one, name, reading) for name, reading in one.readings.items() if reading]
    rows, signals = ({effect[i] for effect in found} for i in (0, 1))
    if len(rows) == 1 and rows != {None} and len(signals) == 1:
        # Along one row, what is common to all arrays only scales the step.
        return [effect[:1] + effect[3:] for effect in found]
    return found


def _effect(one: Hypothesis, name: str, reading: Reading) -> tuple[object, ...]:
    way = one.parts[name].ways[reading.way]
    goal = one.setting.output, one.setting.goal
    kinds = tuple(reading.fault == fault for fault in (rule.WRONG_SIGN, rule.NOT_UPDATED))
    return way.row, way.signal, goal, way.term, *kinds


def _confused(best: Hypothesis, equal: Iterable[Hypothesis], name: str) -> tuple[str, ...]:
    """Return the faults of what else may have become of an array."""
    chosen = best.readings[name]
    if chosen is None:
        return ()
    found = [one.fault for one in best.near[name] if _competes(best, name, one, chosen)]
    for other in equal:
        reading = other.readings[name]
        assert reading is not None
        is_inverted = other.setting.goal.doubt == 1
        found.append(rule.TARGETS_INVERTED if is_inverted else reading.fault)
    mine = rule.TARGETS_INVERTED if best.setting.goal.doubt == 1 else chosen.fault
    different = [fault for fault in found if name_of(fault) != name_of(mine)]
    if best.setting.row is not None and not best.is_scale_known and best.parts[name].moved:
        different.append(rule.OTHER_SLOPE if best.right != OWN else rule.NO_OUTPUT_SLOPE)
    return tuple(dict.fromkeys(map(fault_of, different)))


def _competes(best: Hypothesis, name: str, one: Reading, chosen: Reading) -> bool:
    """Return whether another reading of an array is as simple as the chosen one, and as good."""
    part = best.parts[name]
    if _effect(best, name, one) == _effect(best, name, chosen):
        return False
    if not part.moved and not part.lengths[part.right[best.right]]:
        return True  # where there is no gradient, nothing is seen
    # Another array may have the same fault as well, in place of its own.
    fixed = (n for n in best.parts if all(each.fault != one.fault for each in best.near[n]))
    used = {r.fault for n in fixed if n != name and (r := best.readings[n])} - {""}
    is_simple = len(used) + bool(one.fault) <= max(1.0, best.cost - best.setting.goal.doubt)
    # Residuals that were found decide, not bounds of what rounding may do.
    least = max(chosen.distance, part.error / _LUCKY) if part.is_full else part.error
    is_good = one.distance <= part.margin * least
    is_fair = chosen.is_free or not one.is_free or not one.rate
    return is_simple and is_good and is_fair and not _is_excluded(best, name, one.fault)


def _is_excluded(best: Hypothesis, name: str, fault: str) -> bool:
    """Return whether the other array of a layer does not have a fault of the delta of both."""
    mate = _MATES[name]
    if fault in _OF_ONE_ARRAY or mate not in best.near or not best.parts[mate].moved:
        return False
    return all(one.fault != fault for one in best.near[mate])


def _others(best: Hypothesis, name: str) -> tuple[tuple[float, str], ...]:
    """Return residuals and faults of what explains an array next best, by the same rule."""
    part, chosen = best.parts[name], best.readings[name]
    found: dict[str, float] = {rule.NOT_UPDATED: part.moved}
    for sign, turned in ((1, ()), (-1, (rule.WRONG_SIGN,))):
        for way, distance in enumerate(part.distances(sign * best.rate)):
            deviating = deviations(name, part.ways[way], best.right, best.setting.row, True)
            if deviating is None or len(deviating + turned) > 1 or not part.lengths[way]:
                continue
            fault = fault_of("".join((*deviating, *turned)))
            found[fault] = min(found.get(fault, np.inf), float(distance))
    if chosen is not None:
        found.pop(fault_of(chosen.fault), None)
    scale = _scale(best, name)
    return tuple(sorted((distance / scale, fault) for fault, distance in found.items()))[:_TOLD]


def _scale(best: Hypothesis, name: str) -> float:
    """Return the norm of an array's change, or of the one that is missing."""
    part = best.parts[name]
    return part.moved or best.rate * float(part.lengths[part.right[best.right]]) or 1.0


def _residual(best: Hypothesis, name: str, others: Sequence[tuple[float, str]]) -> float:
    chosen = best.readings[name]
    if chosen is None:
        return min((residual for residual, _ in others), default=1.0)
    return chosen.distance / _scale(best, name)
