"""The step of network.py on lanes (lanes.py), for Numba to compile.

It also runs as plain Python. Compiled, it gives the same bits on every machine: no operations are
fused, none are reordered, and the exponential is the one below. What the next step waits for is
kept short; the measurements beside it (loss, largest error, gradient norm) wait for nothing.

One network has its units side by side, four in a block; spare ones have no effect. The lab has
the same unit of eight networks side by side. Either way a block has FIELDS rows of memory, and
the sum over units is taken in the same order: of every fourth unit, then of these four sums.
Rows are those of ROWS. Memory may go on with a second half of the same layout: of Adam's second
moments in the place of the first, and for passes of a single network of a copy of its weights.

A step is an update by all rows, or a pass: four turns, each an update by one row. A turn is two
sigmoids that wait for each other, so that passes are limited by this: the results of the state
before a pass, for which its turns need not wait, are computed beside them.
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
from xorviz.core.steps import BETAS, EPSILON, LEAST_DECAY

SIGMOID, TANH, RELU, LINEAR = range(4)
W1_X1, W1_X2, B1, W2 = range(4)
"""The rows of a block for its weights: from the inputs, the bias, and to the output unit."""
VELOCITY = FIRST_MOMENT = 4
"""Distance from a weight's row to that of what the optimizer keeps of it (core/steps.py)."""
RESPONSES = 8
"""The first of the rows for the responses at the four rows of the truth table; in the turns of a
pass, the row for the response at the present one."""
EXISTS = 12
"""The row that is 1 for units that exist, and 0 for spare ones."""
FIELDS = 13

B2, DECAYS, RATE, MOMENTUM, OUTPUT = 0, 1, 3, 5, 6
"""The rows of memory of the output unit, which follow those of the hidden units: its bias, with
what is kept of it as above, two rows for the decays of the optimizer, and its settings. Others
follow from OUTPUT on."""
X1, X2, TARGETS, OUTPUT_FIELDS = OUTPUT, OUTPUT + 1, OUTPUT + 2, OUTPUT + 3
"""Those of a single network, for the four rows side by side."""
PACE_ROWS = {"rate": RATE, "momentum": MOMENTUM}
"""Those of PACE in core/steps.py."""
BETA_1, BETA_2 = BETAS
TURNS = 4
"""Updates of a pass."""


class Recipe(NamedTuple):
    """The settings shared by networks that are trained together."""

    width: int
    activation: int
    """SIGMOID, TANH or RELU."""
    output: int
    """SIGMOID, TANH or LINEAR."""
    biases: int
    """1 or 0, as are the next three."""
    is_square: int
    """Whether the loss is made of squared errors, not of cross-entropies."""
    is_signed: int
    """Whether inputs are -1 and 1, not 0 and 1."""
    is_pass: int
    """Whether a step is four updates by one row each."""
    second_moment: int
    """With Adam the distance from a weight's row to that of its second moment, otherwise 0."""
    scale: float
    """What each row's part of the loss is multiplied by."""
    row_scale: float
    """The same of the loss of a single row."""
    share: float
    """What absolute errors are multiplied by, so that the targets are 1 apart."""


WHOLE = 8
"""How many of these numbers are whole."""


class UpdateRule(NamedTuple):
    """How an update follows from a gradient, of each of some networks side by side."""

    rate: Array
    """With Adam, it corrects the first moment as well."""
    momentum: Array
    correction: Array
    """What corrects Adam's second moment."""


class TableRow(NamedTuple):
    """A row of the truth table, or another one for each of some networks side by side."""

    x1: Array
    x2: Array
    target: Array
    has_x1: bool
    has_x2: bool
    """Whether an input is not 0: otherwise, nothing waits for a product with it."""


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
    """Return the responses of units to their inputs."""
    if activation == SIGMOID:
        return sigmoid(u)
    if activation == TANH:
        return tanh(u)
    if activation == RELU:
        return larger(u, 0.0)
    return u


