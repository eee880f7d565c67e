"""The losses whose gradient a step may follow. Shapes: R rows, O outputs, P trained numbers."""

from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import sigmoid

ROUNDINGS = 16
"""Rounding errors that a number may gather."""
LOSSES = ("squares", "cross-entropy", "cross-entropy of logits", "categorical cross-entropy",
          "categorical cross-entropy of logits")  # fmt: skip
WRONG = {
    "slope of sigmoid left out": LOSSES[0],
    "slope of sigmoid taken twice": LOSSES[0],
    "slope of sigmoid taken of the output": LOSSES[0],
    "slope of tanh left out": LOSSES[0],
    "the error is squared": LOSSES[0],
    "targets inverted": LOSSES[0],
    "targets inverted in the cross-entropy": LOSSES[1],
}
"""Wrong signals, with the loss meant. The first is right where that may be cross-entropy."""


def signals(y: Array, t: Array, like: Array) -> dict[str, Array]:
    """Return the derivatives (R, O) by y of all losses that fit outputs such as ``like``."""
    error, bell, raised = y - t, y * (1 - y), np.exp(y)
    left_out, twice, of_output, tanh, squared, inverted, of_entropy = WRONG
    found = {LOSSES[0]: error, squared: error**2}
    if t.min() >= 0:
        found |= {LOSSES[2]: sigmoid(y) - t, inverted: y + t - 1}
        if y.shape[1] > 1:
            found[LOSSES[4]] = raised / raised.sum(axis=1, keepdims=True) - t
        if ((like > 0) & (like < 1)).all():
            is_share = y.shape[1] > 1 and np.allclose(like.sum(axis=1), 1, atol=1e-5)
            found |= {LOSSES[3]: -t / y} if is_share else {LOSSES[1]: error / bell}
            again = sigmoid(y) * sigmoid(-y)
            found |= {twice: error * bell, of_output: error * again / bell}
            found |= {left_out: error / bell, of_entropy: (y + t - 1) / bell}
    if (np.abs(like) < 1).all():
        found[tanh] = error / (1 - y**2)
    return found


class Slopes(NamedTuple):
    """Outputs, and how they change with each weight."""

    y: Array
    """(R, O)"""
    unit: float
    """The relative rounding error of outputs."""
    slope: Array
    """(R, O, P)"""
    errors: Array
    """(R, O, P) bounds of the slopes' errors."""

    def gradients(self, t: Array) -> dict[str, tuple[Array, Array]]:
        """Return the gradients (R, P) of each loss and wrong signal over each row, and bounds.

        These are bounds of their errors, (R, P); targets are (R, O).
        """
        found, unit, y = {}, self.unit * ROUNDINGS, self.y
        shaken = signals(y + unit * np.maximum(1, np.abs(y)), t, y)
        for name, signal in signals(y, t, y).items():
            unsure = np.abs(shaken[name] - signal) + unit * np.abs(signal)
            bounds = np.einsum("ro,rop->rp", np.abs(signal), self.errors)
            bounds += np.einsum("ro,rop->rp", unsure, np.abs(self.slope))
            found[name] = np.einsum("ro,rop->rp", signal, self.slope), bounds
        return found
