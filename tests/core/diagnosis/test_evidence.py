"""Evidence of a diagnosis, against calculations by hand."""

import json
import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.support import snapshots
from tests.support.snapshots import QUICK, with_weights
from xorviz.core.diagnosis.diagnosis import diagnose, diagnose_seen
from xorviz.core.diagnosis.evidence import Evidence, evidence_of, measured
from xorviz.core.diagnosis.reach import has_fixed_origin
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.trend import Trend
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import Weights, flat, hidden, initial_weights
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig

PLAIN = RunConfig(width=2)

trained = partial(snapshots.trained, kernel=NUMBA)
"""The faster kernel."""


def gathered(weights: Weights, config: RunConfig, trend: Trend | None = None) -> Evidence:
    return evidence_of(measured(weights, config, trend))


def network(w1: list[list[float]], w2: list[float]) -> Weights:
    return Weights(np.array(w1, dtype=float), None, np.array(w2, dtype=float)[:, np.newaxis], None)


def test_loss_outputs_gradient_and_slope_are_those_of_the_run() -> None:
    snapshot = trained(QUICK, 50)
    evidence = gathered(snapshot.weights, snapshot.config)
    assert evidence.loss == pytest.approx(snapshot.loss, rel=1e-12)
    assert evidence.outputs == pytest.approx(tuple(snapshot.outputs), rel=1e-12)
    assert evidence.gradient_norm == pytest.approx(np.linalg.norm(flat(snapshot.gradient)))
    assert evidence.right == snapshot.right.sum()
    config = RunConfig(rate=1e-4)
    before, after = (trained(config, steps) for steps in (100, 101))
    slope = gathered(before.weights, config).slope
    assert slope == pytest.approx(after.loss - before.loss, rel=1e-3)


def test_momentum_lengthens_the_steps_and_a_trend_far_below_replaces_their_slope() -> None:
    weights = trained(PLAIN).weights
    plain, fast = (gathered(weights, replace(PLAIN, momentum=m)).slope for m in (0.0, 0.9))
    assert plain is not None
    assert fast == pytest.approx(10 * plain)
    for share, believed in ((2, plain), (20, plain / 20)):
        fall = -plain / share
        last = 1 - 10 * fall
        trend = Trend(*map(np.asarray, (fall, last - 1, last, last, 1.0, False, 0.0)))
        assert gathered(weights, PLAIN, trend).slope == pytest.approx(believed)


def test_the_estimate_is_about_right_while_the_28_lines_learn() -> None:
    for step in (25_000, 30_000, 40_000, 50_000, 70_000):
        learned_at = 74_065  # by training on
        snapshot = trained(RunConfig(), step)
        left = gathered(snapshot.weights, snapshot.config).steps_left
        assert left == pytest.approx(learned_at - step, rel=0.5)
    assert gathered(trained(QUICK, 400).weights, QUICK).steps_left == 0
    level = with_weights(RunConfig(activation="tanh", biases=True), fill=0.0)
    assert gathered(level.weights, level.config).steps_left == math.inf


def test_a_pass_adds_up_the_losses_of_the_rows_and_adam_has_only_its_trend() -> None:
    weights = trained(PLAIN).weights
    trend = Trend(*map(np.asarray, (0.0, 0.0, 0.0, 0.0, 0.0, False, 0.0)))
    for loss, times in (("sse", 1), ("mse", 4)):
        batch = gathered(weights, replace(PLAIN, loss=loss, rate=1e-4))
        row_by_row = gathered(weights, replace(PLAIN, loss=loss, rate=1e-4, batch="pass"))
        assert row_by_row.slope == pytest.approx(times * (batch.slope or 0))
    adam = replace(PLAIN, optimizer="adam")
    assert diagnose(weights, adam).evidence.slope is None
    assert diagnose(weights, adam).state in NAMES
    first = diagnose(weights, adam, step=0).evidence
    assert (first.slope, first.change) == (None, None)
    falling = replace(trend, change=np.array(-0.25), last=np.array(2.0))
    assert gathered(weights, adam, falling).slope == -0.25


