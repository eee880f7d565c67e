"""Outputs, losses and initial weights, and the gradient against differences of the loss."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.arrays import Numbers
from xorviz.core.network import LOSSES as LOSS_TABLE
from xorviz.core.network import (
    Weights,
    flat,
    gradient,
    head_of,
    hidden,
    initial_parameters,
    initial_weights,
    inputs,
    logits,
    loss,
    outputs,
    sigmoid,
    weights_of,
)
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


def nudged(weights: Weights, index: int, by: float) -> Weights:
    """Return the weights with the index-th of all their numbers moved."""
    moved = weights.each(np.array)
    for array in moved.arrays():
        if 0 <= index < array.size:
            array.flat[index] += by
        index -= array.size
    return moved


def central_differences(config: RunConfig, weights: Weights, h: float) -> Numbers:
    return np.array(
        [
            (loss(nudged(weights, i, h), config) - loss(nudged(weights, i, -h), config)) / (2 * h)
            for i in range(flat(weights).size)
        ]
    )


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize(
    ("output", "coding", "formula"),
    [
        *(("sigmoid", "zero-one", formula) for formula in LOSS_NAMES),
        *(("sigmoid", "plus-minus", "mse"), ("linear", "plus-minus", "half-sse")),
        *(("tanh", "plus-minus", "sse"), ("linear", "zero-one", "half-mse")),
    ],
)
@pytest.mark.parametrize("biases", [False, True])
def test_the_gradient_matches_central_differences(
    activation: str, output: str, coding: str, formula: str, biases: bool
) -> None:
    random = np.random.default_rng(1)
    for width, init_range in ((1, 3.0), (3, 1.0), (8, 0.25), (2, 2.0)):
        targets = tuple(random.integers(0, 2, 4).tolist())
        config = RunConfig(
            width, 1, int(random.integers(99)), activation, formula, biases,
            init_range=init_range, targets=targets, output=output, coding=coding,
        )  # fmt: skip
        weights = initial_weights(config)
        slope = gradient(weights, config)
        assert [a.shape for a in slope.arrays()] == [a.shape for a in weights.arrays()]
        z = inputs(config) @ weights.w1 + (weights.b1 if weights.b1 is not None else 0)
        if activation == "relu" and np.abs(z[z != 0]).min() < 1e-4:
            continue  # no slope at the kink, nor within a difference of it
        # With h = 1e-5 the error is h^2 / 6, about 1e-10, times third derivatives up to some
        # hundreds here, plus eps |loss| / h, about 1e-9 for losses up to some tens.
        near = central_differences(config, weights, 1e-5)
        np.testing.assert_allclose(flat(slope), near, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("init", INIT_NAMES)
@pytest.mark.parametrize("width", [1, 3, 64])
@pytest.mark.parametrize("seed", [1234, 2**32 - 1])
def test_initial_weights_are_drawn_in_their_order_and_biases_last(
    init: str, width: int, seed: int
) -> None:
    config = RunConfig(width, seed=seed, init=init, init_range=2.5, perturbation=1e-3)
    without, weights = initial_weights(config), initial_weights(replace(config, biases=True))
    random, count = np.random.RandomState(seed), 4 * width + 1
    draws: dict[str, Callable[[], Numbers]] = {
        "uniform": lambda: random.uniform(-2.5, 2.5, count),
        "zero": lambda: np.zeros(count),
        "equal": lambda: np.full(count, 2.5),
        "fan-in": lambda: (
            random.uniform(-1, 1, count)
            / np.sqrt(np.repeat([2, width, 2, width], [2 * width, width, width, 1]))
        ),
        "nearly-equal": lambda: 2.5 + random.uniform(-1e-3, 1e-3, count),
        "default-rng": lambda: 2.5 * (2 * np.random.default_rng(seed).random(count) - 1),
    }
    first, second, third, last = np.split(draws[init](), [2 * width, 3 * width, 4 * width])
    w1, w2, b1 = first.reshape(2, width), second, third
    if init == "default-rng":  # unit by unit, and biases after the weights of their layer
        w1, b1, w2 = first.reshape(width, 2).T, second, third
    assert weights.b1 is not None
    assert weights.b2 is not None
    for found, drawn in zip(weights.arrays(), (w1, b1, w2[:, np.newaxis], last), strict=True):
        np.testing.assert_array_equal(found, drawn)
    np.testing.assert_array_equal(flat(without), [*w1.flat, *w2])
    assert (without.b1, without.b2) == (None, None)
    used = np.random.RandomState(99)
    used.normal()  # leaves half a pair behind
    again = initial_parameters(replace(config, biases=True), [7, seed], used)
    assert again[1].tolist() == flat(weights).tolist()


def test_a_sigmoid_is_the_logistic_function_and_does_not_overflow() -> None:
    z = np.linspace(-30, 30, 601)
    # By way of tanh the error is a rounding or two of numbers near 1, so absolute, not relative.
    np.testing.assert_allclose(sigmoid(z), 1 / (1 + np.exp(-z)), rtol=0, atol=4e-16)
    ends = sigmoid(np.array([-np.inf, -1e4, 0, 1e4, np.inf]))
    np.testing.assert_array_equal(ends, [0, 0, 0.5, 1, 1])


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
            config = RunConfig(width=4, activation=activation, biases=biases, init_range=2)
            weights = initial_weights(config)
            expected = [by_hand(weights, row, activation) for row in ROWS]
            np.testing.assert_allclose(outputs(weights, config), expected, rtol=1e-14)
            z = logits(weights, hidden(weights, config))
            np.testing.assert_array_equal(sigmoid(z), outputs(weights, config))


def test_square_losses_are_scaled_sums_over_the_rows() -> None:
    for formula, scale in zip(SQUARES, (1, 1 / 2, 1 / 4, 1 / 8), strict=True):
        config = RunConfig(loss=formula, targets=(1, 1, 0, 0))
        weights = initial_weights(config)
        errors = outputs(weights, config) - [1, 1, 0, 0]
        assert loss(weights, config) == pytest.approx(scale * sum(e**2 for e in errors), rel=1e-14)


@given(st.lists(st.floats(-15, 15), min_size=4, max_size=4), st.tuples(*[st.integers(0, 1)] * 4))
def test_cross_entropy_matches_its_formula(z: list[float], targets: tuple[int, ...]) -> None:
    t, y = np.array(targets), 1 / (1 + np.exp(-np.array(z)))
    expected = -(t * np.log(y) + (1 - t) * np.log1p(-y)).sum()
    # 1 - y keeps eps / (1 - y) of its digits; at z = 15 that is 1e-9 of the larger terms.
    for formula, scale in (("cross-entropy", 1), ("mean-cross-entropy", 1 / 4)):
        found = head_of(RunConfig(loss=formula)).loss(np.array(z), t)
        assert found == pytest.approx(scale * expected, rel=1e-8)


def test_cross_entropy_and_its_gradient_are_finite_where_the_output_saturates() -> None:
    z = np.array([1e4, -1e4, 800, -800])
    value = head_of(RunConfig(loss="cross-entropy")).loss(z, np.array([0, 1, 1, 0]))
    assert value == pytest.approx(2e4)
    config = RunConfig(loss="cross-entropy", biases=True, init_range=100, activation="relu")
    weights = initial_weights(config)
    assert set(outputs(weights, config)) & {0.0, 1.0}
    assert np.isfinite([loss(weights, config), *flat(gradient(weights, config))]).all()


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize(("formula", "width"), [("sse", 1), ("cross-entropy", 3)])
@pytest.mark.parametrize("biases", [False, True])
def test_many_networks_are_computed_at_once(
    activation: str, formula: str, biases: bool, width: int
) -> None:
    config = RunConfig(width=width, activation=activation, loss=formula, biases=biases)
    nets = [initial_weights(replace(config, seed=seed)) for seed in range(5)]
    rows = np.array([flat(weights) for weights in nets])
    many = weights_of(rows, config)
    slopes = [flat(gradient(weights, config)) for weights in nets]
    np.testing.assert_array_equal(flat(many), rows)
    answers = [outputs(weights, config) for weights in nets]
    np.testing.assert_allclose(outputs(many, config), answers, rtol=1e-12)
    losses = [loss(weights, config) for weights in nets]
    np.testing.assert_allclose(loss(many, config), losses, rtol=1e-12)
    np.testing.assert_allclose(flat(gradient(many, config)), slopes, rtol=1e-12, atol=1e-15)


def test_every_loss_has_words_and_a_formula_of_its_own() -> None:
    assert list(LOSS_TABLE) == list(LOSS_NAMES)
    for texts in (LOSS_WORDS, LOSS_FORMULAS):
        assert list(texts) == list(LOSS_NAMES)
        assert len(set(texts.values())) == len(LOSS_NAMES)