def slope(activation: int, h: Array) -> Array:
    """Return the derivatives of responses by the inputs."""
    if activation == SIGMOID:
        return h * (1.0 - h)
    if activation == TANH:
        return 1.0 - h * h
    if activation == RELU:
        return is_above_0(h)
    return spread(1.0, h)


def judge(recipe: Recipe, scale: float, z: Array, t: Array) -> tuple[Array, Array, Array, Array]:
    """Return output, absolute error, loss and the loss's derivative by the logit, from logits."""
    y = respond(recipe.output, z)
    error = y - t
    size = recipe.share * absolute(error)
    if recipe.is_square:
        by_logit = (error * (2.0 * scale)) * slope(recipe.output, y)
        return y, size, scale * (error * error), by_logit
    return y, size, scale * (softplus(z) - t * z), error * scale


def recipe_of(whole: Steps, real: Array) -> Recipe:
    """Return the recipe that arrays begin with."""
    return Recipe(
        whole[0], whole[1], whole[2], whole[3], whole[4], whole[5], whole[6], whole[7],
        real[0], real[1], real[2],
    )  # fmt: skip


def no_rule(like: Array) -> UpdateRule:
    """Return a rule for where nothing is updated."""
    zero = spread(0.0, like)
    return UpdateRule(zero, zero, zero)


def next_rule(recipe: Recipe, memory: Array, out: int, like: Array) -> UpdateRule:
    """Return the rule of the next update; the rows of the output unit begin at a row of memory."""
    rate, row = load(memory, out + RATE, like), out + DECAYS
    if not recipe.second_moment:
        return UpdateRule(rate, load(memory, out + MOMENTUM, like), rate)
    first = larger(load(memory, row, like) * BETA_1, LEAST_DECAY)
    second = larger(load(memory, row + 1, like) * BETA_2, LEAST_DECAY)
    store(memory, row, first)
    store(memory, row + 1, second)
    return UpdateRule(rate / (1.0 - first), rate, 1.0 / (1.0 - second))


def move(recipe: Recipe, rule: UpdateRule, memory: Array, row: int, gradient: Array) -> Array:
    """Update the weights of a row of memory, and what is kept of them; return the weights."""
    weight, kept = load(memory, row, gradient), load(memory, row + VELOCITY, gradient)
    if recipe.second_moment:
        square = load(memory, row + recipe.second_moment, gradient)
        square = BETA_2 * square + (1.0 - BETA_2) * (gradient * gradient)
        kept = BETA_1 * kept + (1.0 - BETA_1) * gradient
        size = root(square * rule.correction) + EPSILON
        weight = weight - rule.rate * kept / size
        store(memory, row + recipe.second_moment, square)
    else:
        kept = rule.momentum * kept + rule.rate * gradient
        weight = weight - kept
    store(memory, row + VELOCITY, kept)
    store(memory, row, weight)
    return weight


def gradients(
    recipe: Recipe, memory: Array, first: int, d0: Array, d1: Array, d2: Array, d3: Array
) -> tuple[Array, Array, Array, Array]:
    """Return the gradient of the loss of all rows by W1_X1, W1_X2, B1 and W2 of a block.

    The block begins at a row of memory; d0 to d3 are the derivatives of the loss by the logits.
    """
    activation, h = recipe.activation, first + RESPONSES
    w, exists = load(memory, first + W2, d0), load(memory, first + EXISTS, d0)
    h0, h1 = load(memory, h, d0), load(memory, h + 1, d0)
    h2, h3 = load(memory, h + 2, d0), load(memory, h + 3, d0)
    back0 = d0 * (w * slope(activation, h0))
    back2 = d2 * (w * slope(activation, h2))
    back3 = d3 * (w * slope(activation, h3))
    g_a, g_b, g_bias = back0 + back3, back2 + back3, spread(0.0, d0)
    if recipe.biases or recipe.is_signed:
        back1 = d1 * (w * slope(activation, h1))
        if recipe.biases:
            g_bias = (back0 + back2) + (back1 + back3)
        if recipe.is_signed:
            g_a, g_b = g_a - (back1 + back2), g_b - (back0 + back1)
    return g_a, g_b, g_bias, ((h0 * d0 + h2 * d2) + (h1 * d1 + h3 * d3)) * exists


