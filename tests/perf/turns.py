"""How benchmarks measure: works timed in turns, and the default recipe trained by JAX."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xorviz.core.network import initial_weights
from xorviz.core.settings import RunConfig
from xorviz.core.steps import updates_of

X = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
T = np.array([1.0, 0.0, 1.0, 0.0])

Work = Callable[[], object]
Clock = Callable[[], float]


def seconds(work: Work, clock: Clock = time.process_time) -> float:
    """Return the time it takes: by default the processor's, which other programs hardly change."""
    start = clock()
    work()
    return clock() - start


def in_turns(rounds: int, *works: Work) -> list[list[float]]:
    """Return the seconds of each work in each round: alternately, so that load affects all."""
    times: dict[Work, list[float]] = {work: [] for work in works}
    gc.disable()  # else it falls on whoever comes to the next collection
    try:
        for i in range(rounds):
            for work in works if i % 2 else works[::-1]:
                times[work].append(seconds(work))
    finally:
        gc.enable()
    return list(times.values())


def ratio_of(some: list[float], others: list[float]) -> float:
    """Return the median ratio of times taken in turns."""
    return statistics.median(a / b for a, b in zip(some, others, strict=True))


def seeded(config: RunConfig, count: int) -> list[RunConfig]:
    return [replace(config, seed=seed) for seed in range(count)]


def in_jax(configs: Sequence[RunConfig], steps: int, is_tracked: bool = False) -> Work:
    """Return a work that trains the default recipe, but for width and batch: jit of scan, float64.

    Several networks are a vmap. Tracked, it finds the first correct step of each, as the lab does.
    """
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    updates = [(X[list(rows)], T[list(rows)]) for rows in updates_of(configs[0], 1)]

    def outputs(weights: Any, x: Any) -> Any:
        return jax.nn.sigmoid(jax.nn.sigmoid(x @ weights[0]) @ weights[1])[:, 0]

    def loss(weights: Any, x: Any, t: Any) -> Any:
        return ((t - outputs(weights, x)) ** 2).sum()

    def step(carried: Any, number: Any) -> Any:
        weights, first = carried
        for x, t in updates:
            slopes = jax.grad(loss)(weights, x, t)
            weights = jax.tree.map(lambda w, slope: w - 0.01 * slope, weights, slopes)
        if is_tracked:
            is_right = jnp.abs(T - outputs(weights, X)).max() < 0.5
            first = jnp.where((first < 0) & is_right, number, first)
        return (weights, first), None

    def train(weights: Any) -> Any:
        return jax.lax.scan(step, (weights, -1), jnp.arange(1, steps + 1))[0]

    drawn = [initial_weights(config) for config in configs]
    weights = (jnp.array([w.w1 for w in drawn]), jnp.array([w.w2 for w in drawn]))
    if len(configs) == 1:
        weights = (weights[0][0], weights[1][0])
    compiled = jax.jit(train if len(configs) == 1 else jax.vmap(train))
    return lambda: jax.block_until_ready(compiled(weights))
