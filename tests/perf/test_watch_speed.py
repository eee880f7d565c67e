"""Cost of being watched: a textbook loop with and without it, and one call of see."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import xorviz
from tests.watching.programs import INPUTS, RATE, TARGETS, Program, sigmoid
from xorviz.watching.watch import Watch

STEPS, ROUNDS = 100, 1000
"""Rounds are short, so that some are not disturbed by other programs."""
MOST = 1.15
"""Times as long as the bare loop; measured were 1.04 to 1.08."""


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Watch]:
    """Return a run that is recorded, and that no window shows."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with xorviz.watch("my network", rate=0.5, loss="sse", window=False) as made:
        yield made


def seconds_a_step(see: Watch | None) -> float:
    """Train a network."""
    w1, b1, w2, b2 = Program.of().arrays
    start = time.perf_counter()
    for _ in range(STEPS):
        h = sigmoid(INPUTS @ w1 + b1)
        y = sigmoid(h @ w2 + b2)
        d_y = 2 * (y - TARGETS) * y * (1 - y)
        d_h = d_y @ w2.T * h * (1 - h)
        w1 -= RATE * INPUTS.T @ d_h
        b1 -= RATE * d_h.sum(axis=0)
        w2 -= RATE * h.T @ d_y
        b2 -= RATE * d_y.sum(axis=0)
        if see is not None:
            see(w1, b1, w2, b2)
    return (time.perf_counter() - start) / STEPS


@pytest.mark.perf
def test_a_textbook_loop_loses_little(see: Watch) -> None:
    pairs = [(seconds_a_step(None), seconds_a_step(see)) for _ in range(ROUNDS)]
    bare, with_it = (np.quantile(times, 0.1) for times in zip(*pairs, strict=True))
    ratio = with_it / bare
    print(
        f"\na step {1e6 * bare:.1f} us, watched {1e6 * with_it:.1f} us: {ratio:.3f} times as long"
    )
    assert ratio < MOST
