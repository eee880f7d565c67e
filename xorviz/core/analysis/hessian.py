"""The Hessian: the second derivatives of the loss.

Shapes: P trainable numbers in the order of network.py, B rows, H hidden units, I inputs of a hidden
unit: x1, x2 and, with biases, 1. Two parts, from the slopes and from the curvature of the
output: Bishop 2006, "Pattern recognition and machine learning", section 5.4.
"""

from collections.abc import Callable

import numpy as np

from xorviz.core.arrays import Numbers
from xorviz.core.network import ACTIVATIONS, INPUTS, LOSSES, Weights, sigmoid
from xorviz.core.settings import RunConfig

_STEP = 1e-20
"""Complex step; its derivative is exact however small it is (Squire and Trapp 1998)."""
_LARGEST = 1e100
"""Weights are clipped here so that no product overflows; they saturate any unit."""


def hessian(weights: Weights, config: RunConfig) -> Numbers:
    """Return the Hessian of the loss (P, P): exact, symmetric and finite."""
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
    second: Numbers = (jacobian * stiffness[:, np.newaxis]).T @ jacobian
    _add_curved_outputs(
        second, taken_in, pull[:, np.newaxis] * slope, pull[:, np.newaxis] * bend * w2
    )
    return (second + second.T) / 2  # symmetric also in the last bits


def _bounded(array: Numbers) -> Numbers:
    return np.clip(array, -_LARGEST, _LARGEST)


def _derivative(function: Callable[[Numbers], Numbers], at: Numbers) -> Numbers:
    """Return the derivative of an elementwise function by its argument."""
    return np.asarray(np.imag(function(at + 1j * _STEP)) / _STEP)


def _jacobian(taken_in: Numbers, h: Numbers, d_before: Numbers, biased: bool) -> Numbers:
    """Return the derivatives (B, P) of the logits by every trainable number."""
    rows = len(h)
    by_first = (taken_in[:, :, np.newaxis] * d_before[:, np.newaxis]).reshape(rows, -1)
    return np.concatenate([by_first, h, np.ones((rows, int(biased)))], axis=1)


def _add_curved_outputs(
    second: Numbers, taken_in: Numbers, across: Numbers, within: Numbers
) -> None:
    """Add the part from the curvature of the logits, which couples only numbers of one unit.

    Both factors are (B, H): across for pairs of w2 and an incoming weight, within for pairs of
    incoming weights.
    """
    width, inputs = across.shape[1], taken_in.shape[1]
    units = np.arange(width)
    first = np.arange(inputs)[:, np.newaxis] * width + units  # (I, H) indices of w1 and b1
    outgoing = inputs * width + units
    mixed = taken_in.T @ across
    second[first, outgoing] += mixed
    second[outgoing, first] += mixed
    second[first[:, np.newaxis], first] += np.einsum("bi,bk,bh->ikh", taken_in, taken_in, within)