def squared(g_a: Array, g_b: Array, g_bias: Array, g_w: Array) -> Array:
    """Return the sum of the squares of a gradient."""
    return ((g_a * g_a + g_b * g_b) + g_w * g_w) + g_bias * g_bias


def advance_block(
    recipe: Recipe, rule: UpdateRule, memory: Array, first: int,
    d0: Array, d1: Array, d2: Array, d3: Array, is_update: bool, is_new: bool,
) -> tuple[Array, Array, Array, Array, Array, Array]:  # fmt: skip
    """Update the weights of a block by all rows if it is an update, and compute its responses.

    Returns the units' parts of the four logits, the squares of their gradients, and 0, or NaN where
    a weight is not finite.
    """
    activation, biases, h = recipe.activation, recipe.biases, first + RESPONSES
    a, b = load(memory, first + W1_X1, d0), load(memory, first + W1_X2, d0)
    bias, w = load(memory, first + B1, d0), load(memory, first + W2, d0)
    h1, squares = load(memory, h + 1, d0), spread(0.0, d0)
    if is_update:
        g_a, g_b, g_bias, g_w = gradients(recipe, memory, first, d0, d1, d2, d3)
        squares = squared(g_a, g_b, g_bias, g_w)
        if biases:
            bias = move(recipe, rule, memory, first + B1, g_bias)
        a = move(recipe, rule, memory, first + W1_X1, g_a)
        b = move(recipe, rule, memory, first + W1_X2, g_b)
        w = move(recipe, rule, memory, first + W2, g_w)
    u0, u1, u2 = a, bias, b
    if biases:
        u0, u2 = a + bias, b + bias
    u3 = u0 + b
    if recipe.is_signed:
        u0, u1, u2 = u0 - b, (bias - a) - b, (bias - a) + b
    if biases or recipe.is_signed or is_new:  # otherwise it stays the same
        h1 = respond(activation, u1)
        store(memory, h + 1, h1)
    h0, h2, h3 = respond(activation, u0), respond(activation, u2), respond(activation, u3)
    store(memory, h, h0)
    store(memory, h + 2, h2)
    store(memory, h + 3, h3)
    bad = (0.0 * a + 0.0 * b) + (0.0 * bias + 0.0 * w)
    return w * h0, w * h1, w * h2, w * h3, squares, bad


def response(recipe: Recipe, memory: Array, first: int, row: TableRow, like: Array) -> Array:
    """Return the responses of a block to a row."""
    u = load(memory, first + B1, like)
    if row.has_x1:
        u = u + row.x1 * load(memory, first + W1_X1, like)
    if row.has_x2:
        u = u + row.x2 * load(memory, first + W1_X2, like)
    return respond(recipe.activation, u)


def take_turn(
    recipe: Recipe, rule: UpdateRule, memory: Array, first: int,
    row: TableRow, d: Array, after: TableRow, is_last: bool,
) -> Array:  # fmt: skip
    """Update the weights of a block by a row; return the units' parts of the logit at the next.

    After the last, nothing is computed there.
    """
    h, zero = load(memory, first + RESPONSES, d), spread(0.0, d)
    pull, g_a, g_b = load(memory, first + W2, d) * slope(recipe.activation, h), zero, zero
    if row.has_x1:
        g_a = d * (row.x1 * pull) + 0.0  # the same 0 whether an input is 0 or not there
    if row.has_x2:
        g_b = d * (row.x2 * pull) + 0.0
    move(recipe, rule, memory, first + W1_X1, g_a)
    move(recipe, rule, memory, first + W1_X2, g_b)
    if recipe.biases:
        move(recipe, rule, memory, first + B1, d * pull)
    w = move(recipe, rule, memory, first + W2, d * (h * load(memory, first + EXISTS, d)))
    if is_last:
        return zero
    h = response(recipe, memory, first, after, d)
    store(memory, first + RESPONSES, h)
    return w * h


