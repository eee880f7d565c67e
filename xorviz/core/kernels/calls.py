"""Lists of NumPy calls between fixed arrays, for the kernels of one network and of many.

Shapes: an array of parameters is (P,) or (P, N), of numbers that all of them share () or (N,).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.settings import RunConfig
from xorviz.core.steps import BETAS, EPSILON, LEAST_DECAY, State

Call = Callable[[], object]

ZERO, HALF, ONE = np.array(0.0), np.array(0.5), np.array(1.0)
"""Python's numbers would be converted by each call."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The calls of a unit, which work in place."""

    respond: Callable[[Array], list[Call]]
    """From its input times the factor to its response h."""
    times_slope: Callable[[Array, Array, Array], list[Call]]
    """Multiply d by the derivative of h: those for d, h and an array for what is between."""
    factor: float = 1.0


def _sigmoid_of_double(z: Array) -> list[Call]:
    """Return the calls of 1/2 + 1/2 tanh(z) = sigmoid(2 z), without overflow."""
    return [partial(np.tanh, z, z), partial(np.multiply, z, HALF, z), partial(np.add, z, HALF, z)]


def _times_sigmoid_slope(d: Array, h: Array, scratch: Array) -> list[Call]:
    return [
        partial(np.multiply, d, h, d),
        partial(np.subtract, ONE, h, scratch),
        partial(np.multiply, d, scratch, d),
    ]


def _times_tanh_slope(d: Array, h: Array, scratch: Array) -> list[Call]:
    return [
        partial(np.multiply, h, h, scratch),
        partial(np.subtract, ONE, scratch, scratch),
        partial(np.multiply, d, scratch, d),
    ]


def _times_relu_slope(d: Array, h: Array, scratch: Array) -> list[Call]:
    # A ReLU response is never negative, so its sign is the slope.
    return [partial(np.sign, h, scratch), partial(np.multiply, d, scratch, d)]


UNITS: Mapping[str, Unit] = {
    "sigmoid": Unit(_sigmoid_of_double, _times_sigmoid_slope, factor=0.5),
    "tanh": Unit(lambda z: [partial(np.tanh, z, z)], _times_tanh_slope),
    "relu": Unit(lambda z: [partial(np.maximum, z, ZERO, out=z)], _times_relu_slope),
    "linear": Unit(lambda _: [], lambda *_: []),
}
"""As those of core/network.py."""


def updates(
    state: State, gain: Array, config: RunConfig, pace: Mapping[str, Array], has_momentum: bool
) -> list[Call]:
    """Return the calls of an update of a state, in place, as core/steps.py reads.

    The calls read the arrays of PACE: momentum only if there is any. For Adam the gain is the
    gradient, else rate times gradient; and without momentum it is the velocity.
    """
    if config.optimizer == "adam":
        return _adam(state, gain, pace["rate"])
    parameters, velocity = state
    if not has_momentum:
        return [partial(np.subtract, parameters, gain, parameters)]
    return [
        partial(np.multiply, velocity, pace["momentum"], velocity),
        partial(np.add, velocity, gain, velocity),
        partial(np.subtract, parameters, velocity, parameters),
    ]


def _adam(state: State, slope: Array, rate: Array) -> list[Call]:
    parameters, first, second, decays = state
    change, scratch = np.empty((2, *parameters.shape))
    left, step = np.empty_like(decays), np.empty_like(decays[0])
    betas = np.array(BETAS).reshape(-1, *(1 for _ in decays.shape[1:]))
    return [
        partial(np.multiply, decays, betas, decays),
        partial(np.maximum, decays, np.array(LEAST_DECAY), out=decays),
        partial(np.subtract, ONE, decays, left),
        *_mean(first, slope, BETAS[0], scratch),
        partial(np.multiply, slope, slope, change),
        *_mean(second, change, BETAS[1], scratch),
        partial(np.divide, second, left[1, ...], scratch),
        partial(np.sqrt, scratch, scratch),
        partial(np.add, scratch, np.array(EPSILON), scratch),
        partial(np.divide, rate, left[0, ...], step),
        partial(np.multiply, first, step, change),
        partial(np.divide, change, scratch, change),
        partial(np.subtract, parameters, change, parameters),
    ]


def _mean(mean: Array, new: Array, beta: float, scratch: Array) -> list[Call]:
    """Return the calls of mean = beta mean + (1 - beta) new."""
    return [
        partial(np.multiply, mean, np.array(beta), mean),
        partial(np.multiply, new, np.array(1 - beta), scratch),
        partial(np.add, mean, scratch, mean),
    ]
