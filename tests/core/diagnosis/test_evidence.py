"""Evidence of a diagnosis, against calculations by hand."""

import json
import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.support import snapshots
from tests.support.snapshots import QUICK, with_weights
from xorviz.core.diagnosis.evidence import Evidence, evidence_of, measured, row_name
from xorviz.core.diagnosis.trend import Trend
from xorviz.core.diagnosis.words import evidence_lines
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import Weights, flat, hidden, initial_weights
from xorviz.core.settings import RunConfig

PLAIN = RunConfig(width=2)


trained = partial(snapshots.trained, kernel=NUMBA)
"""The faster kernel."""


def gathered(weights: Weights, config: RunConfig, trend: Trend | None = None) -> Evidence:
    return evidence_of(measured(weights, config, trend), config, trend)


def network(w1: list[list[float]], w2: list[float]) -> Weights:
    return Weights(np.array(w1, dtype=float), None, np.array(w2, dtype=float)[:, np.newaxis], None)


def flat_trend(fall_per_step: float) -> Trend:
    last = 1 - 10 * fall_per_step
    numbers = (fall_per_step, last - 1, last, last, 1.0, False, 0.0)
    return Trend(*map(np.asarray, numbers))


def test_loss_outputs_and_gradient_are_those_of_the_run() -> None:
    snapshot = trained(QUICK, 50)
    evidence = gathered(snapshot.weights, snapshot.config)
    assert evidence.loss == pytest.approx(snapshot.loss, rel=1e-12)
    assert evidence.outputs == pytest.approx(tuple(snapshot.outputs), rel=1e-12)
    assert evidence.gradient_norm == pytest.approx(np.linalg.norm(flat(snapshot.gradient)))
    assert evidence.right == snapshot.right.sum()


def test_the_slope_is_the_change_of_the_loss_in_a_step() -> None:
    config = RunConfig(rate=1e-4)
    before, after = (trained(config, steps) for steps in (100, 101))
    slope = gathered(before.weights, config).slope
    assert slope == pytest.approx(after.loss - before.loss, rel=1e-3)


def test_momentum_lengthens_the_steps() -> None:
    weights = trained(PLAIN).weights
    plain, fast = (gathered(weights, replace(PLAIN, momentum=m)).slope for m in (0.0, 0.9))
    assert plain is not None
    assert fast == pytest.approx(10 * plain)


def test_a_trend_far_below_the_prediction_replaces_it() -> None:
    weights = trained(PLAIN).weights
    promised = gathered(weights, PLAIN).slope
    assert promised is not None
    followed = gathered(weights, PLAIN, flat_trend(-promised / 2))
    assert followed.slope == promised
    stands = gathered(weights, PLAIN, flat_trend(-promised / 20))
    assert stands.slope == pytest.approx(promised / 20)


def test_the_estimate_is_about_right_while_the_28_lines_learn() -> None:
    for step in (25_000, 30_000, 40_000, 50_000, 70_000):
        learned_at = 74_065  # by training on
        snapshot = trained(RunConfig(), step)
        left = gathered(snapshot.weights, snapshot.config).steps_left
        assert left == pytest.approx(learned_at - step, rel=0.5)


def test_a_loss_and_its_mean_at_four_times_the_rate_have_as_many_steps_left() -> None:
    weights = initial_weights(QUICK)
    for one, mean in (("half-sse", "half-mse"), ("cross-entropy", "mean-cross-entropy")):
        summed = gathered(weights, replace(QUICK, loss=one, rate=0.5))
        averaged = gathered(weights, replace(QUICK, loss=mean, rate=2))
        assert averaged.steps_left == summed.steps_left


def test_a_learned_network_has_no_steps_left() -> None:
    snapshot = trained(QUICK, 400)
    assert gathered(snapshot.weights, QUICK).steps_left == 0


def test_a_constant_loss_has_infinite_steps_left() -> None:
    snapshot = with_weights(RunConfig(activation="tanh", biases=True), fill=0.0)
    assert gathered(snapshot.weights, snapshot.config).steps_left == math.inf


def test_units_with_nearly_equal_incoming_weights_coincide() -> None:
    weights = network([[1, -1, 1.001, 2, -1, 0.5], [3, 4, 3.0, 6, 4.001, 0.5]], [1, 2, 3, 4, 5, 6])
    assert gathered(weights, RunConfig(width=6)).coinciding == ((0, 2), (1, 4))


def test_equal_directions_alone_do_not_coincide() -> None:
    weights = network([[1, 2], [1, 2]], [1, 1])
    assert gathered(weights, PLAIN).coinciding == ()


def test_a_bias_distinguishes_units() -> None:
    config = RunConfig(width=2, biases=True)
    w1, w2 = np.ones((2, 2)), np.ones((2, 1))
    alike = Weights(w1, np.array([1.0, 1.0]), w2, np.zeros(1))
    unlike = Weights(w1, np.array([1.0, 1.1]), w2, np.zeros(1))
    assert gathered(alike, config).coinciding == ((0, 1),)
    assert gathered(unlike, config).coinciding == ()


def test_coincidence_does_not_depend_on_scale() -> None:
    for scale in (0.0, 1e-200, 1e200):
        weights = network([[scale, scale, -scale], [scale, scale, scale]], [1, 1, 1])
        expected = ((0, 1, 2),) if scale == 0 else ((0, 1),)
        assert gathered(weights, RunConfig(width=3)).coinciding == expected


