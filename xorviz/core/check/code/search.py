"""What explains the steps of a program, at its weights and at others beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code import words
from xorviz.core.check.code.code_check import UNUSED, ArrayCheck, CodeCheck
from xorviz.core.check.code.compare import ENOUGH, UNMOVED, Hypothesis, Steps, best
from xorviz.core.check.code.losses import Signal, conventions
from xorviz.core.check.code.names import with_factor
from xorviz.core.check.code.passes import found as pass_found
from xorviz.core.check.code.trials import Point, Training
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED
from xorviz.core.rules import SettingError

_MOVED = 0.25
"""How far weights are moved, beside their size, where they are looked at again."""
_POINTS = 3
_EVEN = 1e-3
"""Relative difference of steps that are all of one size."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the user says. A value."""

    signals: Sequence[Signal]
    rate: float | None
    are_named: bool
    """Whether the arrays were chosen by name: then each of them is to be trained."""
    is_once: bool
    """Whether gradients are given for these weights alone."""

    def scales(self, rows: int, outputs: int) -> dict[str, list[float]]:
        """Return the rates that are possible for each loss, where one was said."""
        if self.rate is None:
            return {}
        names = {s.name: s.name if s.is_right else "squares" for s in self.signals}
        return {
            name: [self.rate * c for c in conventions(loss, rows, outputs).values()]
            for name, loss in names.items()
        }


def checked_trial(trial: Training, said: Given) -> CodeCheck:
    """Return what is found at the weights as they are; a fault must be there at others, too."""
    first = _at(trial, {}, said)
    if said.is_once or (first.verdict == CORRECT and first.is_told):
        return first
    seen = [first]
    random = np.random.default_rng(0)
    for _ in range(1, _POINTS):
        try:
            point, is_pass = _moved(trial, first, random), (first.rows or "").startswith("a pass")
            seen.append(_at(trial, point, said, may_pass=is_pass))
        except (SettingError, ArithmeticError):
            continue  # where numbers overflow, nothing is learnt
        if seen[-1].verdict == CORRECT and (seen[-1].is_told or first.verdict == CORRECT):
            break
        if _agreed(seen) is not None:
            break
    if all(result.sentence == words.NOTHING for result in seen):
        raise SettingError(words.NOTHING)
    return _concluded(seen)


def with_unused(result: CodeCheck, trial: Training, said: Given) -> CodeCheck:
    """Return a result with the arrays that predict does not use."""
    if said.are_named:
        others = [name for name in trial.holders.paths if name not in trial.names]
        none = ArrayCheck(UNUSED, 0.0, 0.0, 0.0)
        return replace(result, arrays={**result.arrays, **dict.fromkeys(others, none)})
    names = [] if trial.gives_gradients else trial.unused()
    notes = (words.unused(names),) if names else ()
    return replace(result, notes=(*result.notes, *notes))


def _agreed(seen: Sequence[CodeCheck]) -> CodeCheck | None:
    """Return the fault that is found at two points, or None."""
    faulty = [result for result in seen if result.verdict == FAULTY]
    for place, result in enumerate(faulty):
        if any(_faults(result) == _faults(other) for other in faulty[place + 1 :]):
            return result
    return None


def _faults(result: CodeCheck) -> dict[str, str]:
    """Return what is found of the wrong arrays: a length that is meant is the same everywhere."""
    return {name: result.arrays[name].finding for name in result.wrong}


def _concluded(seen: Sequence[CodeCheck]) -> CodeCheck:
    first = seen[0]
    right = [result for result in seen if result.verdict == CORRECT]
    if any(result.is_told for result in right):
        return first if first.verdict == CORRECT else words.beside(right[-1])
    if (fault := _agreed(seen)) is not None:
        return fault if fault is first else words.beside(fault)
    by_chance = [result for result in seen if result.sentence == words.CHANCE]
    if any(result.verdict == FAULTY for result in seen):
        return replace(first, verdict=UNDECIDED, sentence=words.ELSEWHERE_RIGHT)
    if by_chance:
        return by_chance[0]
    if right:
        return right[0] if right[0] is first else words.beside(right[0])
    return first


