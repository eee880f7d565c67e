"""Trainer: published numbers, bit-exactness and stop rules."""

import dataclasses
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bits import assert_same_state, assert_same_trace
from tests.support.cases import some
from tests.support.snapshots import QUICK, trained
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import flat, gradient, initial_weights, loss, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig

LESSON = {
    0: (1.0682484368686982, (0.64828555, 0.63099222, 0.61166484, 0.62895947)),
    1: (1.0677808914356344, (0.647876, 0.63056822, 0.61115719, 0.62847003)),
    10_000: (0.9969913076102247, (0.52522244, 0.50147146, 0.48144571, 0.50120394)),
    20_000: (0.8644858131636437, (0.62399257, 0.42642056, 0.48936052, 0.52963861)),
    30_000: (0.24446880846236466, (0.76265084, 0.25991177, 0.75290883, 0.24397953)),
    60_000: (0.02841901371687946, (0.92166771, 0.11738477, 0.92157444, 0.04851096)),
}
"""Loss and outputs of the 28 lines by step."""


LEARNED = StopRules(at_step=None, when_learned=True)


def assert_same_bits(mine: Snapshot, other: Snapshot) -> None:
    assert_same_state(mine, other)
    assert_same_trace(mine.trace, other.trace)
    assert mine.interventions == other.interventions


@pytest.fixture(scope="module")
def lesson() -> dict[int, Snapshot]:
    """Return the default run at each step of the table."""
    trainer, shown = Trainer(RunConfig()), {}
    for step in LESSON:
        trainer.advance(step - trainer.step)
        shown[step] = trainer.snapshot()
    return shown


@pytest.fixture(scope="module")
def quick() -> list[Snapshot]:
    """Return a run that learns, step by step."""
    trainer = Trainer(QUICK)
    steps = [trainer.snapshot()]
    for _ in range(250):
        trainer.advance(1)
        steps.append(trainer.snapshot())
    return steps


@pytest.mark.parametrize("step", LESSON)
def test_the_28_lines_are_reproduced(step: int, lesson: dict[int, Snapshot]) -> None:
    expected_loss, expected_outputs = LESSON[step]
    snapshot = lesson[step]
    assert snapshot.step == step
    assert snapshot.loss == pytest.approx(expected_loss, rel=1e-9)
    np.testing.assert_allclose(snapshot.outputs, expected_outputs, rtol=0, atol=5.1e-9)


@pytest.mark.parametrize("kernel", ["numba", pytest.param("numpy", marks=pytest.mark.thorough)])
@pytest.mark.parametrize(
    ("rate", "shown", "outs"),
    [(0.1, 0.001551, None), (1, 0.000144, None), (5, 0.5773, (0.999, 0.0025, 0.6965, 0.6965))],
)
def test_other_rates_have_their_known_losses(
    rate: float, shown: float, outs: tuple[float, ...] | None, kernel: str
) -> None:
    trainer = Trainer(RunConfig(rate=rate), kernel=kernel)
    trainer.advance(60_000)
    snapshot = trainer.snapshot()
    assert snapshot.loss == pytest.approx(shown, abs=5e-5 if outs else 5e-7)
    if outs:
        np.testing.assert_allclose(snapshot.outputs, outs, rtol=0, atol=5e-4)


