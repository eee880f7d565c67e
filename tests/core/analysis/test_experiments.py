"""A kick is as long as it says; what follows the curvature never makes the loss worse."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.analysis.test_curvature import BIASED, after
from xorviz.core.analysis.curvature import Curvature, curvature, followed, kicked
from xorviz.core.batch import batch_gradients, batch_losses, flat, weights_of
from xorviz.core.config import ACTIVATION_NAMES, RunConfig
from xorviz.core.network import Weights, initial_weights, loss


def down_from(weights: Weights, config: RunConfig) -> tuple[Weights, Curvature]:
    found = curvature(weights, config)
    lower = followed(weights, config, found)
    assert lower is not None
    return lower, found


@pytest.mark.parametrize("size", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("biases", [False, True])
def test_a_kick_moves_the_network_as_far_as_it_says(size: float, biases: bool) -> None:
    config = RunConfig(width=4, biases=biases)
    weights = initial_weights(config)
    moved = kicked(weights, size, seed=3)
    assert np.linalg.norm(flat(moved) - flat(weights)) == pytest.approx(size)
    assert [a.shape for a in moved.arrays()] == [a.shape for a in weights.arrays()]


def test_a_seed_always_kicks_the_same_way() -> None:
    weights = initial_weights(RunConfig())
    one, again, other = (flat(kicked(weights, 0.1, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.01


def test_the_size_only_scales_a_kick() -> None:
    weights = initial_weights(RunConfig())
    small, large = (flat(kicked(weights, size, 5)) - flat(weights) for size in (0.1, 1))
    np.testing.assert_allclose(10 * small, large, rtol=1e-12)


def test_a_kick_leaves_the_weights_it_came_from_alone() -> None:
    weights = initial_weights(RunConfig())
    before = flat(weights)
    kicked(weights, 1, 1)
    np.testing.assert_array_equal(flat(weights), before)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
@pytest.mark.parametrize("steps", [0, 100])
def test_following_lowers_the_loss_along_the_one_direction(activation: str, steps: int) -> None:
    config = RunConfig(width=3, activation=activation, rate=0.1)
    weights = after(config, steps)
    lower, found = down_from(weights, config)
    assert loss(lower, config) < loss(weights, config)
    moved = flat(lower) - flat(weights)
    along = moved @ found.direction
    np.testing.assert_allclose(moved, along * found.direction, atol=1e-12)
    lengths = 2.0 ** np.arange(-10, 6)
    assert np.isclose(abs(along), lengths, rtol=1e-9).any()


def test_it_takes_the_lowest_loss_of_all_lengths_to_both_sides() -> None:
    config = RunConfig()
    weights = after(config, 1_000)
    lower, found = down_from(weights, config)
    row = flat(weights)
    tried = [row + side * 2.0**n * found.direction for n in range(-10, 6) for side in (1, -1)]
    assert loss(lower, config) == pytest.approx(batch_losses(np.array(tried), config).min())


def test_the_other_side_is_tried_too() -> None:
    config = RunConfig()
    weights = after(config, 1_000)
    lower, found = down_from(weights, config)
    again = followed(weights, config, replace(found, direction=-found.direction))
    assert again is not None
    np.testing.assert_allclose(flat(again), flat(lower))


def test_it_parts_equal_units_that_training_cannot_part() -> None:
    weights = after(BIASED, 20_000, np.full(9, 0.5))
    lower, _ = down_from(weights, BIASED)
    assert loss(lower, BIASED) < loss(weights, BIASED)
    assert abs(float(lower.w2[0, 0] - lower.w2[1, 0])) > 1e-3
    assert abs(float(weights.w2[0, 0] - weights.w2[1, 0])) < 1e-9


def test_after_it_a_plateau_is_left_in_a_fraction_of_the_time() -> None:
    config = replace(RunConfig(rate=0.5), seed=9)
    lower, _ = down_from(after(config, 20_000), config)
    row = flat(lower)[np.newaxis]
    for _ in range(3_000):
        row = row - config.rate * batch_gradients(row, config)
    assert batch_losses(row, config)[0] < 0.05
    assert loss(after(config, 23_000), config) > 0.2


def test_where_no_direction_curves_down_there_is_nothing_to_follow() -> None:
    config = replace(BIASED, seed=13)
    weights = after(config, 20_000)
    assert followed(weights, config, curvature(weights, config)) is None


def test_nothing_that_is_not_lower_is_taken() -> None:
    """The loss of a saturated network is the same wherever it is moved to."""
    weights = weights_of(np.full(9, -1e6), RunConfig())
    found = replace(curvature(weights, RunConfig()), negative=1)
    assert followed(weights, RunConfig(), found) is None


@settings(max_examples=60, deadline=None)
@given(
    activation=st.sampled_from(ACTIVATION_NAMES),
    row=st.lists(st.floats(-20, 20), min_size=9, max_size=9),
)
def test_following_never_makes_the_loss_worse(activation: str, row: list[float]) -> None:
    config = replace(BIASED, activation=activation)
    weights = weights_of(np.array(row), config)
    lower = followed(weights, config, curvature(weights, config))
    assert lower is None or loss(lower, config) < loss(weights, config)
