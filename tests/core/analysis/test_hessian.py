"""The Hessian against other ways to compute second derivatives."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from xorviz.core.analysis.hessian import hessian
from xorviz.core.arrays import Array, Numbers
from xorviz.core.network import (
    Weights,
    flat,
    gradient,
    initial_weights,
    loss,
    parameter_count,
    weights_of,
)
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig

OTHER_TARGETS = (1, 0, 1, 1)
"""Not XOR, so that no part of the sum over the rows cancels by symmetry."""


def slopes(rows: Numbers, config: RunConfig) -> Numbers:
    """Return the gradients of networks, row by row."""
    return flat(gradient(weights_of(rows, config), config))


def by_complex_step(row: Array, config: RunConfig) -> Array:
    steps = row + 1e-30j * np.eye(len(row))
    return np.asarray(slopes(steps, config).imag / 1e-30)


def by_central_differences(row: Array, config: RunConfig, step: float = 1e-5) -> Array:
    steps = step * np.eye(len(row))
    there, back = slopes(row + steps, config), slopes(row - steps, config)
    return np.asarray((there - back) / (2 * step))


def largest(config: RunConfig, size: float) -> Weights:
    """Return weights of this size with the signs of the initial ones."""
    signs = np.sign(flat(initial_weights(config)))
    return weights_of(size * signs, config)


@pytest.mark.parametrize(
    ("activation", "loss", "biases", "width"),
    some(product(ACTIVATION_NAMES, LOSS_NAMES, (False, True), (1, 3, 64)), 7),
)
def test_the_hessian_is_the_derivative_of_the_gradient(
    activation: str, loss: str, biases: bool, width: int
) -> None:
    config = RunConfig(
        width=width, activation=activation, loss=loss, biases=biases, targets=OTHER_TARGETS
    )
    weights = initial_weights(config)
    found, row = hessian(weights, config), flat(weights)
    assert found.shape == (parameter_count(config),) * 2
    np.testing.assert_allclose(found, by_complex_step(row, config), rtol=1e-11, atol=1e-13)
    if activation != "relu":  # relu has a kink within the finite step
        np.testing.assert_allclose(found, by_central_differences(row, config), atol=3e-8)


def test_the_hessian_is_symmetric_to_the_last_bit() -> None:
    for activation in ACTIVATION_NAMES:
        for biases in (False, True):
            config = RunConfig(width=5, activation=activation, biases=biases, init_range=4)
            found = hessian(initial_weights(config), config)
            np.testing.assert_array_equal(found, found.T)


def test_one_unit_matches_a_calculation_by_hand() -> None:
    """For one tanh unit and the cross-entropy everything is short enough to write down."""
    config = RunConfig(width=1, activation="tanh", loss="cross-entropy")
    a, b, v = 0.3, -0.2, 0.7
    expected = np.zeros((3, 3))
    for (x1, x2), target in zip([(1, 0), (0, 0), (0, 1), (1, 1)], [1, 0, 1, 0], strict=True):
        h = math.tanh(a * x1 + b * x2)
        y = 1 / (1 + math.exp(-v * h))
        pull, stiffness, slope = y - target, y * (1 - y), 1 - h * h
        of_z = np.array([v * slope * x1, v * slope * x2, h])
        expected += stiffness * np.outer(of_z, of_z)
        bend = -2 * h * slope * v
        expected += pull * np.array(
            [
                [bend * x1 * x1, bend * x1 * x2, slope * x1],
                [bend * x1 * x2, bend * x2 * x2, slope * x2],
                [slope * x1, slope * x2, 0],
            ]
        )
    weights = Weights(np.array([[a], [b]]), None, np.array([[v]]), None)
    np.testing.assert_allclose(hessian(weights, config), expected, rtol=1e-13, atol=1e-15)


def test_zero_weights_curve_only_with_the_output_bias() -> None:
    """Every output is one half there, and the errors of the four rows cancel.

    The derivative of an output by its logit is 1/4, and the logit's inputs are h = 1/2 and 1 for
    the bias: the Hessian is 2 * 4 * (1/4)^2 = 1/2 times the products of these inputs.
    """
    config = RunConfig(width=2, biases=True)
    into_output = np.array([0, 0, 0, 0, 0, 0, 0.5, 0.5, 1])
    expected = np.outer(into_output, into_output) / 2
    found = hessian(weights_of(np.zeros(9), config), config)
    np.testing.assert_allclose(found, expected, atol=1e-15)


def test_a_small_step_changes_the_loss_as_predicted() -> None:
    config = RunConfig(width=4, biases=True, loss="mse")
    row = flat(initial_weights(config))
    step = 1e-3 * np.random.RandomState(1).normal(size=row.shape)
    second = hessian(weights_of(row, config), config)
    there, here, back = loss(weights_of(np.array([row + step, row, row - step]), config), config)
    assert there + back - 2 * here == pytest.approx(step @ second @ step, rel=1e-4)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("activation", "loss", "size"),
    some(product(ACTIVATION_NAMES, LOSS_NAMES, (1e3, 1e30, 1e200, 1.7e308)), 6),
)
def test_the_hessian_is_finite_for_finite_weights(activation: str, loss: str, size: float) -> None:
    config = RunConfig(width=3, activation=activation, loss=loss, biases=True)
    found = hessian(largest(config, size), config)
    assert np.isfinite(found).all()
    assert np.isfinite(np.linalg.eigvalsh(found)).all()


@given(
    activation=st.sampled_from(("sigmoid", "tanh")),
    loss=st.sampled_from(LOSS_NAMES),
    row=st.lists(st.floats(-8, 8), min_size=9, max_size=9),
)
def test_the_hessian_matches_a_complex_step(activation: str, loss: str, row: list[float]) -> None:
    config = RunConfig(width=2, activation=activation, loss=loss, biases=True)
    numbers = np.array(row)
    found = hessian(weights_of(numbers, config), config)
    np.testing.assert_allclose(found, by_complex_step(numbers, config), rtol=1e-8, atol=1e-11)
