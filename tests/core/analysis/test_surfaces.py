"""The outputs of many networks over the square: the same as one at a time, and always finite."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.analysis.surface import COARSEST, HIGH, LOW, fineness, logit_maps, middles
from xorviz.core.arrays import Array
from xorviz.core.batch import flat, weights_of
from xorviz.core.config import ACTIVATION_NAMES, RunConfig
from xorviz.core.network import hidden, initial_weights, logits


def drawn(config: RunConfig, count: int) -> Array:
    seeds = range(count)
    return np.stack([flat(initial_weights(replace(config, seed=seed))) for seed in seeds])


@pytest.mark.parametrize(
    ("activation", "biases", "width"), [*product(ACTIVATION_NAMES, (False, True), (1, 3, 64))]
)
def test_each_map_is_what_its_network_answers(activation: str, biases: bool, width: int) -> None:
    config = RunConfig(width=width, activation=activation, biases=biases, init_range=4)
    parameters, n = drawn(config, 5), 24
    maps = logit_maps(parameters, config, n)
    assert maps.shape == (5, n, n)
    for row, found in zip(parameters, maps, strict=True):
        weights, at = weights_of(row, config), middles(n)
        for i, j in ((0, 0), (0, n - 1), (n - 1, 0), (5, 17)):  # the first row is that on top
            x = np.array([[at[j], at[n - 1 - i]]])
            z = logits(weights, hidden(weights, activation, x))[0]
            assert found[i, j] == pytest.approx(z, rel=1e-5, abs=1e-4)


def test_pixels_lie_within_the_square_side_by_side() -> None:
    np.testing.assert_allclose(middles(4), [-0.25, 0.25, 0.75, 1.25])
    assert middles(31)[0] - LOW == pytest.approx(HIGH - middles(31)[-1])


def test_more_networks_than_are_worked_out_at_once_come_to_the_same() -> None:
    config = RunConfig(width=8, biases=True)
    parameters = drawn(config, 70)
    together = logit_maps(parameters, config, 20)
    for i in (0, 20, 21, 69):
        np.testing.assert_allclose(together[i], logit_maps(parameters[i : i + 1], config, 20)[0])


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("huge", [1e300, -1e300, np.inf, np.nan])
def test_networks_that_have_diverged_give_finite_maps(activation: str, huge: float) -> None:
    config = RunConfig(width=64, activation=activation, biases=True)
    parameters = drawn(config, 2)
    parameters[1] = huge
    maps = logit_maps(parameters, config, 12)
    assert np.isfinite(maps).all()
    np.testing.assert_allclose(maps[0], logit_maps(parameters[:1], config, 12)[0], rtol=1e-5)


@given(st.integers(0, 64), st.integers(1, 64))
def test_a_picture_is_as_fine_as_it_can_afford(networks: int, width: int) -> None:
    n = fineness(networks, width, 300_000, 32)
    assert COARSEST <= n <= 32
    assert n == COARSEST or networks * width * n * n <= 300_000
    assert n == 32 or max(networks, 1) * width * (n + 1) ** 2 > 300_000
