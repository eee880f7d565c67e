"""Curvature of real runs and of known networks, kicks and moves along the lowest direction."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import some
from xorviz.core.analysis.curvature import Curvature, CurvatureQuestion, followed, hessian, kicked
from xorviz.core.arrays import Array, Numbers
from xorviz.core.kernels.numba_kernel import NumbaKernel
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


BIASED = RunConfig(width=2, biases=True, rate=0.5)


def after(config: RunConfig, steps: int, row: np.ndarray | None = None) -> Weights:
    """Return the weights after a number of steps from a network."""
    weights = initial_weights(config) if row is None else weights_of(row, config)
    kernel = NumbaKernel(config, weights)
    kernel.settle()
    for first in range(0, steps, kernel.block):
        kernel.run(min(kernel.block, steps - first))
    return kernel.weights()


def curvature(weights: Weights, config: RunConfig) -> Curvature:
    return CurvatureQuestion(weights, config).answer()


def shape_of(found: Curvature) -> tuple[int, int, int]:
    return found.negative, found.zero, found.positive


def test_eigenvalues_are_those_of_the_hessian() -> None:
    for width in (1, 3, 64):
        for biases in (False, True):
            config = RunConfig(width=width, biases=biases)
            weights = initial_weights(config)
            found, second = curvature(weights, config), hessian(weights, config)
            assert (np.diff(found.eigenvalues) >= 0).all()
            assert found.eigenvalues.sum() == pytest.approx(np.trace(second))
            assert (found.eigenvalues**2).sum() == pytest.approx((second**2).sum())
            assert sum(shape_of(found)) == len(second)


def test_the_direction_has_the_lowest_eigenvalue_and_leads_downhill() -> None:
    weights = initial_weights(RunConfig())
    found = curvature(weights, RunConfig())
    second = hessian(weights, RunConfig())
    assert np.linalg.norm(found.direction) == pytest.approx(1)
    np.testing.assert_allclose(
        second @ found.direction, found.eigenvalues[0] * found.direction, atol=1e-14
    )
    slopes = flat(gradient(weights, RunConfig()))
    assert slopes @ found.direction < 0
    assert found.share == pytest.approx(-(slopes @ found.direction) / np.linalg.norm(slopes))
    assert found.gradient_norm == pytest.approx(np.linalg.norm(slopes))


@pytest.mark.parametrize("seed", some(range(8)))
def test_the_direction_leads_downhill_from_anywhere(seed: int) -> None:
    config = replace(BIASED, seed=seed)
    found = curvature(initial_weights(config), config)
    row = flat(initial_weights(config))
    losses = loss(weights_of(np.array([row, row + 1e-4 * found.direction]), config), config)
    assert losses[1] < losses[0]


def test_on_level_ground_the_first_component_is_positive() -> None:
    """Equal units stay equal: the gradient has no component that separates them."""
    found = curvature(after(BIASED, 20_000, np.full(9, 0.5)), BIASED)
    assert found.share < 1e-9
    assert found.direction[np.abs(found.direction) > 1e-9][0] > 0
    # The direction separates the units: opposite numbers for the two.
    w1, b1, w2 = found.direction[:4].reshape(2, 2), found.direction[4:6], found.direction[6:8]
    np.testing.assert_allclose(w1.sum(axis=1), 0, atol=1e-6)
    assert b1.sum() == pytest.approx(0, abs=1e-6)
    assert w2.sum() == pytest.approx(0, abs=1e-6)


def test_shares_cover_one_direction_and_all_that_curve_down() -> None:
    config = RunConfig()
    weights = after(config, 1_000)
    found = curvature(weights, config)
    values, directions = np.linalg.eigh(hessian(weights, config))
    slopes = flat(gradient(weights, config))
    along = directions.T @ slopes
    assert found.negative == 3
    assert found.downward_share == pytest.approx(
        np.linalg.norm(along[values < 0]) / np.linalg.norm(slopes)
    )
    assert found.share < found.downward_share


def test_the_drop_is_that_of_a_newton_step() -> None:
    """Near the end of a run all directions are parabolas."""
    config = RunConfig(rate=0.5)
    weights = after(config, 5_000)
    found = curvature(weights, config)
    slopes = flat(gradient(weights, config))
    expected = slopes @ np.linalg.solve(hessian(weights, config), slopes) / 2
    assert shape_of(found) == (0, 0, 9)
    assert found.drop == pytest.approx(expected, rel=1e-9)


def test_the_drop_is_never_more_than_the_loss() -> None:
    config = RunConfig()
    found = curvature(after(config, 25_000), config)
    assert found.drop == found.loss


def test_zero_weights_curve_up_in_one_direction() -> None:
    found = curvature(weights_of(np.zeros(9), BIASED), BIASED)
    assert shape_of(found) == (0, 8, 1)
    assert found.eigenvalues[-1] == pytest.approx(0.75)
    assert (found.gradient_norm, found.share, found.downward_share, found.drop) == (0, 0, 0, 0)
    assert not found.has_gradient
    assert not found.curves_down


def test_zero_curvature_counts_as_flat() -> None:
    config = RunConfig()
    found = curvature(weights_of(np.full(9, -1e6), config), config)
    assert shape_of(found) == (0, 9, 0)
    assert found.drop == 0


def test_a_straight_slope_can_fall_by_the_whole_loss() -> None:
    """The cross-entropy is straight where an output is wrong and saturated."""
    config = RunConfig(width=1, activation="tanh", loss="cross-entropy")
    weights = Weights(np.full((2, 1), 1e3), None, np.full((1, 1), 1e3), None)
    found = curvature(weights, config)
    assert shape_of(found) == (0, 3, 0)
    assert found.gradient_norm == pytest.approx(1)
    assert found.drop == found.loss > 1_000


def test_more_curvature_doubles_the_distance_faster() -> None:
    config = RunConfig(rate=0.1)
    found = replace(curvature(initial_weights(config), config), negative=1)
    curved = replace(found, eigenvalues=np.array([-0.01, 1.0]))
    steps = curved.doubling_steps(config)
    assert (1 + 0.1 * 0.01) ** steps == pytest.approx(2)
    fast = replace(config, momentum=0.9)
    assert curved.doubling_steps(fast) == pytest.approx(steps / 10, rel=0.01)


def test_without_downward_curvature_the_distance_never_doubles() -> None:
    config = RunConfig(rate=1e-200)
    found = curvature(weights_of(np.zeros(9), BIASED), BIASED)
    assert found.doubling_steps(BIASED) == math.inf
    hardly = replace(found, negative=1, eigenvalues=np.array([-1e-200, 1.0]))
    assert hardly.doubling_steps(config) == math.inf


def test_a_run_leaves_a_saddle_at_the_predicted_pace() -> None:
    """Near the saddle of equal units, a small difference grows as the eigenvalue predicts."""
    config = replace(BIASED, rate=0.05)
    saddle = after(config, 3_000, np.full(9, 0.5))
    at_saddle = curvature(saddle, config)
    row = flat(saddle)
    steps = 100
    there = after(config, steps, row + 1e-6 * at_saddle.direction)
    here = after(config, steps, row)
    grown = np.linalg.norm(flat(there) - flat(here)) / 1e-6
    assert grown == pytest.approx(2 ** (steps / at_saddle.doubling_steps(config)), rel=0.02)


def test_a_learned_network_is_recognized() -> None:
    config = RunConfig(width=5, rate=1, biases=True)
    assert not curvature(initial_weights(config), config).is_learned
    assert curvature(after(config, 3_000), config).is_learned


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("activation", "loss", "size"),
    some(product(ACTIVATION_NAMES, LOSS_NAMES, (1e3, 1e160, 1.7e308)), 6),
)
def test_huge_weights_give_finite_numbers(activation: str, loss: str, size: float) -> None:
    config = RunConfig(activation=activation, loss=loss, biases=True)
    signs = np.sign(flat(initial_weights(config)))
    found = curvature(weights_of(size * signs, config), config)
    numbers = [found.gradient_norm, found.share, found.downward_share, found.loss, found.drop]
    assert np.isfinite(numbers).all()
    assert np.isfinite(found.eigenvalues).all()
    assert np.isfinite(found.direction).all()


def down_from(weights: Weights, config: RunConfig) -> tuple[Weights, Curvature]:
    found = curvature(weights, config)
    lower = followed(weights, config, found)
    assert lower is not None
    return lower, found


def test_a_kick_moves_the_network_by_its_size() -> None:
    for size in (0.01, 0.1, 1.0):
        for biases in (False, True):
            config = RunConfig(width=4, biases=biases)
            weights = initial_weights(config)
            moved = kicked(weights, size, seed=3)
            assert np.linalg.norm(flat(moved) - flat(weights)) == pytest.approx(size)
            assert [a.shape for a in moved.arrays()] == [a.shape for a in weights.arrays()]


def test_a_seed_determines_the_kick() -> None:
    weights = initial_weights(RunConfig())
    one, again, other = (flat(kicked(weights, 0.1, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.01


def test_size_only_scales_a_kick() -> None:
    weights = initial_weights(RunConfig())
    small, large = (flat(kicked(weights, size, 5)) - flat(weights) for size in (0.1, 1))
    np.testing.assert_allclose(10 * small, large, rtol=1e-12)


def test_a_kick_does_not_change_its_argument() -> None:
    weights = initial_weights(RunConfig())
    before = flat(weights)
    kicked(weights, 1, 1)
    np.testing.assert_array_equal(flat(weights), before)


def test_following_moves_along_the_lowest_direction() -> None:
    for activation in ("sigmoid", "tanh"):
        for steps in (0, 100):
            config = RunConfig(width=3, activation=activation, rate=0.1)
            weights = after(config, steps)
            lower, found = down_from(weights, config)
            assert loss(lower, config) < loss(weights, config)
            moved = flat(lower) - flat(weights)
            along = moved @ found.direction
            np.testing.assert_allclose(moved, along * found.direction, atol=1e-12)
            lengths = 2.0 ** np.arange(-10, 6)
            assert np.isclose(abs(along), lengths, rtol=1e-9).any()


def test_following_takes_the_lowest_loss_on_both_sides() -> None:
    config = RunConfig()
    weights = after(config, 1_000)
    lower, found = down_from(weights, config)
    row = flat(weights)
    tried = [row + side * 2.0**n * found.direction for n in range(-10, 6) for side in (1, -1)]
    assert loss(lower, config) == pytest.approx(
        loss(weights_of(np.array(tried), config), config).min()
    )


def test_following_tries_the_other_side() -> None:
    config = RunConfig()
    weights = after(config, 1_000)
    lower, found = down_from(weights, config)
    again = followed(weights, config, replace(found, direction=-found.direction))
    assert again is not None
    np.testing.assert_allclose(flat(again), flat(lower))


def test_following_separates_equal_units() -> None:
    weights = after(BIASED, 20_000, np.full(9, 0.5))
    lower, _ = down_from(weights, BIASED)
    assert loss(lower, BIASED) < loss(weights, BIASED)
    assert abs(float(lower.w2[0, 0] - lower.w2[1, 0])) > 1e-3
    assert abs(float(weights.w2[0, 0] - weights.w2[1, 0])) < 1e-9


def test_following_shortens_a_plateau() -> None:
    config = replace(RunConfig(rate=0.5), seed=9)
    lower, _ = down_from(after(config, 20_000), config)
    assert loss(after(config, 3_000, flat(lower)), config) < 0.05
    assert loss(after(config, 23_000), config) > 0.2


def test_following_needs_downward_curvature() -> None:
    config = replace(BIASED, seed=13)
    weights = after(config, 20_000)
    assert followed(weights, config, curvature(weights, config)) is None


def test_following_returns_none_without_a_lower_loss() -> None:
    """The loss of a saturated network is the same wherever it is moved to."""
    weights = weights_of(np.full(9, -1e6), RunConfig())
    found = replace(curvature(weights, RunConfig()), negative=1)
    assert followed(weights, RunConfig(), found) is None


@given(
    activation=st.sampled_from(ACTIVATION_NAMES),
    row=st.lists(st.floats(-20, 20), min_size=9, max_size=9),
)
def test_following_never_raises_the_loss(activation: str, row: list[float]) -> None:
    config = replace(BIASED, activation=activation)
    weights = weights_of(np.array(row), config)
    lower = followed(weights, config, curvature(weights, config))
    assert lower is None or loss(lower, config) < loss(weights, config)
