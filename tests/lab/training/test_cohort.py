"""Networks trained together have the bits of single ones, however the steps are divided."""

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.training.test_kernels import mixed
from tests.support.cases import some
from tests.support.reference import Readable
from tests.support.snapshots import QUICK, trained
from xorviz.core import network
from xorviz.core.diagnosis.trend import RECENT
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.network import Weights, flat, outputs
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR, Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import (
    ACTIVATION_NAMES,
    LOSS_NAMES,
    SETTINGS,
    Role,
    RunConfig,
    settings_of,
)
from xorviz.core.steps import joined
from xorviz.lab.training import training as lab_training
from xorviz.lab.training.cohort import (
    ARRAYS,
    FEWEST_AT_ONCE,
    NO_STEP,
    Cohort,
    Start,
    alike,
    most_at_once,
    responses,
)
from xorviz.lab.training.training import meets

drawn = Cohort.drawn
_used = [NUMPY]
"""The kernel of the current test."""
LEARNED = StopRules(at_step=None, when_learned=True)
SWITCH = (False, True)


@pytest.fixture(autouse=True, scope="module", params=KERNEL_NAMES)
def kernel(request: pytest.FixtureRequest) -> str:
    _used[:] = [request.param]
    return _used[0]


def advanced(cohort: Cohort, n: int, rules: StopRules = NEVER) -> Cohort:
    return lab_training.advanced(cohort, n, rules, _used[0])


def quick(count: int) -> list[RunConfig]:
    return [replace(QUICK, seed=seed) for seed in range(count)]


def after(config: RunConfig, steps: int, rules: StopRules = NEVER) -> Snapshot:
    """Return what the trainer of a single network shows."""
    return trained(config, steps, rules, _used[0])


def assert_same_bits(one: Cohort, other: Cohort) -> None:
    assert one.step == other.step
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@pytest.mark.parametrize("name", settings_of(Role.SHAPE, Role.TRAINING))
def test_networks_that_differ_in_one_setting_are_trained_each_by_its_own(name: str) -> None:
    row = SETTINGS[name]
    one = next(c for c in (RunConfig(2, 0.1), RunConfig(2, 0.1, batch="pass")) if row.matters(c))
    others = {"targets": (0, 1, 1, 1), "row_order": "11,01,10,00"}
    change: dict[str, Any] = {name: others[name] if name in others else row.tried[1]}
    configs = [one, replace(one, **change)]
    for places in alike(configs):
        cohort = advanced(drawn([configs[i] for i in places]), 5)
        for i, place in enumerate(places):
            assert_as_trained(cohort, i, after(configs[place], 5))


def assert_as_trained(cohort: Cohort, i: int, seen: Snapshot) -> None:
    """Compare a network with its own trainer: compiled to the last bit, by NumPy nearly."""
    assert cohort.steps[i] == seen.step
    assert (cohort.diverged_at[i] != NO_STEP) == (seen.diverged_at is not None)
    known = min(RECENT, seen.step + 1)
    near: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-14}
    exact = {"rtol": 0, "atol": 0} if _used == [NUMBA] else near
    np.testing.assert_allclose(cohort.parameters[:, i], flat(seen.weights), **exact)
    np.testing.assert_allclose(cohort.losses[-known:, i], seen.trace.losses[-known:], **near)
    assert seen.memory is not None
    np.testing.assert_allclose(cohort.memory[:, i], joined(seen.memory), **exact)
    assert np.isnan(cohort.losses[:-known, i]).all()


@given(
    width=st.sampled_from([1, 2, 3, 5, 9, 64]),
    activation=st.sampled_from(ACTIVATION_NAMES),
    loss=st.sampled_from(LOSS_NAMES),
    biases=st.booleans(),
    momentum=st.booleans(),
    steps=st.sampled_from([0, 1, 31, 32, 33, 63, 64, 65, 151]),
)
def test_each_network_matches_its_own_trainer(
    width: int, activation: str, loss: str, biases: bool, momentum: bool, steps: int
) -> None:
    shape = {"width": width, "activation": activation, "loss": loss, "biases": biases}
    configs = [replace(c, seed=c.seed + n) for n in (0, 9, 18) for c in mixed(momentum, **shape)]
    cohort = advanced(drawn(configs), steps)
    for i, config in enumerate(configs):
        assert_as_trained(cohort, i, after(config, steps))


@cache
def firsts(config: RunConfig, steps: int) -> tuple[list[bool], list[bool]]:
    """Return for each step from 1 whether a plain loop is correct, and has learned."""
    lesson, right, learned = Readable(config), [], []
    targets = np.array(config.targets)
    for _ in range(steps):
        lesson.step()
        worst = np.abs(outputs(lesson.weights, config) - targets).max()
        right.append(bool(worst < RIGHT_ERROR))
        learned.append(bool(worst < LEARNED_ERROR))
    return right, learned


