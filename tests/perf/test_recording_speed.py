"""Cost of recording a run, and of going back in it."""

import statistics
from collections.abc import Iterable

import numpy as np
import pytest

from tests.perf.turns import in_turns, ratio_of, seconds
from tests.support.bits import assert_same_state
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.kernels.kernels import prepare
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig

pytestmark = pytest.mark.perf

STEPS, ROUNDS = 60_000, 31


def recorded(steps: int) -> Recording:
    run = Recording(RunConfig(rate=0.1))
    run.advance(steps)
    return run


def milliseconds(run: Recording, steps: Iterable[int]) -> list[float]:
    """Return the time to reach each of these steps."""
    return [1e3 * seconds(lambda s=step: run.state_at(s)) for step in steps]  # type: ignore[misc]


@pytest.mark.parametrize("width", [3, 64])
def test_recording_costs_little(width: int) -> None:
    config = RunConfig(width=width)
    times = in_turns(
        ROUNDS, lambda: Recording(config).advance(STEPS), lambda: Trainer(config).advance(STEPS)
    )
    recording, trainer = map(statistics.median, times)
    ratio = ratio_of(*times)
    print(
        f"\nwidth {width}: recording {1e6 * recording / STEPS:.2f} µs/step, "
        f"trainer {1e6 * trainer / STEPS:.2f} µs/step, ratio {ratio:.4f}"
    )
    assert ratio <= 1.2  # 1.025 where it was measured; most of it in the first thousand steps


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


def test_the_speed_of_scrubbing() -> None:
    run = recorded(60_000)
    random = milliseconds(run, map(int, np.random.RandomState(0).randint(0, 60_000, 500)))
    forwards = milliseconds(run, range(30_000, 30_500))
    backwards = milliseconds(run, range(30_500, 30_000, -1))
    for name, taken in (("random", random), ("forwards", forwards), ("backwards", backwards)):
        print(f"\n{name}: {1e3 * len(taken) / sum(taken):.0f} positions/s", end="")
    print()


@pytest.mark.parametrize("steps", [1000, 60_000])
def test_the_cost_of_a_snapshot_of_the_newest_step(steps: int) -> None:
    run, trainer = recorded(steps), Trainer(RunConfig(rate=0.1))
    trainer.advance(steps)

    def looks(at: Recording | Trainer) -> None:
        for _ in range(200):
            at.snapshot()

    times = in_turns(ROUNDS, lambda: looks(run), lambda: looks(trainer))
    mine, plain = map(statistics.median, times)
    print(
        f"\nafter {steps} steps: recording {1e6 * mine / 200:.1f} µs, "
        f"trainer {1e6 * plain / 200:.1f} µs, ratio {ratio_of(*times):.2f}"
    )
