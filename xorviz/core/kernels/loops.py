"""The step of network.py as loops over single numbers, for Numba to compile.

It also runs as plain Python. Compiled, it gives the same bits on every machine: no operations are
fused, none are reordered, and the exponential is the one below. The innermost loops have no
branch that prevents vector instructions.

Networks are the last axis. For a single network N is 1: the loops over networks vanish, and its
responses are still computed in one long row. Shapes: N networks, H hidden units, P parameters in
the order of core/network.py, 4 rows in the order of ROWS, n steps.
"""

import math
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array

X1, X2 = (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)
"""The inputs of the truth table's rows, as in ROWS."""
SIGMOID, TANH, RELU = range(3)


class Recipe(NamedTuple):
    """The settings shared by networks that are trained together."""

    width: int
    activation: int
    """SIGMOID, TANH or RELU."""
    biases: int
    """1 or 0."""
    is_square: bool
    """Whether the loss is made of squared errors; otherwise it is of cross-entropies."""
    scale: float
    """What each row's part of the loss is multiplied by."""


class Networks(NamedTuple):
    """The training state of networks, their targets, and scratch arrays."""

    parameters: Array
    """(P, N)."""
    velocity: Array
    """(P, N) what the last step subtracted from the parameters."""
    targets: Array
    """(4, N)."""
    rates: Array
    """(N,)."""
    momenta: Array
    """(N,)."""
    hidden: Array
    """(H, 4, N) the responses of the hidden units."""
    passed_back: Array
    """(H, 4, N) the derivatives of the loss by the inputs of the hidden units."""
    logits: Array
    """(4, N) the inputs of the output units."""
    slopes: Array
    """(4, N) the derivatives of the loss by the logits."""


class Results(NamedTuple):
    """The results of n steps; index 0 is the state before them."""

    losses: Array
    """(n + 1, N); NaN where a weight is not finite."""
    outputs: Array
    """(n + 1, 4, N)."""
    worst: Array
    """(n + 1, N) the largest absolute error of the four rows."""
    norms: Array
    """(n + 1, N) the gradient norm before each step; index 0 is unused."""


def power_and_rest(z: float) -> tuple[float, float]:
    """Return s and p with exp(z) = s + s p, for z between -708 and 708, each to about one ulp.

    The power of two s is assembled from bits. p = exp(r) - 1 is the sum of r**k / k! up to
    k = 13: |r| is at most ln(2) / 2, so that the remainder is less than 6e-17, and near 0 far
    less relative to p.
    """
    shifted = z * _LOG2_E + _TO_WHOLE
    k = shifted - _TO_WHOLE
    r = (z - k * _LN2_HIGH) - k * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (_C2 + r * _C3) + r2 * (_C4 + r * _C5)
    middle = (_C6 + r * _C7) + r2 * (_C8 + r * _C9)
    high = (_C10 + r * _C11) + r2 * (_C12 + r * _C13)
    p = r + r2 * (low + r4 * (middle + r4 * high))
    bits = (np.float64(shifted).view(np.int64) + _EXPONENT_BIAS) << _MANTISSA_BITS
    return np.int64(bits).view(np.float64), p


