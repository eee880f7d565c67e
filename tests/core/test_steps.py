"""Both kernels, of one network and of many, against textbook loops that share no code with them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.textbook import Textbook, splitmix64
from tests.support.cases import RECIPES, VALUES, heads, some, text_of
from xorviz.core import network
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.network import flat, gradient, initial_weights, inputs, outputs, weights_of
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, Role, RunConfig, settings_of
from xorviz.core.steps import (
    LEAST_DECAY,
    initial_state,
    joined,
    memory_sizes,
    parted,
    shuffled,
    step,
)
from xorviz.core.truth_table import ORDER_NAMES, ROWS
from xorviz.lab.training.cohort import Cohort, Start
from xorviz.lab.training.training import advanced

EITHER = pytest.mark.parametrize("kernel", KERNEL_NAMES)


def test_the_recipes_differ_in_every_setting() -> None:
    for name in settings_of(Role.SHAPE, Role.TRAINING):
        values = {getattr(recipe, name) for recipe in RECIPES}
        assert len(values) > 1, f"recipes() and drawn() lack {name}"


def assert_as_in_the_textbook(config: RunConfig, kernel: str, steps: int) -> None:
    """Compare numbers, losses and memory of a run, and those of the lab, with plain loops."""
    plain = Textbook(config, flat(initial_weights(config)).tolist())
    losses = [plain.loss(), *plain.train(steps)]
    memory = [-np.array(plain.v)]
    if config.optimizer == "adam":
        decays = 0.9**plain.t, 0.999**plain.t
        memory = [np.array(part) for part in (plain.m1, plain.m2, decays)]
    # Adam divides by the size of a gradient: where this is as small as its EPSILON, 1e-8, the
    # rounding of the gradient, 1e-17, becomes 1e-9 of the rate, in each update.
    near = 1e-9 if config.optimizer == "adam" else 1e-12
    trainer = Trainer(config, kernel)
    for n in (1, steps - 1):
        trainer.advance(n)
    seen = trainer.snapshot()
    np.testing.assert_allclose(flat(seen.weights), plain.w, rtol=near, atol=near)
    np.testing.assert_allclose(seen.trace.losses, losses, rtol=near, atol=near)
    for mine, wanted in zip(trainer.checkpoint().state[1:], memory, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=near, atol=near)
    others = [replace(config, seed=seed) for seed in (7, 8)]
    cohort = advanced(Cohort.drawn([others[0], config, others[1]]), steps, kernel=kernel)
    recent = min(RECENT, steps + 1)
    np.testing.assert_allclose(cohort.parameters[:, 1], plain.w, rtol=near, atol=near)
    np.testing.assert_allclose(cohort.losses[-recent:, 1], losses[-recent:], rtol=near, atol=near)
    np.testing.assert_allclose(cohort.memory[:, 1], np.concatenate(memory), rtol=near, atol=near)


def difference(plain: Textbook, index: int, h: float) -> float:
    """Return the derivative of the loss by one number, from the loss on both sides of it."""
    here, around = plain.w[index], list[float]()
    for plain.w[index] in (here - h, here + h):
        around.append(plain.loss())
    plain.w[index] = here
    return (around[1] - around[0]) / (2 * h)


@pytest.mark.parametrize("config", some(RECIPES, 20), ids=text_of)
def test_the_readable_network_is_that_of_the_textbook(config: RunConfig) -> None:
    plain = Textbook(config, flat(initial_weights(config)).tolist())
    state, x = initial_state(config), inputs(config)
    for number in range(1, 4):
        weights = weights_of(state[0], config)
        answers = [plain.forward(row)[1] for row in x.tolist()]
        np.testing.assert_allclose(outputs(weights, config), answers, rtol=1e-12, atol=1e-15)
        assert network.loss(weights, config) == pytest.approx(plain.loss(), rel=1e-12)
        for rows in (range(4), [number]):
            slope = plain.gradient([ROWS[row] for row in rows])
            found = flat(gradient(weights, config, rows))
            np.testing.assert_allclose(found, slope, rtol=1e-11, atol=1e-14)
        if number == 1:
            # Of numbers around 1, differences over 1e-5 are exact to about 1e-9.
            near = [difference(plain, i, 1e-5) for i in range(len(slope))]
            slope = plain.gradient(list(ROWS))
            np.testing.assert_allclose(slope, near, rtol=1e-6, atol=1e-7)
        plain.train(1)
        state = step(state, config, number)
        np.testing.assert_allclose(state[0], plain.w, rtol=1e-9)


@st.composite
def drawn(draw: st.DrawFn) -> RunConfig:
    """Draw any recipe in which rounding stays small for some steps."""
    output, coding, loss = draw(st.sampled_from(list(heads())))
    return RunConfig(
        width=draw(st.integers(1, 9) | st.just(64)), rate=draw(st.floats(1e-4, 0.02)),
        seed=draw(st.integers(0, 2**32 - 1)), activation=draw(st.sampled_from(ACTIVATION_NAMES)),
        loss=loss, biases=draw(st.booleans()), momentum=draw(st.sampled_from([0.0, 0.3, 0.7])),
        targets=draw(st.tuples(*[st.integers(0, 1)] * 4)), output=output, coding=coding,
        batch=draw(st.sampled_from(VALUES["batch"])),
        optimizer=draw(st.sampled_from(VALUES["optimizer"])),
        init=draw(st.sampled_from(["uniform", "fan-in"])),
        row_order=draw(st.sampled_from(ORDER_NAMES)),
    )  # fmt: skip


@EITHER
@given(drawn())
def test_any_recipe_trains_as_in_the_textbook(kernel: str, config: RunConfig) -> None:
    assert_as_in_the_textbook(config, kernel, 20)


@EITHER
def test_the_numbers_that_a_published_program_prints_after_an_epoch(kernel: str) -> None:
    """Stack Overflow 2359571: all weights 0.6, and a bias is the weight of an input of -1."""
    trainer = Trainer(
        RunConfig(2, 0.1, init="equal", init_range=0.6, biases=True, loss="half-sse", batch="pass"),
        kernel,
    )
    for name, index in (("b1", (0,)), ("b1", (1,)), ("b2", (0,))):
        trainer.intervene(name, -0.6, index)
    trainer.advance(1)
    w1, b1, w2, b2 = (np.round(array, 6).tolist() for array in trainer.weights.arrays())
    for unit in (0, 1):
        assert [-b1[unit], w1[0][unit], w1[1][unit]] == [0.599691, 0.599987, 0.599985]
    assert [-b2[0], w2[0][0], w2[1][0]] == [0.599864, 0.599712, 0.599712]


def test_orders_of_shuffled_passes_are_those_of_splitmix64() -> None:
    # The first numbers for seed 0, as its authors' program prints them.
    assert [splitmix64(0, k) for k in (1, 2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]
    seeds, passes = [0, 1, 1234, 2**32 - 1], [1, 2, 3, 77, 1000]
    found = shuffled(np.array(seeds)[:, np.newaxis], np.array(passes))
    assert found.tolist() == [[splitmix64(seed, k) % 24 for k in passes] for seed in seeds]
    counts = np.bincount(shuffled(np.array(5), np.arange(1, 24_001)), minlength=24)
    assert 850 < counts.min() <= counts.max() < 1150
    far = int(shuffled(np.array(3), np.array(10**12)))
    mixed = (3 + 10**12 * 0x9E3779B97F4A7C15) % 2**64
    assert far == splitmix64((mixed - 0x9E3779B97F4A7C15) % 2**64, 1) % 24


def test_networks_that_begin_from_one_state_go_on_in_the_orders_of_its_run() -> None:
    config = RunConfig(batch="shuffled", rate=0.5, seed=9)
    trainer = Trainer(config)
    trainer.advance(50)
    state = trainer.checkpoint().state
    start = Start(state[0], joined(state[1:]), step=50)
    cohort = Cohort.drawn([config] * 3, [start, start, None], [9, 4, 9])
    trainer.advance(60)
    end = advanced(cohort, 60)
    for i in (0, 1):  # the seeds of the lab say only in which directions a kick goes
        np.testing.assert_allclose(end.parameters[:, i], flat(trainer.weights), rtol=1e-9)
    np.testing.assert_array_equal(cohort.orders(0, 60)[:, 0], shuffled(9, np.arange(51, 111)))
    np.testing.assert_array_equal(cohort.orders(0, 60)[:, 2], shuffled(9, np.arange(1, 61)))


@pytest.mark.parametrize("optimizer", VALUES["optimizer"])
def test_a_memory_is_one_array_or_its_parts(optimizer: str) -> None:
    config = RunConfig(optimizer=optimizer, biases=True, rate=0.1)
    state = step(initial_state(config), config, 1)
    assert [len(part) for part in state[1:]] == [*memory_sizes(config).values()]
    for part, again in zip(state[1:], parted(joined(state[1:]), config), strict=True):
        np.testing.assert_array_equal(part, again)
    slope = flat(gradient(weights_of(initial_state(config)[0], config), config))
    sign = np.sign(slope) * (np.abs(slope) > 1e-6)
    if optimizer == "adam":  # whose first step is the rate, whatever the size of the gradient
        np.testing.assert_allclose(initial_state(config)[0] - state[0], 0.1 * sign, rtol=1e-4)


def test_corrections_of_long_runs_end_at_one() -> None:
    config = RunConfig(optimizer="adam", rate=0.01)
    for kernel in KERNEL_NAMES:
        trainer = Trainer(config, kernel)
        trainer.advance(6700)
        assert trainer.checkpoint().state[-1][0] == LEAST_DECAY
        assert trainer.loss < 0.05