def first(series: list[bool]) -> int:
    return series.index(True) + 1 if True in series else NO_STEP


@pytest.mark.parametrize(
    ("start", "relapses"), [(QUICK, 0), (RunConfig(rate=5, momentum=0.5, biases=True), 3)]
)
def test_first_steps_are_those_of_a_plain_loop(start: RunConfig, relapses: int) -> None:
    configs = [replace(start, seed=seed) for seed in range(10)]
    cohort = advanced(advanced(drawn(configs), 77), 93)
    series = [firsts(config, 170) for config in configs]
    assert cohort.first_right.tolist() == [first(right) for right, _ in series]
    assert cohort.first_learned.tolist() == [first(learned) for _, learned in series]
    assert len(set(cohort.first_right.tolist())) > 4
    assert sum(True in right and False in right[first(right) :] for right, _ in series) >= relapses


def test_a_network_that_starts_correct_is_first_correct_at_step_1() -> None:
    config = RunConfig(targets=(1, 1, 1, 1), rate=1e-6, init="equal", init_range=3)
    assert network.outputs(network.initial_weights(config), config).min() > 0.9
    cohort = advanced(drawn([config]), 5)
    assert (cohort.first_right[0], cohort.first_learned[0]) == (1, 1)


SHAPES = [
    QUICK,
    RunConfig(width=64, rate=0.05, activation="tanh", loss="cross-entropy"),
    RunConfig(width=5, rate=0.1, activation="relu", biases=True, loss="mse", momentum=0.5),
    RunConfig(5, 0.1, activation="tanh", biases=True, batch="shuffled", optimizer="adam"),
    RunConfig(5, 0.1, momentum=0.5, batch="pass", output="linear", coding="plus-minus"),
    RunConfig(5, 0.1, activation="relu", biases=True, optimizer="adam", output="tanh"),
]
"""Some learn, and stop, before others."""
CROWD = 24


def crowd(shape: RunConfig) -> list[RunConfig]:
    """Return networks of one shape with rates, momenta and targets of their own."""
    return [
        replace(
            shape,
            seed=seed,
            rate=shape.rate * (1 + seed % 2 / 2),
            momentum=shape.momentum if seed % 3 else 0,
            targets=(1, 0, 1, 0) if seed % 8 else (0, 1, 1, 1),
        )
        for seed in range(CROWD)
    ]


@pytest.fixture(
    scope="module",
    params=[0, 1, 2, *(pytest.param(i, marks=pytest.mark.thorough) for i in range(3, len(SHAPES)))],
)
def whole(request: pytest.FixtureRequest, kernel: str) -> tuple[Cohort, Cohort]:
    """Return networks at step 0, and after 150 steps in a single call if they have not learned."""
    start = drawn(crowd(SHAPES[request.param]))
    return start, advanced(start, 150, LEARNED)


@given(
    cuts=st.sets(st.integers(1, 149), max_size=5),
    which=st.lists(st.integers(0, CROWD - 1), min_size=1, unique=True),
)
def test_no_bit_depends_on_other_networks_or_on_how_the_steps_are_divided(
    whole: tuple[Cohort, Cohort], cuts: set[int], which: list[int]
) -> None:
    start, end = whole
    cohort = some_of = start.picked(np.array(which))
    for cut in (*sorted(cuts), 150):
        cohort = advanced(cohort, cut - cohort.step, LEARNED)
    assert_same_bits(cohort, end.picked(np.array(which)))
    on = cohort.going_on
    assert_same_bits(cohort.picked(on), advanced(some_of, 150).picked(on))


@pytest.mark.parametrize(
    "rules",
    some([StopRules(None, when_learned=True, at_loss=0.031), StopRules(None, at_loss=0.3)], 1),
)
def test_each_network_stops_at_the_step_of_its_trainer(rules: StopRules) -> None:
    cohort = advanced(drawn(quick(20)), 400, rules)
    for i, config in enumerate(quick(20)):
        seen = after(config, 400, rules)
        assert cohort.stopped_at[i] == (seen.step if seen.halt else NO_STEP)
        assert_as_trained(cohort, i, seen)
    assert (~cohort.going_on).sum() > 10
    assert len(set(cohort.stopped_at.tolist())) > 7


@pytest.mark.parametrize(
    ("errors", "stops"),
    [("WWL", True), ("WLW", True), ("LLL", False), ("LWL", True), ("LWW", False)],
)
def test_a_rule_stops_a_network_when_it_becomes_true(errors: str, stops: bool) -> None:
    worst = np.array([[0.05 if error == "L" else 0.7] for error in errors])
    for rules in (LEARNED, StopRules(None, at_loss=0.1**2)):
        assert meets(rules, worst, lambda: worst**2).tolist() == [stops]
    assert meets(NEVER, worst, lambda: worst**2).tolist() == [False]


