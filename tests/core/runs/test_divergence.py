"""Runs that diverge stop at their last finite step."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest

from tests.core.runs.test_trainer import LEARNED, assert_same_bits
from tests.support.reference import Readable
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import Weights, flat, initial_weights, loss, outputs
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
    kernel: str

    def trainer(self) -> Trainer:
        return Trainer(self.config, self.kernel)

    @np.errstate(all="ignore")
    def after(self, steps: int) -> tuple[Weights, bool]:
        """Return the weights of the plain loop after some steps, and whether all is finite."""
        readable = Readable(self.config, self.start)
        readable.step(steps)
        numbers = [*flat(readable.weights), float(loss(readable.weights, self.config))]
        return readable.weights, bool(np.isfinite(numbers).all())


RELU = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy")


OVERFLOWING = [
    (RELU, 0, 1e150, 2),
    (replace(RELU, momentum=0.9), 29, 1e150, 11),
    (replace(RELU, momentum=0.9, biases=True), 5, 1e150, 1),
    (replace(RELU, momentum=0.99, biases=True), 54, 1e145, 3),
]
"""Settings, the seed of weights, their factor, and the last step."""


@pytest.fixture(params=product(OVERFLOWING, KERNEL_NAMES), ids=lambda p: f"{p[0][3]}-{p[1]}")
def blowup(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Blowup:
    """Make every new trainer start from weights that overflow."""
    (config, seed, scale, last_step), kernel = request.param
    start = initial_weights(replace(config, seed=seed)).each(lambda array: scale * array)
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: start)
    return Blowup(config, start, last_step, kernel)


def ended(blowup: Blowup) -> Snapshot:
    """Return the last state of a run that has diverged."""
    trainer = blowup.trainer()
    assert trainer.advance(1000) is Halt.DIVERGED
    return trainer.snapshot()


def test_a_run_stops_at_its_last_finite_step_with_finite_numbers(blowup: Blowup) -> None:
    seen = ended(blowup)
    assert (seen.step, seen.halt) == (blowup.last_step, Halt.DIVERGED)
    assert seen.diverged_at == blowup.last_step + 1
    (plain, is_finite), (_, goes_on) = map(blowup.after, (seen.step, seen.step + 1))
    assert (is_finite, goes_on) == (True, False)
    np.testing.assert_allclose(flat(seen.weights), flat(plain), rtol=1e-12)
    assert seen.loss == pytest.approx(float(loss(seen.weights, blowup.config)), rel=1e-12)
    shown = outputs(seen.weights, blowup.config.activation)
    np.testing.assert_allclose(seen.outputs, shown, rtol=1e-12, atol=1e-100)
    for numbers in (flat(seen.gradient), seen.trace.losses, [seen.loss]):
        assert np.isfinite(numbers).all()
    np.testing.assert_array_equal(seen.trace.steps, np.arange(blowup.last_step + 1))
    np.testing.assert_array_equal(seen.trace.outputs[-1], seen.outputs)
    assert not np.isinf(seen.trace.gradient_norms).any()


def test_a_diverged_run_stays_where_it_ended_until_a_lower_rate_continues_it(
    blowup: Blowup,
) -> None:
    seen = ended(blowup)
    trainer = blowup.trainer()
    while trainer.advance(1) is None:
        pass
    for rules in (NEVER, StopRules(), LEARNED):
        assert_same_bits(trainer.snapshot(), seen)
        assert trainer.advance(100, rules) is Halt.DIVERGED
        assert trainer.snapshot().diverged_at == seen.diverged_at
    trainer.intervene("rate", 1e-9)
    trainer.intervene("momentum", 0)
    assert trainer.advance(100) is None
    after = trainer.snapshot()
    assert (after.step, after.diverged_at) == (blowup.last_step + 100, None)


def test_a_divergence_after_several_blocks_is_found_at_its_step(blowup: Blowup) -> None:
    trainer = blowup.trainer()
    trainer.intervene("rate", 5e-324)
    trainer.advance(3 * BLOCK - 1)
    trainer.intervene("rate", blowup.config.rate)
    assert trainer.advance(1000) is Halt.DIVERGED
    assert trainer.step == 3 * BLOCK - 1 + blowup.last_step


def test_a_rule_met_before_a_divergence_comes_first(blowup: Blowup) -> None:
    trainer, rules = blowup.trainer(), StopRules(at_step=blowup.last_step)
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