@pytest.mark.parametrize(
    "config",
    [
        RunConfig(rate=1, biases=True, batch="pass"),
        RunConfig(rate=0.1, seed=1, biases=True, output="linear"),
        RunConfig(rate=0.05, biases=True, optimizer="adam"),
    ],
)
def test_the_estimate_is_about_right_for_other_recipes(config: RunConfig) -> None:
    recording = Recording(config, kernel=NUMBA)
    recording.advance(900)
    record = recording.snapshot().record
    first, since = record.right.first, record.learned.since
    assert first is not None
    assert since is not None
    left = diagnose_seen(recording.state_at((first + since) // 2)).evidence.steps_left
    assert left == pytest.approx((since - first) / 2, rel=0.5)


def test_a_loss_and_its_mean_at_four_times_the_rate_have_as_many_steps_left() -> None:
    weights = initial_weights(QUICK)
    for one, mean in (("half-sse", "half-mse"), ("cross-entropy", "mean-cross-entropy")):
        summed = gathered(weights, replace(QUICK, loss=one, rate=0.5))
        averaged = gathered(weights, replace(QUICK, loss=mean, rate=2))
        assert averaged.steps_left == summed.steps_left


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_units_with_nearly_equal_incoming_weights_coincide_at_any_scale(scale: float) -> None:
    into = [[1, -1, 1.001, 2, -1, 0.5], [3, 4, 3.0, 6, 4.001, 0.5]]  # h1 and h4 are parallel
    weights = network((scale * np.array(into)).tolist(), [1, 2, 3, 4, 5, 6])
    assert gathered(weights, RunConfig(width=6)).coinciding == ((0, 2), (1, 4))
    assert gathered(network([[0.0] * 3] * 2, [1, 1, 1]), RunConfig()).coinciding == ((0, 1, 2),)

    config = RunConfig(width=2, biases=True)
    for bias, groups in ((1.0, ((0, 1),)), (1.1, ())):
        weights = Weights(np.ones((2, 2)), np.array([1.0, bias]), np.ones((2, 1)), np.zeros(1))
        assert gathered(weights, config).coinciding == groups


def test_a_unit_near_its_bounds_is_saturated() -> None:
    for activation, middle, bound in (("sigmoid", 0.5, 0.5), ("tanh", 0.0, 1.0)):
        config = RunConfig(width=2, activation=activation)
        weights = network([[20, 0.5], [-20, 0.5]], [1, 1])
        evidence = gathered(weights, config)
        expected = (np.abs(hidden(weights, config) - middle) > 0.96 * bound).mean(axis=0)
        assert evidence.saturation == tuple(expected) == (0.5, 0.0)
        assert evidence.saturated == ()
        assert gathered(network([[20, 0], [20, 0]], [1, 1]), config).saturated == (0,)


def test_a_relu_unit_with_response_0_is_dead() -> None:
    config = RunConfig(width=3, activation="relu")
    evidence = gathered(network([[-1, 1, -1], [-1, -2, 0]], [1, 1, 1]), config)
    assert evidence.dead == (0, 2)
    assert evidence.saturation == (0, 0, 0)
    assert gathered(with_weights(RunConfig(), fill=0.0).weights, RunConfig()).dead == ()


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_without_biases_tanh_and_relu_fix_the_origin(activation: str, biases: bool) -> None:
    config = RunConfig(activation=activation, biases=biases)
    seen = [with_weights(config, fill=fill) for fill in (0.3, 2.0)]
    is_fixed = all(shown.outputs[1] == 0.5 for shown in seen)
    assert has_fixed_origin(config) is is_fixed
    assert is_fixed == (activation != "sigmoid" and not biases)


def test_evidence_can_be_written_as_json() -> None:
    config = RunConfig(width=2, activation="relu")
    plain = replace(gathered(network([[-1, -1], [-1, -1]], [1, 1]), config), pinned=(1,)).to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["outputs"] == {"0 0": 0.5, "0 1": 0.5, "1 0": 0.5, "1 1": 0.5}
    assert plain["targets"] == {"0 0": 0, "0 1": 1, "1 0": 1, "1 1": 0}
    assert plain["pinned"] == {"0 0": 0.5}
    assert (plain["coinciding"], plain["dead"]) == ([["h1", "h2"]], ["h1", "h2"])
    assert (plain["steps_left"], plain["loss"]) == (None, 1)
