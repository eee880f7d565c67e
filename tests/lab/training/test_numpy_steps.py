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
from xorviz.core.network import LOSSES, flat, sigmoid
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
    """Take any number of steps; return errors (4, N) and parts of losses after the last."""
    while steps > BLOCK:
        kernel.run(BLOCK)
        steps -= BLOCK
    errors, parts = kernel.run(steps)
    return errors[-1].copy(), parts[-1].copy()


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
        errors, parts = run(kernel, steps)
        for i, lesson in enumerate(lessons):
            lesson.step(steps)
            z, targets = lesson.logits(), np.array(configs[i].targets)
            apart, margins = np.abs(sigmoid(z) - targets), np.where(targets, z, -z)
            assert_close(kernel.parameters()[:, i], flat(lesson.weights))
            assert_close(errors[:, i], apart[list(ORDER)])
            assert_close(parts[:, i], (apart if LOSSES[loss].is_square else margins)[list(ORDER)])


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
    np.testing.assert_allclose(errors, np.abs(outputs)[list(ORDER)], rtol=1e-10)


@pytest.mark.parametrize(("activation", "biases"), some(product(ACTIVATION_NAMES, SWITCH), 2))
def test_changes_of_sign_round_nothing(activation: str, biases: bool) -> None:
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


@pytest.mark.parametrize("loss", ["sse", "cross-entropy"])
def test_a_block_returns_each_step_and_the_one_before(loss: str) -> None:
    configs = mixed(3, loss=loss)
    block, single = started(configs), started(configs)
    for n in (0, 5, BLOCK, 1, 0):
        errors, parts = block.run(n)
        assert errors.shape == parts.shape == (n + 1, 4, len(configs))
        for k in range(n + 1):
            one_errors, one_parts = single.run(int(k > 0))
            np.testing.assert_array_equal(errors[k], one_errors[-1])
            np.testing.assert_array_equal(parts[k], one_parts[-1])


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
    for array in (kernels[1]._p, kernels[1]._velocity, kernels[1]._gain, kernels[1]._sides):
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


def test_the_size_of_buffers_is_as_before_afterwards() -> None:
    kernel, size = started(mixed(3)), np.getbufsize()
    kernel.run(BLOCK)
    assert np.getbufsize() == size
    kernel._calls[3] = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        kernel.run(BLOCK)
    assert np.getbufsize() == size


def test_networks_that_are_not_finite_are_reported() -> None:
    configs = [RunConfig(seed=seed) for seed in range(3)]
    start = Cohort.drawn(configs)
    start.parameters[4, 0], start.parameters[0, 2] = np.inf, np.nan
    with np.errstate(all="ignore"):
        kernel = LabKernel(start)
    assert kernel.is_finite().tolist() == [False, True, False]


@pytest.mark.parametrize("biases", SWITCH)
def test_saturated_units_and_outputs_cause_no_nan(biases: bool) -> None:
    # exp overflows at the hidden units and at the outputs; their limits are exact.
    configs = [RunConfig(width=2, biases=biases, targets=(0, 0, 1, 0))] * 2
    start = Cohort.drawn(configs)
    incoming, outgoing = [1e5, -1e5, 1e5, -1e5], [2e5, -3e5]
    weights = [*incoming, 0, 0, *outgoing, 0] if biases else [*incoming, *outgoing]
    parameters = np.repeat(np.array([weights]).T, 2, axis=1)
    with np.errstate(over="ignore"):
        kernel = LabKernel(replace(start, parameters=parameters))
        errors, _ = kernel.run(BLOCK)
    assert errors[0, :, 0].tolist() == [1, 1, 0, 0]
    np.testing.assert_array_equal(errors[-1], errors[0])
    np.testing.assert_array_equal(kernel.parameters(), parameters)
