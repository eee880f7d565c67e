"""The second derivatives of the loss: how it curves around a network.

Shapes: P trainable numbers in the order of batch.py, B rows, H hidden units, I what a unit takes
in: x1, x2 and, where there are biases, 1. Bishop 2006, "Pattern recognition and machine
learning", section 5.4: the outputs' slopes give one part, the curved outputs the other.
"""

from collections.abc import Callable

import numpy as np

from xorviz.core.arrays import Numbers
from xorviz.core.config import RunConfig
from xorviz.core.network import ACTIVATIONS, INPUTS, LOSSES, Weights, sigmoid

_STEP = 1e-20
"""Of the complex step, which is exact however small it is (Squire and Trapp 1998)."""
_LARGEST = 1e100
"""A weight beyond it counts as it, so that no product overflows; it saturates any unit."""


def hessian(weights: Weights, config: RunConfig) -> Numbers:
    """Return the second derivatives of the loss (P, P), exact and symmetric, always finite."""
    second = unsymmetrised(weights, config)
    return (second + second.T) / 2


def unsymmetrised(weights: Weights, config: RunConfig) -> Numbers:
    """Return the second derivatives as they are worked out, but for rounding symmetric."""
    w1, w2 = _bounded(weights.w1), _bounded(weights.w2)[:, 0]
    taken_in = INPUTS
    if weights.b1 is not None and weights.b2 is not None:
        w1 = np.concatenate((w1, _bounded(weights.b1)[np.newaxis]))
        taken_in = np.concatenate((INPUTS, np.ones((len(INPUTS), 1))), axis=1)
    activation, loss = ACTIVATIONS[config.activation], LOSSES[config.loss]
    targets = np.array(config.targets)
    before = taken_in @ w1
    h = activation.value(before)
    z = h @ w2 if weights.b2 is None else h @ w2 + _bounded(weights.b2)

    slope = activation.slope(h) * np.ones_like(h)
    bend = _derivative(lambda u: activation.slope(activation.value(u)), before)
    pull = loss.slope(sigmoid(z), targets)
    stiffness = _derivative(lambda u: loss.slope(sigmoid(u), targets), z)

    jacobian = _jacobian(taken_in, h, slope * w2, biased=weights.b2 is not None)
    second = (jacobian * stiffness[:, np.newaxis]).T @ jacobian
    _add_curved_outputs(
        second, taken_in, pull[:, np.newaxis] * slope, pull[:, np.newaxis] * bend * w2
    )
    return second


def _bounded(array: Numbers) -> Numbers:
    return np.clip(array, -_LARGEST, _LARGEST)


def _derivative(function: Callable[[Numbers], Numbers], at: Numbers) -> Numbers:
    """Return the derivative of a function of each number of an array by that number."""
    return np.asarray(np.imag(function(at + 1j * _STEP)) / _STEP)


def _jacobian(taken_in: Numbers, h: Numbers, d_before: Numbers, biased: bool) -> Numbers:
    """Return the slopes (B, P) of what goes into the output unit, by every trainable number."""
    rows = len(h)
    by_first = (taken_in[:, :, np.newaxis] * d_before[:, np.newaxis]).reshape(rows, -1)
    return np.concatenate([by_first, h, np.ones((rows, int(biased)))], axis=1)


def _add_curved_outputs(
    second: Numbers, taken_in: Numbers, across: Numbers, within: Numbers
) -> None:
    """Add what comes of the output not being linear: it ties each unit's numbers to its own.

    Per row and unit (B, H): across ties a unit's w2 to what it takes in, within that to itself.
    """
    width, inputs = across.shape[1], taken_in.shape[1]
    units = np.arange(width)
    first = np.arange(inputs)[:, np.newaxis] * width + units  # (I, H) where w1 and b1 stand
    outgoing = inputs * width + units
    ties = taken_in.T @ across
    second[first, outgoing] += ties
    second[outgoing, first] += ties
    second[first[:, np.newaxis], first] += np.einsum("bi,bk,bh->ikh", taken_in, taken_in, within)