@pytest.mark.parametrize(
    ("activation", "loss_name", "biases"),
    some(product(ACTIVATION_NAMES, LOSS_NAMES, (False, True)), 6),
)
def test_a_snapshot_agrees_with_network(activation: str, loss_name: str, biases: bool) -> None:
    config = RunConfig(
        activation=activation, loss=loss_name, biases=biases, rate=0.1, targets=(0, 1, 1, 1)
    )
    snapshot = trained(config, 100)
    weights = snapshot.weights
    assert snapshot.loss == pytest.approx(float(loss(weights, config)), rel=1e-12)
    np.testing.assert_allclose(snapshot.outputs, outputs(weights, activation), rtol=1e-12)
    np.testing.assert_allclose(
        flat(snapshot.gradient), flat(gradient(weights, config)), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(
        snapshot.errors, outputs(weights, activation) - [0, 1, 1, 1], rtol=0, atol=1e-14
    )
    np.testing.assert_array_equal(snapshot.right, np.abs(snapshot.errors) < 0.5)


def test_a_new_run_is_at_step_0_with_its_initial_weights() -> None:
    snapshot = Trainer(QUICK).snapshot()
    assert (snapshot.step, snapshot.config, snapshot.halt) == (0, QUICK, None)
    assert (snapshot.interventions, snapshot.right_since, snapshot.learned_since) == (
        (),
        None,
        None,
    )
    np.testing.assert_array_equal(flat(snapshot.weights), flat(initial_weights(QUICK)))
    np.testing.assert_array_equal(snapshot.trace.steps, [0])
    np.testing.assert_array_equal(snapshot.trace.losses, [snapshot.loss])


def test_the_trace_has_the_loss_of_every_step(quick: list[Snapshot]) -> None:
    np.testing.assert_array_equal(quick[-1].trace.steps, np.arange(251))
    np.testing.assert_array_equal(quick[-1].trace.losses, [s.loss for s in quick])


def first_of_last_streak(holds: list[bool]) -> int | None:
    """Return the index since which a condition has held to the end."""
    since = None
    for i, held in enumerate(holds):
        since = None if not held else i if since is None else since
    return since


def test_streaks_begin_at_the_right_steps(quick: list[Snapshot]) -> None:
    worst = [float(np.abs(s.errors).max()) for s in quick]
    for step, snapshot in enumerate(quick):
        assert snapshot.right_since == first_of_last_streak([w < 0.5 for w in worst[: step + 1]])
        assert snapshot.learned_since == first_of_last_streak([w < 0.1 for w in worst[: step + 1]])
    assert quick[-1].right_since is not None
    assert quick[-1].learned_since is not None


def test_a_broken_streak_starts_again() -> None:
    # At this rate the network overshoots: it is correct, loses a row, and is correct again.
    trainer, holds = Trainer(RunConfig(width=5, rate=5, biases=True)), []
    for _ in range(150):
        holds.append(bool(trainer.snapshot().right.all()))
        trainer.advance(1)
    holds.append(bool(trainer.snapshot().right.all()))
    assert np.diff(holds).sum() >= 3
    assert trainer.snapshot().right_since == first_of_last_streak(holds)
    assert trained(trainer.config, 150).right_since == first_of_last_streak(holds)


def test_a_network_correct_from_the_start_is_correct_since_step_0() -> None:
    above = tuple(int(y > 0.5) for y in Trainer(QUICK).snapshot().outputs)
    trainer = Trainer(dataclasses.replace(QUICK, targets=above))
    assert trainer.snapshot().right_since == 0
    trainer.advance(300)
    assert trainer.snapshot().right_since == 0


DIVISIONS = st.lists(st.integers(0, 150) | st.sampled_from([1, BLOCK, BLOCK + 1]), max_size=12)


@given(
    DIVISIONS,
    st.integers(0, 250),
    st.sampled_from([("rate", 0.25), ("momentum", 0.9), ("momentum", 0.0)]),
    st.sampled_from([StopRules(at_step=None), StopRules(at_step=37), LEARNED]),
)
def test_dividing_steps_changes_no_bit(
    divisions: list[int], changed_at: int, change: tuple[str, float], rules: StopRules
) -> None:
    whole = Trainer(QUICK)
    whole.advance(changed_at)
    whole.intervene(*change)
    whole.advance(250 - changed_at)

    parts, sizes = Trainer(QUICK), iter(divisions)
    for goal in (changed_at, 250):
        while parts.step < goal:
            before, size = parts.step, min(next(sizes, 250), goal - parts.step)
            parts.advance(size, rules)
            assert before + min(size, 1) <= parts.step <= before + size
        if goal == changed_at:
            parts.intervene(*change)
    assert_same_bits(parts.snapshot(), whole.snapshot())


@pytest.mark.parametrize(("activation", "momentum"), some(product(ACTIVATION_NAMES, (0, 0.9))))
def test_single_steps_give_the_same_bits_as_blocks(activation: str, momentum: float) -> None:
    config = RunConfig(width=16, activation=activation, momentum=momentum, loss="cross-entropy")
    singles = Trainer(config)
    for _ in range(150):
        singles.advance(1)
    assert_same_bits(singles.snapshot(), trained(config, 150))


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
def test_later_training_does_not_change_a_snapshot(kernel: str) -> None:
    trainer = Trainer(QUICK, kernel=kernel)
    trainer.advance(10)
    early, twin = trainer.snapshot(), trained(QUICK, 10, kernel=kernel)
    trainer.intervene("rate", 0.1)
    trainer.advance(10_000)
    trainer.snapshot()
    assert_same_bits(early, twin)


def test_a_run_stops_at_each_multiple_of_its_limit() -> None:
    trainer, rules = Trainer(QUICK), StopRules(at_step=100)
    assert trainer.advance(99, rules) is None
    assert trainer.snapshot().halt is None
    assert trainer.advance(10**6, rules) is Halt.AT_STEP
    assert trainer.step == 100
    assert trainer.snapshot().halt is Halt.AT_STEP
    assert trainer.advance(10**6, rules) is Halt.AT_STEP
    assert trainer.step == 200
    assert_same_bits(trainer.snapshot(), trained(QUICK, 200))


def test_without_rules_limits_are_passed() -> None:
    trainer = Trainer(QUICK)
    assert trainer.advance(100, StopRules(at_step=100)) is Halt.AT_STEP
    assert trainer.advance(150) is None
    assert (trainer.step, trainer.snapshot().halt) == (250, None)


def test_a_run_stops_at_the_first_step_at_which_it_has_learned(quick: list[Snapshot]) -> None:
    first = next(i for i, s in enumerate(quick) if (np.abs(s.errors) < 0.1).all())
    trainer = Trainer(QUICK)
    assert trainer.advance(10**6, LEARNED) is Halt.LEARNED
    snapshot = trainer.snapshot()
    assert (snapshot.step, snapshot.learned_since) == (first, first)
    assert snapshot.halt is Halt.LEARNED
    assert_same_bits(snapshot, quick[first])


@pytest.mark.parametrize("division", [1, 7, BLOCK])
def test_learning_is_detected_in_steps_of_any_size(division: int, quick: list[Snapshot]) -> None:
    trainer = Trainer(QUICK)
    while trainer.step < 250 and not trainer.advance(division, LEARNED):
        pass
    assert trainer.step == quick[-1].learned_since


def test_a_learned_run_is_not_stopped_again() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(10**6, LEARNED)
    assert trainer.advance(1000, LEARNED) is None
    assert trainer.snapshot().halt is None


def test_a_run_stops_at_the_first_step_at_which_it_reaches_a_loss(quick: list[Snapshot]) -> None:
    first = next(i for i, s in enumerate(quick) if s.loss <= 0.05)
    trainer, rules = Trainer(QUICK), StopRules(at_step=None, at_loss=0.05)
    assert trainer.advance(10**6, rules) is Halt.AT_LOSS
    assert_same_bits(trainer.snapshot(), quick[first])
    assert trainer.advance(1000, rules) is None


def test_the_first_rule_met_stops_the_run(quick: list[Snapshot]) -> None:
    learned_at = quick[-1].learned_since
    assert learned_at is not None
    loss_before = quick[learned_at - 1].loss
    for rules, halt, step in (
        (StopRules(learned_at, True, loss_before), Halt.AT_LOSS, learned_at - 1),
        (StopRules(learned_at, True, loss_before / 2), Halt.LEARNED, learned_at),
        (StopRules(learned_at - 2, True, loss_before), Halt.AT_STEP, learned_at - 2),
    ):
        trainer = Trainer(QUICK)
        assert trainer.advance(10**6, rules) is halt
        assert trainer.step == step


@pytest.mark.parametrize(
    ("activation", "loss_name"), some(product(ACTIVATION_NAMES, LOSS_NAMES), 3)
)
def test_extreme_settings_stay_finite(activation: str, loss_name: str) -> None:
    config = RunConfig(
        width=64,
        rate=1000,
        momentum=0.999,
        init_range=100,
        biases=True,
        activation=activation,
        loss=loss_name,
        targets=(0, 1, 0, 1),
    )
    snapshot = trained(config, 1000)
    assert snapshot.halt is None
    assert np.isfinite([*flat(snapshot.weights), *flat(snapshot.gradient), snapshot.loss]).all()
