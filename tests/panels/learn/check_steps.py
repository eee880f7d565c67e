"""Checks of training steps, for what shows them."""

from dataclasses import replace

import numpy as np

from xorviz.core.check.check import check
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import StepCheck
from xorviz.core.network import Weights, gradient, initial_weights
from xorviz.core.settings import RunConfig


def correct_step(width: int = 3, biases: bool = True) -> StepCheck:
    """Return the check of a step that is right."""
    before, change = _right(width, biases)
    return _checked(before, change)


def faulty_step(width: int = 3) -> StepCheck:
    """Return the check of a step up the gradient in w1 and b1."""
    before, change = _right(width)
    assert change.b1 is not None
    return _checked(before, replace(change, w1=-change.w1, b1=-change.b1))


def located_step() -> StepCheck:
    """Return the check of a step whose w2 changes as no rule says."""
    before, change = _right()
    return _checked(before, replace(change, w2=change.w2 * [[1.3], [0.2], [-2]]))


def unknown_step() -> StepCheck:
    """Return the check of a step of which nothing is explained."""
    before, change = _right()
    return _checked(before, change.each(np.exp))


def _right(width: int = 3, biases: bool = True) -> tuple[Weights, Weights]:
    """Return weights and how a right step changes them."""
    config = RunConfig(width=width, biases=biases, rate=0.5)
    before = initial_weights(config)
    return before, gradient(before, config).each(lambda slope: -0.5 * slope)


def _checked(before: Weights, change: Weights) -> StepCheck:
    return check([before, before.each(np.add, change)], Said(loss="sse", rate=0.5))
