"""The fast step against the readable one, and its state taken out and put back."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.readable import Readable, flat
from xorviz.core.config import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.kernel import BLOCK, Kernel
from xorviz.core.network import Weights, gradient, initial_weights

Array = NDArray[np.float64]


def run(kernel: Kernel, steps: int) -> Array:
    """Take any number of steps; return the logits (4,) after the last."""
    while steps > BLOCK:
        kernel.run(BLOCK)
        steps -= BLOCK
    last: Array = kernel.run(steps)[-1].copy()
    return last


def assert_same(kernel: Kernel, readable: Readable) -> None:
    mine, plain = kernel.weights(), readable.weights
    assert (mine.b1 is None, mine.b2 is None) == (plain.b1 is None, plain.b2 is None)
    for fast, slow in zip(mine.arrays(), plain.arrays(), strict=True):
        assert fast.shape == slow.shape
        np.testing.assert_allclose(fast, slow, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("width", [1, 3, 5, 64])
@pytest.mark.parametrize("momentum", [0, 0.9])
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_one_step_and_two_hundred_are_those_of_the_lesson(
    width: int, activation: str, loss: str, biases: bool, momentum: float
) -> None:
    config = RunConfig(
        width=width,
        rate=0.1 / width,
        activation=activation,
        loss=loss,
        biases=biases,
        momentum=momentum,
    )
    kernel, readable = Kernel(config, initial_weights(config)), Readable(config)
    kernel.settle()
    for steps in (1, 199):
        last = run(kernel, steps)
        for _ in range(steps):
            readable.step()
        assert_same(kernel, readable)
        np.testing.assert_allclose(last, readable.logits(), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("targets", [*itertools.product((0, 1), repeat=4)])
def test_every_truth_table_is_trained_as_in_the_lesson(targets: tuple[int, ...]) -> None:
    config = RunConfig(rate=0.5, targets=targets, init_range=2)
    kernel, readable = Kernel(config, initial_weights(config)), Readable(config)
    kernel.settle()
    run(kernel, 20)
    for _ in range(20):
        readable.step()
    assert_same(kernel, readable)


@pytest.mark.parametrize("biases", [False, True])
def test_changes_of_rate_and_momentum_take_hold_from_the_next_step(biases: bool) -> None:
    config = RunConfig(rate=0.5, biases=biases)
    kernel, readable = Kernel(config, initial_weights(config)), Readable(config)
    kernel.settle()
    for rate, momentum in ((0.5, 0.0), (0.5, 0.9), (0.1, 0.9), (0.1, 0.0), (0.2, 0.5), (0.2, 0.0)):
        kernel.configure(rate, momentum)
        readable.rate, readable.momentum = rate, momentum
        run(kernel, 70)
        for _ in range(70):
            readable.step()
        assert_same(kernel, readable)


def test_every_step_of_a_block_shows_the_logits_after_it() -> None:
    config = RunConfig(rate=0.5, biases=True)
    kernel, readable = Kernel(config, initial_weights(config)), Readable(config)
    np.testing.assert_allclose(kernel.settle(), [readable.logits()], rtol=1e-12, atol=1e-12)
    for shown in kernel.run(BLOCK).copy():
        readable.step()
        np.testing.assert_allclose(shown, readable.logits(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("momentum", [0, 0.9])
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_a_restored_state_goes_on_to_the_same_bits(activation: str, momentum: float) -> None:
    config = RunConfig(width=5, rate=0.7, activation=activation, biases=True, momentum=momentum)
    kernel = Kernel(config, initial_weights(config))
    kernel.settle()
    kernel.run(7)
    state = kernel.state()
    shown, after = kernel.run(BLOCK).copy(), kernel.state()
    kernel.restore(state)
    again = kernel.run(BLOCK)
    np.testing.assert_array_equal(again, shown)
    for mine, first in zip(kernel.state(), after, strict=True):
        np.testing.assert_array_equal(mine, first)


def test_a_state_is_a_copy_that_training_does_not_touch() -> None:
    config = RunConfig(momentum=0.9)
    kernel = Kernel(config, initial_weights(config))
    kernel.settle()
    kernel.run(3)
    state, weights = kernel.state(), kernel.weights()
    kept = [a.copy() for a in state], flat(weights)
    kernel.run(BLOCK)
    for now, then in zip(state, kept[0], strict=True):
        np.testing.assert_array_equal(now, then)
    np.testing.assert_array_equal(flat(weights), kept[1])


def test_the_weights_given_to_a_kernel_are_never_written_to() -> None:
    config = RunConfig(biases=True)
    weights = initial_weights(config)
    kernel = Kernel(config, weights)
    kernel.settle()
    kernel.run(BLOCK)
    np.testing.assert_array_equal(flat(weights), flat(initial_weights(config)))


def first_right_epoch(seed: int) -> int | None:
    """Train the 2-2-1 network of cybertronai/hinton-problems, xor; count epochs from 1."""
    rng = np.random.default_rng(seed)
    w1, b1, w2, b2 = (rng.random(shape) - 0.5 for shape in ((2, 2), (2,), (1, 2), (1,)))
    config = RunConfig(width=2, rate=0.5, momentum=0.9, biases=True, loss="half-mse")
    # There w1 has one row per hidden unit.
    kernel = Kernel(config, Weights(w1.T, b1, w2.T, b2))
    kernel.settle()
    sides = np.array(config.targets) == 1
    for first in range(1, 5000, 50):
        right = ((kernel.run(50) > 0) == sides).all(axis=1)
        if right.any():
            return first + int(right.argmax())
    return None


def test_the_published_epochs_of_the_momentum_experiment_are_found_again() -> None:
    epochs = [first_right_epoch(seed) for seed in range(30)]
    found = [epoch for epoch in epochs if epoch is not None]
    assert (epochs[0], epochs[3]) == (1393, 531)
    assert len(found) == 25
    assert (min(found), max(found)) == (474, 2489)
    assert round(float(np.mean(found))) == 964
    assert np.median(found) == 730


PLACES = [
    ("w1", (0, 0)),
    ("w1", (1, 4)),
    ("w2", (0, 0)),
    ("w2", (4, 0)),
    ("b1", (0,)),
    ("b1", (4,)),
    ("b2", (0,)),
]


@pytest.mark.parametrize(
    ("name", "index", "biases"),
    [
        *((name, index, True) for name, index in PLACES),
        *((name, index, False) for name, index in PLACES[:4]),
    ],
)
def test_one_weight_is_set_and_training_goes_on_from_it(
    name: str, index: tuple[int, ...], biases: bool
) -> None:
    config = RunConfig(width=5, rate=0.5, biases=biases, momentum=0.9)
    kernel, readable = Kernel(config, initial_weights(config)), Readable(config)
    kernel.settle()
    run(kernel, 20)
    for _ in range(20):
        readable.step()
    kernel.set_weight(name, index, -1.5)
    getattr(readable.weights, name)[index] = -1.5
    np.testing.assert_allclose(kernel.settle(), [readable.logits()], rtol=1e-12, atol=1e-12)
    assert getattr(kernel.weights(), name)[index] == -1.5
    assert_same(kernel, readable)
    run(kernel, 20)
    for _ in range(20):
        readable.step()
    assert_same(kernel, readable)


def test_the_calls_are_written_anew_only_where_momentum_sets_in_or_ends() -> None:
    config = RunConfig(rate=0.5)
    kernel = Kernel(config, initial_weights(config))
    written = [kernel._calls]
    for rate, momentum in ((0.1, 0.0), (0.1, 0.5), (0.2, 0.9), (0.2, 0.0)):
        kernel.configure(rate, momentum)
        written.append(kernel._calls)
    is_new = [a is not b for a, b in itertools.pairwise(written)]
    assert is_new == [False, True, False, True]


def assert_norms(kernel: Kernel, readable: Readable, steps: int) -> None:
    """Take steps, at most BLOCK, and compare the gradients that they followed."""
    norms = []
    for _ in range(steps):
        norms.append(np.linalg.norm(flat(gradient(readable.weights, readable.config))))
        readable.step()
    kernel.run(steps)
    np.testing.assert_allclose(kernel.gradient_norms(steps), norms, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("width", [1, 3, 64])
@pytest.mark.parametrize("momentum", [0, 0.9])
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_every_step_of_a_block_shows_the_gradient_that_it_followed(
    width: int, activation: str, loss: str, biases: bool, momentum: float
) -> None:
    config = RunConfig(
        width=width,
        rate=0.1 / width,
        activation=activation,
        loss=loss,
        biases=biases,
        momentum=momentum,
    )
    kernel, readable = Kernel(config, initial_weights(config)), Readable(config)
    kernel.settle()
    for steps in (BLOCK, 1, 7, BLOCK):
        assert_norms(kernel, readable, steps)


def test_gradient_norms_do_not_depend_on_rate_and_momentum() -> None:
    config = RunConfig(rate=0.5, biases=True)
    kernel, readable = Kernel(config, initial_weights(config)), Readable(config)
    kernel.settle()
    for rate, momentum in ((0.5, 0.0), (0.05, 0.0), (1e-9, 0.9), (2.0, 0.9), (1e-40, 0.0)):
        kernel.configure(rate, momentum)
        readable.rate, readable.momentum = rate, momentum
        assert_norms(kernel, readable, BLOCK)


@pytest.mark.parametrize("rate", [5e-324, 1e-310, 1e-200, 9e-61])
def test_the_gradient_of_a_vanishing_rate_is_not_known(rate: float) -> None:
    config = RunConfig(rate=rate)
    kernel = Kernel(config, initial_weights(config))
    kernel.settle()
    kernel.run(BLOCK)
    assert np.isnan(kernel.gradient_norms(BLOCK)).all()


def test_a_gradient_of_zero_is_known() -> None:
    config = RunConfig(activation="relu")
    dead = Weights(np.zeros((2, 3)), None, np.zeros((3, 1)), None)
    kernel = Kernel(config, dead)
    kernel.settle()
    kernel.run(5)
    assert kernel.gradient_norms(5).tolist() == [0.0] * 5


def test_a_state_holds_the_velocity_of_the_last_step_taken() -> None:
    config = RunConfig(rate=0.5, biases=True)
    kernel = Kernel(config, initial_weights(config))
    kernel.settle()
    kernel.run(BLOCK)
    before = kernel.state()
    kernel.run(3)
    (parameters, velocity), (at_first, _) = kernel.state(), before
    kernel.restore(before)
    kernel.run(2)
    at_second, _ = kernel.state()
    np.testing.assert_allclose(at_second - parameters, velocity, rtol=1e-9, atol=1e-15)
    kernel.restore(before)
    kernel.run(0)
    for mine, first in zip(kernel.state(), before, strict=True):
        np.testing.assert_array_equal(mine, first)
    np.testing.assert_array_equal(kernel.state()[0], at_first)
