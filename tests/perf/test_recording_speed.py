"""Cost of recording a run, and of going back in it."""

import gc
import statistics
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from tests.perf.test_training_speed import seconds
from tests.support.bits import assert_same_state
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.kernels.kernels import prepare
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
@pytest.mark.parametrize("is_compact", [False, True])
@pytest.mark.parametrize("width", [3, 64])
@pytest.mark.parametrize(
    ("kernel", "newest"), [(NUMPY, 10**6), (NUMPY, 10**7), (NUMBA, 10**7), (NUMBA, 10**8)]
)
def test_a_seek_costs_what_training_from_the_last_checkpoint_costs(
    kernel: str, newest: int, width: int, is_compact: bool
) -> None:
    """And gives the same bits as training from step 0."""
    prepare(kernel)
    run = Recording(RunConfig(width=width, rate=0.1), kernel)
    run.advance(newest)
    if is_compact:
        run = Recording(run.record().compact(), kernel)
    trainer = Trainer(run.config, kernel)
    ways, sought, plain = list[int](), list[float](), list[float]()
    for step in sorted(map(int, np.random.RandomState(0).randint(0, newest, 20))):
        ways.append(step - run.kept(step))
        trainer.advance(step - ways[-1] - trainer.step)
        sought.append(seconds(lambda s=step: run.state_at(s)))  # type: ignore[misc]
        plain.append(seconds(lambda s=step: trainer.advance(s - trainer.step)))  # type: ignore[misc]
        assert_same_state(run.state_at(step), trainer.snapshot())
    print(
        f"\n{kernel}, width {width}, {newest:,} steps{', compact' * is_compact}: "
        f"a way of at most {max(ways):,} steps in {1e3 * max(sought):.1f} ms, "
        f"{sum(sought) / sum(plain):.2f} times as long as training there"
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
