"""Possible causes: planted faults are named, and networks that were really trained are not."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

from tests.support.cases import some
from xorviz import train_many
from xorviz.core.diagnosis.causes import MOST, Cause, causes, causes_of_few
from xorviz.core.diagnosis.diagnosis import diagnose, diagnose_rows
from xorviz.core.diagnosis.stuck_states import states_of
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import LOSSES, Weights, initial_weights
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import LOSS_NAMES, RunConfig
from xorviz.core.truth_table import COUNTED, FUNCTIONS, ROWS

XOR = (1, 0, 1, 0)
STEPS = 20_000


def alone(text: str, **said: Any) -> tuple[Cause, ...]:
    """Return the causes of four outputs as people print them: 00 01 10 11."""
    y00, y01, y10, y11 = map(float, text.split())
    return causes(diagnose_rows((y10, y00, y01, y11), XOR), said)


def names(found: tuple[Cause, ...]) -> list[str]:
    assert len(found) <= MOST
    for cause in found:
        for text in (cause.because, cause.check):
            assert text[0].isupper() or text[0].isdigit()
            assert text.endswith(".")
            assert ". " not in text
    return [cause.name for cause in found]


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
    assert (names(alone(text)) or [""])[0] == name


def test_each_function_is_named() -> None:
    levels = ((0.05, 0.95), (0.22, 0.78))
    for bits, (low, high) in product(product((0, 1), repeat=4), levels):
        found = causes(diagnose_rows([high if bit else low for bit in bits], XOR))
        told = {cause.name: cause for cause in found}
        assert ("another function" in told) == (bits != XOR)
        assert ("negated" in told) == (bits == (0, 1, 0, 1))
        if bits != XOR:
            function = FUNCTIONS["".join(map(str, bits))]
            assert f"“{function}”" in told["another function"].because


def test_a_row_order_is_named_where_it_makes_all_correct() -> None:
    """In 24 orders; the ones in which XOR stays as it is are none."""
    for order in permutations(range(4)):
        given = [XOR[row] for row in order]  # printed in this order, read as 00 01 10 11
        y = dict(zip(COUNTED, given, strict=True))
        found = causes(diagnose_rows([0.9 * y[row] + 0.05 for row in range(4)], XOR))
        told = [cause for cause in found if cause.name == "another row order"]
        if given == [XOR[row] for row in COUNTED]:
            assert found == ()
            continue
        words = told[0].because.partition("in the order ")[2].split()[:4]
        rows = [ROWS.index((int(word[0]), int(word[1]))) for word in words]
        assert sorted(rows) == [0, 1, 2, 3]
        assert [XOR[row] for row in rows] == given
    (first, _) = alone("1 0 1 0")
    assert "in the order 10 00 01 11 all four" in first.because  # that of the 28 lines


def test_fewer_than_four_rows_are_missing() -> None:
    (found,) = causes_of_few([0.1, 0.9])
    assert found.name == "rows missing"
    assert "two rows were never trained" in found.because
    assert names(causes_of_few([0.1, np.nan])) == ["not finite", "rows missing"]
    assert "one row was never trained" in causes_of_few([0, 1, 1])[0].because


def test_ideal_stuck_states_have_no_cause_but_at_row_0_0() -> None:
    for state in states_of(XOR):
        found = names(causes(diagnose_rows(state.outputs, XOR)))
        is_half = state.outputs[1] == 0.5 and state.name != "no row learned"
        assert found == (["missing bias"] if is_half else [])


def causes_at(weights: Weights, config: RunConfig, steps: int) -> tuple[Cause, ...]:
    """Return the causes named for weights after so many steps, with all that is known."""
    said = config.to_dict() | {"steps": steps}
    return causes(diagnose(weights, config, None, steps), said, weights)


def trained(config: RunConfig, steps: int) -> tuple[Cause, ...]:
    """Return the causes named for a network trained by the package."""
    recording = Recording(config, kernel=NUMBA)
    recording.advance(steps)
    return causes_at(recording.weights, config, steps)


WITH_WEIGHTS: list[tuple[RunConfig, int, str]] = [
    (RunConfig(init="equal", rate=0.5), 2000, "symmetric units"),
    (RunConfig(init_range=0.01, rate=0.5), 100, "initial weights too small"),
    (RunConfig(rate=0.01), 100, "too few steps"),
    (RunConfig(width=1, biases=True, rate=0.5), 500, "acts like one line"),
    (RunConfig(activation="tanh", rate=0.5), 5000, "missing bias"),
    (RunConfig(targets=(0, 1, 0, 1), rate=0.5, width=4), STEPS, ""),
]


@pytest.mark.parametrize(("config", "steps", "name"), WITH_WEIGHTS)
def test_faults_of_training_are_named(config: RunConfig, steps: int, name: str) -> None:
    assert names(trained(config, steps))[:1] == ([name] if name else [])


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_how_far_few_steps_can_lead_is_the_steepest_slope_of_the_loss(loss: str) -> None:
    slopes = LOSSES[loss].slope(np.linspace(0, 1, 10_001), np.array(0))
    config = RunConfig(rate=0.01, loss=loss)
    (few,) = causes_at(initial_weights(config), config, 10)
    told = float(few.because.rsplit(maxsplit=1)[1].rstrip("."))
    assert told == pytest.approx(10 * 0.01 * 4 * slopes.max(), rel=0.05)


def test_runs_that_are_too_short_are_told_so() -> None:
    """Width 3 without biases has learned after about 660 steps at rate 0.5."""
    for seed, steps in product(range(4), (30, 300)):
        assert names(trained(RunConfig(rate=0.5, seed=seed), steps)) == ["too few steps"]
    config = RunConfig(rate=5)
    (few,) = causes_at(initial_weights(config), config, 300)
    assert few.because.startswith("By the gradient, the loss still falls by ")
    plateau = trained(RunConfig(width=2, biases=True, init_range=0.01, rate=0.01), 1000)
    (few,) = [cause for cause in plateau if cause.name == "too few steps"]
    assert few.because.endswith(" steps, and only 1\u202f000 steps were taken.")
    assert few.check.startswith("Train much longer, or at a larger rate")


def test_steps_are_too_few_on_a_saddle_until_its_distance_has_doubled_ten_times() -> None:
    config = RunConfig(width=2, biases=True, init_range=1e-4, rate=0.5)  # doubles in 93,468 steps
    for steps, is_few in ((900_000, True), (1_000_000, False)):
        found = names(causes_at(initial_weights(config), config, steps))
        assert ("too few steps" in found) == is_few
    # Of outputs alone, without the rate, no number of steps is called too few.
    assert names(alone(".5 .5 .5 .5", steps=10)) == []


def test_units_are_named_in_small_letters() -> None:
    weights = Weights(np.ones((2, 3)), None, np.array([[1.0], [1], [-2]]), None)
    weights.w1[0, 2] = 2
    found = causes(diagnose(weights, RunConfig(), knows_rate=False), {}, weights)
    assert found[0].because.startswith("Hidden units h1 and h2 have equal weights")


def test_small_initial_weights_are_no_cause_of_saturated_outputs() -> None:
    for output, name in ((1.0, "softmax of one"), (0.5, "initial weights too small")):
        found = causes(diagnose_rows([output] * 4, XOR), {"init_range": 0.01})
        assert found[0].name == name
        assert (found[-1].name == "initial weights too small") == (output == 0.5)


def test_a_learned_network_has_no_cause() -> None:
    """Even with a dead unit: h1 - 2 h2 = x1 xor x2, h3 is always 0."""
    w1 = np.array([[1.0, 1, -1], [1, 1, -1]])
    weights = Weights(w1, np.array([0.0, -1, -1]), np.array([[10.0], [-20], [1]]), np.array([-5.0]))
    config = RunConfig(activation="relu", biases=True)
    found = diagnose(weights, config)
    assert (found.state, found.evidence.dead) == ("learned", (2,))
    assert causes(found, config.to_dict(), weights) == ()


def test_biases_that_are_not_trained_are_named() -> None:
    config = RunConfig(width=2, biases=True)
    start = initial_weights(config)
    weights = replace(start, b1=np.zeros(2))
    found = causes(diagnose(weights, config), {"biases": True}, weights)
    assert "missing bias" in names(found)
    assert names(causes(diagnose(start, config), {"biases": True}, start)) == []


def test_dead_units_explain_biases_that_stay_zero() -> None:
    config = RunConfig(width=2, activation="relu", biases=True)
    weights = Weights(-np.ones((2, 2)), np.zeros(2), np.array([[1.0], [2.0]]), np.ones(1))
    found = causes(diagnose(weights, config), config.to_dict(), weights)
    assert names(found) == ["dead units"]


TRUE_OF: dict[str, Callable[[RunConfig], bool]] = {
    "missing bias": lambda config: not config.biases and config.activation != "sigmoid",
    "acts like one line": lambda config: config.width == 1,
    "dead units": lambda config: config.activation == "relu",
}
"""The faults that networks trained without a mistake can have."""


@pytest.mark.parametrize("activation", some(["sigmoid", "tanh", "relu"], 1))
@pytest.mark.parametrize("biases", some([False, True], 1))
def test_trained_networks_are_told_no_fault_that_they_do_not_have(
    activation: str, biases: bool
) -> None:
    told = 0
    for width in (1, 2, 3):
        base = RunConfig(width=width, biases=biases, activation=activation, rate=0.5)
        configs = [replace(base, seed=seed) for seed in range(15)]
        result = train_many(configs, STEPS)
        for i, config in enumerate(configs):
            weights = result.weights(i)
            found = diagnose(weights, config, None, STEPS)
            given = names(causes(found, config.to_dict() | {"steps": STEPS}, weights))
            given += names(causes(diagnose_rows(found.evidence.outputs, XOR)))
            assert all(TRUE_OF[name](config) for name in given), (config, given)
            told += found.state != "learned"
    assert told > 12


def test_before_the_first_step_there_is_no_cause() -> None:
    config = RunConfig()
    weights = initial_weights(config)
    assert causes(diagnose(weights, config, step=0), config.to_dict(), weights) == ()


@pytest.mark.parametrize("name", ["w1", "w2"])
def test_a_layer_of_zeros_lets_no_input_through(name: str) -> None:
    config = RunConfig(width=2, biases=True)
    start = initial_weights(config)
    weights = replace(start, **{name: np.zeros_like(getattr(start, name))})
    first, *_ = causes(diagnose(weights, config), {"biases": True}, weights)
    assert (first.name, first.because) == (
        "inputs do not reach it",
        f"All weights {name} are exactly 0.",
    )
