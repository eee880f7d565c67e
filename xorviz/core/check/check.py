"""Whether a training step is a gradient step, array by array."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check import words
from xorviz.core.check.explain import explained
from xorviz.core.check.factors import ARRAYS, by_name
from xorviz.core.check.fit import not_found
from xorviz.core.check.lines import repairs
from xorviz.core.check.report import Report
from xorviz.core.check.said import Said
from xorviz.core.check.step import Digits, Step, digits_of, step_of
from xorviz.core.check.step_check import UNDECIDED, StepCheck
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError

_DIFFERENCE = 1e-7
"""Relative error of gradients that are found by differences of the loss."""
_MOVED_NOTHING = (
    "before and after are the same weights; save a copy before the step, since programs change "
    "arrays in place, or give a step that is large enough to be seen"
)


def check(states: Sequence[Weights], said: Said | None = None) -> StepCheck:
    """Return whether the last step between two states, or three, is right.

    The step before it shows momentum. Raises SettingError for states that are not one step apart.
    """
    said = said or Said()
    _require_sound(states, said)
    *earlier, before, after = states
    with np.errstate(all="ignore"):  # weights may be huge
        digits = digits_of(*(array for state in states for array in state.arrays()))
        taken = step_of(before, after, digits)
        if not any(change.any() for change in taken.changes.values()):
            raise SettingError(_MOVED_NOTHING)
        velocity = step_of(earlier[-1], before, digits).changes if earlier else None
        told = _report(taken, said, digits, velocity)
        each = step_of(before, after)
        is_whole = told.is_told and told.fit.is_whole
        if not is_whole and each.errors != taken.errors:  # some arrays have fewer digits
            by_array = _report(each, said, digits, velocity)
            told = by_array if by_array.is_told else told
        told = _beside(told)
        return _told(told, "" if told.is_told else _hint(told))


def _report(
    taken: Step,
    said: Said,
    digits: Digits,
    velocity: Mapping[str, Array] | None,
    has_passes: bool = True,
) -> Report:
    is_gradient = said.optimizer in {None, "gradient-descent"}
    fit = explained(taken, said, velocity, has_passes) if is_gradient else not_found(taken)
    return Report(taken, fit, said, digits, velocity=velocity)


def _beside(told: Report) -> Report:
    """Return what shows more without rate and loss, where they allow it, or else the same.

    They make more explanations possible, too, of which several may be as simple.
    """
    less = replace(told.said, rate=None, loss=None)
    if not told.unclear or less == told.said:
        return told
    free = _report(told.taken, less, told.digits, told.velocity, has_passes=False)
    free = replace(free, said=told.said)
    is_more = len(free.unclear) < len(told.unclear) and free.is_allowed
    return free if is_more and told.verdict in {UNDECIDED, free.verdict} else told


def _told(told: Report, hint: str = "") -> StepCheck:
    """Return what is reported of a step, in words."""
    return StepCheck(
        verdict=told.verdict,
        rule=told.rule,
        arrays=told.findings,
        sentence=words.sentence(told, hint),
        yours=told.weights(dict(told.taken.changes)),
        exact=told.weights(told.exact),
        repairs=tuple(repairs(told)),
        notes=tuple(words.notes(told)),
    )


def _hint(told: Report) -> str:
    """Return what would explain a step that nothing explains as it is given."""
    taken, digits = told.taken, told.digits
    tried = []
    if told.said != Said():
        tried = [(taken, Said(), "Without the settings you gave, it is an exact {}.")]
    if told.velocity is None:
        back = step_of(taken.after, taken.before, digits)
        tried.append(
            (
                back,
                Said(batch="full"),
                "From after to before it is an exact step: the two are swapped.",
            )
        )
    for step, said, text in tried:
        found = _report(step, said, digits, told.velocity, has_passes=False)
        if found.is_told and found.fit.is_right:
            return text.format(words.rule_text(found))
    return ""


def check_slopes(weights: Weights, gradients: Weights, said: Said | None = None) -> StepCheck:
    """Return whether gradients are right, as those of a step at rate 1.

    They may be found by differences, to six digits. Raises SettingError for gradients of another
    shape.
    """
    said = said or Said()
    _require_sound((weights, gradients), said)
    if not any(slope.any() for slope in gradients.arrays()):
        raise SettingError("all gradients are zero; use a network that is still learning")
    digits = digits_of(*weights.arrays(), *gradients.arrays())
    slopes = by_name(gradients)
    taken = replace(
        step_of(weights, weights, digits),
        changes={name: -np.asarray(slope, dtype=float) for name, slope in slopes.items()},
        errors={name: _error(slope, digits) for name, slope in slopes.items()},
    )
    said = replace(said, rate=1.0)  # of a gradient nothing else scales the numbers
    with np.errstate(all="ignore"):
        return _told(Report(taken, explained(taken, said), said, digits, is_gradient=True))


def _error(slope: Array, digits: Digits) -> float:
    """Return the norm of the errors of a gradient."""
    each = np.maximum(digits.error(slope), _DIFFERENCE * float(np.abs(slope).max()))
    return float(np.linalg.norm(each))


def _require_sound(states: Sequence[Weights], said: Said) -> None:
    """Raise SettingError for what cannot be: states that differ in shape or are not finite, too."""
    if said.is_entropy and said.output not in {None, "sigmoid"}:
        raise SettingError(f"output is {said.output}; allowed with {said.loss}: sigmoid")

    for state in states:
        for name in ARRAYS:
            first, array = getattr(states[0], name), getattr(state, name)
            if (first is None) != (array is None):
                raise SettingError(f"{name} is in one state only; give all arrays of each")
            if array is None:
                continue
            if first.shape != array.shape:
                raise SettingError(
                    f"{name} has the shape {first.shape} in one state and {array.shape} in another;"
                    " give the same network before and after a step"
                )
            if not np.isfinite(array).all():
                raise SettingError(
                    f"{name} is not finite in one state; give a step before training diverges"
                )
