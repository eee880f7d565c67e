"""Curvature of real runs and of known networks, kicks and moves along the lowest direction."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.analysis.curvature import PROGRESS, Curvature, followed, hessian, kicked
from xorviz.core.analysis.curvature import curvature_of as curvature
from xorviz.core.arrays import Array, Numbers
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.network import Weights, flat, gradient, initial_weights, loss, weights_of
from xorviz.core.settings import (
    ACTIVATION_NAMES,
    CODING_WORDS,
    LOSS_NAMES,
    OUTPUT_WORDS,
    SQUARED,
    RunConfig,
)

BIASED = RunConfig(width=2, biases=True, rate=0.5)
DEFAULT = RunConfig()


def slopes(rows: Numbers, config: RunConfig) -> Numbers:
    """Return the gradients of networks, row by row."""
    return flat(gradient(weights_of(rows, config), config))


def by_complex_step(row: Array, config: RunConfig) -> Array:
    steps = row + 1e-30j * np.eye(len(row))
    return np.asarray(slopes(steps, config).imag / 1e-30)


def after(config: RunConfig, steps: int, row: np.ndarray | None = None) -> Weights:
    """Return the weights after a number of steps from a network."""
    weights = initial_weights(config) if row is None else weights_of(row, config)
    kernel = NumbaKernel(config, weights)
    kernel.settle()
    for first in range(0, steps, kernel.block):
        kernel.run(min(kernel.block, steps - first), first)
    return kernel.weights()


def shape_of(found: Curvature) -> tuple[int, int, int]:
    return found.negative, found.zero, found.positive


HESSIANS = [
    RunConfig(width, 1, 7, activation, loss_name, biases, init_range=reach)
    for activation, loss_name, biases, (width, reach) in product(
        ACTIVATION_NAMES, LOSS_NAMES, (False, True), ((1, 1), (3, 4), (20, 1))
    )
]
HESSIANS += [
    RunConfig(3, 1, 7, activation, loss_name, biases=True, output=output, coding=coding,
              init_range=2, batch="shuffled", optimizer="adam")
    for activation, loss_name, output, coding in product(
        ACTIVATION_NAMES, SQUARED, OUTPUT_WORDS, CODING_WORDS
    )
]  # fmt: skip


def test_the_hessian_is_the_derivative_of_the_gradient() -> None:
    """For targets that are not XOR, so that no part of the sum cancels by symmetry."""
    for config in (replace(one, targets=(1, 0, 1, 1)) for one in HESSIANS):
        weights = initial_weights(config)
        found, exact = hessian(weights, config), by_complex_step(flat(weights), config)
        np.testing.assert_array_equal(found, found.T)
        np.testing.assert_allclose(found, exact, rtol=1e-10, atol=1e-12, err_msg=str(config))
        if config.optimizer == "adam":
            assert curvature(weights, config).steps_to_progress(config) == math.inf


def test_zero_weights_curve_only_with_the_output_bias() -> None:
    """Every output is one half there, and the errors of the four rows cancel.

    The derivative of an output by its logit is 1/4, and the logit's inputs are h = 1/2 and 1 for
    the bias: the Hessian is 2 * 4 * (1/4)^2 = 1/2 times the products of these inputs.
    """
    into_output = np.array([0, 0, 0, 0, 0, 0, 0.5, 0.5, 1])
    zero = weights_of(np.zeros(9), BIASED)
    expected = np.outer(into_output, into_output) / 2
    np.testing.assert_allclose(hessian(zero, BIASED), expected, atol=1e-15)
    found = curvature(zero, BIASED)
    assert shape_of(found) == (0, 8, 1)
    assert found.eigenvalues[-1] == pytest.approx(0.75)
    assert (found.gradient_norm, found.share, found.downward_share, found.drop) == (0, 0, 0, 0)
    assert not found.has_gradient
    assert not found.curves_down
    assert found.steps_to_progress(BIASED) == math.inf


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e3, 1e30, 1e160, 1.7e308])
def test_huge_weights_give_finite_numbers(size: float) -> None:
    for activation, loss_name in product(ACTIVATION_NAMES, LOSS_NAMES):
        config = RunConfig(activation=activation, loss=loss_name, biases=True)
        signs = np.sign(flat(initial_weights(config)))
        found = curvature(weights_of(size * signs, config), config)
        numbers = [found.gradient_norm, found.share, found.downward_share, found.loss, found.drop]
        assert np.isfinite([*numbers, *found.eigenvalues, *found.direction]).all()


@pytest.mark.parametrize("config", [DEFAULT, RunConfig(64, biases=True), RunConfig(1)])
@pytest.mark.parametrize("steps", [0, 1000])
def test_numbers_are_those_of_the_eigenvectors(config: RunConfig, steps: int) -> None:
    weights = after(config, steps)
    found, second = curvature(weights, config), by_complex_step(flat(weights), config)
    values, directions = np.linalg.eigh((second + second.T) / 2)
    slope = flat(gradient(weights, config))
    along, norm = directions.T @ slope, np.linalg.norm(slope)
    np.testing.assert_allclose(found.eigenvalues, values, atol=1e-12)
    assert sum(shape_of(found)) == len(second)
    assert found.negative == (values < -1e-9 * values[-1]).sum()
    assert found.gradient_norm == pytest.approx(norm)
    assert np.linalg.norm(found.direction) == pytest.approx(1)
    np.testing.assert_allclose(second @ found.direction, values[0] * found.direction, atol=1e-12)
    assert found.share == pytest.approx(-(slope @ found.direction) / norm)
    downward = np.linalg.norm(along[values < -1e-9 * values[-1]]) / norm
    assert found.downward_share == pytest.approx(downward)
    assert found.curves_down
    assert found.has_gradient
    lower = weights_of(flat(weights) + 1e-4 * found.direction, config)
    assert loss(lower, config) < loss(weights, config)


def test_on_level_ground_the_first_component_is_positive() -> None:
    """Equal units stay equal: the gradient has no component that separates them."""
    saddle = after(BIASED, 20_000, np.full(9, 0.5))
    found = curvature(saddle, BIASED)
    assert found.has_equal_units
    assert not curvature(initial_weights(BIASED), BIASED).has_equal_units
    assert not curvature(after(RunConfig(1), 1), RunConfig(1)).has_equal_units
    assert found.share < 1e-9
    assert found.direction[np.abs(found.direction) > 1e-9][0] > 0
    # The direction separates the units: opposite numbers for the two.
    w1, b1, w2 = found.direction[:4].reshape(2, 2), found.direction[4:6], found.direction[6:8]
    np.testing.assert_allclose([*w1.sum(axis=1), b1.sum(), w2.sum()], 0, atol=1e-6)
    lower = followed(saddle, BIASED, found)
    assert lower is not None
    assert abs(float(lower.w2[0, 0] - lower.w2[1, 0])) > 1e-3


def test_the_drop_is_that_of_a_newton_step_and_never_more_than_the_loss() -> None:
    """Near the end of a run all directions are parabolas."""
    config = RunConfig(rate=0.5)
    weights = after(config, 5_000)
    found, slope = curvature(weights, config), flat(gradient(weights, config))
    expected = slope @ np.linalg.solve(hessian(weights, config), slope) / 2
    assert shape_of(found) == (0, 0, 9)
    assert found.drop == pytest.approx(expected, rel=1e-9)
    steep = curvature(after(DEFAULT, 25_000), DEFAULT)
    assert steep.drop == steep.loss
    # The cross-entropy is straight where an output is wrong and saturated.
    config = RunConfig(width=1, activation="tanh", loss="cross-entropy")
    straight = curvature(weights_of(np.full(3, 1e3), config), config)
    assert shape_of(straight) == (0, 3, 0)
    assert straight.gradient_norm == pytest.approx(1)
    assert straight.drop == straight.loss > 1_000
    saturated = curvature(weights_of(np.full(9, -1e6), DEFAULT), DEFAULT)
    assert (shape_of(saturated), saturated.drop) == ((0, 9, 0), 0)


@pytest.mark.parametrize(("step", "momentum"), [(8_000, 0), (16_000, 0), (800, 0.9)])
def test_progress_comes_about_when_the_curvature_says(step: int, momentum: float) -> None:
    config = RunConfig(momentum=momentum)
    here = after(config, step)
    steps = curvature(here, config).steps_to_progress(config)
    fallen = [loss(after(config, step + round(n * steps)), config) for n in (0.7, 1.3)]
    assert fallen[1] < (1 - PROGRESS) * loss(here, config) < fallen[0]


@given(st.sampled_from([0.01, 0.1, 1.0]), st.booleans(), st.integers(0, 99))
def test_a_kick_follows_from_seed_and_size(size: float, biases: bool, seed: int) -> None:
    config = RunConfig(width=4, biases=biases)
    weights = initial_weights(config)
    row = flat(weights)
    moved, again, larger = (flat(kicked(weights, n, seed)) for n in (size, size, 10 * size))
    assert np.linalg.norm(moved - row) == pytest.approx(size)
    np.testing.assert_array_equal(moved, again)
    np.testing.assert_allclose(10 * (moved - row), larger - row, rtol=1e-9)
    assert np.abs(moved - flat(kicked(weights, size, seed + 1))).max() > 0.1 * size
    np.testing.assert_array_equal(flat(weights), row)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
@pytest.mark.parametrize("steps", [0, 1_000])
def test_following_takes_the_lowest_loss_along_the_direction(activation: str, steps: int) -> None:
    config = RunConfig(activation=activation)
    weights = after(config, steps)
    found, row = curvature(weights, config), flat(weights)
    tried = [row + side * 2.0**n * found.direction for n in range(-10, 6) for side in (1, -1)]
    losses = loss(weights_of(np.array(tried), config), config)
    for direction in (found.direction, -found.direction):
        lower = followed(weights, config, replace(found, direction=direction))
        assert lower is not None
        np.testing.assert_allclose(flat(lower), tried[int(np.argmin(losses))])
    assert losses.min() < loss(weights, config)


def test_following_needs_downward_curvature_and_a_lower_loss() -> None:
    config = replace(BIASED, seed=13)
    weights = after(config, 20_000)
    assert followed(weights, config, curvature(weights, config)) is None
    saturated = weights_of(np.full(9, -1e6), DEFAULT)  # the same loss wherever it is moved to
    found = replace(curvature(saturated, DEFAULT), negative=1)
    assert followed(saturated, DEFAULT, found) is None
