"""Points of a trace against network.py."""

import dataclasses
from itertools import product

import numpy as np
import pytest

from tests.support.bits import Change
from tests.support.cases import some
from tests.support.reference import Readable
from tests.support.snapshots import QUICK
from xorviz.core.arrays import Array
from xorviz.core.network import flat, gradient, outputs
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trace import CAPACITY, Trace
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig

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
