"""Both kernels against the readable network, and their states."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from tests.support.bits import bits
from tests.support.cases import some
from tests.support.reference import Readable
from xorviz.core.arrays import Array
from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.kernel import Kernel, State, Taken
from xorviz.core.kernels.kernels import kernel_named
from xorviz.core.kernels.numpy_kernel import BLOCK, NumpyKernel
from xorviz.core.network import LOSSES, Weights, flat, gradient, initial_weights, sigmoid
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import weight_shapes
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.files.run_file import dumps, loads

EACH_KERNEL = pytest.mark.parametrize("name", compiler.KERNEL_NAMES)


def begun(name: str, config: RunConfig) -> Kernel:
    """Return a kernel at step 0."""
    kernel = kernel_named(name)(config, initial_weights(config))
    kernel.settle()
    return kernel


def assert_same(mine: State, other: State) -> None:
    """Fail unless two states are equal to the last bit."""
    assert [bits(numbers) for numbers in mine] == [bits(numbers) for numbers in other]


def drawn_recipes() -> Iterator[RunConfig]:
    """Yield a recipe of each activation and loss, with all else drawn; rounding stays small."""
    random = np.random.default_rng(5)
    for number, (activation, loss) in enumerate(product(ACTIVATION_NAMES, LOSS_NAMES)):
        width = (1, 3, 5, 8, 64)[number % 5]
        yield RunConfig(
            width, 0.1 / width, number, activation, loss, bool((number // 2) % 2),
            targets=tuple(random.integers(0, 2, 4).tolist()),
        )  # fmt: skip


RECIPES = list(drawn_recipes())


class Compared:
    """A kernel and the readable network, which take the same steps."""

    def __init__(self, name: str, config: RunConfig) -> None:
        self.kernel = kernel_named(name)(config, initial_weights(config))
        self.config, self.readable = config, Readable(config)
        self.assert_results(self.kernel.settle(), [self.results()])

    def configure(self, rate: float, momentum: float) -> None:
        self.kernel.configure(replace(self.config, rate=rate, momentum=momentum))
        self.readable.rate, self.readable.momentum = rate, momentum

    def set_weight(self, name: str, index: tuple[int, ...], value: float) -> None:
        self.kernel.set_weight(name, index, value)
        getattr(self.readable.weights, name)[index] = value
        assert getattr(self.kernel.weights(), name)[index] == value
        self.assert_results(self.kernel.settle(), [self.results()])

    def run(self, n: int) -> None:
        """Take n steps, at most BLOCK, and compare each, the norms before them, and the weights."""
        taken, wanted, norms, before = self.kernel.run(n), [], [], self.readable.weights
        assert len(taken) == n
        for _ in range(n):
            before = self.readable.weights.each(np.array)
            norms.append(np.linalg.norm(flat(gradient(before, self.config))))
            self.readable.step()
            wanted.append(self.results())
        np.testing.assert_allclose(taken.norms, norms, rtol=1e-9, atol=1e-14)
        self.assert_results(taken, wanted)
        mine, plain = self.kernel.weights(), self.readable.weights
        assert [a.shape for a in mine.arrays()] == [a.shape for a in plain.arrays()]
        assert (mine.b1 is None, mine.b2 is None) == (plain.b1 is None, plain.b2 is None)
        np.testing.assert_allclose(flat(mine), flat(plain), rtol=1e-11, atol=1e-12)
        if n:
            added = flat(plain) - flat(before)
            np.testing.assert_allclose(flat(self.kernel.velocity()), added, rtol=1e-6, atol=1e-12)

    def results(self) -> tuple[float, Array]:
        """Return the loss and the outputs (4,) of the readable network now."""
        z = self.readable.logits()
        return float(LOSSES[self.config.loss].value(z, np.array(self.config.targets))), sigmoid(z)

    def assert_results(self, taken: Taken, wanted: Sequence[tuple[float, Array]]) -> None:
        """Fail unless the losses and outputs of the steps are these, and the errors theirs."""
        losses = np.array([loss for loss, _ in wanted])
        shown = np.array([seen for _, seen in wanted]).reshape(-1, 4)
        worst = np.abs(shown - np.array(self.config.targets)).max(axis=1)
        np.testing.assert_allclose(taken.losses, losses, rtol=1e-11)
        np.testing.assert_allclose(taken.outputs, shown, rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(taken.worst, worst, rtol=1e-11)


@EACH_KERNEL
@pytest.mark.parametrize("config", RECIPES, ids=lambda c: f"{c.activation}-{c.loss}")
def test_steps_and_their_results_are_those_of_the_readable_network(
    name: str, config: RunConfig
) -> None:
    both = Compared(name, config)
    for n in (1, 7, BLOCK):
        both.run(n)
    for momentum, n in ((0.9, 20), (0.5, 0), (0.5, 9), (0.0, 9)):
        both.configure(2 * config.rate, momentum)
        both.run(n)
    for field, shape in weight_shapes(config).items():
        for index in ((0,) * len(shape), tuple(n - 1 for n in shape)):
            both.set_weight(field, index, -1.5)
    both.run(9)


@EACH_KERNEL
def test_gradient_norms_do_not_depend_on_rate_and_momentum(name: str) -> None:
    both = Compared(name, RunConfig(rate=0.5, biases=True))
    for rate, momentum in ((0.05, 0.0), (1e-9, 0.9), (2.0, 0.9), (1e-40, 0.0), (1e-60, 0.0)):
        both.configure(rate, momentum)
        both.run(BLOCK)
    dead = Weights(np.zeros((2, 3)), None, np.zeros((3, 1)), None)
    kernel = kernel_named(name)(RunConfig(activation="relu"), dead)
    kernel.settle()
    assert kernel.run(5).norms.tolist() == [0.0] * 5


def test_the_norm_at_a_vanishing_rate_is_unknown() -> None:
    for rate in (5e-324, 1e-200, 9e-61):
        assert np.isnan(begun("numpy", RunConfig(rate=rate)).run(BLOCK).norms).all()


@EACH_KERNEL
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("momentum", [0, 0.9])
def test_a_restored_or_repeated_state_continues_bit_for_bit(
    name: str, activation: str, momentum: float
) -> None:
    config = RunConfig(5, 0.7, activation=activation, biases=True, momentum=momentum)
    kernel, other = begun(name, config), begun(name, config)
    kernel.run(7)
    state = kernel.state()
    kept = [numbers.copy() for numbers in state]
    assert len(kernel.run(0)) == 0
    assert_same(kernel.state(), state)
    weights, first = kernel.weights(), flat(kernel.weights())
    shown, after = kernel.run(BLOCK).outputs.copy(), kernel.state()
    assert_same(state, (kept[0], kept[1]))  # copies
    np.testing.assert_array_equal(flat(weights), first)
    kernel.restore(state)
    np.testing.assert_array_equal(kernel.run(BLOCK).outputs, shown)
    assert_same(kernel.state(), after)
    assert len(kernel.retake(20)) == 20
    for n in (7, 20):
        other.run(n)
    assert_same(kernel.state(), other.state())
    np.testing.assert_array_equal(kernel.run(3).losses, other.run(3).losses)


@EACH_KERNEL
def test_the_initial_weights_are_never_written_to(name: str) -> None:
    config = RunConfig(biases=True)
    weights = initial_weights(config)
    kernel = kernel_named(name)(config, weights)
    kernel.settle()
    kernel.run(BLOCK)
    np.testing.assert_array_equal(flat(weights), flat(initial_weights(config)))


def test_calls_are_rebuilt_only_where_momentum_starts_or_ends() -> None:
    config = RunConfig(rate=0.5)
    kernel = NumpyKernel(config, initial_weights(config))
    written = [kernel._calls]
    for rate, momentum in ((0.1, 0.0), (0.1, 0.5), (0.2, 0.9), (0.2, 0.0)):
        kernel.configure(replace(config, rate=rate, momentum=momentum))
        written.append(kernel._calls)
    assert [a is not b for a, b in pairwise(written)] == [False, True, False, True]


RELU = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy")


@EACH_KERNEL
@pytest.mark.parametrize(
    ("config", "seed", "scale", "last_step"),
    [
        (RELU, 0, 1e150, 2),
        (replace(RELU, momentum=0.9), 29, 1e150, 11),
        (replace(RELU, momentum=0.9, biases=True), 5, 1e150, 1),
        (replace(RELU, momentum=0.99, biases=True), 54, 1e145, 3),
    ],
)
def test_a_run_stops_before_a_step_that_is_not_finite(
    name: str, config: RunConfig, seed: int, scale: float, last_step: int
) -> None:
    weights = initial_weights(replace(config, seed=seed)).each(lambda array: scale * array)
    kernel, other = (kernel_named(name)(config, weights) for _ in range(2))
    with np.errstate(all="ignore"):
        for each in (kernel, other):
            each.settle()
        assert len(kernel.run(BLOCK)) == last_step
        other.run(last_step)
    assert_same(kernel.state(), other.state())
    assert np.isfinite(kernel.state()).all()


@pytest.mark.parametrize("width", some((3, 1, 64), 1))
def test_one_compiled_form_serves_all(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """Whatever the recipe and wherever its numbers come from, nothing more is compiled."""
    kernels.prepare(compiler.NUMBA)
    monkeypatch.setattr(compiler, "_loaded", None)
    for config in RECIPES[::2]:
        run = Recording(replace(config, width=width), kernel=compiler.NUMBA)
        run.advance(np.int64(70))  # type: ignore[arg-type]
        run.intervene("momentum", 0.5)
        run.intervene("w1", 0.25, (0, 0))
        run.advance(10)
        read = loads(dumps(Project(run.record(), 5)))
        again = Recording(read.record, kernel=compiler.NUMBA)
        again.state_at(read.step)
        again.fork(33).advance(3)