def test_a_unit_near_its_bounds_is_saturated() -> None:
    for activation in ("sigmoid", "tanh"):
        config = RunConfig(width=2, activation=activation)
        weights = network([[20, 0.5], [-20, 0.5]], [1, 1])
        evidence = gathered(weights, config)
        bound = 1.0 if activation == "tanh" else 0.5  # how far from the middle a response can be
        middle = 0.0 if activation == "tanh" else 0.5
        h = hidden(weights, activation)
        expected = (np.abs(h - middle) > 0.96 * bound).mean(axis=0)
        assert evidence.saturation == tuple(expected) == (0.5, 0.0)
        assert evidence.saturated == ()
        assert gathered(network([[20, 0], [20, 0]], [1, 1]), config).saturated == (0,)


def test_a_relu_unit_with_response_0_is_dead() -> None:
    config = RunConfig(width=3, activation="relu")
    evidence = gathered(network([[-1, 1, -1], [-1, -2, 0]], [1, 1, 1]), config)
    assert evidence.dead == (0, 2)
    assert evidence.saturation == (0, 0, 0)
    assert gathered(with_weights(RunConfig(), fill=0.0).weights, RunConfig()).dead == ()


def test_without_biases_tanh_and_relu_fix_the_origin() -> None:
    cases: list[tuple[str, bool, bool]] = [
        ("tanh", False, True),
        ("relu", False, True),
        ("sigmoid", False, False),
        ("tanh", True, False),
    ]
    for activation, biases, fixed in cases:
        config = RunConfig(activation=activation, biases=biases)
        snapshots = [with_weights(config, fill=fill) for fill in (0.3, 2.0)]
        at_origin = [float(snapshot.outputs[1]) for snapshot in snapshots]
        assert (at_origin == [0.5, 0.5]) is fixed
        assert gathered(snapshots[0].weights, config).has_fixed_origin is fixed


def test_outputs_at_the_wrong_bound_are_firmly_wrong() -> None:
    evidence = Evidence((0.01, 0.0, 1.0, 0.985), (1, 0, 1, 0))
    assert [row_name(row) for row in evidence.firmly_wrong] == ["1 0", "1 1"]


def test_evidence_can_be_written_as_json() -> None:
    config = RunConfig(width=2, activation="relu")
    plain = replace(gathered(network([[-1, -1], [-1, -1]], [1, 1]), config), pinned=(1,)).to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["outputs"] == {"0 0": 0.5, "0 1": 0.5, "1 0": 0.5, "1 1": 0.5}
    assert plain["targets"] == {"0 0": 0, "0 1": 1, "1 0": 1, "1 1": 0}
    assert plain["pinned"] == {"0 0": 0.5}
    assert plain["coinciding"] == [["h1", "h2"]]
    assert plain["dead"] == ["h1", "h2"]
    assert plain["steps_left"] is None
    assert plain["loss"] == 1


XOR = (1, 0, 1, 0)
ALONE = Evidence((1.0, 0.007, 0.5, 0.5), XOR, pinned=(2, 3))
FULL = replace(
    ALONE,
    loss=0.5003,
    gradient_norm=3.7e-5,
    change=-1.8e-8,
    steps_left=26e6,
    coinciding=((0, 1),),
    saturation=(1.0, 1.0, 0.0),
)


def test_outputs_alone_have_two_lines() -> None:
    assert evidence_lines(ALONE) == (
        ("Outputs", "0 0: 0.007, 0 1: 0.500, 1 0: 1.000, 1 1: 0.500"),
        ("Pinned rows", "0 1 at 0.500 and 1 1 at 0.500"),
    )


def test_every_known_number_has_a_line() -> None:
    assert dict(evidence_lines(FULL)[2:]) == {
        "Loss": "0.5003",
        "Gradient norm": "3.70·10⁻⁵",
        "Slope of the loss": "−1.8·10⁻⁸ per step",
        "Coinciding units": "h1 and h2",
        "Saturated units": "h1 and h2",
    }


def test_steps_are_left_only_once_all_rows_are_correct() -> None:
    right = replace(FULL, outputs=(0.8, 0.2, 0.8, 0.2))
    for left, text in ((26e6, "about 26 million steps"), (math.inf, "no end in sight")):
        told = dict(evidence_lines(replace(right, steps_left=left)))
        assert told["Remaining (estimate)"] == text
    for nothing in (FULL, replace(right, steps_left=0.0), replace(right, steps_left=None)):
        assert "Remaining (estimate)" not in dict(evidence_lines(nothing))


def test_empty_groups_read_as_none() -> None:
    lines = dict(evidence_lines(replace(FULL, coinciding=(), saturation=(0.0,), pinned=())))
    assert lines["Coinciding units"] == lines["Saturated units"] == "none"
    assert "Pinned rows" not in lines
    assert "Dead units" not in lines


def test_dead_units_are_named() -> None:
    assert dict(evidence_lines(replace(FULL, dead=(2,))))["Dead units"] == "h3"


def test_nonfinite_outputs_have_a_text() -> None:
    outputs = (math.nan, 0.0, 1.0, 1.0)
    assert "1 0: not a number" in dict(evidence_lines(replace(FULL, outputs=outputs)))["Outputs"]
