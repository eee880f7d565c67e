"""What a step costs, beside the same training as one writes it first."""

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest

from xorviz.core.config import RunConfig
from xorviz.core.trainer import Trainer

STEPS, ROUNDS = 4000, 15


def textbook(steps: int) -> list[float]:
    """Train the 28 lines as plain NumPy expressions; return the loss of every step."""
    x = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    t = np.array([[1.0], [0.0], [1.0], [0.0]])
    rng = np.random.RandomState(1234)
    w1, w2 = rng.uniform(-1, 1, (2, 3)), rng.uniform(-1, 1, (3, 1))
    losses = []
    for _ in range(steps):
        h = 1 / (1 + np.exp(-x @ w1))
        y = 1 / (1 + np.exp(-h @ w2))
        losses.append(float(((t - y) ** 2).sum()))
        d_y = 2 * (y - t) * y * (1 - y)
        d_h = d_y @ w2.T * h * (1 - h)
        w2 -= 0.01 * h.T @ d_y
        w1 -= 0.01 * x.T @ d_h
    return losses


def advance(config: RunConfig, steps: int) -> float:
    """Train, also keeping the loss of every step; return the last."""
    trainer = Trainer(config)
    trainer.advance(steps)
    return trainer.loss


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time, which other programs do not lengthen by waiting their turn."""
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.perf
def test_a_step_costs_at_most_half_of_what_the_textbook_loop_costs() -> None:
    # In turns, so that whatever else the machine does falls on both.
    rounds = [
        (
            seconds(lambda: textbook(STEPS)),
            seconds(lambda: advance(RunConfig(), STEPS)),
        )
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(plain / fast for plain, fast in rounds)
    plain_us, fast_us = (
        1e6 * statistics.median(column) / STEPS for column in zip(*rounds, strict=True)
    )
    print(f"\ntextbook {plain_us:.2f} µs/step, trainer {fast_us:.2f} µs/step, ratio {ratio:.2f}")
    assert ratio >= 2


@pytest.mark.perf
@pytest.mark.parametrize("with_all", [False, True], ids=["plain", "biases and momentum"])
@pytest.mark.parametrize("width", [3, 8, 64])
def test_what_a_step_costs_is_shown(width: int, with_all: bool) -> None:
    config = RunConfig(width=width, biases=with_all, momentum=0.9 if with_all else 0)
    best = min(seconds(lambda: advance(config, STEPS)) for _ in range(3))
    print(f"\nwidth {width}, biases and momentum {with_all}: {1e6 * best / STEPS:.2f} µs/step")
