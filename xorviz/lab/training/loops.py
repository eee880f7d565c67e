"""Loops for Numba that train many networks; see core/kernels/loops.py.

Networks are in groups of eight, side by side. Memory is as there, with a unit of eight networks in
a block. Shapes: G groups, N = 8 G networks, n steps.
"""

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels.lanes import eight, larger, load, picked, store
from xorviz.core.kernels.loops import (
    B2,
    FIELDS,
    OUTPUT,
    RESPONSES,
    SIGMOID,
    TURNS,
    WHOLE,
    Recipe,
    TableRow,
    advance_block,
    judge,
    move,
    next_rule,
    no_rule,
    recipe_of,
    take_turn,
)

LANES = 8

X1, X2, TARGETS, SLOPES, LOSSES, SUMS = range(OUTPUT, OUTPUT + 24, 4)
OUTPUT_FIELDS = SUMS + 16
"""The rows of memory after those of the hidden units, besides those before OUTPUT: for inputs,
targets, derivatives by the logits and losses, four rows each, and four sums for each logit."""


def train_groups(
    whole: Steps, real: Array, rows: Array, memory: Array, losses: Array, worst: Array
) -> None:
    """Take n steps with each network, or none; the results begin with the state before them.

    ``whole`` holds the whole numbers of the recipe, G and n, ``real`` the others. The rows
    (4, G, n, 8) are those of the turns of passes. Without a step, the responses are computed;
    otherwise they must be known. Losses (n + 1, N) are NaN where a weight is not finite; worst
    (n + 1, N) are the largest absolute errors of the four rows.
    """
    given = recipe_of(whole, real)
    if given.output == SIGMOID and not (given.is_signed or given.is_pass or given.second_moment):
        # Compiled for itself, without branches for other settings, it takes 5 to 8 % less time.
        usual = Recipe(
            given.width, given.activation, SIGMOID, given.biases, given.is_square, 0, 0, 0,
            given.scale, given.scale, 1.0,
        )  # fmt: skip
        train_alike(usual, whole, rows, memory, losses, worst)
    else:
        train_alike(given, whole, rows, memory, losses, worst)


def train_alike(
    recipe: Recipe, whole: Steps, rows: Array, memory: Array, losses: Array, worst: Array
) -> None:
    """Take n steps with each network of a recipe."""
    groups, n = whole[WHOLE], whole[WHOLE + 1]
    fields = (FIELDS * recipe.width + OUTPUT_FIELDS) * (2 if recipe.second_moment else 1)
    for group in range(groups):
        first = fields * group
        if n == 0:
            advance_group(recipe, memory, first, losses, worst, group, False)
        for k in range(n):
            if recipe.is_pass:
                pass_of_group(recipe, memory, first, rows, n * group + k, n * groups)
            place = groups * (k + 1) + group
            advance_group(recipe, memory, first, losses, worst, place, not recipe.is_pass)


def advance_group(
    recipe: Recipe, memory: Array, first: int, losses: Array, worst: Array, row: int,
    is_update: bool,
) -> None:  # fmt: skip
    """Update the weights by all rows if it is an update, and compute responses and results.

    The group's memory begins at a row; the results go to a row of theirs.
    """
    zero, out = eight(), first + FIELDS * recipe.width
    d0, d1 = load(memory, out + SLOPES, zero), load(memory, out + SLOPES + 1, zero)
    d2, d3 = load(memory, out + SLOPES + 2, zero), load(memory, out + SLOPES + 3, zero)
    bias, bad, rule = load(memory, out + B2, zero), zero, no_rule(zero)
    if is_update:
        rule = next_rule(recipe, memory, out, zero)
    clear_sums(memory, out, 1)
    for unit in range(recipe.width):
        p0, p1, p2, p3, _, worse = advance_block(
            recipe, rule, memory, first + FIELDS * unit, d0, d1, d2, d3, is_update, not is_update
        )
        place = out + SUMS + 4 * (unit & 3)
        add_to(memory, place, p0)
        add_to(memory, place + 1, p1)
        add_to(memory, place + 2, p2)
        add_to(memory, place + 3, p3)
        bad = bad + worse
    if recipe.biases and is_update:
        bias = move(recipe, rule, memory, out + B2, (d0 + d2) + (d1 + d3))
    largest = zero
    for i in range(4):
        z, t = total(memory, out, i, zero) + bias, load(memory, out + TARGETS + i, zero)
        _, error, loss, d = judge(recipe, recipe.scale, z, t)
        store(memory, out + SLOPES + i, d)
        store(memory, out + LOSSES + i, loss)
        largest = larger(largest, error)
    place = out + LOSSES
    loss = load(memory, place, zero) + load(memory, place + 2, zero)
    loss = loss + (load(memory, place + 1, zero) + load(memory, place + 3, zero))
    store(losses, row, loss + (bad + 0.0 * bias))
    store(worst, row, largest)


