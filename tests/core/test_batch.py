"""Batch functions against those of network.py."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core import network
from xorviz.core.batch import batch_gradients, batch_losses, batch_outputs, flat, weights_of
from xorviz.core.config import ACTIVATION_NAMES, LOSS_NAMES, RunConfig


def some_networks(config: RunConfig) -> list[network.Weights]:
    return [network.initial_weights(replace(config, seed=seed)) for seed in range(5)]


@pytest.mark.parametrize(
    ("activation", "loss", "biases", "width"),
    some(product(ACTIVATION_NAMES, LOSS_NAMES, (False, True), (1, 3)), 6),
)
def test_batch_functions_agree_with_network(
    activation: str, loss: str, biases: bool, width: int
) -> None:
    config = RunConfig(width=width, activation=activation, loss=loss, biases=biases)
    nets = some_networks(config)
    rows = np.array([flat(weights) for weights in nets])
    outputs = [network.outputs(weights, activation) for weights in nets]
    losses = [network.loss(weights, config) for weights in nets]
    gradients = [flat(network.gradient(weights, config)) for weights in nets]
    np.testing.assert_allclose(batch_outputs(rows, config), outputs, rtol=1e-12)
    np.testing.assert_allclose(batch_losses(rows, config), losses, rtol=1e-12)
    np.testing.assert_allclose(batch_gradients(rows, config), gradients, rtol=1e-12, atol=1e-15)


def test_weights_survive_flattening() -> None:
    for biases in (False, True):
        config = RunConfig(width=4, biases=biases)
        weights = network.initial_weights(config)
        there_and_back = weights_of(flat(weights), config)
        assert len(there_and_back.arrays()) == len(weights.arrays())
        for one, other in zip(there_and_back.arrays(), weights.arrays(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_complex_parameters_give_derivatives() -> None:
    config = RunConfig(biases=True)
    row = flat(network.initial_weights(config)).astype(complex)
    steps = row + 1e-30j * np.eye(len(row))
    by_step = batch_losses_complex(steps, config)
    np.testing.assert_allclose(
        by_step, batch_gradients(row[np.newaxis].real, config)[0], rtol=1e-10
    )


def batch_losses_complex(rows: np.ndarray, config: RunConfig) -> np.ndarray:
    return np.asarray(batch_losses(rows, config).imag / 1e-30)
