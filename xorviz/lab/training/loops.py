"""Loops for Numba that train many networks; see core/kernels/loops.py.

Networks are in groups of eight, side by side. Memory is as there, with a unit of eight networks in
a block. Shapes: G groups, N = 8 G networks, n steps.
"""

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels.lanes import eight, larger, load, store
from xorviz.core.kernels.loops import B2, FIELDS, Recipe, advance_block, judge, moved

LANES = 8

TARGETS, SLOPES, SUMS, LOSSES, RATE, MOMENTUM, OUTPUT_FIELDS = 5, 9, 13, 29, 33, 34, 35
"""The rows of memory after those of the hidden units, besides those of the output's bias: for
targets, derivatives by the logits, four sums for each logit, and losses, four rows each."""


def train_groups(whole: Steps, real: Array, memory: Array, losses: Array, worst: Array) -> None:
    """Take n steps with each network, or none; the results begin with the state before them.

    ``whole`` holds G, n and the integers of the recipe, ``real`` its scale. Without a step, the
    responses are computed; otherwise they must be known. Losses (n + 1, N) are NaN where a weight
    is not finite; worst (n + 1, N) are the largest absolute errors of the four rows.
    """
    groups, n = whole[0], whole[1]
    recipe = Recipe(whole[2], whole[3], whole[4], whole[5], real[0])
    fields = FIELDS * recipe.width + OUTPUT_FIELDS
    for group in range(groups):
        if n == 0:
            advance_group(recipe, memory, fields * group, losses, worst, group, False)
        for k in range(1, n + 1):
            row = groups * k + group
            advance_group(recipe, memory, fields * group, losses, worst, row, True)


def advance_group(
    recipe: Recipe, memory: Array, first: int, losses: Array, worst: Array, row: int, is_step: bool
) -> None:
    """Take a step if it is one, and compute responses, losses and largest errors.

    The group's memory begins at a row; the results go to a row of theirs.
    """
    zero, out = eight(), first + FIELDS * recipe.width
    rate, momentum = load(memory, out + RATE, zero), load(memory, out + MOMENTUM, zero)
    d0, d1 = load(memory, out + SLOPES, zero), load(memory, out + SLOPES + 1, zero)
    d2, d3 = load(memory, out + SLOPES + 2, zero), load(memory, out + SLOPES + 3, zero)
    bias, bad = load(memory, out + B2, zero), zero
    for place in range(out + SUMS, out + SUMS + 16):
        store(memory, place, zero)
    for unit in range(recipe.width):
        p0, p1, p2, p3, _, worse = advance_block(
            recipe, memory, first + FIELDS * unit, rate, momentum, d0, d1, d2, d3, is_step
        )
        place = out + SUMS + 4 * (unit & 3)
        store(memory, place, load(memory, place, zero) + p0)
        store(memory, place + 1, load(memory, place + 1, zero) + p1)
        store(memory, place + 2, load(memory, place + 2, zero) + p2)
        store(memory, place + 3, load(memory, place + 3, zero) + p3)
        bad = bad + worse
    if recipe.biases and is_step:
        bias = moved(memory, out + B2, bias, (d0 + d2) + (d1 + d3), rate, momentum)
    largest, place = zero, out + SUMS
    for i in range(4):
        z = load(memory, place + i, zero) + load(memory, place + 8 + i, zero)
        z = z + (load(memory, place + 4 + i, zero) + load(memory, place + 12 + i, zero))
        _, error, loss, d = judge(recipe, z + bias, load(memory, out + TARGETS + i, zero))
        store(memory, out + SLOPES + i, d)
        store(memory, out + LOSSES + i, loss)
        largest = larger(largest, error)
    place = out + LOSSES
    loss = load(memory, place, zero) + load(memory, place + 2, zero)
    loss = loss + (load(memory, place + 1, zero) + load(memory, place + 3, zero))
    store(losses, row, loss + (bad + 0.0 * bias))
    store(worst, row, largest)


PARTS = (advance_group,)
"""Functions called by train_groups, besides those of core/kernels/loops.py."""
