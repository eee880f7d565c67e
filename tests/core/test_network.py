"""Initial weights, extreme numbers, and many networks at once; test_steps.py has the formulas."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from xorviz.core.arrays import Numbers
from xorviz.core.network import LOSSES as LOSS_TABLE
from xorviz.core.network import (
    flat,
    gradient,
    head_of,
    initial_parameters,
    initial_weights,
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


@pytest.mark.parametrize("init", INIT_NAMES)
@pytest.mark.parametrize("width", [1, 3, 64])
@pytest.mark.parametrize("seed", [1234, 2**32 - 1])
def test_initial_weights_are_drawn_in_their_order(init: str, width: int, seed: int) -> None:
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
