"""Cost of recording a run, and of going back in it."""

import gc
import statistics
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from tests.perf.test_training_speed import seconds
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig

STEPS, ROUNDS = 60_000, 31


def alternately(
    one: Callable[[], object], other: Callable[[], object], rounds: int
) -> tuple[float, float, float]:
    """Return the median times of two functions called alternately, and the median ratio."""
    pairs = []
    gc.disable()  # else it falls on whoever comes to the next collection
    try:
        for i in range(rounds):
            # Each is first in every other round.
            first, second = (one, other) if i % 2 else (other, one)
            times = {first: seconds(first), second: seconds(second)}
            pairs.append((times[one], times[other]))
    finally:
        gc.enable()
    ones, others = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(ones), statistics.median(others), ratio


def recorded(steps: int) -> Recording:
    run = Recording(RunConfig(rate=0.1))
    run.advance(steps)
    return run


def milliseconds(run: Recording, steps: Iterable[int]) -> list[float]:
    """Return the time to reach each of these steps."""
    return [1e3 * seconds(lambda s=step: run.state_at(s)) for step in steps]  # type: ignore[misc]


@pytest.mark.perf
@pytest.mark.parametrize("width", [3, 64])
def test_recording_costs_little(width: int) -> None:
    config = RunConfig(width=width)
    recording, trainer, ratio = alternately(
        lambda: Recording(config).advance(STEPS), lambda: Trainer(config).advance(STEPS), ROUNDS
    )
    print(
        f"\nwidth {width}: recording {1e6 * recording / STEPS:.2f} µs/step, "
        f"trainer {1e6 * trainer / STEPS:.2f} µs/step, ratio {ratio:.4f}"
    )
    assert ratio <= 1.2  # 1.025 where it was measured; most of it in the first thousand steps


@pytest.mark.perf
def test_any_step_of_a_long_run_is_found_fast() -> None:
    run = recorded(1_000_000)
    steps = np.random.RandomState(0).randint(0, 1_000_000, 60)
    taken = milliseconds(run, map(int, steps))
    print(
        f"\na step of 1,000,000, checkpoints every {run.stride}: "
        f"median {statistics.median(taken):.1f} ms, at most {max(taken):.1f} ms"
    )


@pytest.mark.perf
def test_the_speed_of_scrubbing() -> None:
    run = recorded(60_000)
    random = milliseconds(run, map(int, np.random.RandomState(0).randint(0, 60_000, 500)))
    forwards = milliseconds(run, range(30_000, 30_500))
    backwards = milliseconds(run, range(30_500, 30_000, -1))
    for name, taken in (("random", random), ("forwards", forwards), ("backwards", backwards)):
        print(f"\n{name}: {1e3 * len(taken) / sum(taken):.0f} positions/s", end="")
    print()


@pytest.mark.perf
@pytest.mark.parametrize("steps", [1000, 60_000])
def test_the_cost_of_a_snapshot_of_the_newest_step(steps: int) -> None:
    run, trainer = recorded(steps), Trainer(RunConfig(rate=0.1))
    trainer.advance(steps)

    def looks(at: Recording | Trainer) -> None:
        for _ in range(200):
            at.snapshot()

    mine, plain, ratio = alternately(lambda: looks(run), lambda: looks(trainer), 31)
    print(
        f"\nafter {steps} steps: recording {1e6 * mine / 200:.1f} µs, "
        f"trainer {1e6 * plain / 200:.1f} µs, ratio {ratio:.2f}"
    )
