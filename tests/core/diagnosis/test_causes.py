"""Possible causes: planted faults are named, and networks that were really trained are not."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.diagnosis.causes import Case, Cause, causes
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose, diagnose_rows
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.stuck_states import states_of
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import Weights, head_of, initial_weights, weights_of
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import LOSS_NAMES, RunConfig
from xorviz.core.truth_table import COUNTED, FUNCTIONS, ROWS
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced

XOR = (1, 0, 1, 0)
STEPS = 20_000
BACKWARD = "a fault in the backward pass"


def case(found: Diagnosis, weights: Weights | None = None, **said: Any) -> Case:
    return Case(found.state, found.evidence, said, weights)


def of_rows(*outputs: float, **said: Any) -> tuple[Cause, ...]:
    """Return the causes of four outputs in the order of ROWS."""
    return causes(case(diagnose_rows(outputs, XOR), **said))


def alone(text: str, **said: Any) -> tuple[Cause, ...]:
    """Return the causes of four outputs as people print them: 00 01 10 11."""
    y00, y01, y10, y11 = map(float, text.split())
    return of_rows(y10, y00, y01, y11, **said)


def names(found: tuple[Cause, ...], firm: bool = False) -> list[str]:
    """Return the names of causes; of firm ones, without those that only lead to the same state."""
    told = [cause.name for cause in found]
    assert len(told) == len({*told}) <= 8
    for cause in found:
        for text in (cause.because, cause.check):
            assert text[0].isupper() or text[0].isdigit()
            assert text.endswith(".")
            assert ". " not in text
    return [one.name for one in found if not (firm and OF_STATE.search(one.because))]


OF_STATE = re.compile("this state|stay in|be in|end in|ends in|can lead here|training ends at")


PLANTED: list[tuple[str, str]] = [
    (".5 .97 .96 .04", "missing bias"),
    (".5 .98 .5 .98", "missing bias"),
    (".731 .731 .731 .731", "inputs do not reach it"),
    (".41 .412 .411 .41", "inputs do not reach it"),
    ("1 1 1 1", "softmax of one"),
    ("0 0 0 0", "softmax of one"),
    (".1 .5 .5 .9", "acts like one line"),
    (".9 .6 .62 .2", "acts like one line"),
    ("-.98 .97 .96 -.95", "other targets"),
    ("0 -.9 .97 .95", "other targets"),
    ("-.02 1.1 .98 .03", "another output unit"),
    ("2.3 1 0 .5", "another output unit"),
    ("nan nan nan nan", "not finite"),
    (".5 inf .2 .1", "not finite"),
    (".04 .96 .03 .97", "another row order"),
    (".6 .2 .9 .4", ""),
    ("0 .74 .73 .72", ""),
    (".05 .97 .95 .02", ""),
]
"""Outputs for 00 01 10 11, and the cause that is named first."""


@pytest.mark.parametrize(("text", "name"), PLANTED)
def test_a_planted_fault_is_the_first_cause(text: str, name: str) -> None:
    assert (names(alone(text), firm=True) or [""])[0] == name


def test_causes_speak_of_targets_of_minus_1_and_1_where_these_are_said() -> None:
    def told(text: str) -> dict[str, str]:
        return {one.name: one.because for one in alone(text, coding="plus-minus")}

    assert "predicted classes" not in told("0 0 0 0")
    assert "exactly −1 or 1" in told("-1 1 -1 1")["predicted classes"]
    assert "the mean of the targets, 0:" in told(".5 .5 .5 .5")["inputs do not reach it"]


def test_each_function_is_named() -> None:
    levels = ((0.05, 0.95), (0.18, 0.82))
    for bits, (low, high) in product(product((0, 1), repeat=4), levels):
        found = of_rows(*(high if bit else low for bit in bits))
        told = {cause.name: cause for cause in found}
        assert ("another function" in told) == (bits != XOR)
        assert ("negated" in told) == (bits == (0, 1, 0, 1))
        if bits != XOR:
            function = FUNCTIONS["".join(map(str, bits))]
            assert f"“{function}”" in told["another function"].because
            assert "slope in the backward pass" in told["another function"].because
            assert list(told).index("another function") < list(told).index(BACKWARD)


def test_no_function_is_named_at_a_distance_of_a_quarter() -> None:
    for bits in product((0, 1), repeat=4):
        found = of_rows(*(0.75 if bit else 0.25 for bit in bits))
        assert not {"another function", "another row order", "negated"} & {*names(found)}


def test_a_row_order_is_named_where_it_makes_all_correct() -> None:
    """In 24 orders; the ones in which XOR stays as it is are none."""
    for order in permutations(range(4)):
        given = [XOR[row] for row in order]  # printed in this order, read as 00 01 10 11
        y = dict(zip(COUNTED, given, strict=True))
        found = of_rows(*(0.9 * y[row] + 0.05 for row in range(4)))
        told = [cause for cause in found if cause.name == "another row order"]
        if given == [XOR[row] for row in COUNTED]:
            assert found == ()
            continue
        words = told[0].because.partition("in the order ")[2].split()[:4]
        rows = [ROWS.index((int(word[0]), int(word[1]))) for word in words]
        assert sorted(rows) == [0, 1, 2, 3]
        assert [XOR[row] for row in rows] == given
    first, *rest = alone("1 0 1 0")
    assert "predicted classes" in names(tuple(rest))
    assert "in the order 10 00 01 11 all four" in first.because  # that of the 28 lines


def test_fewer_than_four_rows_are_missing() -> None:
    found = causes(Case("no known state", Evidence((0.1, 0.9), RunConfig())))
    assert names(found) == ["rows missing"]
    assert "two rows were never trained" in found[0].because
    odd = causes(Case("no known state", Evidence((0.1, np.nan), RunConfig())))
    assert names(odd) == ["not finite", "rows missing"]


def test_what_is_shown_comes_first_and_then_what_was_measured_most_often() -> None:
    may_be = [BACKWARD, "initial weights too small", "equal initial weights", "missing bias"]
    assert names(alone(".5 .5 .5 .5")) == [*may_be, "too few steps", "no hidden layer"]
    assert names(alone(".5 .5 .5 .5", steps=1000, rate=0.1))[:2] == ["too few steps", BACKWARD]
    assert names(alone(".5 .5 .5 .5", steps=20_000, rate=0.5))[0] == BACKWARD
    assert names(alone(".5 .5 .5 .5", init_range=0.1))[:2] == [may_be[1], BACKWARD]


MET = {
    "no row learned": {"too few steps", "initial weights too small", "equal initial weights",
                       "no hidden layer", "missing bias"},
    "one row learned": {"too few steps", "equal initial weights", "missing bias"},
    "two rows learned": {"missing bias"},
    "three rows learned": {"missing bias"},
}  # fmt: skip
"""What else comes to a state."""


def test_a_stuck_state_has_what_else_comes_to_it_and_never_nothing() -> None:
    for state in states_of(XOR):
        told = {*names(of_rows(*state.outputs))}
        assert told == MET[state.name] | {"a fault in the backward pass"}
    for said, name in (
        ({"biases": True}, "missing bias"),
        ({"width": 1}, "equal initial weights"),
        ({"init_range": 1.0}, "initial weights too small"),
        ({"rate": 0.5, "steps": 20_000}, "too few steps"),
    ):
        assert name not in names(alone(".5 .5 .5 .5", **said))
    assert "dead units" in names(alone(".5 .5 .5 .5", activation="relu"))
    by_loss = causes(*(Case(state, Evidence((), RunConfig())) for state in MET))
    assert {*names(by_loss)} == {*names(alone(".5 .5 .5 .5"))}


def causes_at(weights: Weights, config: RunConfig, steps: int) -> tuple[Cause, ...]:
    """Return the causes named for weights after so many steps, with all that is known."""
    said = config.to_dict() | {"steps": steps}
    return causes(case(diagnose(weights, config, None, steps), weights, **said))


def trained(config: RunConfig, steps: int) -> tuple[Cause, ...]:
    """Return the causes named for a network trained by the package."""
    recording = Recording(config, kernel=NUMBA)
    recording.advance(steps)
    return causes_at(recording.weights, config, steps)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_how_far_few_steps_can_lead_is_the_steepest_slope_of_the_loss(loss: str) -> None:
    config = RunConfig(rate=0.01, loss=loss)
    head, y = head_of(config), np.linspace(0, 1, 10_001)[:, np.newaxis]
    slopes = head.slope(np.broadcast_to(y, (len(y), 4)), np.zeros(4))
    few, *_ = causes_at(initial_weights(config), config, 10)
    told = float(few.because.rsplit(maxsplit=1)[1].rstrip("."))
    assert told == pytest.approx(10 * 0.01 * 4 * slopes.max(), rel=0.05)


def test_runs_that_are_too_short_are_told_so() -> None:
    """Width 3 without biases has learned after about 660 steps at rate 0.5."""
    for seed, steps in ((0, 300), (1, 30)):
        assert names(trained(RunConfig(rate=0.5, seed=seed), steps))[0] == "too few steps"
    config = RunConfig(rate=5)
    few, *_ = causes_at(initial_weights(config), config, 300)
    assert few.because.startswith("By the gradient, the loss still falls by ")
    (few,) = [one for one in alone(".5 .5 .5 .5", steps=10, rate=0.01) if "few" in one.name]
    assert "10 steps at rate 0.01 without momentum can move no weight" in few.because


def test_small_initial_weights_are_no_cause_of_saturated_outputs() -> None:
    for output in (1.0, 0.5):
        told = names(of_rows(*[output] * 4, init_range=0.01))
        assert ("initial weights too small" in told) == (output == 0.5)
        assert (told[0] == "softmax of one") == (output == 1)


TWO = RunConfig(width=2, biases=True)
START = initial_weights(TWO)
DYING = Weights(-np.ones((2, 2)), np.zeros(2), np.array([[1.0], [2.0]]), np.ones(1))
SOLVED = Weights(
    np.array([[1.0, 1, -1], [1, 1, -1]]), np.array([0.0, -1, -1]),
    np.array([[10.0], [-20], [1]]), np.array([-5.0]),
)  # fmt: skip
"""h1 - 2 h2 = x1 xor x2, and h3 is dead."""
BY_HAND: list[tuple[Weights, str, list[str]]] = [
    (START, "sigmoid", []),
    (replace(START, b1=np.zeros(2)), "sigmoid", ["missing bias"]),
    (replace(START, w1=np.zeros((2, 2))), "sigmoid", ["inputs do not reach it"]),
    (replace(START, w2=np.zeros((2, 1))), "sigmoid", ["inputs do not reach it"]),
    (DYING, "relu", ["dead units"]),  # which explains biases that stay zero
    (SOLVED, "relu", []),
]
"""Weights, the activation, and the first cause, if there is one."""


@pytest.mark.parametrize(("weights", "activation", "first"), BY_HAND)
def test_weights_by_hand_have_their_cause_but_before_the_first_step(
    weights: Weights, activation: str, first: list[str]
) -> None:
    config = RunConfig(weights.w1.shape[1], activation=activation, biases=True)
    said = {"biases": True, "activation": activation}
    found = causes(case(diagnose(weights, config), weights, **said))
    assert names(found, firm=True)[:1] == first
    assert causes(case(diagnose(weights, config, step=0), weights, **config.to_dict())) == ()
    if first == ["inputs do not reach it"]:
        layer = "w2" if weights.w1.any() else "w1"
        assert found[0].because == f"All weights {layer} are exactly 0."


def test_dead_units_are_dead_for_the_inputs_that_are_said() -> None:
    """h1 answers to 1, 1 alone, h2 to -1, -1 alone, and h3 to no row."""
    weights = Weights(
        np.array([[1.0, -1, 0], [1, -1, 0]]), np.array([-1.0, -1, -1]), np.ones((3, 1)), np.ones(1)
    )
    for coding, dead in (("zero-one", [1, 2]), ("plus-minus", [2])):
        known = case(diagnose_rows((0.5,) * 4, XOR), weights, activation="relu", coding=coding)
        assert known.dead == dead


TRUE_OF: dict[str, Callable[[RunConfig], bool]] = {
    "missing bias": lambda config: not config.biases and config.activation != "sigmoid",
    "acts like one line": lambda config: config.width == 1,
    "dead units": lambda config: config.activation == "relu",
}
"""The faults that networks trained without a mistake can have."""


@pytest.mark.parametrize("activation", some(["sigmoid", "tanh", "relu"], 1))
@pytest.mark.parametrize("biases", some([False, True], 1))
def test_trained_networks_are_told_no_fault_of_others(activation: str, biases: bool) -> None:
    told = 0
    for width in (1, 2, 3):
        base = RunConfig(width=width, biases=biases, activation=activation, rate=0.5)
        configs = [replace(base, seed=seed) for seed in range(8)]
        cohort = advanced(Cohort.drawn(configs), STEPS, kernel=NUMBA)
        for i, config in enumerate(configs):
            weights = weights_of(cohort.parameters[:, i], config)
            found = diagnose(weights, config, None, STEPS)
            given = names(causes_at(weights, config, STEPS), firm=True)
            given += names(of_rows(*found.evidence.outputs), firm=True)
            assert all(TRUE_OF[name](config) for name in given), (config, given)
            told += found.state != "learned"
    assert told > 5
