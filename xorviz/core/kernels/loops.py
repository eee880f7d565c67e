"""The step of network.py on lanes (lanes.py), for Numba to compile.

It also runs as plain Python. Compiled, it gives the same bits on every machine: no operations are
fused, none are reordered, and the exponential is the one below. What the next step waits for is
kept short; the measurements beside it (loss, largest error, gradient norm) wait for nothing.

One network has its units side by side, four in a block; spare ones have no effect. The lab has
the same unit of eight networks side by side. Either way a block has FIELDS rows of memory, and
the sum over units is taken in the same order: of every fourth unit, then of these four sums.
Rows are those of ROWS.
"""

import math
from typing import NamedTuple

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels.lanes import (
    absolute,
    four,
    is_above_0,
    lane,
    lane_max,
    lane_sum,
    larger,
    load,
    power_of_two,
    root,
    smaller,
    spread,
    store,
    sums,
)

SIGMOID, TANH, RELU = range(3)
W1_X1, W1_X2, B1, W2 = range(4)
"""The rows of a block for its weights: from the inputs, the bias, and to the output unit."""
VELOCITY = 4
"""Distance from a weight's row to that of its velocity: what the last step subtracted from it."""
_RESPONSES = 8
"""The first of the rows for the responses at the four rows of the truth table."""
EXISTS = 12
"""The row that is 1 for units that exist, and 0 for spare ones."""
FIELDS = 13

B2, TARGETS, OUTPUT_FIELDS = 0, 1, 5
"""The rows of memory of the output unit, which follow those of the hidden units; with a velocity
as above."""


class Recipe(NamedTuple):
    """The settings shared by networks that are trained together."""

    width: int
    activation: int
    """SIGMOID, TANH or RELU."""
    biases: int
    """1 or 0."""
    is_square: int
    """1 if the loss is made of squared errors, 0 if of cross-entropies."""
    scale: float
    """What each row's part of the loss is multiplied by."""


def power_and_rest(z: Array) -> tuple[Array, Array]:
    """Return s, a power of two, and p with exp(z) = s + s p, for z between -708 and 708.

    The sum is within one ulp, a unit in the last place; near 0, where s is 1, so is p.
    p = exp(r) - 1 is the sum of r**k / k! up to k = 13: |r| is at most ln(2) / 2, so that the
    remainder is less than 6e-17, and near 0 far less relative to p.
    """
    shifted = z * _LOG2_E + _TO_WHOLE
    k = shifted - _TO_WHOLE
    r = (z - k * _LN2_HIGH) - k * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (_C2 + r * _C3) + r2 * (_C4 + r * _C5)
    middle = (_C6 + r * _C7) + r2 * (_C8 + r * _C9)
    high = (_C10 + r * _C11) + r2 * (_C12 + r * _C13)
    return power_of_two(shifted), r + r2 * ((low + r4 * middle) + (r4 * r4) * high)


_LOG2_E = 1 / math.log(2)
_TO_WHOLE = 1.5 * 2.0**52
"""Adding it to a number leaves the nearest integer in the last bits."""
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""ln(2) in two parts; the first has so few bits that k times it is exact (fdlibm)."""
_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = (
    1 / math.factorial(k) for k in range(2, 14)
)


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)) within 2.5 ulps where z is above -340."""
    s, p = power_and_rest(larger(smaller(-1.0 * z, _FLAT), -_FLAT))
    return 1.0 / ((1.0 + s) + s * p)


def tanh(z: Array) -> Array:
    """Return (exp(2z) - 1) / (exp(2z) + 1) within 3 ulps, also near 0."""
    s, p = power_and_rest(larger(smaller(2.0 * z, _FLAT), -_FLAT))
    e = s * p + (s - 1.0)
    return e / (e + 2.0)


_FLAT = 340.0
"""From here on sigmoid(z) stays at exp(-340): the slopes of two such units can be multiplied
without leaving the normal numbers, with which processors are fast."""


def log_of_one_more(v: Array) -> Array:
    """Return ln(1 + v) within 3 ulps for v from 0 to 1: twice the artanh of w = v / (2 + v).

    The series w + w**3 / 3 + w**5 / 5 ... ends at w**31 / 31: w is at most 1/3, so that the
    relative remainder is less than 1e-17.
    """
    w = v / (2.0 + v)
    w2 = w * w
    total = 0.0 * w
    for k in range(31, 0, -2):
        total = total * w2 + 1.0 / k
    return 2.0 * w * total


def softplus(z: Array) -> Array:
    """Return ln(1 + exp(z)) within 4 ulps where z is above -708; finite for every finite z."""
    s, p = power_and_rest(larger(-1.0 * absolute(z), _LOWEST))
    return larger(z, 0.0) + log_of_one_more(s + s * p)


_LOWEST = -708.0
"""Below it the exponential is not a normal number."""


def respond(activation: int, u: Array) -> Array:
    """Return the responses of hidden units to their inputs."""
    if activation == SIGMOID:
        return sigmoid(u)
    if activation == TANH:
        return tanh(u)
    return larger(u, 0.0)


def slope(activation: int, h: Array) -> Array:
    """Return the derivatives of responses by the inputs."""
    if activation == SIGMOID:
        return h * (1.0 - h)
    if activation == TANH:
        return 1.0 - h * h
    return is_above_0(h)


def judge(recipe: Recipe, z: Array, t: Array) -> tuple[Array, Array, Array, Array]:
    """Return output, absolute error, loss and the loss's derivative by the logit, from logits."""
    y = sigmoid(z)
    error = y - t
    if recipe.is_square:
        loss = recipe.scale * (error * error)
        return y, absolute(error), loss, (error * (2.0 * recipe.scale)) * (y * (1.0 - y))
    return y, absolute(error), recipe.scale * (softplus(z) - t * z), error * recipe.scale


