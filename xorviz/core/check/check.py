"""Whether a training step is a gradient step, array by array."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.report import report, rule_text
from xorviz.core.check.rules.row_terms import ARRAYS, by_name
from xorviz.core.check.said import Said
from xorviz.core.check.search.digits import Digits, digits_of
from xorviz.core.check.search.passes import steps_between
from xorviz.core.check.search.search import best_explanation, one_update
from xorviz.core.check.search.step import Step, step_of
from xorviz.core.check.step_check import StepCheck
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError

_DIFFERENCE = 1e-7
"""Relative error of gradients that are found by differences of the loss."""
_MOVED_NOTHING = (
    "before and after are the same weights; save a copy before the step, since programs change "
    "arrays in place"
)


def check(states: Sequence[Weights], said: Said | None = None) -> StepCheck:
    """Return whether the last step between two states, or three, is right.

    The step before it shows momentum. Raises SettingError for states that are not one step apart.
    """
    said = said or Said()
    _require_sound(states, said)
    *earlier, before, after = states
    digits = digits_of(*(array for state in states for array in state.arrays()))
    taken = step_of(before, after, digits)
    if not any(change.any() for change in taken.changes.values()):
        raise SettingError(_MOVED_NOTHING)
    velocity = step_of(earlier[-1], before, digits).changes if earlier else None
    with np.errstate(all="ignore"):  # weights may be huge
        best = best_explanation(taken, said, velocity)
        if best.is_whole or best.blurred or best.is_pinned:
            return report(taken, best, said, digits)
        each = step_of(before, after, None)
        if each.errors != taken.errors:  # some arrays have fewer digits than others
            by_array = best_explanation(each, said, velocity)
            if by_array.is_whole:
                return report(each, by_array, said, digits)
        is_one = velocity is not None or said.batch not in {None, "full"}
        if not is_one and (count := steps_between(taken, said)):
            raise SettingError(
                f"{count} steps lie between before and after; give the weights after one step"
            )
        return report(taken, best, said, digits, hint=_hint(states, taken, said, velocity))


def _hint(
    states: Sequence[Weights], taken: Step, said: Said, velocity: Mapping[str, Array] | None
) -> str:
    """Return what would explain a step that nothing explains as it is given."""
    if said != Said():
        found = best_explanation(taken, Said(batch="full"), velocity)
        if found.is_right:
            return f"Without what was said, it is {rule_text(taken, found)}."
    if velocity is None:
        back = step_of(states[1], states[0], digits_of(*states[0].arrays(), *states[1].arrays()))
        if one_update(back, Said(batch="full")).is_right:
            return "From after to before it is an exact step: the two are swapped."
    return ""


def check_slopes(weights: Weights, gradients: Weights, said: Said | None = None) -> StepCheck:
    """Return whether gradients are right, as those of a step at rate 1.

    They may be found by differences, to six digits. Raises SettingError for gradients of another
    shape.
    """
    said = said or Said()
    _require_sound((weights, gradients), said)
    if not any(slope.any() for slope in gradients.arrays()):
        raise SettingError("all gradients are 0; give those of a network that is training")
    digits = digits_of(*weights.arrays(), *gradients.arrays())
    taken = step_of(weights, weights, digits)
    slopes = by_name(gradients)
    taken = replace(
        taken,
        changes={name: -np.asarray(slope, dtype=float) for name, slope in slopes.items()},
        errors={name: _error(slope, digits) for name, slope in slopes.items()},
        is_full=False,
    )
    said = replace(said, rate=1.0)  # of a gradient nothing else scales the numbers
    with np.errstate(all="ignore"):
        return report(taken, best_explanation(taken, said, None), said, digits, is_gradient=True)


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
