"""Runs that diverge stop at their last finite step."""

import dataclasses

import numpy as np
import pytest

from tests.core.runs.test_trainer import LEARNED, assert_same_bits
from tests.support.reference import Readable
from tests.support.snapshots import trained
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import Weights, flat, initial_weights, loss, outputs
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig


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
