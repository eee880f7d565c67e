"""Outputs, losses and initial weights, and the gradient against two kinds of differences."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.cases import some
from xorviz.core.arrays import Numbers
from xorviz.core.network import (
    INPUTS,
    Weights,
    flat,
    gradient,
    hidden,
    initial_parameters,
    initial_weights,
    logits,
    loss,
    outputs,
    sigmoid,
    step,
    weights_of,
)
from xorviz.core.network import LOSSES as LOSS_TABLE
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import (
    ACTIVATION_NAMES,
    INIT_NAMES,
    LOSS_FORMULAS,
    LOSS_NAMES,
    LOSS_WORDS,
    RunConfig,
)
from xorviz.core.truth_table import ROWS

SQUARES = ("sse", "half-sse", "mse", "half-mse")
NETWORKS = st.builds(
    RunConfig,
    width=st.integers(1, 8),
    seed=st.integers(0, 2**32 - 1),
    init_range=st.floats(0.25, 3),
    targets=st.tuples(*[st.integers(0, 1)] * 4),
)


def nudged(weights: Weights, index: int, by: complex) -> Weights:
    """Return the weights with the index-th of all their numbers moved."""
    kind = np.complex128 if isinstance(by, complex) else np.float64
    moved = weights.each(lambda a: a.astype(kind))
    for array in moved.arrays():
        if 0 <= index < array.size:
            array.flat[index] += by
        index -= array.size
    return moved


def ordered(weights: Weights) -> list[Numbers | None]:
    return [weights.w1, weights.b1, weights.w2, weights.b2]


def complex_step(config: RunConfig, weights: Weights) -> Numbers:
    """Return the derivatives by complex step: no difference is taken, so nothing cancels."""
    tiny = 1e-30
    return np.array(
        [loss(nudged(weights, i, 1j * tiny), config).imag / tiny for i in range(flat(weights).size)]
    )


def central_differences(config: RunConfig, weights: Weights, h: float) -> Numbers:
    return np.array(
        [
            (loss(nudged(weights, i, h), config) - loss(nudged(weights, i, -h), config)) / (2 * h)
            for i in range(flat(weights).size)
        ]
    )


@pytest.mark.parametrize(
    ("activation", "formula", "biases"), some(product(ACTIVATION_NAMES, SQUARES, (False, True)), 3)
)
@given(config=NETWORKS)
def test_the_gradient_matches_a_complex_step(
    config: RunConfig, activation: str, formula: str, biases: bool
) -> None:
    config = replace(config, activation=activation, loss=formula, biases=biases)
    weights = initial_weights(config)
    # Both sides are exact but for rounding: at most some ten sums of terms of order 10.
    np.testing.assert_allclose(
        flat(gradient(weights, config)), complex_step(config, weights), rtol=1e-11, atol=1e-13
    )


@pytest.mark.parametrize(
    ("activation", "formula", "biases"),
    some(product(ACTIVATION_NAMES, LOSS_NAMES, (False, True)), 4),
)
@given(config=NETWORKS)
def test_the_gradient_matches_central_differences(
    config: RunConfig, activation: str, formula: str, biases: bool
) -> None:
    config = replace(config, activation=activation, loss=formula, biases=biases)
    weights = initial_weights(config)
    if activation == "relu":  # no slope at the kink, nor within a difference of it
        z = INPUTS @ weights.w1 + (weights.b1 if weights.b1 is not None else 0)
        assume(np.abs(z[z != 0]).min() > 1e-4)
    # With h = 1e-5 the error is h^2 f''' / 6, about 1e-10 times third derivatives up to
    # some hundreds here, plus eps |loss| / h, about 1e-9 for losses up to some tens.
    np.testing.assert_allclose(
        flat(gradient(weights, config)),
        central_differences(config, weights, 1e-5),
        rtol=1e-6,
        atol=1e-7,
    )


def test_a_gradient_has_the_shapes_of_its_weights() -> None:
    for biases in (False, True):
        config = RunConfig(width=5, biases=biases)
        weights = initial_weights(config)
        shapes = [a if a is None else a.shape for a in ordered(weights)]
        assert shapes == [(2, 5), (5,) if biases else None, (5, 1), (1,) if biases else None]
        assert [a if a is None else a.shape for a in ordered(gradient(weights, config))] == shapes


def test_the_initial_weights_are_those_of_the_28_lines() -> None:
    rng = np.random.RandomState(1234)
    weights = initial_weights(RunConfig())
    np.testing.assert_array_equal(weights.w1, rng.uniform(-1, 1, (2, 3)))
    np.testing.assert_array_equal(weights.w2, rng.uniform(-1, 1, (3, 1)))
    assert weights.b1 is None
    assert weights.b2 is None


def test_biases_are_drawn_last() -> None:
    for width in (1, 3, 64):
        without = initial_weights(RunConfig(width=width, seed=7, init_range=2.5))
        weights = initial_weights(RunConfig(width=width, seed=7, init_range=2.5, biases=True))
        stream = np.random.RandomState(7).uniform(-2.5, 2.5, 4 * width + 1)
        np.testing.assert_array_equal(weights.w1, without.w1)
        np.testing.assert_array_equal(weights.w2, without.w2)
        np.testing.assert_array_equal(weights.b1, stream[3 * width : 4 * width])
        np.testing.assert_array_equal(weights.b2, stream[4 * width :])


def test_all_weights_can_start_equal() -> None:
    cases1: list[tuple[str, float]] = [("zero", 0.0), ("equal", 2.5)]
    for biases in (False, True):
        for init, number in cases1:
            weights = initial_weights(RunConfig(width=4, init=init, init_range=2.5, biases=biases))
            assert [a.shape for a in weights.arrays()] == (
                [(2, 4), (4,), (4, 1), (1,)] if biases else [(2, 4), (4, 1)]
            )
            for array in weights.arrays():
                assert array.dtype == float
                np.testing.assert_array_equal(array, np.full(array.shape, number))


def test_nearly_equal_weights_are_drawn_in_the_usual_order() -> None:
    nearly = RunConfig(width=4, seed=7, init="nearly-equal", init_range=2.5, perturbation=1e-3)
    without, weights = initial_weights(nearly), initial_weights(replace(nearly, biases=True))
    stream = 2.5 + np.random.RandomState(7).uniform(-1e-3, 1e-3, 17)
    np.testing.assert_array_equal(weights.w1, stream[:8].reshape(2, 4))
    np.testing.assert_array_equal(weights.w2, stream[8:12].reshape(4, 1))
    np.testing.assert_array_equal(weights.b1, stream[12:16])
    np.testing.assert_array_equal(weights.b2, stream[16:])
    np.testing.assert_array_equal(weights.w1, without.w1)
    np.testing.assert_array_equal(weights.w2, without.w2)


def test_a_sigmoid_is_the_logistic_function() -> None:
    z = np.linspace(-30, 30, 601)
    # By way of tanh the error is a rounding or two of numbers near 1, so absolute, not relative.
    np.testing.assert_allclose(sigmoid(z), 1 / (1 + np.exp(-z)), rtol=0, atol=4e-16)


def test_a_sigmoid_does_not_overflow() -> None:
    np.testing.assert_array_equal(
        sigmoid(np.array([-np.inf, -1e4, 0, 1e4, np.inf])), [0, 0, 0.5, 1, 1]
    )


def by_hand(weights: Weights, row: tuple[int, int], activation: str) -> float:
    """Return one output, one number at a time."""
    respond: Callable[[float], float] = {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
        "relu": lambda z: max(z, 0.0),
    }[activation]
    z = 0.0 if weights.b2 is None else weights.b2[0]
    for unit in range(weights.w1.shape[1]):
        into = row[0] * weights.w1[0, unit] + row[1] * weights.w1[1, unit]
        into += 0.0 if weights.b1 is None else weights.b1[unit]
        z += weights.w2[unit, 0] * respond(into)
    return 1 / (1 + math.exp(-z))


def test_outputs_match_a_calculation_by_hand() -> None:
    for biases in (False, True):
        for activation in ACTIVATION_NAMES:
            weights = initial_weights(RunConfig(width=4, biases=biases, init_range=2))
            expected = [by_hand(weights, row, activation) for row in ROWS]
            np.testing.assert_allclose(outputs(weights, activation), expected, rtol=1e-14)


def test_without_biases_every_hidden_sigmoid_is_one_half_at_the_origin() -> None:
    weights = initial_weights(RunConfig(width=5))
    np.testing.assert_array_equal(hidden(weights, "sigmoid")[1], np.full(5, 0.5))
    assert outputs(weights, "sigmoid")[1] == pytest.approx(
        1 / (1 + np.exp(-weights.w2.sum() / 2)), rel=1e-14
    )


def test_square_losses_are_scaled_sums_over_the_rows() -> None:
    for formula, scale in zip(SQUARES, (1, 1 / 2, 1 / 4, 1 / 8), strict=True):
        config = RunConfig(loss=formula, targets=(1, 1, 0, 0))
        weights = initial_weights(config)
        errors = outputs(weights, "sigmoid") - [1, 1, 0, 0]
        assert loss(weights, config) == pytest.approx(scale * sum(e**2 for e in errors), rel=1e-14)


@given(st.lists(st.floats(-15, 15), min_size=4, max_size=4), st.tuples(*[st.integers(0, 1)] * 4))
def test_cross_entropy_matches_its_formula(z: list[float], targets: tuple[int, ...]) -> None:
    t, y = np.array(targets), 1 / (1 + np.exp(-np.array(z)))
    expected = -(t * np.log(y) + (1 - t) * np.log1p(-y)).sum()
    # 1 - y keeps eps / (1 - y) of its digits; at z = 15 that is 1e-9 of the larger terms.
    for formula, scale in (("cross-entropy", 1), ("mean-cross-entropy", 1 / 4)):
        found = LOSS_TABLE[formula].value(np.array(z), t)
        assert found == pytest.approx(scale * expected, rel=1e-8)


def test_cross_entropy_is_finite_where_the_output_saturates() -> None:
    z = np.array([1e4, -1e4, 800, -800])
    value = LOSS_TABLE["cross-entropy"].value(z, np.array([0, 1, 1, 0]))
    assert value == pytest.approx(2e4)


def test_cross_entropy_of_saturated_weights_is_finite_and_so_is_its_gradient() -> None:
    config = RunConfig(loss="cross-entropy", biases=True, init_range=100, activation="relu")
    weights = initial_weights(config)
    assert set(outputs(weights, "relu")) & {0.0, 1.0}
    assert np.isfinite(loss(weights, config))
    assert np.isfinite(flat(gradient(weights, config))).all()


@pytest.mark.parametrize(
    ("activation", "formula", "biases", "width"),
    some(product(ACTIVATION_NAMES, LOSS_NAMES, (False, True), (1, 3)), 6),
)
def test_many_networks_are_computed_at_once(
    activation: str, formula: str, biases: bool, width: int
) -> None:
    config = RunConfig(width=width, activation=activation, loss=formula, biases=biases)
    nets = [initial_weights(replace(config, seed=seed)) for seed in range(5)]
    rows = np.array([flat(weights) for weights in nets])
    many = weights_of(rows, config)
    slopes = [flat(gradient(weights, config)) for weights in nets]
    np.testing.assert_array_equal(flat(many), rows)
    answers = [outputs(weights, activation) for weights in nets]
    np.testing.assert_allclose(outputs(many, activation), answers, rtol=1e-12)
    losses = [loss(weights, config) for weights in nets]
    np.testing.assert_allclose(loss(many, config), losses, rtol=1e-12)
    np.testing.assert_allclose(flat(gradient(many, config)), slopes, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("biases", [False, True])
def test_a_step_is_that_of_a_run(biases: bool, momentum: float) -> None:
    trainer = Trainer(RunConfig(biases=biases, momentum=momentum, rate=0.5))
    trainer.advance(20)
    seen = trainer.snapshot()
    after, velocity = step(seen.weights, seen.gradient, seen.velocity, seen.config)
    trainer.advance(1)
    expected = trainer.snapshot()
    np.testing.assert_allclose(flat(after), flat(expected.weights), rtol=0, atol=1e-14)
    if expected.velocity is not None:
        np.testing.assert_allclose(flat(velocity), flat(expected.velocity), rtol=0, atol=1e-14)


def test_outputs_are_the_sigmoid_of_the_logits() -> None:
    weights = initial_weights(RunConfig(biases=True))
    z = logits(weights, hidden(weights, "sigmoid"))
    np.testing.assert_array_equal(sigmoid(z), outputs(weights, "sigmoid"))


def test_each_array_can_be_changed_and_biases_and_missing_biases() -> None:
    for biases in (False, True):
        weights = initial_weights(RunConfig(width=4, biases=biases))
        single = weights.each(lambda a: a.astype(np.float32))
        assert {a.dtype for a in single.arrays()} == {np.dtype(np.float32)}
        assert (single.b1 is None) is not biases
        np.testing.assert_allclose(flat(single), flat(weights), rtol=1e-7)


def test_a_reused_generator_draws_the_same_weights() -> None:
    for init in INIT_NAMES:
        generator = np.random.RandomState(99)
        generator.normal()  # leaves half a pair behind
        for seed in (1234, 0, 2**32 - 1, 1234):
            config = RunConfig(seed=seed, init=init, biases=True)
            again = initial_parameters(RunConfig(init=init, biases=True), [7, seed], generator)
            assert again[1].tolist() == flat(initial_weights(config)).tolist()


def test_every_loss_has_words_and_a_formula_of_its_own() -> None:
    assert list(LOSS_TABLE) == list(LOSS_NAMES)
    for texts in (LOSS_WORDS, LOSS_FORMULAS):
        assert list(texts) == list(LOSS_NAMES)
        assert len(set(texts.values())) == len(LOSS_NAMES)


def test_default_rng_draws_unit_by_unit() -> None:
    for seed in (0, 3):
        config = RunConfig(width=2, seed=seed, biases=True, init="default-rng", init_range=0.5)
        weights = initial_weights(config)
        drawn = np.random.default_rng(seed)
        w1, b1, w2, b2 = (drawn.random(shape) - 0.5 for shape in ((2, 2), 2, (1, 2), 1))
        assert weights.b1 is not None
        assert weights.b2 is not None
        assert weights.w1.tolist() == [[w1[0, 0], w1[1, 0]], [w1[0, 1], w1[1, 1]]]
        assert (weights.b1.tolist(), weights.b2.tolist()) == (b1.tolist(), b2.tolist())
        assert weights.w2.tolist() == w2.T.tolist()
        without = initial_weights(replace(config, biases=False))
        assert (without.w1.tolist(), without.w2.tolist()) == (weights.w1.tolist(), w2.T.tolist())
