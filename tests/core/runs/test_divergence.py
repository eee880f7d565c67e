"""Runs that diverge stop at their last finite step."""

from dataclasses import replace

import numpy as np
import pytest

from tests.core.runs.test_trainer import assert_same_bits
from tests.support.bits import overflowing
from tests.support.reference import Readable
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import Weights, flat, initial_weights, loss, outputs
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig

RELU = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy")


def begin_with(monkeypatch: pytest.MonkeyPatch, start: Weights) -> None:
    """Make every new trainer start from these weights.

    From those of a seed no valid settings are known to overflow: the output saturates long before.
    """
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: start)


def is_finite(config: RunConfig, weights: Weights) -> bool:
    return bool(np.isfinite([*flat(weights), float(loss(weights, config))]).all())


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
@pytest.mark.parametrize(
    ("config", "seed", "scale", "last"),
    [
        (RELU, 0, 1e150, 2),
        (replace(RELU, momentum=0.9), 29, 1e150, 11),
        (replace(RELU, momentum=0.9, biases=True), 5, 1e150, 1),
        (replace(RELU, momentum=0.99, biases=True), 54, 1e145, 3),
    ],
)
def test_a_run_stops_at_its_last_finite_step_until_a_lower_rate_continues_it(
    monkeypatch: pytest.MonkeyPatch,
    config: RunConfig, seed: int, scale: float, last: int, kernel: str,
) -> None:  # fmt: skip
    start = initial_weights(replace(config, seed=seed)).each(lambda array: scale * array)
    begin_with(monkeypatch, start)
    trainer, singly, plain = (
        Trainer(config, kernel),
        Trainer(config, kernel),
        Readable(config, start),
    )
    assert trainer.advance(1000, StopRules(at_step=last)) is Halt.AT_STEP  # which comes first
    assert trainer.advance(1000) is Halt.DIVERGED
    seen = trainer.snapshot()
    assert (seen.step, seen.halt, seen.diverged_at) == (last, Halt.DIVERGED, last + 1)
    with np.errstate(all="ignore"):
        plain.step(last)
        assert is_finite(config, plain.weights)
        np.testing.assert_allclose(flat(seen.weights), flat(plain.weights), rtol=1e-12)
        plain.step()
        assert not is_finite(config, plain.weights)
    assert seen.loss == pytest.approx(float(loss(seen.weights, config)), rel=1e-12)
    shown = outputs(seen.weights, config)
    np.testing.assert_allclose(seen.outputs, shown, rtol=1e-12, atol=1e-100)
    assert np.isfinite([*flat(seen.gradient), *seen.trace.losses]).all()
    np.testing.assert_array_equal(seen.trace.steps, np.arange(last + 1))
    np.testing.assert_array_equal(seen.trace.outputs[-1], seen.outputs)
    assert not np.isinf(seen.trace.gradient_norms).any()

    while singly.advance(1) is None:
        pass
    for rules in (NEVER, StopRules(), StopRules(at_step=None, when_learned=True)):
        assert_same_bits(singly.snapshot(), seen)
        assert singly.advance(100, rules) is singly.snapshot().halt is Halt.DIVERGED
    singly.intervene("rate", 1e-9)
    singly.intervene("momentum", 0)
    assert singly.advance(100) is None
    assert (singly.step, singly.snapshot().diverged_at) == (last + 100, None)


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
def test_a_divergence_after_several_blocks_is_found_at_its_step(
    monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    trainer = Trainer(overflowing(monkeypatch), kernel)
    trainer.intervene("rate", 5e-324)
    trainer.advance(3 * BLOCK - 1)
    trainer.intervene("rate", 1000)
    assert trainer.advance(1000) is Halt.DIVERGED
    assert trainer.step == 3 * BLOCK - 1 + 11


def test_an_infinite_weight_stops_a_run_with_a_finite_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first step sends w2 to minus infinity: every output is 0, as it should be.
    start = Weights(np.zeros((2, 1)), np.array([1e306]), np.zeros((1, 1)), np.zeros(1))
    begin_with(monkeypatch, start)
    trainer = Trainer(replace(RELU, width=1, biases=True, loss="sse", targets=(0, 0, 0, 0)))
    assert trainer.advance(1) is trainer.advance(1000) is Halt.DIVERGED
    seen = trainer.snapshot()
    assert (seen.step, seen.diverged_at, seen.loss) == (0, 1, 1.0)
    np.testing.assert_array_equal(flat(seen.weights), flat(start))