_LOG2_E = 1 / math.log(2)
_TO_WHOLE = 1.5 * 2.0**52
"""Adding it to a number leaves the nearest integer in the last bits."""
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""ln(2) in two parts; the first has so few bits that k times it is exact (fdlibm)."""
_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = (
    1 / math.factorial(k) for k in range(2, 14)
)
_EXPONENT_BIAS, _MANTISSA_BITS = 1023, 52


def tanh_of_half(z: float) -> float:
    """Return tanh(z / 2) = (exp(z) - 1) / (exp(z) + 1), accurate to the last bits also near 0."""
    z = max(z, -_FLAT)  # in this argument order max and min keep NaN
    z = min(z, _FLAT)
    s, p = power_and_rest(z)
    e = s * p + (s - 1.0)
    return e / (e + 2.0)


_FLAT = 40.0
"""From here on tanh(z / 2) is 1 to the last bit."""


def log_of_one_more(v: float) -> float:
    """Return ln(1 + v) for v from 0 to 1: twice the artanh of w = v / (2 + v).

    The series w + w**3 / 3 + w**5 / 5 ... ends at w**31 / 31: w is at most 1/3, so that the
    relative remainder is less than 1e-17.
    """
    w = v / (2.0 + v)
    w2 = w * w
    total = 0.0
    for k in range(31, 0, -2):
        total = total * w2 + 1.0 / k
    return 2.0 * w * total


def softplus(z: float) -> float:
    """Return ln(1 + exp(z)), finite for every finite z."""
    lower = -abs(z)
    s, p = power_and_rest(max(lower, _LOWEST))
    return (max(0.0, z)) + log_of_one_more(s + s * p)


_LOWEST = -708.0
"""Below it the exponential is not a normal number."""


def respond(recipe: Recipe, now: Networks, lanes: int) -> None:
    """Compute the hidden responses and the logits from the parameters."""
    width, biases, p, h, z = recipe.width, recipe.biases, now.parameters, now.hidden, now.logits
    w2 = (2 + biases) * width
    for j in range(width):
        for row in range(4):
            for i in range(lanes):
                u = X1[row] * p[j, i] + X2[row] * p[width + j, i]
                h[j, row, i] = u + p[2 * width + j, i] if biases else u
    activate(recipe.activation, h.reshape(-1), 4 * width * lanes)
    for row in range(4):
        for i in range(lanes):
            z[row, i] = p[w2 + width, i] if biases else 0.0
    for j in range(width):
        for row in range(4):
            for i in range(lanes):
                z[row, i] += p[w2 + j, i] * h[j, row, i]


def activate(activation: int, h: Array, count: int) -> None:
    """Replace the inputs (count,) of hidden units by their responses."""
    if activation == SIGMOID:
        for i in range(count):
            h[i] = 0.5 + 0.5 * tanh_of_half(h[i])
    elif activation == TANH:
        for i in range(count):
            h[i] = tanh_of_half(2.0 * h[i])
    else:
        for i in range(count):
            h[i] = max(0.0, h[i])


def judge(recipe: Recipe, now: Networks, results: Results, step: int, lanes: int) -> None:
    """Compute outputs, loss, largest error and derivatives by the logits from the logits."""
    z, t, d, p = now.logits, now.targets, now.slopes, now.parameters
    y, losses, worst = results.outputs, results.losses, results.worst
    for row in range(4):
        for i in range(lanes):
            y[step, row, i] = 0.5 + 0.5 * tanh_of_half(z[row, i])
    for i in range(lanes):
        losses[step, i] = 0.0
        worst[step, i] = 0.0
    for row in range(4):
        for i in range(lanes):
            error = y[step, row, i] - t[row, i]
            worst[step, i] = max(worst[step, i], abs(error))
            if recipe.is_square:
                losses[step, i] += recipe.scale * (error * error)
                slope = y[step, row, i] * (1.0 - y[step, row, i])
                d[row, i] = 2.0 * recipe.scale * error * slope
            else:
                losses[step, i] += recipe.scale * (softplus(z[row, i]) - t[row, i] * z[row, i])
                d[row, i] = recipe.scale * error
    for k in range(p.shape[0]):
        for i in range(lanes):
            losses[step, i] += 0.0 * p[k, i]  # NaN where the weight is not finite


def pass_back(recipe: Recipe, now: Networks, lanes: int) -> None:
    """Compute the derivatives by the hidden inputs from those by the logits."""
    h, d, back, p = now.hidden, now.slopes, now.passed_back, now.parameters
    w2 = (2 + recipe.biases) * recipe.width
    for j in range(recipe.width):
        for row in range(4):
            for i in range(lanes):
                r = h[j, row, i]
                if recipe.activation == SIGMOID:
                    slope = r * (1.0 - r)
                elif recipe.activation == TANH:
                    slope = 1.0 - r * r
                else:
                    slope = 1.0 if r > 0.0 else 0.0
                back[j, row, i] = p[w2 + j, i] * (d[row, i] * slope)


def move(  # noqa: C901 (split into two functions it was measured to be 10 % slower)
    recipe: Recipe, now: Networks, results: Results, step: int, lanes: int
) -> None:
    """Compute the gradient and update: v = momentum v + rate gradient; w -= v."""
    width, biases, norms = recipe.width, recipe.biases, results.norms
    h, d, back, p, v = now.hidden, now.slopes, now.passed_back, now.parameters, now.velocity
    rate, momentum = now.rates, now.momenta
    w2 = (2 + biases) * width
    for i in range(lanes):
        norms[step, i] = 0.0
    for j in range(width):
        for i in range(lanes):
            g1 = back[j, 0, i] + back[j, 3, i]  # the rows with x1 = 1
            g2 = back[j, 2, i] + back[j, 3, i]
            left, right = h[j, 0, i] * d[0, i], h[j, 3, i] * d[3, i]
            g3 = (left + h[j, 1, i] * d[1, i]) + (h[j, 2, i] * d[2, i] + right)
            v[j, i] = momentum[i] * v[j, i] + rate[i] * g1
            v[width + j, i] = momentum[i] * v[width + j, i] + rate[i] * g2
            v[w2 + j, i] = momentum[i] * v[w2 + j, i] + rate[i] * g3
            norms[step, i] += (g1 * g1 + g2 * g2) + g3 * g3
    if biases:
        for j in range(width):
            for i in range(lanes):
                g = (back[j, 0, i] + back[j, 1, i]) + (back[j, 2, i] + back[j, 3, i])
                v[2 * width + j, i] = momentum[i] * v[2 * width + j, i] + rate[i] * g
                norms[step, i] += g * g
        for i in range(lanes):
            g = (d[0, i] + d[1, i]) + (d[2, i] + d[3, i])
            v[w2 + width, i] = momentum[i] * v[w2 + width, i] + rate[i] * g
            norms[step, i] += g * g
    for k in range(p.shape[0]):
        for i in range(lanes):
            p[k, i] -= v[k, i]
    for i in range(lanes):
        norms[step, i] = math.sqrt(norms[step, i])


def train_one(recipe: Recipe, now: Networks, results: Results, n: int) -> None:
    """Take n steps with a single network; index 0 of the results is the state before them."""
    for step in range(n + 1):
        if step > 0:
            pass_back(recipe, now, 1)
            move(recipe, now, results, step, 1)
        respond(recipe, now, 1)
        judge(recipe, now, results, step, 1)


INLINED = (
    *(power_and_rest, tanh_of_half, log_of_one_more, softplus),
    *(respond, activate, judge, pass_back, move),
)
"""Functions that the compiled loops call."""