def advance_all(
    recipe: Recipe,
    rule: UpdateRule,
    memory: Array,
    start: int,
    d: Array,
    is_update: bool,
    is_new: bool,
) -> tuple[Array, Array, Array]:
    """Update the weights of a network by all rows if it is an update, and compute its responses.

    Its memory starts at a row; d are the derivatives by its logits. Returns the four logits, 0 or
    NaN as in advance_block, and the norm of the gradient.
    """
    blocks, zero = (recipe.width + 3) // 4, spread(0.0, d)
    out = start + blocks * FIELDS
    d0, d1 = spread(lane(d, 0), zero), spread(lane(d, 1), zero)
    d2, d3 = spread(lane(d, 2), zero), spread(lane(d, 3), zero)
    z0 = z1 = z2 = z3 = squares = bad = zero
    bias, g_bias = load(memory, out + B2, zero), spread(recipe.biases * lane_sum(d), zero)
    if recipe.biases and is_update:
        bias = move(recipe, rule, memory, out + B2, g_bias)
    for block in range(blocks):
        first = start + FIELDS * block
        p0, p1, p2, p3, more, worse = advance_block(
            recipe, rule, memory, first, d0, d1, d2, d3, is_update, is_new
        )
        z0, z1, z2, z3 = z0 + p0, z1 + p1, z2 + p2, z3 + p3
        squares, bad = squares + more, bad + worse
    norm = root(spread(lane_sum(squares), zero) + g_bias * g_bias)
    return sums(z0, z1, z2, z3) + bias, spread(lane_sum(bad), zero) + 0.0 * bias, norm


def show(
    recipe: Recipe, t: Array, z: Array, bad: Array, step: int,
    losses: Array, outputs: Array, worst: Array,
) -> Array:  # fmt: skip
    """Write the results that follow from four logits; return the derivatives by these."""
    y, error, loss, d = judge(recipe, recipe.scale, z, t)
    losses[step] = lane_sum(loss) + lane(bad, 0)
    store(outputs, step, y)
    worst[step] = lane_max(error)
    return d


