"""Trainer: published numbers, bit-exactness, stop rules, divergence and changes."""

import dataclasses
import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.bits import Change
from tests.support.cases import some
from tests.support.readable import Readable, flat
from xorviz.core.arrays import Array
from xorviz.core.config import ACTIVATION_NAMES, LIVE_FIELDS, LOSS_NAMES, RULES, RunConfig
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import Weights, gradient, initial_weights, loss, outputs
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, weight_shapes
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.runs.trace import CAPACITY, Trace
from xorviz.core.runs.trainer import Trainer

LESSON = {
    0: (1.0682484368686982, (0.64828555, 0.63099222, 0.61166484, 0.62895947)),
    1: (1.0677808914356344, (0.647876, 0.63056822, 0.61115719, 0.62847003)),
    10_000: (0.9969913076102247, (0.52522244, 0.50147146, 0.48144571, 0.50120394)),
    20_000: (0.8644858131636437, (0.62399257, 0.42642056, 0.48936052, 0.52963861)),
    30_000: (0.24446880846236466, (0.76265084, 0.25991177, 0.75290883, 0.24397953)),
    60_000: (0.02841901371687946, (0.92166771, 0.11738477, 0.92157444, 0.04851096)),
}
"""Loss and outputs of the 28 lines by step."""

QUICK = RunConfig(width=5, rate=1, biases=True, momentum=0.5)
"""Correct since step 82 and learned since step 168: in the second and the third block."""

LEARNED = StopRules(at_step=None, when_learned=True)


def trained(config: RunConfig, steps: int) -> Snapshot:
    trainer = Trainer(config)
    trainer.advance(steps)
    return trainer.snapshot()


def textbook(width: int, rate: float, steps: int) -> tuple[float, Array]:
    """Return the loss and the outputs of the 28 lines, written again."""
    x, t = np.array([[1, 0], [0, 0], [0, 1], [1, 1]]), np.array([[1], [0], [1], [0]])
    rng = np.random.RandomState(1234)
    w1, w2 = rng.uniform(-1, 1, (2, width)), rng.uniform(-1, 1, (width, 1))
    for step in range(steps + 1):
        h = 1 / (1 + np.exp(-x @ w1))
        y = 1 / (1 + np.exp(-h @ w2))
        if step < steps:
            d_y = 2 * (y - t) * y * (1 - y)
            d_h = d_y @ w2.T * h * (1 - h)
            w2 = w2 - rate * h.T @ d_y
            w1 = w1 - rate * x.T @ d_h
    return float(((t - y) ** 2).sum()), y[:, 0]


