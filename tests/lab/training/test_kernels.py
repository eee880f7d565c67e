"""The lab's kernels: blocks of steps, against other formulas, and bits of the run's kernels."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.core.kernels.test_kernel import begun
from tests.support.bits import bits
from tests.support.cases import RECIPES, some, text_of
from xorviz.core.arrays import Array
from xorviz.core.kernels.compiler import NUMBA, KernelError
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.steps import joined
from xorviz.lab.training import loops, numba_steps, training
from xorviz.lab.training.cohort import ARRAYS, BLOCK, Cohort, LabKernel
from xorviz.lab.training.numba_steps import NumbaSteps
from xorviz.lab.training.numpy_steps import GeneralSteps, NumpySteps

Kind = type[LabKernel]
EITHER = pytest.mark.parametrize("kind", [NumpySteps, GeneralSteps, NumbaSteps])
MIXED = (
    {"seed": 1, "rate": 0.1, "targets": (1, 0, 1, 0), "momentum": 0.9},
    {"seed": 2, "rate": 0.3, "targets": (0, 1, 1, 1), "momentum": 0.0},
    {"seed": 7, "rate": 0.05, "targets": (0, 0, 0, 1), "momentum": 0.5},
)
"""Settings in which networks of a group may differ."""


def mixed(momentum: bool = True, **shape: object) -> list[RunConfig]:
    """Return networks of one shape that differ in all else."""
    configs = [RunConfig.from_dict({**shape, **own}) for own in MIXED]
    configs = [replace(c, rate=c.rate / max(1, c.width / 5)) for c in configs]
    return configs if momentum else [replace(config, momentum=0) for config in configs]


def started(kind: Kind, configs: Sequence[RunConfig], **given: Array) -> LabKernel:
    """Return a kernel of networks as drawn but for arrays that are given, networks last."""
    return kind(replace(Cohort.drawn(configs), **given))  # type: ignore[arg-type]


def shown(kernel: LabKernel, steps: int) -> list[Array]:
    """Take any number of steps; return largest errors, losses, parameters and velocity."""
    while steps > BLOCK:
        kernel.run(BLOCK)
        steps -= BLOCK
    worst = kernel.run(steps)[-1].copy()
    return [worst, kernel.losses()[-1].copy(), kernel.parameters(), kernel.memory()]


def assert_same(one: Sequence[Array], other: Sequence[Array]) -> None:
    for mine, yours in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine, yours)


@EITHER
@pytest.mark.parametrize("loss", ["sse", "cross-entropy"])
def test_a_block_returns_each_step_and_the_one_before(kind: Kind, loss: str) -> None:
    configs = mixed(loss=loss)
    block, single = started(kind, configs), started(kind, configs)
    last = shown(single, 0)[:2]
    for n in (0, 5, BLOCK, 1, 0):
        worst, losses = block.run(n), block.losses()
        assert worst.shape == losses.shape == (n + 1, len(configs))
        for k in range(n + 1):
            last = shown(single, 1)[:2] if k else last
            assert_same([worst[k], losses[k]], last)


@EITHER
@pytest.mark.parametrize(
    ("activation", "biases", "width"), some(product(ACTIVATION_NAMES, (False, True), (1, 8, 64)), 3)
)
def test_neither_other_networks_nor_memory_layout_change_a_bit(
    kind: Kind, activation: str, biases: bool, width: int
) -> None:
    start = Cohort.drawn(mixed(width=width, activation=activation, biases=biases))
    start = replace(start, memory=start.parameters / 10)
    together = shown(kind(start), 70)
    laid = {name: np.asfortranarray(getattr(start, name)) for name in ARRAYS}
    assert_same(shown(kind(replace(start, **laid)), 70), together)  # type: ignore[arg-type]
    for i in range(len(start)):
        alone = shown(kind(start.picked(np.array([i]))), 70)
        assert_same([array[..., 0] for array in alone], [array[..., i] for array in together])


@pytest.mark.parametrize("kind", [GeneralSteps, NumbaSteps])
@pytest.mark.parametrize(
    ("batch", "optimizer"), [("shuffled", "adam"), ("pass", "gradient-descent")]
)
def test_passes_go_on_where_a_state_left_off(kind: Kind, batch: str, optimizer: str) -> None:
    shape = mixed(biases=True, batch=batch, optimizer=optimizer, output="tanh", coding="plus-minus")
    start = Cohort.drawn(shape)
    start = replace(start, taken=np.array([0, 5, 10**9]))
    together = shown(kind(start), 70)
    *_, parameters, memory = shown(kind(start), 37)
    later = replace(start, step=37, parameters=parameters, memory=memory)
    assert_same(shown(kind(later), 33), together)
    other = shown(kind(replace(start, taken=start.taken + 1)), 70)
    assert (other[2] == together[2]).all() == (batch == "pass")


def test_the_size_of_buffers_is_as_before_afterwards() -> None:
    kernel, size = NumpySteps(Cohort.drawn(mixed())), np.getbufsize()
    kernel.run(BLOCK)
    assert np.getbufsize() == size
    kernel._calls[3] = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        kernel.run(BLOCK)
    assert np.getbufsize() == size


@EITHER
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@np.errstate(all="ignore")
def test_networks_with_a_weight_that_is_not_finite_are_reported(kind: Kind, bad: float) -> None:
    start = Cohort.drawn([RunConfig(width=2, biases=True, seed=seed) for seed in range(10)])
    np.fill_diagonal(start.parameters, bad)  # another weight in each of nine networks
    assert kind(start).is_finite().tolist() == [False] * 9 + [True]


@EITHER
@np.errstate(all="ignore")
def test_a_network_with_outputs_that_are_not_finite_is_reported(kind: Kind) -> None:
    # A step gives the output weights such signs that the logits are infinity minus infinity.
    configs = [RunConfig(width=2, activation="relu", momentum=0.5)] * 2
    parameters, velocity = np.zeros((2, 6, 2))
    parameters[:4, 0], velocity[4:, 0] = 1e160, (1e160, -1e160)
    kernel = started(kind, configs, parameters=parameters, memory=velocity)
    assert kernel.is_finite().all()
    kernel.run(1)
    assert np.isfinite(kernel.parameters()).all()
    assert kernel.is_finite().tolist() == [False, True]


@EITHER
@pytest.mark.parametrize("biases", [False, True])
@np.errstate(over="ignore")
def test_saturated_units_and_outputs_cause_no_nan(kind: Kind, biases: bool) -> None:
    # exp overflows at the hidden units and at the outputs; their limits are exact.
    incoming, outgoing = [1e5, -1e5, 1e5, -1e5], [2e5, -3e5]
    weights = [*incoming, 0, 0, *outgoing, 0] if biases else [*incoming, *outgoing]
    parameters = np.repeat(np.array([weights]).T, 2, axis=1)
    configs = [RunConfig(width=2, biases=biases, targets=(0, 0, 1, 0))] * 2
    kernel = started(kind, configs, parameters=parameters)
    assert (kernel.run(BLOCK) == 1).all()
    # Compiled, a response ends at exp(-340) in place of 0.
    np.testing.assert_allclose(kernel.parameters(), parameters, rtol=0, atol=1e-280)


# The compiled loops.

SEEDS = range(9)
ENDING_AT_0 = RunConfig(3, 0.05, batch="pass", row_order="11,00,01,10")
"""Its last update has gradients that are 0, and might be -0."""
EVERY_RECIPE = pytest.mark.parametrize("recipe", [ENDING_AT_0, *some(RECIPES, 8)], ids=text_of)


def seeded(recipe: RunConfig) -> list[RunConfig]:
    """Return more networks than a group has, with rates and targets of their own."""
    return [
        replace(recipe, seed=seed, rate=recipe.rate * (1 + seed % 3), targets=targets)
        for seed, targets in zip(
            SEEDS, [recipe.targets, (1, 0, 1, 0), (0, 1, 1, 1)] * 3, strict=True
        )
    ]


@EVERY_RECIPE
def test_each_network_has_the_bits_of_its_own_kernel(recipe: RunConfig) -> None:
    configs = seeded(recipe)
    networks = NumbaSteps(Cohort.drawn(configs))
    for n in (5, 0, 11, 1):
        worst = networks.run(n)
    parameters, memory, losses = networks.parameters(), networks.memory(), networks.losses()
    for i, config in enumerate(configs):
        kernel = begun(NUMBA, config)
        taken = kernel.run(17, 0)
        own, *kept = kernel.state()
        assert bits(parameters[:, i].copy()) == bits(own)
        assert bits(memory[:, i].copy()) == bits(joined(tuple(kept)))
        assert worst[-1, i] == taken.worst[-1]
        assert losses[-1, i] == taken.losses[-1]


@EVERY_RECIPE
def test_the_compiler_changes_no_bit(recipe: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(*arrays: np.ndarray) -> None:
        """Train without the compiler, on flat arrays."""
        loops.train_groups(*(array.reshape(-1) for array in arrays))

    def trained() -> list[object]:
        networks = NumbaSteps(Cohort.drawn(seeded(replace(recipe, width=min(recipe.width, 9)))))
        worst = networks.run(2)
        return [bits(a.copy()) for a in (worst, networks.parameters(), networks.memory())]

    compiled = trained()
    monkeypatch.setattr(numba_steps, "fast", lambda: plain)
    assert trained() == compiled


def test_a_missing_compiler_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KernelError("there is none")

    monkeypatch.setattr(numba_steps, "compiled", broken)
    with pytest.raises(KernelError, match="there is none"):
        training.prepare(NUMBA)