def _moved(trial: Training, first: CodeCheck, random: np.random.Generator) -> Point:
    """Return weights beside those of the program; what its steps leave alone may be a constant."""
    trial.go_to({})
    found = {}
    for name in trial.names:
        values, _ = trial.holders.read(name)
        is_idle = name in first.arrays and first.arrays[name].finding == UNMOVED
        if not (is_idle and trial.holders.is_scalar(name)):
            found[name] = values + _MOVED * random.uniform(-1, 1, values.shape) * (
                1 + np.abs(values)
            )
    return found


def _at(trial: Training, point: Point, said: Given, may_pass: bool = True) -> CodeCheck:
    """Return what is found at one point."""
    steps = trial.steps(point)
    if not np.nan_to_num(steps.changes, nan=1.0).any():
        return words.undecided(words.NOTHING)
    scales = said.scales(*steps.t.shape)
    reading = best(steps, said.signals, scales)
    told = words.Words(trial, steps, said.rate)
    if reading is not None and _is_right(reading, trial):
        return told.correct(reading)
    readings = [] if reading is None else [reading]
    if not trial.gives_gradients:
        second = best(trial.second(point), said.signals, scales)
        if second is not None and _is_right(second, trial):
            return told.correct(second)
        readings += [] if second is None else [second]
        is_open = trial.is_one and may_pass and not _explains(readings)
        if is_open and (one := pass_found(steps, trial.forward, said.signals)):
            return told.of_pass(one)
    reason = _reason(trial, steps, readings, said)
    if reason in {None, words.ONE_UPDATE} and not trial.gives_gradients:
        again, _ = trial.changes(point)
        if not np.array_equal(again, steps.changes, equal_nan=True):
            reason = words.CHANCE
    if reason is not None:
        return told.undecided(reason, reading)
    fault = max(readings, key=lambda r: (r.evidence >= ENOUGH, len(r.agreeing)))
    return with_factor(told.faulty(fault), trial, fault)


def _is_right(reading: Hypothesis, trial: Training) -> bool:
    """Whether a step is explained without a fault; gradients may be those to be added."""
    is_down = reading.rate > 0 or trial.gives_gradients
    return reading.is_whole and reading.signal.is_right and is_down


def _explains(readings: Sequence[Hypothesis]) -> bool:
    """Whether some arrays are exact beside others that are far from it: so it is one update."""
    return any(r.evidence >= ENOUGH and (r.is_whole or r.is_gross) for r in readings)


def _reason(
    trial: Training, steps: Steps, readings: Sequence[Hypothesis], said: Given
) -> str | None:
    """Return why nothing can be concluded; None where a fault is explained."""
    finite = steps.changes[np.isfinite(steps.changes)]
    sizes = np.abs(finite[finite != 0])
    if len(sizes) > 3 and np.ptp(sizes) <= _EVEN * sizes.max():
        return words.ADAM
    for reading in readings:
        if reading.evidence < ENOUGH:
            continue
        if reading.is_whole:  # up the gradient, or with a wrong slope
            return None
        idle = [n for n in reading.wrong if reading.finding(n) == UNMOVED]
        is_idle = bool(idle) and idle == reading.wrong and not said.are_named
        if is_idle and all(trial.holders.is_scalar(n) for n in idle):
            return words.constant(idle)
        if reading.wrong and reading.is_gross and not reading.is_cut:
            return None
        if reading.wrong and reading.is_cut:
            return words.CLIPPED
    return words.SIGNALS if _follows_some_loss(steps) else words.ONE_UPDATE


def _follows_some_loss(steps: Steps) -> bool:
    """Return whether all arrays follow one and the same error, row by row, of whatever loss."""
    table: Array = steps.slopes.by_weight.reshape(-1, steps.changes.shape[1]).T
    allowed = np.abs(steps.slopes.errors.reshape(table.T.shape)).T
    rank = np.linalg.matrix_rank(table)
    if table.shape[0] < rank + 2 or not np.isfinite(steps.changes).all():
        return False
    for change, errors in zip(steps.changes, steps.errors, strict=True):
        found = np.linalg.lstsq(table, change, rcond=None)[0]
        if (np.abs(change - table @ found) > errors + 4 * allowed @ np.abs(found)).any():
            return False
    return True
