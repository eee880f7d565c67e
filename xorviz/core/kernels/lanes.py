"""Lanes: four or eight numbers that the same operation changes at once, as a processor does.

Here they are NumPy arrays (L,); numba_lanes.py has the same functions for Numba, which compiles
lanes to vector registers. Both give the same bits. Memory is a flat array, or compiled a pointer.
"""

import numpy as np

from xorviz.core.arrays import Array

EXPONENT_BIAS, MANTISSA_BITS = 1023, 52


def four() -> Array:
    """Return four lanes of 0."""
    return np.zeros(4)


def eight() -> Array:
    """Return eight lanes of 0."""
    return np.zeros(8)


def load(memory: Array, row: int, like: Array) -> Array:
    """Return the numbers of a row of memory, whose rows are as long as other lanes."""
    return memory[row * len(like) : (row + 1) * len(like)].copy()


def store(memory: Array, row: int, x: Array) -> None:
    """Write lanes to a row of memory."""
    memory[row * len(x) : (row + 1) * len(x)] = x


def spread(number: float, like: Array) -> Array:
    """Return as many lanes as others, all with the same number."""
    return np.full(len(like), number)


def lane(x: Array, index: int) -> float:
    """Return the number of one lane."""
    return float(x[index])


def sums(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return four lanes: the sum of each of these four."""
    return np.array([lane_sum(x) for x in (a, b, c, d)])


def lane_sum(x: Array) -> float:
    """Return the sum of four lanes."""
    return float((x[0] + x[2]) + (x[1] + x[3]))


def lane_max(x: Array) -> float:
    """Return the largest of four lanes that are not NaN."""
    return float(larger(larger(x[:1], x[2:3]), larger(x[1:2], x[3:]))[0])


def larger(x: Array, y: Array | float) -> Array:
    """Return the larger of each two numbers; x where one is NaN."""
    return np.where(y > x, y, x)


def smaller(x: Array, y: Array | float) -> Array:
    """Return the smaller of each two numbers; x where one is NaN."""
    return np.where(y < x, y, x)


def picked(index: Array, a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return from one of four lanes each: the one whose index, from 0 to 3, is given."""
    return np.choose(index.astype(np.int64), [a, b, c, d])


def absolute(x: Array) -> Array:
    """Return each number without its sign."""
    return np.abs(x)


def root(x: Array) -> Array:
    """Return square roots."""
    return np.sqrt(x)


def is_above_0(x: Array) -> Array:
    """Return 1 for each number above 0, otherwise 0."""
    return np.where(x > 0.0, 1.0, 0.0)


def power_of_two(shifted: Array) -> Array:
    """Return 2**k for numbers whose last bits hold a whole k, from -1022 to 1023."""
    return ((shifted.view(np.int64) + EXPONENT_BIAS) << MANTISSA_BITS).view(np.float64)
