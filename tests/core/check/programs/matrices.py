"""A network from scratch in NumPy: the samples are the rows of X; forward, backward, update."""

import numpy as np

from tests.core.check.programs.task import ENTROPIES, Fits, Task, packed, unpacked
from xorviz.core.arrays import Array
from xorviz.core.network import Weights

FITS = Fits()


def activate(name: str, z: Array) -> Array:
    if name == "sigmoid":
        return 1 / (1 + np.exp(-z))
    if name == "tanh":
        return np.tanh(z)
    if name == "relu":
        return np.maximum(0, z)
    return z


def slope(name: str, a: Array) -> Array:
    """Return the derivative, from the activation a."""
    if name == "sigmoid":
        return a * (1 - a)
    if name == "tanh":
        return 1 - a**2
    if name == "relu":
        return np.where(a > 0, 1.0, 0.0)
    return np.ones_like(a)


def loss_slope(loss: str, a: Array, y: Array) -> Array:
    """Return the derivative of the loss by a, or by z for cross-entropy, where it is simpler."""
    d = a - y
    if loss in {"mse", "half-mse", "mean-cross-entropy"}:
        d = d / len(y)
    if loss in {"sse", "mse"}:
        d = 2 * d
    return d


def step(net: Weights, task: Task) -> Weights:
    x, y = task.x, task.t
    w1, b1, w2, b2 = unpacked(net)
    # forward
    z1 = x @ w1 + b1
    a1 = activate(task.activation, z1)
    z2 = a1 @ w2 + b2
    a2 = activate(task.output, z2)
    # backward
    error = loss_slope(task.loss, a2, y)
    g2 = slope(task.output, a2)
    dz2 = error if task.loss in ENTROPIES else error * g2
    dw2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ w2.T
    g1 = slope(task.activation, a1)
    dz1 = da1 * g1
    dw1 = x.T @ dz1
    db1 = dz1.sum(axis=0)
    # update
    w1 = w1 - task.rate * dw1
    b1 = b1 - task.rate * db1
    w2 = w2 - task.rate * dw2
    b2 = b2 - task.rate * db2
    return packed(net, w1, b1, w2, b2)
