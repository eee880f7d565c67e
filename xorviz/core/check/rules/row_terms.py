"""What the change of each array is made of, for every rule and fault that is known.

A gradient is a sum over the rows of the truth table: of a signal, which the output unit sends
back for the row, times a term, which is all that backpropagation multiplies the signal by.

==  =====================  ====================================
w2  signal                 h
b2  signal                 1
w1  signal                 w2 h' for each unit, times the input
b1  signal                 w2 h' for each unit
==  =====================  ====================================

A signal is the error y - t times a slope. Faults are other signals, or other terms.
Shapes: B rows, H hidden units, S signals, N numbers of an array.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array, Numbers
from xorviz.core.check.rules import rule
from xorviz.core.check.said import NONE, OWN
from xorviz.core.network import ACTIVATIONS, INPUTS, Activation, Weights
from xorviz.core.settings import ACTIVATION_NAMES

LINEAR = Activation(lambda z: z, np.ones_like)
UNITS: Mapping[str, Activation] = {**ACTIVATIONS, "linear": LINEAR}

ARRAYS = ("w1", "b1", "w2", "b2")
"""In the order of network.Weights.arrays."""
HIDDEN = ("w1", "b1")
"""Arrays of the hidden layer."""
_OTHERS = {"sigmoid": ("tanh",), "tanh": ("sigmoid", "relu"), "relu": ("sigmoid", "tanh"),
           "linear": ("sigmoid", "tanh")}  # fmt: skip
"""Activations whose slope is not the right one; ReLU's is 1 for every response of a sigmoid."""


def slopes(activation: str, z: Numbers) -> list[tuple[str, Numbers]]:
    """Return the slopes at a unit's response (..., 1 or H) that people multiply by for its input z.

    The right one is first.
    """
    unit = UNITS[activation]
    y = unit.value(z)
    named = [(OWN, unit.slope(y))]
    if activation != "linear":
        named.append((NONE, np.ones_like(y)))
    if activation in {"sigmoid", "tanh"}:
        named.append((rule.SLOPE_TWICE, unit.slope(unit.value(y))))
        named.append((rule.SLOPE_OF_INPUT, unit.slope(z)))
    others = _OTHERS[activation]
    named += [(f"{rule.OTHER_SLOPE}: {other}", UNITS[other].slope(y) + 0 * y) for other in others]
    return named


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """A forward pass up to the output unit."""

    activation: str
    are_signed: bool
    """Whether the inputs are -1 and 1 in place of 0 and 1."""
    x: Array
    """(B, 2)."""
    z: Numbers
    """(B, H) inputs of the hidden units."""
    h: Numbers
    """(B, H) their responses."""
    logit: Numbers
    """(B,) input of the output unit."""


def forwards(weights: Weights, activation: str | None) -> list[Forward]:
    """Return the forward passes for each activation of the hidden units, or the one given."""
    names = ACTIVATION_NAMES if activation is None else (activation,)
    return [forward(weights, name, signed) for name in names for signed in (False, True)]


def forward(weights: Weights, activation: str, are_signed: bool) -> Forward:
    """Return the forward pass of the four rows."""
    x = 2 * INPUTS - 1 if are_signed else INPUTS
    z = x @ weights.w1 if weights.b1 is None else x @ weights.w1 + weights.b1
    h = UNITS[activation].value(z)
    logit = (h @ weights.w2)[..., 0]
    return Forward(activation, are_signed, x, z, h,
                   logit if weights.b2 is None else logit + weights.b2)  # fmt: skip


def messages(activation: str, z: Numbers, w2: Numbers, w2_after: Numbers | None
             ) -> list[tuple[str, Numbers]]:  # fmt: skip
    """Return what the signal is multiplied by on its way to each hidden unit (..., H).

    The right one is first. w2 (..., H) is as before the step, w2_after as after it, where the two
    differ.
    """
    named = slopes(activation, z)
    own = named[0][1]
    found = [(rule.NO_HIDDEN_SLOPE if name == NONE else name, w2 * slope) for name, slope in named]
    found.append((rule.W2_SIGN_LOST, abs(w2) * own))
    if w2_after is not None:
        found.append((rule.W2_FIRST, w2_after * own))
    return found


def terms(seen: Forward, before: Weights, after: Weights) -> dict[str, list[tuple[str, Numbers]]]:
    """Return the terms (B, N) of each array, the right one first."""
    width, w2_after = before.w1.shape[1], after.w2[:, 0]
    is_same = np.array_equal(before.w2, after.w2)
    sent = messages(seen.activation, seen.z, before.w2[:, 0], None if is_same else w2_after)
    right, x = sent[0][1], seen.x
    of_w1 = [(name, _outer(x, message)) for name, message in sent]
    of_w1.append((rule.NO_INPUTS, _outer(np.ones_like(x), right)))
    of_b1 = list(sent)
    if width > 1:
        by_unit = _outer(x, right).reshape(-1, 2, width).swapaxes(1, 2)
        of_w1.append((rule.TRANSPOSED, by_unit.reshape(len(x), -1)))
        of_b1.append((rule.SHARED_BIAS, np.repeat(right.sum(axis=1), width).reshape(-1, width)))
    ones = np.ones((len(x), 1))
    found = {"w1": of_w1, "b1": of_b1, "b2": [(OWN, ones)]}
    found["w2"] = [(OWN, seen.h), (rule.NO_INPUTS, np.ones_like(seen.h))]
    return {name: found[name] for name in names_of(before)}


def _outer(x: Numbers, message: Numbers) -> Numbers:
    """Return the terms of w1 (B, 2 H) from inputs (B, 2) and what reaches the units (B, H)."""
    return np.asarray((x[:, :, np.newaxis] * message[:, np.newaxis, :]).reshape(len(x), -1))


def signals(logit: Numbers, output: str, targets: Array) -> list[tuple[str, Numbers]]:
    """Return the signals (T, B), the right one of squared errors first, for targets (T, B)."""
    y = UNITS[output].value(logit)
    error = y - targets
    found = [(name, error * slope) for name, slope in slopes(output, logit)]
    return [*found, (rule.OUTPUT_SENT, y + 0 * error)]


def fault_of(name: str) -> str:
    """Return the fault that a signal or a term shows, without which activation it is from."""
    return name.partition(":")[0]


def names_of(weights: Weights) -> tuple[str, ...]:
    """Return the names of the arrays that are there."""
    return ARRAYS if weights.b1 is not None else ("w1", "w2")


def by_name(weights: Weights) -> dict[str, Array]:
    """Return the arrays that are there by their names, each in a line (N,)."""
    return dict(zip(names_of(weights), map(np.ravel, weights.arrays()), strict=True))