def assert_same_bits(mine: Snapshot, other: Snapshot) -> None:
    assert mine.step == other.step
    assert mine.loss == other.loss
    for field in ("config", "interventions", "right_since", "learned_since"):
        assert getattr(mine, field) == getattr(other, field)
    for a, b in zip(mine.weights.arrays(), other.weights.arrays(), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(mine.gradient.arrays(), other.gradient.arrays(), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(mine.outputs, other.outputs)
    np.testing.assert_array_equal(mine.trace.steps, other.trace.steps)
    np.testing.assert_array_equal(mine.trace.losses, other.trace.losses)
    np.testing.assert_array_equal(mine.trace.outputs, other.trace.outputs)
    np.testing.assert_array_equal(mine.trace.gradient_norms, other.trace.gradient_norms)


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


def test_five_hidden_units_match_a_plain_loop() -> None:
    snapshot = trained(RunConfig(width=5), 5000)
    expected_loss, expected_outputs = textbook(5, 0.01, 5000)
    assert snapshot.loss == pytest.approx(expected_loss, rel=1e-9)
    np.testing.assert_allclose(snapshot.outputs, expected_outputs, rtol=1e-9)


@pytest.mark.parametrize("kernel", ["numba", pytest.param("numpy", marks=pytest.mark.thorough)])
@pytest.mark.parametrize(
    ("rate", "shown", "outs"),
    [
        (0.1, 0.001551, None),
        (1, 0.000144, None),
        (5, 0.5773, (0.999, 0.0025, 0.6965, 0.6965)),
    ],
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
    snapshot = Trainer(QUICK, run=7).snapshot()
    assert (snapshot.run, snapshot.step, snapshot.config, snapshot.halt) == (7, 0, QUICK, None)
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


def test_the_loss_is_that_of_the_step() -> None:
    trainer = Trainer(QUICK)
    for steps in (0, 1, BLOCK + 1):
        trainer.advance(steps)
        assert trainer.loss == trainer.snapshot().loss


def first_of_last_streak(holds: list[bool]) -> int | None:
    """Return the index since which a condition has held to the end."""
    since = None
    for i, held in enumerate(holds):
        since = None if not held else i if since is None else since
    return since


def test_streaks_begin_at_the_right_steps(
    quick: list[Snapshot],
) -> None:
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


def test_a_long_trace_does_not_depend_on_division() -> None:
    trainer = Trainer(QUICK)
    for n in (4000, 95, 1, 1, 5903):
        trainer.advance(n)
    assert_same_bits(trainer.snapshot(), trained(QUICK, 10_000))


def test_snapshots_do_not_change_a_run(quick: list[Snapshot]) -> None:
    assert_same_bits(quick[-1], trained(QUICK, 250))


def test_later_training_does_not_change_a_snapshot() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(10)
    early, twin = trainer.snapshot(), trained(QUICK, 10)
    trainer.intervene("rate", 0.1)
    trainer.advance(10_000)
    trainer.snapshot()
    assert_same_bits(early, twin)


def test_no_steps_change_nothing() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(100)
    trainer.advance(0)
    assert_same_bits(trainer.snapshot(), trained(QUICK, 100))


def test_a_change_holds_from_the_next_step_on() -> None:
    trainer, readable = Trainer(QUICK), Readable(QUICK)
    for steps, name, value in (
        (10, "rate", 0.2),
        (70, "momentum", 0.0),
        (5, "momentum", 0.9),
        (70, "rate", 0.5),
    ):
        trainer.advance(steps)
        for _ in range(steps):
            readable.step()
        trainer.intervene(name, value)
        setattr(readable, name, value)
    trainer.advance(3)
    for _ in range(3):
        readable.step()
    np.testing.assert_allclose(
        flat(trainer.snapshot().weights), flat(readable.weights), rtol=1e-10, atol=1e-10
    )


def test_changes_are_recorded_with_their_steps() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(10)
    trainer.intervene("rate", 0.2)
    trainer.advance(5)
    trainer.intervene("momentum", 0.9)
    trainer.intervene("rate", 1)
    snapshot = trainer.snapshot()
    assert snapshot.interventions == (
        Intervention(10, "rate", 0.2),
        Intervention(15, "momentum", 0.9),
        Intervention(15, "rate", 1.0),
    )
    assert snapshot.config == dataclasses.replace(QUICK, momentum=0.9)
    assert type(snapshot.interventions[-1].value) is float


def test_an_equal_value_is_no_change() -> None:
    trainer = Trainer(QUICK)
    trainer.intervene("rate", QUICK.rate)
    trainer.intervene("momentum", QUICK.momentum)
    assert trainer.snapshot().interventions == ()


def test_an_invalid_value_changes_nothing() -> None:
    cases: list[tuple[str, float]] = [
        *(("rate", bad) for bad in (0.0, -1.0, 1000.5, math.nan, math.inf, True)),
        *(("momentum", bad) for bad in (-0.1, 1.0, math.nan, math.inf, False)),
    ]
    for name, bad in cases:
        trainer = Trainer(QUICK)
        trainer.advance(10)
        with pytest.raises(SettingError) as failure:
            trainer.intervene(name, bad)
        assert str(failure.value) == f"{name} is {bad!r}; allowed: {RULES[name].allowed}"
        trainer.advance(100)
        assert_same_bits(trainer.snapshot(), trained(QUICK, 110))


def test_nothing_else_can_change_during_a_run() -> None:
    cases: list[str] = [*sorted(set(RULES) - LIVE_FIELDS), "speed"]
    for name in cases:
        trainer = Trainer(QUICK)
        with pytest.raises(ValueError, match=name):
            trainer.intervene(name, 1)
        assert trainer.config == QUICK


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


def test_a_limit_met_at_the_last_step_is_reported() -> None:
    assert Trainer(QUICK).advance(100, StopRules(at_step=100)) is Halt.AT_STEP


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


def test_a_loss_limit_is_reached_by_equality(quick: list[Snapshot]) -> None:
    trainer = Trainer(QUICK)
    trainer.advance(10**6, StopRules(at_step=None, at_loss=quick[200].loss))
    assert trainer.step == 200


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


def test_a_run_that_does_not_learn_runs_to_its_limit() -> None:
    trainer = Trainer(RunConfig(width=1))
    assert trainer.advance(10**6, StopRules(200, True, 0.01)) is Halt.AT_STEP
    assert trainer.step == 200


@dataclasses.dataclass(frozen=True)
class Blowup:
    """A run whose numbers overflow in the step after last_step.

    No valid settings are known to do so, since the output saturates long before: these runs
    start from weights that no seed gives.
    """

    config: RunConfig
    start: Weights
    last_step: int

    def readable_after(self, steps: int) -> Readable:
        """Return the plain loop after a number of steps."""
        readable = Readable(self.config, self.start)
        with np.errstate(all="ignore"):
            for _ in range(steps):
                readable.step()
        return readable


RELU = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy")


def is_finite(weights: Weights, config: RunConfig) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.isfinite([*flat(weights), float(loss(weights, config))]).all())


@pytest.fixture(
    params=[
        pytest.param((RELU, 0, 1e150, 2), marks=pytest.mark.thorough),
        (dataclasses.replace(RELU, momentum=0.9), 29, 1e150, 11),
        pytest.param(
            (dataclasses.replace(RELU, momentum=0.9, biases=True), 5, 1e150, 1),
            marks=pytest.mark.thorough,
        ),
        (dataclasses.replace(RELU, momentum=0.99, biases=True), 54, 1e145, 3),
    ],
    ids=["plain", "momentum", "first steps", "last weight"],
)
def blowup(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Blowup:
    """Make every new trainer start from weights that overflow."""
    config, seed, scale, last_step = request.param
    start = initial_weights(dataclasses.replace(config, seed=seed))
    for array in start.arrays():
        np.multiply(array, scale, out=array)
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: start)
    return Blowup(config, start, last_step)


def test_a_run_stops_at_its_last_finite_step(blowup: Blowup) -> None:
    trainer = Trainer(blowup.config)
    assert trainer.advance(1000) is Halt.DIVERGED
    snapshot = trainer.snapshot()
    assert snapshot.step == blowup.last_step
    assert snapshot.diverged_at == blowup.last_step + 1
    assert snapshot.halt is Halt.DIVERGED
    assert is_finite(blowup.readable_after(blowup.last_step).weights, blowup.config)
    assert not is_finite(blowup.readable_after(blowup.last_step + 1).weights, blowup.config)


def test_a_diverged_run_matches_a_plain_loop(blowup: Blowup) -> None:
    snapshot = trained(blowup.config, 1000)
    readable = blowup.readable_after(blowup.last_step)
    np.testing.assert_allclose(flat(snapshot.weights), flat(readable.weights), rtol=1e-12)
    assert snapshot.loss == pytest.approx(float(loss(snapshot.weights, blowup.config)), rel=1e-12)
    np.testing.assert_array_equal(
        snapshot.outputs, outputs(snapshot.weights, blowup.config.activation)
    )


def test_a_diverged_run_has_finite_numbers(blowup: Blowup) -> None:
    snapshot = trained(blowup.config, 1000)
    for numbers in (
        flat(snapshot.weights),
        flat(snapshot.gradient),
        snapshot.outputs,
        snapshot.trace.losses,
        [snapshot.loss],
    ):
        assert np.isfinite(numbers).all()
    np.testing.assert_array_equal(snapshot.trace.steps, np.arange(blowup.last_step + 1))


def test_single_steps_diverge_at_the_same_bits(blowup: Blowup) -> None:
    trainer = Trainer(blowup.config)
    while trainer.advance(1) is None:
        pass
    assert_same_bits(trainer.snapshot(), trained(blowup.config, 1000))


def test_advancing_a_diverged_run_changes_nothing(blowup: Blowup) -> None:
    trainer = Trainer(blowup.config)
    trainer.advance(1000)
    before = trainer.snapshot()
    for rules in (StopRules(at_step=None), StopRules(), LEARNED):
        assert trainer.advance(100, rules) is Halt.DIVERGED
        assert_same_bits(trainer.snapshot(), before)
        assert trainer.snapshot().diverged_at == before.diverged_at


def test_a_lower_rate_continues_a_diverged_run(blowup: Blowup) -> None:
    trainer = Trainer(blowup.config)
    trainer.advance(1000)
    trainer.intervene("rate", 1e-9)
    trainer.intervene("momentum", 0)
    assert trainer.advance(100) is None
    snapshot = trainer.snapshot()
    assert snapshot.step == blowup.last_step + 100
    assert snapshot.diverged_at is None
    assert np.isfinite(flat(snapshot.weights)).all()


def test_a_divergence_after_several_blocks_is_found_at_its_step(blowup: Blowup) -> None:
    trainer = Trainer(blowup.config)
    trainer.intervene("rate", 5e-324)
    trainer.advance(3 * BLOCK - 1)
    trainer.intervene("rate", blowup.config.rate)
    assert trainer.advance(1000) is Halt.DIVERGED
    assert trainer.step == 3 * BLOCK - 1 + blowup.last_step


def test_a_rule_met_before_a_divergence_comes_first(blowup: Blowup) -> None:
    losses = trained(blowup.config, 1000).trace.losses
    rules = StopRules(at_step=None, at_loss=1e6)
    falls = np.flatnonzero((losses[1:] <= 1e6) & (losses[:-1] > 1e6)) + 1
    trainer = Trainer(blowup.config)
    halt = trainer.advance(1000, rules)
    assert (halt, trainer.step) == (
        (Halt.AT_LOSS, falls[0]) if len(falls) else (Halt.DIVERGED, blowup.last_step)
    )


def test_a_step_limit_before_a_divergence_comes_first(blowup: Blowup) -> None:
    trainer, rules = Trainer(blowup.config), StopRules(at_step=blowup.last_step)
    assert trainer.advance(1000, rules) is Halt.AT_STEP
    assert trainer.advance(1000, rules) is Halt.DIVERGED
    assert trainer.step == blowup.last_step


def test_an_infinite_weight_stops_a_run_with_a_finite_loss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The first step sends w2 to minus infinity: every output is 0, as it should be.
    start = Weights(np.zeros((2, 1)), np.array([1e306]), np.zeros((1, 1)), np.zeros(1))
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: start)
    config = RunConfig(width=1, rate=1000, activation="relu", biases=True, targets=(0, 0, 0, 0))
    trainer = Trainer(config)
    assert trainer.advance(1) is Halt.DIVERGED
    assert trainer.advance(1000) is Halt.DIVERGED
    snapshot = trainer.snapshot()
    assert (snapshot.step, snapshot.diverged_at, snapshot.loss) == (0, 1, 1.0)
    np.testing.assert_array_equal(flat(snapshot.weights), flat(start))


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


def test_of_several_changes_at_one_step_the_last_counts() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(5)
    for rate in (0.2, 0.3, 0.4):
        trainer.intervene("rate", rate)
    trainer.intervene("momentum", 0.25)
    assert trainer.snapshot().interventions == (
        Intervention(5, "momentum", 0.25),
        Intervention(5, "rate", 0.4),
    )


def test_a_change_at_step_0_belongs_to_the_recipe() -> None:
    changed, started = Trainer(QUICK), Trainer(dataclasses.replace(QUICK, rate=0.07))
    changed.intervene("rate", 0.07)
    changed.advance(300)
    started.advance(300)
    assert changed.snapshot().interventions == ()
    np.testing.assert_array_equal(
        flat(changed.snapshot().weights), flat(started.snapshot().weights)
    )


class Lesson:
    """The plain loop with changes by hand and streaks counted step by step."""

    def __init__(self, config: RunConfig) -> None:
        self.readable, self.step = Readable(config), 0
        self.since: dict[float, int | None] = {0.5: None, 0.1: None}
        self.first = dict(self.since)
        self.arrived = (dict(self.since), dict(self.first))
        self.margin = 1.0
        self._count()

    def advance(self) -> None:
        self.readable.step()
        self.step += 1
        self._count()

    def change(self, change: Change) -> None:
        name, value, index = change
        if index:
            getattr(self.readable.weights, name)[index] = value
            self.since, self.first = (dict(counted) for counted in self.arrived)
            self._judge()
        else:
            setattr(self.readable, name, value)

    def _count(self) -> None:
        self._judge()
        self.arrived = (dict(self.since), dict(self.first))

    def _judge(self) -> None:
        config = self.readable.config
        errors = outputs(self.readable.weights, config.activation) - np.array(config.targets)
        worst = float(np.abs(errors).max())
        for limit, since in self.since.items():
            self.margin = min(self.margin, abs(worst - limit))
            self.since[limit] = None if worst >= limit else self.step if since is None else since
            if worst < limit and self.first[limit] is None:
                self.first[limit] = self.step


@st.composite
def gentle_runs(draw: st.DrawFn) -> tuple[RunConfig, dict[int, list[Change]]]:
    """Draw a run in which rounding errors do not grow, and changes to it."""
    config = RunConfig(
        width=5,
        rate=0.5,
        activation=draw(st.sampled_from(["sigmoid", "tanh"])),
        loss=draw(st.sampled_from(LOSS_NAMES)),
        biases=draw(st.booleans()),
        targets=draw(st.sampled_from([(1, 0, 1, 0), (0, 0, 0, 1), (1, 1, 1, 1)])),
    )
    weights = weight_shapes(config)
    targets = [(n, i) for n, shape in weights.items() for i in np.ndindex(shape)]
    where = st.sampled_from([("rate", ()), ("momentum", ()), *targets])
    values = st.sampled_from([0.01, 0.1, 0.5])
    change = st.tuples(where, values, st.sampled_from([1.0, -1.0, 6.0, -6.0]))
    made = [
        (name, value * (factor if index else 1.0), index)
        for (name, index), value, factor in draw(st.lists(change, max_size=6))
    ]
    changes: dict[int, list[Change]] = {}
    for one in made:
        changes.setdefault(draw(st.sampled_from([0, 1, 20, 64, 65])), []).append(one)
    return config, changes


@given(gentle_runs())
def test_a_changed_run_matches_a_plain_loop(
    drawn: tuple[RunConfig, dict[int, list[Change]]],
) -> None:
    config, changes = drawn
    trainer, lesson = Trainer(config), Lesson(config)
    for step in range(70):
        for change in changes.get(step, []):
            trainer.intervene(*change)
            lesson.change(change)
        shown, plain = trainer.snapshot(), lesson.readable
        np.testing.assert_allclose(flat(shown.weights), flat(plain.weights), rtol=1e-9, atol=1e-9)
        assert shown.loss == pytest.approx(float(loss(plain.weights, config)), rel=1e-8)
        assert shown.trace.losses[-1] == shown.loss
        assert (shown.config.rate, shown.config.momentum) == (plain.rate, plain.momentum)
        assume(lesson.margin > 1e-8)  # else rounding decides
        assert (shown.right_since, shown.learned_since) == (lesson.since[0.5], lesson.since[0.1])
        arrived, first = lesson.arrived
        record = shown.record
        assert (record.right.since, record.learned.since) == (arrived[0.5], arrived[0.1])
        assert (record.right.first, record.learned.first) == (first[0.5], first[0.1])
        trainer.advance(1)
        lesson.advance()


def test_a_set_weight_is_seen_at_once() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(100)
    before = trainer.snapshot()
    trainer.intervene("b2", 30.0, (0,))
    shown = trainer.snapshot()
    assert (before.right_since, shown.right_since) == (82, None)
    assert shown.step == 100
    assert shown.weights.b2 == [30.0]
    assert shown.loss == pytest.approx(float(loss(shown.weights, QUICK)), rel=1e-12)
    np.testing.assert_allclose(shown.outputs, outputs(shown.weights, "sigmoid"), rtol=1e-12)
    np.testing.assert_array_equal(shown.trace.losses[:-1], before.trace.losses[:-1])
    assert (shown.trace.losses[-1], shown.record.loss) == (shown.loss, shown.loss)
    assert_same_arrays(before.weights, trained(QUICK, 100).weights)  # a value


def assert_same_arrays(mine: Weights, other: Weights) -> None:
    for a, b in zip(mine.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_only_the_last_value_at_a_step_counts_for_streaks() -> None:
    there, back = Trainer(QUICK), Trainer(QUICK)
    for trainer in (there, back):
        trainer.advance(100)
    own = float(there.snapshot().weights.b2[0])  # type: ignore[index]
    there.intervene("b2", 30.0, (0,))  # this breaks the streak
    for trainer in (there, back):
        trainer.intervene("b2", own, (0,))  # and this repairs it
        trainer.advance(0)
        assert trainer.snapshot().right_since == 82
    assert_same_bits(there.snapshot(), back.snapshot())
    for trainer in (there, back):
        trainer.advance(100)
    assert_same_bits(there.snapshot(), back.snapshot())


def test_a_setting_undone_at_its_step_is_not_recorded() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(5)
    trainer.intervene("rate", 0.2)
    trainer.advance(2)
    trainer.intervene("rate", 0.3)
    trainer.advance(3)
    for name, value in (("rate", 0.2), ("momentum", 0.1), ("rate", 0.3), ("momentum", 0.5)):
        trainer.intervene(name, value)
    made = (Intervention(5, "rate", 0.2), Intervention(7, "rate", 0.3))
    assert trainer.snapshot().interventions == made
    trainer.intervene("rate", 1.0)
    assert trainer.snapshot().interventions == (*made, Intervention(10, "rate", 1.0))


def test_changes_at_different_steps_are_all_recorded() -> None:
    trainer = Trainer(QUICK)
    for index in ((0, 0), (0, 1), (0, 0)):
        trainer.intervene("w1", 0.5, index)
        trainer.advance(1)
    assert [(c.step, c.index) for c in trainer.snapshot().interventions] == [
        (0, (0, 0)),
        (1, (0, 1)),
        (2, (0, 0)),
    ]


def test_changes_at_one_step_have_no_order() -> None:
    made = [("w1", 0.5, (1, 0)), ("rate", 0.3, ()), ("b2", 1.0, (0,)), ("w1", 0.25, (0, 4))]
    one, other = Trainer(QUICK), Trainer(QUICK)
    for trainer, changes in ((one, made), (other, made[::-1])):
        trainer.advance(7)
        for change in changes:
            trainer.intervene(*change)
        trainer.advance(7)
    assert one.record() == other.record()
    assert_same_bits(one.snapshot(), other.snapshot())


def test_a_weight_set_by_hand_ends_a_halt() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(1000, StopRules(at_step=100))
    trainer.intervene("rate", 0.5)
    assert trainer.snapshot().halt is Halt.AT_STEP
    trainer.intervene("b2", 0.5, (0,))
    assert trainer.snapshot().halt is None


def test_a_loss_reached_by_hand_does_not_stop_the_run() -> None:
    trainer, rules = Trainer(QUICK), StopRules(at_step=None, at_loss=1.0)
    trainer.advance(100)
    own = float(trainer.snapshot().weights.b2[0])  # type: ignore[index]
    trainer.intervene("b2", 30.0, (0,))
    trainer.advance(1)
    assert trainer.loss > 1
    trainer.intervene("b2", own, (0,))
    assert trainer.loss < 1
    assert trainer.advance(50, rules) is None


def test_a_checkpoint_is_the_state_before_changes() -> None:
    trainer, plain = Trainer(QUICK), Trainer(QUICK)
    for each in (trainer, plain):
        each.advance(100)
    trainer.intervene("momentum", 0.9)
    trainer.intervene("b2", 30.0, (0,))
    mine, other = trainer.checkpoint(), plain.checkpoint()
    assert (mine.step, mine.right, mine.learned) == (100, other.right, other.learned)
    np.testing.assert_array_equal(mine.parameters, other.parameters)
    np.testing.assert_array_equal(mine.velocity, other.velocity)
    trainer.advance(1)
    assert trainer.checkpoint().step == 101
    assert trainer.checkpoint().right.since is None


def test_a_resumed_trainer_continues_as_the_first() -> None:
    for step in (0, 63, 64, 100):
        other, trainer = Trainer(QUICK), Trainer(dataclasses.replace(QUICK, rate=3, momentum=0))
        other.advance(step)
        checkpoint, then = other.checkpoint(), other.snapshot()
        other.intervene("rate", 0.25)
        other.advance(30)
        other.intervene("momentum", 0.0)
        trainer.advance(200)
        trainer.intervene("b2", 1.0, (0,))
        trainer.resume(other.record(), checkpoint)
        start, arrival = trainer.snapshot(), trainer.checkpoint()
        assert start.halt is None
        assert (arrival.step, arrival.right) == (step, checkpoint.right)
        np.testing.assert_array_equal(arrival.parameters, checkpoint.parameters)
        if step:
            assert_same_bits(start, then)
        trainer.intervene("rate", 0.25)
        trainer.advance(30)
        trainer.intervene("momentum", 0.0)
        assert_same_bits(trainer.snapshot(), other.snapshot())


def test_a_run_can_be_changed_ten_thousand_times() -> None:
    trainer = Trainer(QUICK)
    made = tuple(Intervention(step, "rate", 0.5) for step in range(MOST_INTERVENTIONS))
    trainer.resume(
        dataclasses.replace(trainer.record(), interventions=made),
        dataclasses.replace(trainer.checkpoint(), step=MOST_INTERVENTIONS - 1),
    )
    assert len(trainer.interventions) == MOST_INTERVENTIONS - 1
    trainer.intervene("rate", 0.25)
    with pytest.raises(SettingError, match="at most 10000 times"):
        trainer.intervene("momentum", 0.25)
    trainer.intervene("momentum", QUICK.momentum)  # which is no change
    trainer.intervene("rate", 0.125)  # in place of the last
    assert trainer.interventions[-1] == Intervention(MOST_INTERVENTIONS - 1, "rate", 0.125)


SETTINGS = [
    RunConfig(
        width=width,
        rate=0.3 / width,
        activation=activation,
        loss=loss_name,
        biases=biases,
        momentum=momentum,
    )
    for activation in ACTIVATION_NAMES
    for loss_name in LOSS_NAMES
    for width, biases, momentum in ((3, False, 0.0), (5, True, 0.9))
]
"""All activations and losses, with momentum and without."""

MADE: dict[int, list[Change]] = {
    0: [("w2", 0.5, (0, 0))],
    64: [("rate", 0.02, ()), ("momentum", 0.5, ())],
    100: [("w1", -1.5, (1, 2)), ("w2", 0.75, (1, 0))],
    101: [("w1", 1.5, (1, 1))],
    200: [("momentum", 0.0, ())],
    300: [("rate", 1e-5, ()), ("momentum", 0.25, ())],
}


def computed(
    config: RunConfig, changes: dict[int, list[Change]], steps: int
) -> tuple[Array, Array]:
    """Return the outputs (1 + steps, 4) and norms (1 + steps,) computed by network.py."""
    plain, shown, norms = Readable(config), [], []
    for step in range(steps + 1):
        for name, value, index in changes.get(step, []):
            if index:
                getattr(plain.weights, name)[index] = value
            else:
                setattr(plain, name, value)
        shown.append(outputs(plain.weights, config.activation))
        norms.append(np.linalg.norm(flat(gradient(plain.weights, config))))
        plain.step()
    return np.array(shown), np.array(norms)


def assert_matches(trace: Trace, expected: tuple[Array, Array]) -> None:
    for mine, plain in zip((trace.outputs, trace.gradient_norms), expected, strict=True):
        np.testing.assert_allclose(mine, plain[trace.steps], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(("division", "config"), some(product((1, 7, 64, 65, 400), SETTINGS), 4))
def test_every_trace_point_matches_network(config: RunConfig, division: int) -> None:
    expected, trainer = computed(config, MADE, 400), Trainer(config)
    for step in sorted({*range(0, 400, division), *MADE, 400}):
        trainer.advance(step - trainer.step)
        for change in MADE.get(step, []):
            trainer.intervene(*change)
        assert_matches(trainer.record().trace, expected)
    trace = trainer.snapshot().trace
    assert trace.steps.tolist() == list(range(401))
    assert_matches(trace, expected)


@pytest.mark.parametrize("config", some(SETTINGS[::5], 1))
def test_thinned_trace_points_are_exact(config: RunConfig) -> None:
    trainer = Trainer(config)
    trainer.advance(CAPACITY + 100)
    trace = trainer.record().trace
    assert len(trace.steps) <= CAPACITY
    assert_matches(trace, computed(config, {}, CAPACITY + 100))


@pytest.mark.parametrize(("config", "step"), some(product(SETTINGS[::5], (0, 64, 100, 130)), 4))
def test_forks_have_their_own_trace_points(config: RunConfig, step: int) -> None:
    run = Recording(config)
    for at, changes in MADE.items():
        run.advance(at - run.newest)
        for made in changes:
            run.intervene(*made)
    before = {at: changes for at, changes in MADE.items() if at <= step}
    change: Change = ("w1", 0.125, (0, 0))
    branch = Recording(run.fork(step).record())
    assert_matches(branch.record().trace, computed(config, before, step))
    branch.intervene(*change)
    others = {**before, step: [*before.get(step, []), change]}
    assert_matches(branch.record().trace, computed(config, others, step))
    branch.advance(200)
    assert_matches(branch.record().trace, computed(config, others, step + 200))


def test_unknown_columns_of_an_old_run_stay_unknown() -> None:
    run = Recording(QUICK)
    run.advance(100)
    record = run.record()
    old = dataclasses.replace(record, trace=Trace(record.trace.steps, record.trace.losses))
    again = Recording(old)
    again.advance(50)
    trace = again.record().trace
    assert np.isnan(trace.outputs[:100]).all()
    assert np.isnan(trace.gradient_norms[:100]).all()
    run.advance(50)
    whole = run.record().trace
    np.testing.assert_array_equal(trace.outputs[100:], whole.outputs[100:])
    np.testing.assert_array_equal(trace.gradient_norms[100:], whole.gradient_norms[100:])


def test_a_diverged_run_has_its_last_gradient_norm(blowup: Blowup) -> None:
    trainer = Trainer(blowup.config)
    trainer.advance(1000)
    snapshot = trainer.snapshot()
    with np.errstate(all="ignore"):
        norm = np.linalg.norm(flat(snapshot.gradient))
    norm_in_trace = snapshot.trace.gradient_norms[-1]
    assert (
        norm_in_trace == pytest.approx(norm, rel=1e-12)
        if np.isfinite(norm)
        else np.isnan(norm_in_trace)
    )
    assert not np.isinf(snapshot.trace.gradient_norms).any()
    np.testing.assert_array_equal(snapshot.trace.outputs[-1], snapshot.outputs)


def test_at_a_vanishing_rate_only_the_last_norm_is_known() -> None:
    for rate in (5e-324, 1e-100):
        trainer = Trainer(RunConfig(rate=rate))
        trainer.advance(100)
        trace = trainer.snapshot().trace
        assert np.isnan(trace.gradient_norms[:-1]).all()
        expected = np.linalg.norm(flat(trainer.snapshot().gradient))
        assert trace.gradient_norms[-1] == pytest.approx(expected, rel=1e-12)
