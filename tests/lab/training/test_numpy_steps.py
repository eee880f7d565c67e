"""Steps of many networks against the readable network, and against independent formulas."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.reference import Networks, Readable
from xorviz.core.arrays import Array
from xorviz.core.config import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.network import flat, sigmoid
from xorviz.lab.training.cohort import ARRAYS, Cohort
from xorviz.lab.training.numpy_steps import BLOCK, ORDER, LabKernel

SWITCH = (False, True)
MIXED = (
    {"seed": 1, "rate": 0.1, "targets": (1, 0, 1, 0), "momentum": 0.9},
    {"seed": 2, "rate": 0.3, "targets": (0, 1, 1, 1), "momentum": 0.0},
    {"seed": 7, "rate": 0.05, "targets": (0, 0, 0, 1), "momentum": 0.5},
)
"""Settings in which networks of a group may differ."""


def mixed(width: int, momentum: bool = True, **shape: object) -> list[RunConfig]:
    """Return networks of one shape that differ in all else."""
    configs = [RunConfig.from_dict({"width": width, **shape, **own}) for own in MIXED]
    configs = [replace(config, rate=config.rate / max(1, width / 5)) for config in configs]
    return configs if momentum else [replace(config, momentum=0) for config in configs]


def started(configs: Sequence[RunConfig], **given: Array) -> LabKernel:
    """Return a kernel of networks as drawn but for arrays that are given, networks last."""
    return LabKernel(replace(Cohort.drawn(configs), **given))  # type: ignore[arg-type]


def run(kernel: LabKernel, steps: int) -> tuple[Array, Array]:
    """Take any number of steps; return errors (4, N) and inputs (4, N) after the last."""
    while steps > BLOCK:
        kernel.run(BLOCK)
        steps -= BLOCK
    errors, inputs = kernel.run(steps)
    return errors[-1].copy(), inputs[-1].copy()


def assert_close(mine: Array, plain: Array) -> None:
    np.testing.assert_allclose(mine, plain, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    ("width", "activation", "loss", "biases", "momentum"),
    some(product([1, 2, 3, 5, 64], ACTIVATION_NAMES, LOSS_NAMES, SWITCH, SWITCH), 6),
)
def test_steps_are_those_of_the_readable_network(
    width: int, activation: str, loss: str, biases: bool, momentum: bool
) -> None:
    configs = mixed(width, momentum, activation=activation, loss=loss, biases=biases)
    kernel, lessons = started(configs), [Readable(config) for config in configs]
    for steps in (1, 69):
        errors, inputs = run(kernel, steps)
        for i, lesson in enumerate(lessons):
            lesson.step(steps)
            z, targets = lesson.logits(), np.array(configs[i].targets)
            assert_close(kernel.parameters()[:, i], flat(lesson.weights))
            assert_close(2 * inputs[:, i], z[list(ORDER)])
            assert_close(errors[:, i] / 2, (sigmoid(z) - targets)[list(ORDER)])


@pytest.mark.parametrize(("width", "biases"), some(product([1, 2, 3, 5, 8], SWITCH), 2))
def test_independent_formulas_give_the_same_weights(width: int, biases: bool) -> None:
    configs = [RunConfig(width=width, biases=biases, rate=0.5, seed=seed) for seed in range(6)]
    kernel, networks = started(configs), Networks.drawn(width, biases, range(6))
    errors, _ = run(kernel, 300)
    networks.train(0.5, 300)
    parts = [*networks.w1, *([networks.b1] if biases else []), networks.w2]
    parts += [networks.b2[np.newaxis]] if biases else []
    np.testing.assert_allclose(kernel.parameters(), np.concatenate(parts), rtol=1e-10)
    outputs = networks.outputs()[1] - np.array([[1], [0], [1], [0]])
    np.testing.assert_allclose(errors / 2, outputs[list(ORDER)], rtol=1e-10)


@pytest.mark.parametrize(("activation", "biases"), some(product(ACTIVATION_NAMES, SWITCH), 2))
def test_scaling_rounds_nothing(activation: str, biases: bool) -> None:
    configs = mixed(5, activation=activation, biases=biases)
    parameters = np.random.default_rng(3).normal(size=(15 + 6 * biases, len(configs)))
    velocity = parameters[::-1].copy()
    kernel = started(configs, parameters=parameters, velocity=velocity)
    np.testing.assert_array_equal(kernel.parameters(), parameters)
    np.testing.assert_array_equal(kernel.velocity(), velocity)


@pytest.mark.parametrize(("activation", "biases"), some(product(ACTIVATION_NAMES, SWITCH), 2))
def test_momentum_continues_from_the_given_velocity(activation: str, biases: bool) -> None:
    configs = mixed(3, activation=activation, biases=biases)
    whole, first = started(configs), started(configs)
    run(whole, 60)
    run(first, 37)
    second = started(configs, parameters=first.parameters(), velocity=first.velocity())
    run(second, 23)
    np.testing.assert_array_equal(second.parameters(), whole.parameters())
    np.testing.assert_array_equal(second.velocity(), whole.velocity())


@pytest.mark.parametrize("biases", [False, True])
def test_a_block_returns_each_step_and_the_one_before(biases: bool) -> None:
    configs = mixed(3, biases=biases)
    block, single = started(configs), started(configs)
    for n in (0, 5, BLOCK, 1, 0):
        errors, inputs = block.run(n)
        assert errors.shape == inputs.shape == (n + 1, 4, len(configs))
        for k in range(n + 1):
            one_errors, one_inputs = single.run(int(k > 0))
            np.testing.assert_array_equal(errors[k], one_errors[-1])
            np.testing.assert_array_equal(inputs[k], one_inputs[-1])


def shown(kernel: LabKernel, steps: int) -> list[Array]:
    """Return all arrays of a kernel after some steps."""
    return [*run(kernel, steps), kernel.parameters(), kernel.velocity()]


@pytest.mark.parametrize(
    ("activation", "biases", "width"), some(product(ACTIVATION_NAMES, SWITCH, [1, 3, 8, 64]), 3)
)
def test_a_single_network_has_the_same_bits_as_among_others(
    activation: str, biases: bool, width: int
) -> None:
    configs = mixed(width, activation=activation, biases=biases)
    together = shown(started(configs), 70)
    for i in range(len(configs)):
        for alone, crowd in zip(shown(started([configs[i]]), 70), together, strict=True):
            np.testing.assert_array_equal(alone[:, 0], crowd[:, i])


@pytest.mark.parametrize("width", some([3, 8], 1))
def test_memory_layout_changes_no_bit(width: int) -> None:
    start = Cohort.drawn(mixed(width))
    start = replace(start, velocity=start.parameters / 10)
    kernels = [
        started(mixed(width), **{name: laid(getattr(start, name)) for name in ARRAYS})
        for laid in (np.ascontiguousarray, np.asfortranarray)
    ]
    for one, other in zip(*(shown(kernel, 70) for kernel in kernels), strict=True):
        np.testing.assert_array_equal(one, other)
    for array in (kernels[1]._p, kernels[1]._velocity, kernels[1]._gain, kernels[1]._t):
        assert array.flags.c_contiguous  # a third of the speed hangs on it


def test_arguments_are_not_modified_and_results_are_copies() -> None:
    start = Cohort.drawn([RunConfig(momentum=0.9, rate=0.5)])
    given = [getattr(start, name) for name in ARRAYS]
    kept = [array.copy() for array in given]
    kernel = LabKernel(start)
    kernel.run(3)
    parameters, velocity = kernel.parameters(), kernel.velocity()
    then = parameters.copy(), velocity.copy()
    kernel.run(BLOCK)
    for array, before in zip([*given, parameters, velocity], [*kept, *then], strict=True):
        np.testing.assert_array_equal(array, before)


def test_networks_that_are_not_finite_are_reported() -> None:
    configs = [RunConfig(seed=seed) for seed in range(3)]
    start = Cohort.drawn(configs)
    start.parameters[4, 0], start.parameters[0, 2] = np.inf, np.nan
    with np.errstate(all="ignore"):
        kernel = LabKernel(start)
    assert kernel.is_finite().tolist() == [False, True, False]


def test_a_weight_that_is_finite_only_when_scaled_counts_as_infinite() -> None:
    config = RunConfig(width=1, activation="relu", momentum=0.99)
    parameters, velocity = (np.array([[0.0], [0.0], [w2]]) for w2 in (-0.5e308, -1.7e308))
    kernel = started([config], parameters=parameters, velocity=velocity)
    assert kernel.is_finite().tolist() == [True]
    kernel.run(1)
    assert np.isfinite(kernel._p).all()  # half of each is kept
    with np.errstate(over="ignore"):
        assert kernel.is_finite().tolist() == [False]
