"""Whether a training step is a gradient step, array by array."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.report import report
from xorviz.core.check.rules.row_terms import ARRAYS
from xorviz.core.check.rules.said import Said
from xorviz.core.check.search.digits import Digits, digits_of
from xorviz.core.check.search.passes import steps_between
from xorviz.core.check.search.search import best_explanation, rights_for
from xorviz.core.check.search.shares import velocity_of
from xorviz.core.check.search.step import Step, step_of
from xorviz.core.check.step_check import StepCheck
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError

_MOVED_NOTHING = (
    "before and after are the same weights; save a copy before the step, since programs change "
    "arrays in place"
)


def check(states: Sequence[Weights], said: Said | None = None) -> StepCheck:
    """Return whether the last step between two states, or three, is right.

    The step before it shows momentum. Raises SettingError for states that are not one step apart.
    """
    said = said or Said()
    _require_possible(said)
    _require_alike(states)
    *earlier, before, after = states
    digits = digits_of(states)
    taken = step_of(before, after, digits)
    if not any(change.any() for change in taken.changes.values()):
        raise SettingError(_MOVED_NOTHING)
    velocity = velocity_of(earlier[-1], before) if earlier else None
    with np.errstate(all="ignore"):  # weights may be huge
        return _checked(taken, said, velocity, digits)


def _checked(
    taken: Step, said: Said, velocity: Mapping[str, Array] | None, digits: Digits
) -> StepCheck:
    best = best_explanation(taken, said, velocity)
    if not (best.is_whole or best.blurred or velocity) and said.batch in {None, "full"}:
        rights = {output: rights_for(output, said) for output in ("sigmoid", "tanh", "linear")}
        if count := steps_between(taken, said, rights):
            raise SettingError(
                f"{count} steps lie between before and after; give the weights after one step"
            )
    return report(taken, best, said, digits)


def check_slopes(weights: Weights, gradients: Weights, said: Said | None = None) -> StepCheck:
    """Return whether gradients are right, as those of a step at rate 1.

    Raises SettingError for gradients of another shape.
    """
    said = said or Said()
    _require_possible(said)
    _require_alike((weights, gradients))
    if not any(slope.any() for slope in gradients.arrays()):
        raise SettingError("all gradients are 0; give those of a network that is training")
    digits = digits_of((weights, gradients))
    taken = step_of(weights, weights, digits)
    pairs = list(zip(taken.changes, gradients.arrays(), strict=True))
    sloped = replace(
        taken,
        changes={name: -np.asarray(slope, dtype=float).ravel() for name, slope in pairs},
        errors={name: float(np.linalg.norm(digits.error(slope))) for name, slope in pairs},
    )
    said = replace(said, rate=1.0)  # of a gradient nothing else scales the numbers
    with np.errstate(all="ignore"):
        best = best_explanation(sloped, said, None)
        return report(sloped, best, said, digits, is_gradient=True)


def _require_possible(said: Said) -> None:
    """Raise SettingError for what a person says that cannot be."""
    if said.loss == "cross-entropy" and said.output not in {None, "sigmoid"}:
        raise SettingError(f"output is {said.output}; allowed with cross-entropy: sigmoid")


def _require_alike(states: Sequence[Weights]) -> None:
    """Raise SettingError for states that differ in shape or hold numbers that are not finite."""
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