def advance_block(
    recipe: Recipe, block: Array, first: int, rate: Array, momentum: Array,
    d0: Array, d1: Array, d2: Array, d3: Array, is_step: bool,
) -> tuple[Array, Array, Array, Array, Array, Array]:  # fmt: skip
    """Update the weights of a block of units if it is a step, and compute its responses.

    The block begins at a row of memory; d0 to d3 are the derivatives of the loss by the logits.
    v = momentum v + rate gradient; w -= v. Returns the units' parts of the four logits, the
    squares of their gradients, and 0, or NaN where a weight is not finite.
    """
    activation, biases, h = recipe.activation, recipe.biases, first + _RESPONSES
    a, b = load(block, first + W1_X1, rate), load(block, first + W1_X2, rate)
    bias, w = load(block, first + B1, rate), load(block, first + W2, rate)
    h1, squares = load(block, h + 1, rate), 0.0 * rate
    if is_step:
        h0, h2, h3 = load(block, h, rate), load(block, h + 2, rate), load(block, h + 3, rate)
        back0 = d0 * (w * slope(activation, h0))
        back2 = d2 * (w * slope(activation, h2))
        back3 = d3 * (w * slope(activation, h3))
        g_a, g_b = back0 + back3, back2 + back3  # of the rows whose input is 1
        g_w = (h0 * d0 + h2 * d2) + (h1 * d1 + h3 * d3)
        g_w = g_w * load(block, first + EXISTS, rate)
        squares = (g_a * g_a + g_b * g_b) + g_w * g_w
        if biases:
            back1 = d1 * (w * slope(activation, h1))
            g_bias = (back0 + back2) + (back1 + back3)
            squares = squares + g_bias * g_bias
            bias = moved(block, first + B1, bias, g_bias, rate, momentum)
        a = moved(block, first + W1_X1, a, g_a, rate, momentum)
        b = moved(block, first + W1_X2, b, g_b, rate, momentum)
        w = moved(block, first + W2, w, g_w, rate, momentum)
    u0, u2 = a, b
    if biases:
        u0, u2 = a + bias, b + bias
    if biases or not is_step:  # without biases it stays the same
        h1 = respond(activation, bias)
        store(block, h + 1, h1)
    h0, h2, h3 = respond(activation, u0), respond(activation, u2), respond(activation, u0 + b)
    store(block, h, h0)
    store(block, h + 2, h2)
    store(block, h + 3, h3)
    bad = (0.0 * a + 0.0 * b) + (0.0 * bias + 0.0 * w)
    return w * h0, w * h1, w * h2, w * h3, squares, bad


def moved(
    memory: Array, row: int, weight: Array, gradient: Array, rate: Array, momentum: Array
) -> Array:
    """Update a weight and its velocity in memory; return the weight."""
    velocity = momentum * load(memory, row + VELOCITY, rate) + rate * gradient
    weight = weight - velocity
    store(memory, row + VELOCITY, velocity)
    store(memory, row, weight)
    return weight


def train_one(
    whole: Steps, real: Array, memory: Array,
    losses: Array, outputs: Array, worst: Array, norms: Array,
) -> None:  # fmt: skip
    """Take n steps with a single network; index 0 of the results is the state before them.

    ``whole`` holds n and the integers of its recipe, ``real`` its scale, its rate and its momentum.
    Results are those of Taken in kernel.py, but that a loss is NaN where a weight is not finite,
    and that the first norm is not used. Outputs (4 (n + 1),) are in memory as (n + 1, 4).
    """
    recipe = Recipe(whole[1], whole[2], whole[3], whole[4], real[0])
    zero = four()
    rate, momentum = spread(real[1], zero), spread(real[2], zero)
    blocks = (recipe.width + 3) // 4
    end = blocks * FIELDS
    targets, d = load(memory, end + TARGETS, zero), zero
    bias, velocity = memory[4 * (end + B2)], memory[4 * (end + B2 + VELOCITY)]
    for step in range(whole[0] + 1):
        d0, d1 = spread(lane(d, 0), zero), spread(lane(d, 1), zero)
        d2, d3 = spread(lane(d, 2), zero), spread(lane(d, 3), zero)
        z0 = z1 = z2 = z3 = squares = bad = zero
        for block in range(blocks):
            p0, p1, p2, p3, more, worse = advance_block(
                recipe, memory, FIELDS * block, rate, momentum, d0, d1, d2, d3, step > 0
            )
            z0, z1, z2, z3 = z0 + p0, z1 + p1, z2 + p2, z3 + p3
            squares, bad = squares + more, bad + worse
        g_bias = 0.0
        if recipe.biases and step > 0:
            g_bias = lane_sum(d)
            velocity = real[2] * velocity + real[1] * g_bias
            bias = bias - velocity
        y, error, loss, d = judge(recipe, sums(z0, z1, z2, z3) + bias, targets)
        losses[step] = lane_sum(loss) + (lane_sum(bad) + 0.0 * bias)
        store(outputs, step, y)
        worst[step] = lane_max(error)
        norms[step] = lane(root(spread(lane_sum(squares) + g_bias * g_bias, zero)), 0)
    memory[4 * (end + B2)], memory[4 * (end + B2 + VELOCITY)] = bias, velocity


PARTS = (
    *(power_and_rest, sigmoid, tanh, log_of_one_more, softplus),
    *(respond, slope, judge, advance_block, moved),
)
"""Functions that the compiled loops call."""
