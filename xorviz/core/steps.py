"""A step of training: one update by all rows, or a pass of four, written to be read.

Shapes: P trainable numbers as core/network.py orders them, n steps, D numbers of a memory.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from xorviz.core.arrays import Array, Steps
from xorviz.core.network import flat, gradient, initial_weights, parameter_count, weights_of
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ORDER_NAMES, ORDERS, ROWS

State = tuple[Array, ...]
"""What the next steps follow from: the parameters (P,), and the memory of the optimizer, an array
for each of memory_sizes in their order."""
PARAMETERS = "parameters"
"""The name of the first array."""

PACE = ("rate", "momentum")
"""Settings that are numbers of every update, which kernels hold as arrays."""
BETAS = (0.9, 0.999)
"""Shares of the two moments that Adam keeps in each update (Kingma and Ba 2015)."""
EPSILON = 1e-8
LEAST_DECAY = 1e-300
"""Smaller powers of these count as this: 1 minus it is 1, and it is still a normal number."""


def memory_sizes(config: RunConfig) -> dict[str, int]:
    """Return the names and the sizes of the arrays that an optimizer keeps beside the parameters.

    The velocity is what the last update subtracted from the parameters. Moments are means of the
    gradients and of their squares; the decays are the powers of BETAS that correct them.
    """
    count = parameter_count(config)
    if config.optimizer == "adam":
        return {"first_moment": count, "second_moment": count, "decays": len(BETAS)}
    return {"velocity": count}


def fresh_memory(config: RunConfig) -> State:
    """Return the memory before the first update."""
    sizes = memory_sizes(config).items()
    return tuple(np.ones(n) if name == "decays" else np.zeros(n) for name, n in sizes)


def initial_state(config: RunConfig) -> State:
    """Return the state at step 0."""
    return flat(initial_weights(config)), *fresh_memory(config)


def joined(memory: State) -> Array:
    """Return a memory as one array (D,)."""
    return np.concatenate(memory)


def parted(memory: Array, config: RunConfig) -> State:
    """Return the arrays of a memory (D, ...)."""
    ends = np.cumsum([*memory_sizes(config).values()])
    return tuple(np.split(memory, ends[:-1]))


def step(state: State, config: RunConfig, number: int) -> State:
    """Return the state after a step, whose number counts from 1: one update or four."""
    for rows in updates_of(config, number):
        slope = flat(gradient(weights_of(state[0], config), config, rows))
        state = updated(state, slope, config)
    return state


def updated(state: State, slope: Array, config: RunConfig) -> State:
    """Return the state after an update by a gradient (P,): down it, or by Adam.

    Adam divides the mean gradient by its recent size, each corrected for having begun at 0.
    """
    if config.optimizer == "adam":
        parameters, first, second, decays = state
        decays = np.maximum(decays * BETAS, LEAST_DECAY)
        first = BETAS[0] * first + (1 - BETAS[0]) * slope
        second = BETAS[1] * second + (1 - BETAS[1]) * slope**2
        mean, square = first / (1 - decays[0]), second / (1 - decays[1])
        change = config.rate * mean / (np.sqrt(square) + EPSILON)
        return parameters - change, first, second, decays
    parameters, velocity = state
    velocity = config.momentum * velocity + config.rate * slope
    return parameters - velocity, velocity


def updates_of(config: RunConfig, number: int) -> Iterable[Sequence[int]]:
    """Return the rows of each update of a step, whose number counts from 1."""
    if config.batch == "full":
        return [range(len(ROWS))]
    (order,) = orders(config, number, 1)
    return [[row] for row in ORDERS[order]]


def orders(config: RunConfig, first: int, n: int) -> Steps:
    """Return the orders of n passes, as indices (n,) into ORDERS; the first has this number."""
    if config.batch == "pass":
        return np.full(n, ORDER_NAMES.index(config.row_order))
    return shuffled(np.array(config.seed), np.arange(first, first + n))


def shuffled(seeds: Any, numbers: Any) -> Steps:
    """Return the orders of shuffled passes, as indices into ORDERS, from seeds and pass numbers.

    The order of pass k, from 1, is the k-th number of SplitMix64 (Steele, Lea and Flood 2014) with
    the seed, modulo 24: k strides from the seed, with the bits mixed. No generator need be kept.
    """
    with np.errstate(over="ignore"):  # it calculates modulo 2**64
        z = np.asarray(seeds).astype(np.uint64) + np.asarray(numbers).astype(np.uint64) * _STRIDE
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return np.asarray(z % np.uint64(len(ORDERS))).astype(np.int64)


_STRIDE = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio's fraction of 2**64."""