def pass_of_group(
    recipe: Recipe, memory: Array, first: int, rows: Array, place: int, stride: int
) -> None:
    """Update the weights by one row after the other; responses and slopes must be known.

    Those of the turns are in rows from a place on, at distances of a stride.
    """
    zero, out = eight(), first + FIELDS * recipe.width
    index = load(rows, place, zero)
    row = row_of(memory, out, index)
    d = of_row(memory, out + SLOPES, index) * (recipe.row_scale / recipe.scale)
    for unit in range(recipe.width):
        responses = first + FIELDS * unit + RESPONSES
        store(memory, responses, of_row(memory, responses, index))
    for turn in range(1, TURNS + 1):
        after, rule = row, next_rule(recipe, memory, out, zero)
        if turn < TURNS:
            after = row_of(memory, out, load(rows, place + stride * turn, zero))
        bias = load(memory, out + B2, zero)
        if recipe.biases:
            bias = move(recipe, rule, memory, out + B2, d)
        clear_sums(memory, out, 4)
        for unit in range(recipe.width):
            block, sums = first + FIELDS * unit, out + SUMS + 4 * (unit & 3)
            part = take_turn(recipe, rule, memory, block, row, d, after, turn == TURNS)
            add_to(memory, sums, part)
        if turn < TURNS:
            z = total(memory, out, 0, zero) + bias
            _, _, _, d = judge(recipe, recipe.row_scale, z, after.target)
        row = after


def row_of(memory: Array, out: int, index: Array) -> TableRow:
    """Return the rows with these indices."""
    x1, x2 = of_row(memory, out + X1, index), of_row(memory, out + X2, index)
    return TableRow(x1, x2, of_row(memory, out + TARGETS, index), True, True)


def of_row(memory: Array, place: int, index: Array) -> Array:
    """Return from four rows of memory, one for each of ROWS, those with these indices."""
    of_0, of_1 = load(memory, place, index), load(memory, place + 1, index)
    return picked(index, of_0, of_1, load(memory, place + 2, index), load(memory, place + 3, index))


def clear_sums(memory: Array, out: int, stride: int) -> None:
    """Begin sums with 0: those of all logits, or with a stride of 4 of the first."""
    for place in range(out + SUMS, out + SUMS + 16, stride):
        store(memory, place, eight())


def add_to(memory: Array, row: int, more: Array) -> None:
    """Add to a row of memory."""
    store(memory, row, load(memory, row, more) + more)


def total(memory: Array, out: int, index: int, like: Array) -> Array:
    """Return the total of four sums over units, one of those begun together."""
    place = out + SUMS + index
    even = load(memory, place, like) + load(memory, place + 8, like)
    return even + (load(memory, place + 4, like) + load(memory, place + 12, like))


PARTS = (train_alike, advance_group, pass_of_group, row_of, of_row, clear_sums, add_to, total)
"""Functions called by train_groups, besides those of core/kernels/loops.py."""
