"""Training steps, right and wrong, and their checks."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xorviz.core.check.check import check
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import StepCheck
from xorviz.core.network import Weights, gradient, initial_weights
from xorviz.core.settings import RunConfig

Change = Callable[[Weights], Weights]

CONFIG = RunConfig(width=3, biases=True, rate=0.25, seed=2)
BEFORE = initial_weights(CONFIG)


def right(slope: Weights) -> Weights:
    """Return the gradient as it is; the others return those of programs with a fault."""
    return slope


def upwards(slope: Weights) -> Weights:
    """Return a gradient with another sign in w1 and b1."""
    assert slope.b1 is not None
    return replace(slope, w1=-slope.w1, b1=-slope.b1)


def scattered(slope: Weights) -> Weights:
    """Return a gradient whose w2 is as no rule says."""
    return replace(slope, w2=slope.w2 * np.linspace(-2, 1.3, len(slope.w2))[:, np.newaxis])


def odd(slope: Weights) -> Weights:
    """Return a gradient of which nothing is explained."""
    return slope.each(np.exp)


def after(config: RunConfig = CONFIG, change: Change = right, before: Weights = BEFORE) -> Weights:
    """Return the weights after a step along a gradient that is changed so."""
    return before.each(lambda w, d: w - config.rate * d, change(gradient(before, config)))


def checked(change: Change = right, width: int = 3, biases: bool = True) -> StepCheck:
    """Return the check of such a step."""
    config = replace(CONFIG, width=width, biases=biases)
    before = initial_weights(config)
    said = Said(loss="sse", rate=config.rate)
    return check([before, after(config, change, before)], said)