def test_stopped_networks_do_not_change_and_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = advanced(drawn(quick(20)), 140, LEARNED)
    kept = {name: getattr(cohort, name).copy() for name in ARRAYS}
    stopped = ~cohort.going_on
    assert 0 < stopped.sum() < 20
    later = advanced(cohort, 200)
    assert later.step == 340
    assert (later.steps[~stopped] == 340).all()
    done = cohort.picked(stopped)
    assert_same_bits(replace(later.picked(stopped), step=140), done)
    monkeypatch.setattr(lab_training, "until_some_stop", None)
    assert_same_bits(advanced(done, 10**9), replace(done, step=140 + 10**9))
    for name, array in kept.items():  # what is given is not written to
        np.testing.assert_array_equal(getattr(cohort, name), array)


HUGE = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy", init="default-rng")


def at_rest(weights: Weights) -> Start:
    return Start(flat(weights), np.zeros_like(flat(weights)))


def huge_weights(config: RunConfig) -> Weights:
    """Return weights beyond the allowed settings, none of which is known to diverge.

    Those of even seeds overflow soon, by what the seed says.
    """
    weights = network.initial_weights(config)
    for array in weights.arrays():
        np.multiply(array, 1 if config.seed % 2 else 10.0 ** (147 + config.seed % 7), out=array)
    return weights


@pytest.mark.parametrize(
    ("loss", "momentum", "biases"), some(product(["cross-entropy", "sse"], [0, 0.99], SWITCH), 2)
)
def test_networks_diverge_where_their_trainers_do(
    loss: str, momentum: float, biases: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", huge_weights)
    shape = replace(HUGE, loss=loss, momentum=momentum, biases=biases)
    configs = [replace(shape, seed=seed) for seed in range(30)]
    start = drawn(configs, [at_rest(huge_weights(config)) for config in configs])
    cohort = advanced(start, 200)
    for i, config in enumerate(configs):
        seen = after(config, 200)
        assert cohort.diverged_at[i] == (seen.diverged_at or NO_STEP)
        if seen.diverged_at:
            assert cohort.stopped_at[i] == seen.step
            assert_as_trained(cohort, i, seen)
    assert np.isfinite(cohort.parameters).all()
    if loss == "cross-entropy":
        assert len(set(cohort.diverged_at.tolist())) >= 3
        on = cohort.going_on
        assert_same_bits(cohort.picked(on), advanced(start.picked(on), 200))


def test_a_weight_that_overflows_before_the_loss_stops_a_network() -> None:
    # The first step sends w2 to minus infinity: every output is 0, as it should be.
    start = Weights(np.zeros((2, 1)), np.array([1e306]), np.zeros((1, 1)), np.zeros(1))
    config = RunConfig(width=1, rate=1000, activation="relu", biases=True, targets=(0, 0, 0, 0))
    cohort = advanced(drawn([config], [at_rest(start)]), 100)
    assert (cohort.steps[0], cohort.diverged_at[0], cohort.losses[-1, 0]) == (0, 1, 1.0)
    np.testing.assert_array_equal(cohort.parameters[:, 0], flat(start))


def test_networks_are_picked_and_replaced_by_mask_or_place() -> None:
    start = advanced(drawn(crowd(QUICK)), 40)
    mask, places = np.arange(CROWD) % 9 == 0, np.array([9, 0, 18])
    assert_same_bits(start.picked(mask).picked(np.array([1, 0, 2])), start.picked(places))
    later = advanced(start, 10)
    mixture = start.with_others(places, later.picked(places))
    assert mixture.step == 40
    assert_same_bits(replace(mixture.picked(places), step=50), later.picked(places))
    assert_same_bits(mixture.picked(~mask), start.picked(~mask))
    assert_same_bits(start.with_others(mask, start.picked(mask)), start)


def test_networks_of_a_shape_differ_only_in_rate_momentum_seed_and_targets() -> None:
    same = {"rate": 3}, {"momentum": 0.5}, {"seed": 9}, {"targets": (0, 0, 0, 1)}
    others = (
        *({"width": 2}, {"activation": "relu"}, {"loss": "mse"}, {"biases": True}),
        *({"batch": "pass"}, {"row_order": "11,10,01,00"}, {"output": "tanh"}),
        *({"coding": "plus-minus"}, {"optimizer": "adam"}),
    )
    configs = [RunConfig.from_dict(changed) for changed in ({}, *others, *same)]
    assert alike(configs) == [[0, 10, 11, 12, 13], *([i] for i in range(1, 10))]


def test_larger_networks_are_trained_in_smaller_groups() -> None:
    counts = [most_at_once(RunConfig(width=width)) for width in range(1, 65)]
    assert counts == sorted(counts, reverse=True)
    assert (counts[0], counts[-1] >= FEWEST_AT_ONCE) == (1024, True)
    assert most_at_once(RunConfig(width=8, biases=True)) < most_at_once(RunConfig(width=8))
    assert [responses(RunConfig(width=5, biases=biases)) for biases in SWITCH] == [15, 20]
