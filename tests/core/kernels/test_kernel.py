"""Both kernels against the readable steps, and their states."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.bits import bits
from tests.support.cases import some
from xorviz.core.arrays import Array
from xorviz.core.kernels import compiler, kernels
from xorviz.core.kernels.kernel import Kernel, Taken
from xorviz.core.kernels.kernels import kernel_for
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import (
    Weights,
    flat,
    gradient,
    head_of,
    hidden,
    initial_weights,
    logits,
    weights_of,
)
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import weight_shapes
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import (
    ACTIVATION_NAMES,
    BATCH_WORDS,
    CODING_WORDS,
    LOSS_NAMES,
    OPTIMIZER_WORDS,
    OUTPUT_WORDS,
    SQUARED,
    RunConfig,
)
from xorviz.core.steps import State, initial_state, step
from xorviz.core.truth_table import ORDER_NAMES
from xorviz.files.run_file import dumps, loads

EACH_KERNEL = pytest.mark.parametrize("name", compiler.KERNEL_NAMES)


def begun(name: str, config: RunConfig) -> Kernel:
    """Return a kernel at step 0."""
    kernel = kernel_for(name, config, initial_weights(config))
    kernel.settle()
    return kernel


def assert_same(mine: State, other: State) -> None:
    """Fail unless two states are equal to the last bit."""
    assert [bits(numbers) for numbers in mine] == [bits(numbers) for numbers in other]


def drawn_recipes() -> Iterator[RunConfig]:
    """Yield a recipe of each activation and loss, and of each way to train it, with all else drawn.

    Rounding stays small.
    """
    random = np.random.default_rng(5)
    usual = ("full", "sigmoid", "zero-one", "gradient-descent")
    classic = [(*pair, *usual) for pair in product(ACTIVATION_NAMES, LOSS_NAMES)]
    ways = list(product(BATCH_WORDS, OUTPUT_WORDS, CODING_WORDS, OPTIMIZER_WORDS))
    others = [
        (ACTIVATION_NAMES[n % 3], (LOSS_NAMES if way[1:3] == usual[1:3] else SQUARED)[n % 4], *way)
        for n, way in enumerate(ways)
    ]
    for number, (activation, loss, *way) in enumerate([*classic, *others]):
        width = (1, 3, 5, 8, 64)[number % 5]
        yield RunConfig(
            width, 0.1 / width, number, activation, loss, bool((number // 2) % 2),
            momentum=0.5 * (number > len(classic)) * (number % 2),
            targets=tuple(random.integers(0, 2, 4).tolist()),
            row_order=ORDER_NAMES[number % 24],
            **dict(zip(("batch", "output", "coding", "optimizer"), way, strict=True)),  # type: ignore[arg-type]
        )  # fmt: skip


RECIPES = list(drawn_recipes())


def text_of(config: RunConfig) -> str:
    return " ".join(str(value) for value in config.changed().values())


class Compared:
    """A kernel and the readable steps, of which it takes the same."""

    def __init__(self, name: str, config: RunConfig) -> None:
        self.kernel = kernel_for(name, config, initial_weights(config))
        self.config, self.state, self.taken = config, initial_state(config), 0
        # Adam divides by the size of a gradient: where this is as small as its EPSILON, 1e-8, the
        # rounding of the gradient, 1e-17, becomes 1e-9 of the rate, in each update.
        self.near = 1e-9 if config.optimizer == "adam" else 1e-11
        self.assert_results(self.kernel.settle(), [self.results()])

    def configure(self, rate: float, momentum: float) -> None:
        self.config = replace(self.config, rate=rate, momentum=momentum)
        self.kernel.configure(self.config)

    def set_weight(self, name: str, index: tuple[int, ...], value: float) -> None:
        self.kernel.set_weight(name, index, value)
        getattr(self.weights(), name)[index] = value
        assert getattr(self.kernel.weights(), name)[index] == value
        self.assert_results(self.kernel.settle(), [self.results()])

    def run(self, n: int) -> None:
        """Take n steps, at most BLOCK, and compare each, the norms before them, and the state."""
        taken, wanted, norms = self.kernel.run(n, self.taken), [], []
        assert len(taken) == n
        for _ in range(n):
            self.taken += 1
            norms.append(np.linalg.norm(flat(gradient(self.weights(), self.config))))
            self.state = step(self.state, self.config, self.taken)
            wanted.append(self.results())
        np.testing.assert_allclose(taken.norms, norms, rtol=100 * self.near, atol=1e-14)
        self.assert_results(taken, wanted)
        mine, plain = self.kernel.weights(), self.weights()
        assert [a.shape for a in mine.arrays()] == [a.shape for a in plain.arrays()]
        assert (mine.b1 is None, mine.b2 is None) == (plain.b1 is None, plain.b2 is None)
        for kept, known in zip(self.kernel.state(), self.state, strict=True):
            np.testing.assert_allclose(kept, known, rtol=self.near, atol=self.near / 10)

    def weights(self) -> Weights:
        """Return views of the readable network's weights."""
        return weights_of(self.state[0], self.config)

    def results(self) -> tuple[float, Array, float]:
        """Return the loss, the outputs (4,) and the largest error of the readable network now."""
        z = logits(self.weights(), hidden(self.weights(), self.config))
        head, targets = head_of(self.config), np.array(self.config.targets)
        y = head.outputs(z)
        return float(head.loss(z, targets)), y, head.errors(y, targets).max()

    def assert_results(self, taken: Taken, wanted: Sequence[tuple[float, Array, float]]) -> None:
        """Fail unless the losses, outputs and errors of the steps are these."""
        losses = np.array([loss for loss, _, _ in wanted])
        shown = np.array([seen for _, seen, _ in wanted]).reshape(-1, 4)
        worst = np.array([error for _, _, error in wanted])
        np.testing.assert_allclose(taken.losses, losses, rtol=self.near, atol=1e-14)
        np.testing.assert_allclose(taken.outputs, shown, rtol=self.near, atol=self.near / 10)
        np.testing.assert_allclose(taken.worst, worst, rtol=self.near, atol=1e-13)


