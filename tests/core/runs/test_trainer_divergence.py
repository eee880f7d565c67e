"""Runs that diverge stop at their last finite step."""

import dataclasses
from itertools import product

import numpy as np
import pytest

from tests.core.runs.test_trainer import LEARNED, assert_same_bits
from tests.support.bits import Change
from tests.support.cases import some
from tests.support.reference import Readable
from tests.support.snapshots import QUICK, trained
from xorviz.core.arrays import Array
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import Weights, flat, gradient, initial_weights, loss, outputs
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.runs.trace import CAPACITY, Trace
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig


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
            readable.step(steps)
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


def test_an_infinite_weight_stops_a_run_with_a_finite_loss(monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.thorough
@pytest.mark.parametrize("config", SETTINGS[::5])
def test_thinned_trace_points_are_exact(config: RunConfig) -> None:
    trainer = Trainer(config)
    trainer.advance(CAPACITY + 100)
    trace = trainer.record().trace
    assert len(trace.steps) <= CAPACITY
    assert_matches(trace, computed(config, {}, CAPACITY + 100))


@pytest.mark.parametrize(("config", "step"), some(product(SETTINGS[::5], (0, 64, 100, 130)), 2))
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


def test_at_a_vanishing_rate_only_the_last_norm_is_known() -> None:
    for rate in (5e-324, 1e-100):
        trainer = Trainer(RunConfig(rate=rate))
        trainer.advance(100)
        trace = trainer.snapshot().trace
        assert np.isnan(trace.gradient_norms[:-1]).all()
        expected = np.linalg.norm(flat(trainer.snapshot().gradient))
        assert trace.gradient_norms[-1] == pytest.approx(expected, rel=1e-12)
