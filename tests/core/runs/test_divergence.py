"""Runs that diverge stop at their last finite step."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.core.runs.test_trainer import LEARNED, assert_same_bits
from tests.support.reference import Readable
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import Weights, flat, gradient, initial_weights, loss, outputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig


@dataclass(frozen=True)
class Blowup:
    """A run whose numbers overflow in the step after last_step.

    No valid settings are known to do so, since the output saturates long before: these runs
    start from weights that no seed gives.
    """

    config: RunConfig
    start: Weights
    last_step: int

    def weights_after(self, steps: int) -> Weights:
        """Return the weights of the plain loop after a number of steps."""
        readable = Readable(self.config, self.start)
        with np.errstate(all="ignore"):
            readable.step(steps)
        return readable.weights

    def is_finite_after(self, steps: int) -> bool:
        weights = self.weights_after(steps)
        with np.errstate(all="ignore"):
            return bool(np.isfinite([*flat(weights), float(loss(weights, self.config))]).all())


RELU = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy")


@pytest.fixture(
    params=[
        (RELU, 0, 1e150, 2),
        (replace(RELU, momentum=0.9), 29, 1e150, 11),
        (replace(RELU, momentum=0.9, biases=True), 5, 1e150, 1),
        (replace(RELU, momentum=0.99, biases=True), 54, 1e145, 3),
    ],
    ids=["plain", "momentum", "first steps", "last weight"],
)
def blowup(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Blowup:
    """Make every new trainer start from weights that overflow."""
    config, seed, scale, last_step = request.param
    start = initial_weights(replace(config, seed=seed)).each(lambda array: scale * array)
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: start)
    return Blowup(config, start, last_step)


def ended(blowup: Blowup) -> tuple[Trainer, Snapshot]:
    """Return a trainer that has diverged, and its last state."""
    trainer = Trainer(blowup.config)
    assert trainer.advance(1000) is Halt.DIVERGED
    return trainer, trainer.snapshot()


def test_a_run_stops_at_its_last_finite_step_with_finite_numbers(blowup: Blowup) -> None:
    _, seen = ended(blowup)
    assert (seen.step, seen.halt) == (blowup.last_step, Halt.DIVERGED)
    assert seen.diverged_at == blowup.last_step + 1
    assert blowup.is_finite_after(blowup.last_step)
    assert not blowup.is_finite_after(blowup.last_step + 1)
    plain = blowup.weights_after(blowup.last_step)
    np.testing.assert_allclose(flat(seen.weights), flat(plain), rtol=1e-12)
    assert seen.loss == pytest.approx(float(loss(seen.weights, blowup.config)), rel=1e-12)
    np.testing.assert_array_equal(seen.outputs, outputs(seen.weights, blowup.config.activation))
    for numbers in (flat(seen.gradient), seen.trace.losses, [seen.loss]):
        assert np.isfinite(numbers).all()
    np.testing.assert_array_equal(seen.trace.steps, np.arange(blowup.last_step + 1))
    np.testing.assert_array_equal(seen.trace.outputs[-1], seen.outputs)
    with np.errstate(all="ignore"):
        norm = np.linalg.norm(flat(gradient(seen.weights, blowup.config)))
    told = seen.trace.gradient_norms
    assert told[-1] == pytest.approx(norm, rel=1e-12) if np.isfinite(norm) else np.isnan(told[-1])
    assert not np.isinf(told).any()


def test_a_diverged_run_is_the_same_in_single_steps_and_stays_there(blowup: Blowup) -> None:
    _, seen = ended(blowup)
    trainer = Trainer(blowup.config)
    while trainer.advance(1) is None:
        pass
    for rules in (NEVER, StopRules(), LEARNED):
        assert_same_bits(trainer.snapshot(), seen)
        assert trainer.advance(100, rules) is Halt.DIVERGED
        assert trainer.snapshot().diverged_at == seen.diverged_at


def test_a_lower_rate_continues_a_diverged_run(blowup: Blowup) -> None:
    trainer, _ = ended(blowup)
    trainer.intervene("rate", 1e-9)
    trainer.intervene("momentum", 0)
    assert trainer.advance(100) is None
    seen = trainer.snapshot()
    assert (seen.step, seen.diverged_at) == (blowup.last_step + 100, None)
    assert np.isfinite(flat(seen.weights)).all()


def test_a_divergence_after_several_blocks_is_found_at_its_step(blowup: Blowup) -> None:
    trainer = Trainer(blowup.config)
    trainer.intervene("rate", 5e-324)
    trainer.advance(3 * BLOCK - 1)
    known = trainer.snapshot().trace.gradient_norms
    assert np.isnan(known[:-1]).all()  # they cannot be told at a vanishing rate
    trainer.intervene("rate", blowup.config.rate)
    assert trainer.advance(1000) is Halt.DIVERGED
    assert trainer.step == 3 * BLOCK - 1 + blowup.last_step


def test_a_rule_met_before_a_divergence_comes_first(blowup: Blowup) -> None:
    _, seen = ended(blowup)
    losses = seen.trace.losses
    falls = np.flatnonzero((losses[1:] <= 1e6) & (losses[:-1] > 1e6)) + 1
    trainer = Trainer(blowup.config)
    halt = trainer.advance(1000, StopRules(at_step=None, at_loss=1e6))
    assert (halt, trainer.step) == (
        (Halt.AT_LOSS, falls[0]) if len(falls) else (Halt.DIVERGED, blowup.last_step)
    )
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
    assert trainer.advance(1) is trainer.advance(1000) is Halt.DIVERGED
    seen = trainer.snapshot()
    assert (seen.step, seen.diverged_at, seen.loss) == (0, 1, 1.0)
    np.testing.assert_array_equal(flat(seen.weights), flat(start))