@EACH_KERNEL
@pytest.mark.parametrize("config", some(RECIPES, 10), ids=text_of)
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
    kernel = kernel_for(name, RunConfig(activation="relu"), dead)
    kernel.settle()
    assert kernel.run(5, 0).norms.tolist() == [0.0] * 5


def test_the_norm_at_a_vanishing_rate_is_unknown() -> None:
    for rate in (5e-324, 1e-200, 9e-61):
        assert np.isnan(begun("numpy", RunConfig(rate=rate)).run(BLOCK, 0).norms).all()


@EACH_KERNEL
@pytest.mark.parametrize(
    ("batch", "optimizer", "activation", "momentum"),
    some(product(BATCH_WORDS, OPTIMIZER_WORDS, ACTIVATION_NAMES, (0, 0.9)), 4),
)
def test_a_restored_or_repeated_state_continues_bit_for_bit(
    name: str, batch: str, optimizer: str, activation: str, momentum: float
) -> None:
    config = RunConfig(
        *(5, 0.7), activation=activation, biases=True, momentum=momentum,
        batch=batch, optimizer=optimizer,
    )  # fmt: skip
    kernel, other = begun(name, config), begun(name, config)
    kernel.run(7, 0)
    state = kernel.state()
    kept = [numbers.copy() for numbers in state]
    assert len(kernel.run(0, 7)) == 0
    assert_same(kernel.state(), state)
    weights, first = kernel.weights(), flat(kernel.weights())
    shown, after = kernel.run(BLOCK, 7).outputs.copy(), kernel.state()
    assert_same(state, tuple(kept))  # copies
    np.testing.assert_array_equal(flat(weights), first)
    kernel.restore(state)
    np.testing.assert_array_equal(kernel.run(BLOCK, 7).outputs, shown)
    assert_same(kernel.state(), after)
    assert len(kernel.retake(20)) == 20
    for n, taken in ((7, 0), (20, 7)):
        other.run(n, taken)
    assert_same(kernel.state(), other.state())
    np.testing.assert_array_equal(kernel.run(3, 27).losses, other.run(3, 27).losses)


def test_one_compiled_form_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the recipe and wherever its numbers come from, nothing more is compiled."""
    kernels.prepare(compiler.NUMBA)
    monkeypatch.setattr(compiler, "_loaded", None)
    for config in [config for config in RECIPES if config.output == "sigmoid"][::5]:
        run = Recording(config, kernel=compiler.NUMBA)
        run.advance(np.int64(70))  # type: ignore[arg-type]
        run.intervene("momentum", 0.5)
        run.intervene("w1", 0.25, (0, 0))
        run.advance(10)
        read = loads(dumps(Project(run.record(), 5)))
        again = Recording(read.record, kernel=compiler.NUMBA)
        again.state_at(read.step)
        again.fork(33).advance(3)
