"""Both kernels against the readable network, and their states."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.reference import Readable
from xorviz.core.arrays import Array
from xorviz.core.kernels.kernel import Kernel
from xorviz.core.kernels.numba_kernel import NumbaKernel
from xorviz.core.kernels.numpy_kernel import BLOCK, NumpyKernel
from xorviz.core.network import LOSSES, Weights, flat, gradient, initial_weights, outputs
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig

Kind = type[Kernel]


@pytest.fixture(params=[NumpyKernel, NumbaKernel], ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    return chosen


def both(kind: Kind, config: RunConfig) -> tuple[Kernel, Readable]:
    """Return a kernel and the readable network, at step 0."""
    kernel = kind(config, initial_weights(config))
    kernel.settle()
    return kernel, Readable(config)


def run(kernel: Kernel, steps: int) -> Array:
    """Take steps; return the outputs (4,) after the last."""
    while steps > BLOCK:
        kernel.run(BLOCK)
        steps -= BLOCK
    last: Array = kernel.run(steps).outputs[-1].copy()
    return last


def assert_same(kernel: Kernel, readable: Readable) -> None:
    mine, plain = kernel.weights(), readable.weights
    assert (mine.b1 is None, mine.b2 is None) == (plain.b1 is None, plain.b2 is None)
    for fast, slow in zip(mine.arrays(), plain.arrays(), strict=True):
        assert fast.shape == slow.shape
        np.testing.assert_allclose(fast, slow, rtol=1e-12, atol=1e-12)


def shown_by(readable: Readable) -> Array:
    """Return the outputs (4,) computed by network.py."""
    return outputs(readable.weights, readable.config.activation)


SHAPES = [
    RunConfig(width=w, rate=0.1 / w, activation=a, loss=loss, biases=b, momentum=m)
    for w, a, loss, b, m in itertools.product(
        (1, 3, 5, 64), ACTIVATION_NAMES, LOSS_NAMES, (False, True), (0, 0.9)
    )
]


@pytest.mark.parametrize("config", some(SHAPES, 8))
def test_steps_are_those_of_the_readable_network(kind: Kind, config: RunConfig) -> None:
    kernel, readable = both(kind, config)
    for steps in (1, 199):
        last = run(kernel, steps)
        readable.step(steps)
        assert_same(kernel, readable)
        np.testing.assert_allclose(last, shown_by(readable), rtol=1e-11, atol=1e-11)


def test_every_truth_table_is_trained_correctly(kind: Kind) -> None:
    for targets in itertools.product((0, 1), repeat=4):
        config = RunConfig(rate=0.5, targets=targets, init_range=2)
        kernel, readable = both(kind, config)
        run(kernel, 20)
        readable.step(20)
        assert_same(kernel, readable)


@pytest.mark.parametrize("biases", [False, True])
def test_rate_and_momentum_change_from_the_next_step(kind: Kind, biases: bool) -> None:
    config = RunConfig(rate=0.5, biases=biases)
    kernel, readable = both(kind, config)
    for rate, momentum in ((0.5, 0.0), (0.5, 0.9), (0.1, 0.9), (0.1, 0.0), (0.2, 0.5), (0.2, 0.0)):
        kernel.configure(replace(config, rate=rate, momentum=momentum))
        readable.rate, readable.momentum = rate, momentum
        run(kernel, 70)
        readable.step(70)
        assert_same(kernel, readable)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_every_step_of_a_block_has_its_results(kind: Kind, loss: str) -> None:
    config = RunConfig(rate=0.5, biases=True, loss=loss)
    kernel, readable = kind(config, initial_weights(config)), Readable(config)
    targets = np.array(config.targets)
    first, taken = kernel.settle(), kernel.run(BLOCK)
    for i, results in enumerate([first] + [taken] * BLOCK):
        row = max(0, i - 1)
        wanted = shown_by(readable)
        loss_now = LOSSES[loss].value(readable.logits(), targets)
        np.testing.assert_allclose(results.outputs[row], wanted, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(results.losses[row], loss_now, rtol=1e-12)
        np.testing.assert_allclose(results.worst[row], np.abs(wanted - targets).max(), rtol=1e-12)
        readable.step()


@pytest.mark.parametrize(
    ("activation", "momentum"), some(itertools.product(ACTIVATION_NAMES, (0, 0.9)), 3)
)
def test_a_restored_state_continues_bit_for_bit(
    kind: Kind, activation: str, momentum: float
) -> None:
    config = RunConfig(width=5, rate=0.7, activation=activation, biases=True, momentum=momentum)
    kernel, _ = both(kind, config)
    kernel.run(7)
    state = kernel.state()
    shown, after = kernel.run(BLOCK).outputs.copy(), kernel.state()
    kernel.restore(state)
    again = kernel.run(BLOCK).outputs
    np.testing.assert_array_equal(again, shown)
    for mine, first in zip(kernel.state(), after, strict=True):
        np.testing.assert_array_equal(mine, first)


def test_a_state_is_a_copy(kind: Kind) -> None:
    config = RunConfig(momentum=0.9)
    kernel, _ = both(kind, config)
    kernel.run(3)
    state, weights = kernel.state(), kernel.weights()
    kept = [a.copy() for a in state], flat(weights)
    kernel.run(BLOCK)
    for now, then in zip(state, kept[0], strict=True):
        np.testing.assert_array_equal(now, then)
    np.testing.assert_array_equal(flat(weights), kept[1])


def test_the_initial_weights_are_never_written_to(kind: Kind) -> None:
    config = RunConfig(biases=True)
    weights = initial_weights(config)
    kernel = kind(config, weights)
    kernel.settle()
    kernel.run(BLOCK)
    np.testing.assert_array_equal(flat(weights), flat(initial_weights(config)))


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
    some(
        [
            *((name, index, True) for name, index in PLACES),
            *((name, index, False) for name, index in PLACES[:4]),
        ],
        5,
    ),
)
def test_training_continues_from_a_weight_that_was_set(
    kind: Kind, name: str, index: tuple[int, ...], biases: bool
) -> None:
    config = RunConfig(width=5, rate=0.5, biases=biases, momentum=0.9)
    kernel, readable = both(kind, config)
    run(kernel, 20)
    readable.step(20)
    kernel.set_weight(name, index, -1.5)
    getattr(readable.weights, name)[index] = -1.5
    np.testing.assert_allclose(
        kernel.settle().outputs, [shown_by(readable)], rtol=1e-12, atol=1e-12
    )
    assert getattr(kernel.weights(), name)[index] == -1.5
    assert_same(kernel, readable)
    run(kernel, 20)
    readable.step(20)
    assert_same(kernel, readable)


def test_calls_are_rebuilt_only_where_momentum_starts_or_ends() -> None:
    config = RunConfig(rate=0.5)
    kernel = NumpyKernel(config, initial_weights(config))
    written = [kernel._calls]
    for rate, momentum in ((0.1, 0.0), (0.1, 0.5), (0.2, 0.9), (0.2, 0.0)):
        kernel.configure(replace(config, rate=rate, momentum=momentum))
        written.append(kernel._calls)
    is_new = [a is not b for a, b in itertools.pairwise(written)]
    assert is_new == [False, True, False, True]


def assert_norms(kernel: Kernel, readable: Readable, steps: int) -> None:
    """Take steps, at most BLOCK, and compare the gradient norms before them."""
    norms = []
    for _ in range(steps):
        norms.append(np.linalg.norm(flat(gradient(readable.weights, readable.config))))
        readable.step()
    np.testing.assert_allclose(kernel.run(steps).norms, norms, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("config", some(SHAPES, 6))
def test_every_step_of_a_block_has_its_gradient_norm(kind: Kind, config: RunConfig) -> None:
    kernel, readable = both(kind, config)
    for steps in (BLOCK, 1, 7, BLOCK):
        assert_norms(kernel, readable, steps)


def test_gradient_norms_do_not_depend_on_rate_and_momentum(kind: Kind) -> None:
    config = RunConfig(rate=0.5, biases=True)
    kernel, readable = both(kind, config)
    for rate, momentum in ((0.5, 0.0), (0.05, 0.0), (1e-9, 0.9), (2.0, 0.9), (1e-40, 0.0)):
        kernel.configure(replace(config, rate=rate, momentum=momentum))
        readable.rate, readable.momentum = rate, momentum
        assert_norms(kernel, readable, BLOCK)


def test_the_norm_at_a_vanishing_rate_is_unknown() -> None:
    for rate in (5e-324, 1e-310, 1e-200, 9e-61):
        config = RunConfig(rate=rate)
        kernel, _ = both(NumpyKernel, config)
        assert np.isnan(kernel.run(BLOCK).norms).all()


def test_a_gradient_of_zero_has_norm_zero(kind: Kind) -> None:
    config = RunConfig(activation="relu")
    dead = Weights(np.zeros((2, 3)), None, np.zeros((3, 1)), None)
    kernel = kind(config, dead)
    kernel.settle()
    assert kernel.run(5).norms.tolist() == [0.0] * 5


def test_a_state_holds_the_velocity_of_the_last_step(kind: Kind) -> None:
    config = RunConfig(rate=0.5, biases=True)
    kernel, _ = both(kind, config)
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


RELU = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy")


@pytest.mark.parametrize(
    ("config", "seed", "scale", "last_step"),
    some(
        [
            (RELU, 0, 1e150, 2),
            (replace(RELU, momentum=0.9), 29, 1e150, 11),
            (replace(RELU, momentum=0.9, biases=True), 5, 1e150, 1),
            (replace(RELU, momentum=0.99, biases=True), 54, 1e145, 3),
        ]
    ),
)
def test_a_run_stops_before_a_step_that_is_not_finite(
    kind: Kind, config: RunConfig, seed: int, scale: float, last_step: int
) -> None:
    weights = initial_weights(replace(config, seed=seed))
    for array in weights.arrays():
        np.multiply(array, scale, out=array)
    kernel, other = kind(config, weights), kind(config, weights)
    with np.errstate(all="ignore"):
        for each in (kernel, other):
            each.settle()
        assert len(kernel.run(BLOCK)) == last_step
        other.run(last_step)
    for mine, theirs in zip(kernel.state(), other.state(), strict=True):
        assert np.isfinite(mine).all()
        np.testing.assert_array_equal(mine, theirs)


def test_retake_repeats_only_the_first_steps(kind: Kind) -> None:
    config = RunConfig(width=5, rate=0.7, biases=True, momentum=0.9)
    kernel, other = (kind(config, initial_weights(config)) for _ in range(2))
    for each in (kernel, other):
        each.settle()
        each.run(7)
    other.run(20)
    kernel.run(BLOCK)
    assert len(kernel.retake(20)) == 20
    for mine, theirs in zip(kernel.state(), other.state(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(kernel.run(3).losses, other.run(3).losses)