def norm_of(recipe: Recipe, memory: Array, start: int, d: Array) -> Array:
    """Return the norm of the gradient of a network whose memory starts at a row."""
    squares, g_bias = spread(0.0, d), spread(recipe.biases * lane_sum(d), d)
    d0, d1 = spread(lane(d, 0), d), spread(lane(d, 1), d)
    d2, d3 = spread(lane(d, 2), d), spread(lane(d, 3), d)
    for block in range((recipe.width + 3) // 4):
        g = gradients(recipe, memory, start + FIELDS * block, d0, d1, d2, d3)
        squares = squares + squared(g[0], g[1], g[2], g[3])
    return root(spread(lane_sum(squares), d) + g_bias * g_bias)


def train_one(
    whole: Steps, real: Array, orders: Steps, memory: Array,
    losses: Array, outputs: Array, worst: Array, norms: Array,
) -> None:  # fmt: skip
    """Take n steps with a single network; index 0 of the results is the state before them.

    ``whole`` holds the whole numbers of its recipe, n, and the rows of each of ORDERS; ``real`` the
    others. The orders (n + 1,) are those of the passes. Memory has a second half. Results are those
    of Taken in kernel.py, but that a loss is NaN where a weight is not finite, and that norms are
    after as many steps; the last is not written. Outputs (4 (n + 1),) are in memory as (n + 1, 4).
    """
    recipe, zero, n, first = recipe_of(whole, real), four(), whole[WHOLE], 0
    end = FIELDS * ((recipe.width + 3) // 4)
    rule, d, t = no_rule(zero), zero, load(memory, end + TARGETS, zero)
    for row in (B2, B2 + VELOCITY, B2 + recipe.second_moment, DECAYS, DECAYS + 1):
        store(memory, end + row, spread(memory[4 * (end + row)], zero))
    if recipe.is_pass:
        train_by_rows(recipe, whole, orders, memory, losses, outputs, worst, norms)
        first = n
    for step in range(first, n + 1):
        is_update = step > first
        if is_update:
            rule = next_rule(recipe, memory, end, zero)
        z, bad, norm = advance_all(recipe, rule, memory, 0, d, is_update, not is_update)
        d = show(recipe, t, z, bad, step, losses, outputs, worst)
        if is_update:
            norms[step - 1] = lane(norm, 0)


def train_by_rows(
    recipe: Recipe, whole: Steps, orders: Steps, memory: Array,
    losses: Array, outputs: Array, worst: Array, norms: Array,
) -> None:  # fmt: skip
    """Take n passes; write the results of all states but the last, computed from a copy of it."""
    zero, end = four(), FIELDS * ((recipe.width + 3) // 4)
    copy = end + OUTPUT_FIELDS
    row, rule = row_at(whole, orders, memory, end, 0, zero), no_rule(zero)
    for block in range(0, end, FIELDS):
        store(memory, block + RESPONSES, response(recipe, memory, block, row, zero))
    z_all = bad = d_all = zero
    for step in range(whole[WHOLE]):
        z = begin_pass(memory, end, copy, zero)
        for turn in range(TURNS):
            if turn == 0:
                z_all, bad, _ = advance_all(recipe, rule, memory, copy, zero, False, step == 0)
            elif turn == 1:
                t = load(memory, end + TARGETS, zero)
                d_all = show(recipe, t, z_all, bad, step, losses, outputs, worst)
            elif turn == 2:
                norms[step] = lane(norm_of(recipe, memory, copy, d_all), 0)
            _, _, _, d = judge(recipe, recipe.row_scale, z, row.target)
            after = row_at(whole, orders, memory, end, TURNS * step + turn + 1, zero)
            rule = next_rule(recipe, memory, end, zero)
            p, bias = zero, load(memory, end + B2, zero)
            if recipe.biases:
                bias = move(recipe, rule, memory, end + B2, d)
            for block in range(0, end, FIELDS):
                p = p + take_turn(recipe, rule, memory, block, row, d, after, False)
            z = spread(lane_sum(p), d) + bias
            row = after


def begin_pass(memory: Array, end: int, copy: int, like: Array) -> Array:
    """Copy the weights to memory from a row on; return the logit of the first turn."""
    p, bias = spread(0.0, like), load(memory, end + B2, like)
    store(memory, copy + end + B2, bias)
    for block in range(0, end, FIELDS):
        for place in range(block, block + W2 + 1):
            store(memory, copy + place, load(memory, place, like))
        p = p + load(memory, block + W2, like) * load(memory, block + RESPONSES, like)
    return spread(lane_sum(p), like) + bias


def row_at(
    whole: Steps, orders: Steps, memory: Array, end: int, turn: int, like: Array
) -> TableRow:
    """Return the row of a turn, counted from the first turn of the first pass."""
    index = whole[WHOLE + 1 + TURNS * orders[turn // TURNS] + turn % TURNS]
    x1, x2 = memory[4 * (end + X1) + index], memory[4 * (end + X2) + index]
    t = spread(memory[4 * (end + TARGETS) + index], like)
    return TableRow(spread(x1, like), spread(x2, like), t, x1 != 0.0, x2 != 0.0)


PARTS = (
    *(power_and_rest, sigmoid, tanh, log_of_one_more, softplus, respond, slope, judge),
    *(recipe_of, no_rule, next_rule, move, gradients, squared, advance_block, response),
    *(take_turn, advance_all, show, norm_of, train_by_rows, begin_pass, row_at),
)
"""Functions that the compiled loops call."""
