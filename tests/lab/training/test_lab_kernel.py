"""Both kernels of the lab against the readable network, and against independent formulas."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.reference import Networks, Readable
from xorviz.core.arrays import Array
from xorviz.core.kernels.compiler import NUMBA, KernelError
from xorviz.core.network import LOSSES, flat, sigmoid
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.lab.training import loops, numba_steps
from xorviz.lab.training import training as lab_training
from xorviz.lab.training.cohort import ARRAYS, Cohort
from xorviz.lab.training.lab_kernel import BLOCK, LabKernel
from xorviz.lab.training.numba_steps import NumbaSteps
from xorviz.lab.training.numpy_steps import NumpySteps
from xorviz.lab.training.training import advanced

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


EITHER = pytest.mark.parametrize("kind", [NumpySteps, NumbaSteps])
Kind = type[LabKernel]


def started(kind: Kind, configs: Sequence[RunConfig], **given: Array) -> LabKernel:
    """Return a kernel of networks as drawn but for arrays that are given, networks last."""
    return kind(replace(Cohort.drawn(configs), **given))  # type: ignore[arg-type]


def run(kernel: LabKernel, steps: int) -> tuple[Array, Array]:
    """Take any number of steps; return largest errors (N,) and losses (N,) after the last."""
    while steps > BLOCK:
        kernel.run(BLOCK)
        steps -= BLOCK
    return kernel.run(steps)[-1].copy(), kernel.losses()[-1].copy()


def assert_close(mine: Array, plain: Array) -> None:
    np.testing.assert_allclose(mine, plain, rtol=1e-11, atol=1e-13)


@EITHER
@pytest.mark.parametrize(
    ("width", "activation", "loss", "biases", "momentum"),
    some(product([1, 2, 3, 5, 64], ACTIVATION_NAMES, LOSS_NAMES, SWITCH, SWITCH), 6),
)
def test_steps_are_those_of_the_readable_network(
    kind: Kind, width: int, activation: str, loss: str, biases: bool, momentum: bool
) -> None:
    configs = mixed(width, momentum, activation=activation, loss=loss, biases=biases)
    kernel, lessons = started(kind, configs), [Readable(config) for config in configs]
    for steps in (1, 69):
        worst, losses = run(kernel, steps)
        for i, lesson in enumerate(lessons):
            lesson.step(steps)
            z, targets = lesson.logits(), np.array(configs[i].targets)
            assert_close(kernel.parameters()[:, i], flat(lesson.weights))
            assert_close(worst[i], np.abs(sigmoid(z) - targets).max())
            assert_close(losses[i], LOSSES[loss].value(z, targets))


@EITHER
@pytest.mark.parametrize(("width", "biases"), some(product([1, 2, 3, 5, 8], SWITCH), 2))
def test_independent_formulas_give_the_same_weights(kind: Kind, width: int, biases: bool) -> None:
    configs = [RunConfig(width=width, biases=biases, rate=0.5, seed=seed) for seed in range(6)]
    kernel, networks = started(kind, configs), Networks.drawn(width, biases, range(6))
    worst, _ = run(kernel, 300)
    networks.train(0.5, 300)
    parts = [*networks.w1, *([networks.b1] if biases else []), networks.w2]
    parts += [networks.b2[np.newaxis]] if biases else []
    np.testing.assert_allclose(kernel.parameters(), np.concatenate(parts), rtol=1e-10)
    errors = networks.outputs()[1] - np.array([[1], [0], [1], [0]])
    np.testing.assert_allclose(worst, np.abs(errors).max(axis=0), rtol=1e-10)


@EITHER
@pytest.mark.parametrize(("activation", "biases"), some(product(ACTIVATION_NAMES, SWITCH), 2))
def test_a_state_is_kept_to_the_last_bit(kind: Kind, activation: str, biases: bool) -> None:
    configs = mixed(5, activation=activation, biases=biases)
    parameters = np.random.default_rng(3).normal(size=(15 + 6 * biases, len(configs)))
    velocity = parameters[::-1].copy()
    kernel = started(kind, configs, parameters=parameters, velocity=velocity)
    np.testing.assert_array_equal(kernel.parameters(), parameters)
    np.testing.assert_array_equal(kernel.velocity(), velocity)


@EITHER
@pytest.mark.parametrize(("activation", "biases"), some(product(ACTIVATION_NAMES, SWITCH), 2))
def test_momentum_continues_from_the_given_velocity(
    kind: Kind, activation: str, biases: bool
) -> None:
    configs = mixed(3, activation=activation, biases=biases)
    whole, first = started(kind, configs), started(kind, configs)
    run(whole, 60)
    run(first, 37)
    second = started(kind, configs, parameters=first.parameters(), velocity=first.velocity())
    run(second, 23)
    np.testing.assert_array_equal(second.parameters(), whole.parameters())
    np.testing.assert_array_equal(second.velocity(), whole.velocity())


@EITHER
@pytest.mark.parametrize("loss", ["sse", "cross-entropy"])
def test_a_block_returns_each_step_and_the_one_before(kind: Kind, loss: str) -> None:
    configs = mixed(3, loss=loss)
    block, single = started(kind, configs), started(kind, configs)
    last = single.run(0)[-1].copy(), single.losses()[-1].copy()
    for n in (0, 5, BLOCK, 1, 0):
        worst, losses = block.run(n), block.losses()
        assert worst.shape == losses.shape == (n + 1, len(configs))
        for k in range(n + 1):
            if k:
                last = single.run(1)[-1].copy(), single.losses()[-1].copy()
            np.testing.assert_array_equal((worst[k], losses[k]), last)


def shown(kernel: LabKernel, steps: int) -> list[Array]:
    """Return all arrays of a kernel after some steps."""
    return [*run(kernel, steps), kernel.parameters(), kernel.velocity()]


@EITHER
@pytest.mark.parametrize(
    ("activation", "biases", "width"), some(product(ACTIVATION_NAMES, SWITCH, [1, 3, 8, 64]), 3)
)
def test_a_single_network_has_the_same_bits_as_among_others(
    kind: Kind, activation: str, biases: bool, width: int
) -> None:
    configs = mixed(width, activation=activation, biases=biases)
    together = shown(started(kind, configs), 70)
    for i in range(len(configs)):
        for alone, crowd in zip(shown(started(kind, [configs[i]]), 70), together, strict=True):
            np.testing.assert_array_equal(alone[..., 0], crowd[..., i])


@EITHER
@pytest.mark.parametrize("width", some([3, 8], 1))
def test_memory_layout_changes_no_bit(kind: Kind, width: int) -> None:
    start = Cohort.drawn(mixed(width))
    start = replace(start, velocity=start.parameters / 10)
    kernels = [
        started(kind, mixed(width), **{name: laid(getattr(start, name)) for name in ARRAYS})
        for laid in (np.ascontiguousarray, np.asfortranarray)
    ]
    for one, other in zip(*(shown(kernel, 70) for kernel in kernels), strict=True):
        np.testing.assert_array_equal(one, other)


def test_arrays_of_numpys_calls_are_contiguous() -> None:
    start = Cohort.drawn(mixed(3))
    laid = {name: np.asfortranarray(getattr(start, name)) for name in ARRAYS}
    kernel = NumpySteps(replace(start, **laid))  # type: ignore[arg-type]
    for array in (kernel._p, kernel._velocity, kernel._gain, kernel._sides):
        assert array.flags.c_contiguous  # a third of the speed hangs on it


@EITHER
def test_arguments_are_not_modified_and_results_are_copies(kind: Kind) -> None:
    start = Cohort.drawn([RunConfig(momentum=0.9, rate=0.5)])
    given = [getattr(start, name) for name in ARRAYS]
    kept = [array.copy() for array in given]
    kernel = kind(start)
    kernel.run(3)
    parameters, velocity = kernel.parameters(), kernel.velocity()
    then = parameters.copy(), velocity.copy()
    kernel.run(BLOCK)
    for array, before in zip([*given, parameters, velocity], [*kept, *then], strict=True):
        np.testing.assert_array_equal(array, before)


def test_the_size_of_buffers_is_as_before_afterwards() -> None:
    kernel, size = NumpySteps(Cohort.drawn(mixed(3))), np.getbufsize()
    kernel.run(BLOCK)
    assert np.getbufsize() == size
    kernel._calls[3] = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        kernel.run(BLOCK)
    assert np.getbufsize() == size


@EITHER
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_networks_with_a_weight_that_is_not_finite_are_reported(kind: Kind, bad: float) -> None:
    start = Cohort.drawn([RunConfig(width=2, biases=True, seed=seed) for seed in range(10)])
    np.fill_diagonal(start.parameters, bad)  # another weight in each of nine networks
    with np.errstate(all="ignore"):
        kernel = kind(start)
    assert kernel.is_finite().tolist() == [False] * 9 + [True]


@EITHER
@np.errstate(all="ignore")
def test_a_network_with_outputs_that_are_not_finite_is_reported(kind: Kind) -> None:
    # A step gives the output weights such signs that the logits are infinity minus infinity.
    configs = [RunConfig(width=2, activation="relu", momentum=0.5)] * 2
    parameters, velocity = np.zeros((2, 6, 2))
    parameters[:4, 0], velocity[4:, 0] = 1e160, (1e160, -1e160)
    kernel = started(kind, configs, parameters=parameters, velocity=velocity)
    assert kernel.is_finite().all()
    kernel.run(1)
    assert np.isfinite(kernel.parameters()).all()
    assert kernel.is_finite().tolist() == [False, True]


@EITHER
@pytest.mark.parametrize("biases", SWITCH)
def test_saturated_units_and_outputs_cause_no_nan(kind: Kind, biases: bool) -> None:
    # exp overflows at the hidden units and at the outputs; their limits are exact.
    configs = [RunConfig(width=2, biases=biases, targets=(0, 0, 1, 0))] * 2
    start = Cohort.drawn(configs)
    incoming, outgoing = [1e5, -1e5, 1e5, -1e5], [2e5, -3e5]
    weights = [*incoming, 0, 0, *outgoing, 0] if biases else [*incoming, *outgoing]
    parameters = np.repeat(np.array([weights]).T, 2, axis=1)
    with np.errstate(over="ignore"):
        kernel = kind(replace(start, parameters=parameters))
        worst = kernel.run(BLOCK)
    assert (worst == 1).all()
    # Compiled, a response ends at exp(-340) in place of 0.
    np.testing.assert_allclose(kernel.parameters(), parameters, rtol=0, atol=1e-280)


SHAPES = list(product((1, 3, 6, 9), ACTIVATION_NAMES, LOSS_NAMES, (False, True)))
SOME_SHAPES = pytest.mark.parametrize(("width", "activation", "loss", "biases"), some(SHAPES, 5))


def drawn(width: int, activation: str, loss: str, biases: bool, count: int) -> Cohort:
    config = RunConfig(
        width=width, rate=0.3, activation=activation, loss=loss, biases=biases, momentum=0.5
    )
    return Cohort.drawn([replace(config, seed=seed) for seed in range(count)])


@SOME_SHAPES
def test_a_network_has_the_bits_of_its_own_trainer(
    width: int, activation: str, loss: str, biases: bool
) -> None:
    start = drawn(width, activation, loss, biases, 11)
    cohort = advanced(start, 500, kernel=NUMBA)
    for i in (0, 7, 8, 10):  # in the first group, and in one with spare lanes
        trainer = Trainer(replace(start.shape, seed=i), kernel=NUMBA)
        trainer.advance(500)
        tip = trainer.checkpoint()
        np.testing.assert_array_equal(cohort.parameters[:, i], tip.parameters)
        np.testing.assert_array_equal(cohort.velocity[:, i], -tip.velocity)
        assert cohort.losses[-1, i] == trainer.loss


def shown_as(kernel: NumbaSteps) -> list[bytes]:
    """Return the bits of results and state after three steps."""
    kernel.run(3)
    arrays = kernel._worst[:4], kernel._losses[:4], kernel.parameters(), kernel.velocity()
    return [array.tobytes() for array in arrays]


@SOME_SHAPES
def test_the_compiler_changes_no_bit(
    width: int, activation: str, loss: str, biases: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = drawn(width, activation, loss, biases, 9)
    compiled = shown_as(NumbaSteps(start))
    monkeypatch.setattr(numba_steps, "_fast", lambda: plain)
    assert shown_as(NumbaSteps(start)) == compiled


def plain(*arrays: np.ndarray) -> None:
    """Train without the compiler, on flat arrays."""
    loops.train_groups(*(array.reshape(-1) for array in arrays))


def test_a_missing_compiler_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KernelError("there is none")

    monkeypatch.setattr(numba_steps, "compiled", broken)
    with pytest.raises(KernelError, match="there is none"):
        lab_training.prepare(NUMBA)
