"""Diagnoses of real runs and of published outputs."""

import json
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import snapshots
from tests.support.bits import CONFIGS
from tests.support.cases import some
from tests.support.snapshots import QUICK, with_weights
from xorviz.core.analysis.curvature import kicked
from xorviz.core.diagnosis.brief import CHANGED, LEARNING, OVERSHOOTING, PLATEAU
from xorviz.core.diagnosis.diagnosis import (
    Diagnosis,
    diagnose,
    diagnose_outputs,
    diagnose_rows,
    diagnose_seen,
)
from xorviz.core.diagnosis.states import OF_WEIGHTS, STATES
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.kernels.compiler import NUMBA
from xorviz.core.network import Weights, flat, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import setting
from xorviz.core.runs.recording import Recording, record_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import (
    ACTIVATION_NAMES,
    BATCH_WORDS,
    CODING_WORDS,
    OPTIMIZER_WORDS,
    OUTPUT_WORDS,
    RunConfig,
)

XOR = (1, 0, 1, 0)


trained = partial(snapshots.trained, kernel=NUMBA)
"""The faster kernel."""


def of(snapshot: Snapshot) -> Diagnosis:
    return diagnose(snapshot.weights, snapshot.config, snapshot.trace, snapshot.step)


def of_weights(snapshot: Snapshot) -> Diagnosis:
    return diagnose(snapshot.weights, snapshot.config)


def counted(*outputs: float) -> tuple[float, ...]:
    """Return outputs for 00, 01, 10, 11 in the order of ROWS."""
    o00, o01, o10, o11 = outputs
    return o10, o00, o01, o11


AND, ALWAYS = (0, 0, 0, 1), (1, 1, 1, 1)
OF_OUTPUTS: list[tuple[tuple[int, ...], tuple[float, ...], str, str]] = [
    (AND, (0.25, 0.25, 0.25, 0.25), "no row learned", "near ¼"),
    (AND, (1 / 3, 0, 1 / 3, 1 / 3), "one row learned", "the others answer ⅓"),
    (AND, (0, 0, 0.5, 0.5), "two rows learned", "Rows 01 and 11 answer ½"),
    (AND, (0, 0, 0, 0.5), "three rows learned", "Row 11 answers ½"),
    (AND, (0, 0, 0, 0), "saturated", "Row 11"),
    (AND, (0.5, 0.5, 0.5, 0.5), UNKNOWN, ""),
    (ALWAYS, (1, 1, 1, 0.95), "learned", ""),
    (ALWAYS, (0.5, 0.5, 0.5, 0.5), UNKNOWN, ""),
    (ALWAYS, (1, 0.5, 1, 1), "three rows learned", ""),
    (XOR, (0, 0, 1, 0), "saturated", ""),
    (XOR, (np.nan, 0, 1, 0), "diverging", ""),
    (XOR, counted(0.1, 0.1, 0.1, 0.9), UNKNOWN, "1 of 4 correct."),
    (XOR, counted(0.3, 0.6, 0.1, 0.2), UNKNOWN, "3 of 4 correct."),
    (XOR, counted(0.2, 0.7, 0.8, 0.25), UNKNOWN, "4 of 4 correct."),
    (XOR, (0.96, -0.98, 0.97, -0.99), UNKNOWN, "2 of 4 correct."),
    (XOR, (5, 5, 5, 5), UNKNOWN, "0 of 4 correct."),
    (XOR, (0, -1, 0, 1), UNKNOWN, ""),
    (XOR, counted(0.93, 0.04, 0.08, 0.99), "negated", "sign of the gradient may be inverted"),
    (XOR, counted(0.93, 0.04, 0.11, 0.99), "saturated", ""),
]
"""Targets, outputs, the state of these alone, and what has to be said of it."""


def test_outputs_alone_have_their_state() -> None:
    for targets, outputs, state, said in OF_OUTPUTS:
        found = diagnose_rows(outputs, targets)
        assert found.state == state, outputs
        assert said in found.sentence, found.sentence
        assert found.evidence.gradient_norm is None
        assert (found.advice, found.is_good) == ((), state == "learned")
    pinned = diagnose_rows(counted(0, 0.5, 1, 0.5), XOR).evidence.to_dict()["pinned"]
    assert pinned == {"0 1": 0.5, "1 1": 0.5}


REAL = [
    (RunConfig(), 0, UNTRAINED),
    (RunConfig(init="zero"), 0, UNTRAINED),
    (RunConfig(), 10_000, "no row learned"),
    (RunConfig(), 25_000, "learning"),
    (RunConfig(), 31_240, "learning"),
    (QUICK, 400, "learned"),
    (RunConfig(width=2, rate=0.5, seed=3), 20_000, "one row learned"),
    (RunConfig(width=2, rate=0.5, biases=True, seed=13), 20_000, "two rows learned"),
    (RunConfig(rate=0.5, seed=1), 20_000, "three rows learned"),
    (RunConfig(rate=5), 5_000, "oscillating"),
    (RunConfig(rate=1, seed=99999), 975, "oscillating"),  # one spike
    (RunConfig(rate=50, biases=True, seed=1), 1_000, "saturated"),
    (RunConfig(rate=1e-5, init_range=2, seed=7), 2_000, "too slow"),
    (RunConfig(activation="relu", init="zero"), 10, "dead units"),
    (RunConfig(activation="relu", width=2, biases=True, rate=0.1, seed=2), 5, "dead units"),
    (RunConfig(activation="relu", width=8, biases=True, rate=1000, seed=2,
               loss="cross-entropy"), 3, "diverging"),
    (RunConfig(init="zero"), 10, "symmetric units"),
    (RunConfig(init="nearly-equal"), 100, "symmetric units"),
    (RunConfig(activation="tanh", rate=0.5, width=8), 3_000, "three rows learned"),
    (RunConfig(init="zero", targets=(0, 0, 0, 1), biases=True), 10, "learning"),
]  # fmt: skip


@pytest.mark.parametrize(("config", "steps", "state"), REAL)
def test_real_runs_have_their_states(config: RunConfig, steps: int, state: str) -> None:
    diagnosis = of(trained(config, steps))
    assert diagnosis.state == state, (diagnosis.sentence, diagnosis.evidence)


def test_each_state_has_a_real_run_but_the_negated_one_which_is_trained_elsewhere() -> None:
    assert {state for _, _, state in REAL} == {*STATES, UNTRAINED} - {"negated"}
    inverted = replace(QUICK, targets=(0, 1, 0, 1))
    found = diagnose(trained(inverted, 400).weights, QUICK)
    assert (found.state, found.advice) == ("negated", ())
    assert "sign of the gradient may be inverted" in found.sentence


def test_states_of_weights_are_those_that_no_rate_changes_and_are_seen_without_it() -> None:
    kept = set()
    for config, steps, state in REAL:
        weights = trained(config, steps).weights
        found = {diagnose(weights, replace(config, rate=rate)).state for rate in (1e-3, 1, 1000)}
        if found == {state} - {*NAMES, "learned"}:  # those are states of outputs
            kept.add(state)
            assert diagnose(weights, config, knows_rate=False).state == state
    assert kept == OF_WEIGHTS


def test_of_weights_from_elsewhere_only_their_present_is_told() -> None:
    seen = trained(RunConfig(), 22_000)
    told = diagnose(seen.weights, replace(seen.config, momentum=0.5))
    slope = float(np.linalg.norm(flat(seen.gradient))) ** 2 * -0.01 / 0.5
    assert told.state == UNKNOWN
    assert told.evidence.slope == pytest.approx(slope)
    assert told.said.text == "3 of 4 correct; the loss is falling."
    assert (told.advice, told.is_good) == ((), False)
    long = diagnose(seen.weights, replace(seen.config, rate=100))
    steep = diagnose(initial_weights(seen.config), replace(seen.config, rate=1000))
    assert (long.evidence.is_too_steep, steep.evidence.is_too_steep) == (False, True)
    assert (long.said.word, steep.said.word) == (LEARNING, OVERSHOOTING)
    assert (steep.evidence.steps_left, steep.is_good) == (None, False)


def test_weights_without_their_rate_or_in_a_trap_are_called_what_their_outputs_are() -> None:
    """However fast the loss would fall at some rate, and however many steps are said."""
    config = RunConfig(width=2, biases=True, seed=3)
    weights = initial_weights(config)
    alone = diagnose_rows(diagnose(weights, config).evidence.outputs, config.targets)
    assert alone.state == "no row learned"
    assert diagnose(weights, replace(config, rate=5)).state == UNKNOWN
    assert diagnose(weights, replace(config, rate=5), knows_rate=False).state == alone.state
    config = RunConfig(width=2, biases=True, rate=0.5, seed=13)
    weights = trained(config, 5000).weights
    for step in (None, 5000, 10**12):
        assert diagnose(weights, config, step=step).state == "two rows learned"


def relu(w1: list[list[float]], w2: list[float]) -> Weights:
    return Weights(np.array(w1, dtype=float), None, np.array(w2, dtype=float)[:, np.newaxis], None)


def test_dead_units_count_only_where_the_others_do_not_suffice() -> None:
    cases: list[tuple[list[list[float]], tuple[int, ...], bool]] = [
        ([[1, -1, 2], [-1, -1, -2]], XOR, True),  # h1, h3 live: 0 1 and 0 0 look the same
        ([[-1, -1, -1], [-1, -1, -1]], XOR, True),
        ([[1, -1, -1], [1, -1, -1]], XOR, True),  # one is too few for XOR
        ([[1, -1, -1], [2, -1, -1]], (1, 0, 1, 1), False),  # but not for OR
        ([[1, 2, -1], [2, 1, -1]], XOR, False),
    ]
    for w1, targets, is_held in cases:
        config = RunConfig(activation="relu", targets=targets, rate=1e-9)
        diagnosis = diagnose(relu(w1, [0.1, 0.2, 0.3]), config)
        assert diagnosis.evidence.dead
        assert (diagnosis.state == "dead units") is is_held
    learning = diagnose(
        relu([[1, -1, 2], [-1, -1, -2]], [0.1, 0.2, 0.3]), RunConfig(activation="relu", rate=0.5)
    )
    assert (learning.evidence.dead, learning.state) == ((1,), UNKNOWN)  # the loss falls


def test_equal_incoming_weights_are_named_whatever_goes_out_unless_it_learns() -> None:
    for w2 in ([1.0, 1.0], [1.0, 2.0], [1.0, -1.0]):
        weights = Weights(np.ones((2, 2)), None, np.array([w2]).T, None)
        found = diagnose(weights, RunConfig(width=2))
        assert (found.state, found.evidence.coinciding) == ("symmetric units", ((0, 1),))
        is_kept = w2[0] == w2[1]
        assert ("stay equal" in found.said.text) == is_kept
        assert [text.startswith("Draw the initial w") for text in found.advice] == [True] * is_kept
        trace = Trace(np.arange(3), np.array([2.2, 2.0, 1.8]))
        falling = diagnose(weights, RunConfig(width=2, rate=0.5), trace)
        assert (falling.state == "symmetric units") == is_kept


LOST = Weights(np.full((2, 1), 40.0), None, np.array([[0.3]]), None)
LEVEL = Weights(np.array([[0.5, 0.1], [0.5, 0.2]]), None, np.full((2, 1), 0.15), None)
NOT_ALIKE = (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("weights", "config", "state", "said"),
    [
        (LOST, RunConfig(1, 1e-3, targets=NOT_ALIKE), "saturated", "h1 is saturated"),
        (LEVEL, RunConfig(2, 1e-12, targets=NOT_ALIKE), "too slow", "to go at rate 1e-12"),
        (1e150, RunConfig(2, 1000, activation="relu", loss="cross-entropy"), "diverging", ""),
        (np.nan, RunConfig(2), "diverging", ""),
        (1e9, RunConfig(2), "symmetric units", ""),  # huge, but at rest
        (0.5, RunConfig(1), "no row learned", ""),
    ],
)
def test_weights_that_no_run_has_have_their_states(
    weights: Weights | float, config: RunConfig, state: str, said: str
) -> None:
    if not isinstance(weights, Weights):
        weights = with_weights(config, fill=weights).weights
    diagnosis = diagnose(weights, config)
    assert diagnosis.state == state
    assert said in diagnosis.sentence


def test_the_sentence_is_of_its_step() -> None:
    diagnosis = of(trained(QUICK, 400))
    assert (diagnosis.is_good, diagnosis.step) == (True, 400)
    plateau = of(trained(RunConfig(), 900))
    assert (plateau.is_good, plateau.said.word) == (False, PLATEAU)
    assert of_weights(trained(QUICK, 7)).step is None
    early, later = (trained(RunConfig(), steps) for steps in (10_000, 25_000))
    back = replace(early, record=later.record)  # later points do not count
    assert of(back).state == "no row learned"


@pytest.mark.filterwarnings("error")
@given(CONFIGS, st.sampled_from([1e-300, 1e-3, 1.0, 30.0, 1e5, 1e9, 1e155, 1e300]))
def test_any_network_has_a_state_and_json_evidence(config: RunConfig, scale: float) -> None:
    snapshot = with_weights(config, scale=scale)
    for diagnosis in (of(snapshot), of_weights(snapshot)):
        assert diagnosis.state in {*STATES, UNTRAINED, UNKNOWN}
        json.dumps(diagnosis.evidence.to_dict(), allow_nan=False)


def test_a_change_by_hand_is_named_at_its_step_and_is_no_fault() -> None:
    recording = Recording(RunConfig(width=4, rate=0.5, biases=True, seed=16))
    recording.advance(200)
    for field, value, index in (("rate", 2.0, ()), ("momentum", 0.1, ()), ("w2", -1.0, (0, 0))):
        step = recording.snapshot().step
        recording.intervene(field, value, index)
        recording.advance(40)
        around = [diagnose_seen(recording.state_at(step + n)) for n in (-1, 0, 1)]
        assert [found.said.word for found in around] == [LEARNING, CHANGED, LEARNING]
        assert around[1].evidence.changes[0].startswith(field)
    given = record_of(RunConfig(width=2), initial_weights(RunConfig(width=2)))
    assert diagnose_seen(Recording(given).snapshot()).evidence.changes == ()


def test_the_trend_begins_at_the_last_change_by_hand() -> None:
    recording = Recording(RunConfig(biases=True, rate=0.5))
    recording.advance(500)
    kicked_weights = kicked(recording.snapshot().weights, 0.5, 1)
    for change in setting(kicked_weights, 500):
        recording.intervene(change.field, change.value, change.index)
    seen = recording.snapshot()
    assert seen.loss > float(seen.trace.losses[-2])  # the kick made it worse
    slope = diagnose_seen(seen).evidence.slope
    assert slope == pytest.approx(-0.5 * np.linalg.norm(flat(seen.gradient)) ** 2)


def test_an_untrained_network_is_not_trained_yet_and_nothing_else() -> None:
    lucky = RunConfig(targets=(1, 1, 1, 1), width=2, init_range=100, biases=True, seed=0)
    assert trained(lucky).learned_since == 0
    for config in (RunConfig(), RunConfig(activation="tanh"), RunConfig(init="zero"), lucky):
        diagnosis = diagnose_seen(trained(config))
        assert diagnosis.state == UNTRAINED
        assert diagnosis.sentence == "Not trained."
        assert (diagnosis.advice, diagnosis.evidence.pinned, diagnosis.is_good) == ((), (), False)
        assert diagnosis.evidence.steps_left is None


def test_a_network_with_weights_set_by_hand_can_be_stuck() -> None:
    stuck = trained(RunConfig(width=2, rate=0.5, biases=True, seed=13), 20_000)
    config = RunConfig(width=2, rate=0.5, biases=True)
    brought = Recording(record_of(config, stuck.weights)).snapshot()
    assert brought.step == 0
    assert not brought.is_untrained
    assert diagnose_seen(brought).state == "two rows learned"


def test_at_an_earlier_step_the_run_tells_when_it_learned_instead_of_an_estimate() -> None:
    recording = Recording(QUICK)
    recording.advance(167)
    assert "steps to go" in diagnose_seen(recording.state_at(100)).sentence
    recording.advance(33)
    found = diagnose_seen(recording.state_at(100))
    assert (found.evidence.right_since, found.evidence.learned_later) == (82, 168)
    assert found.said.text == "4 of 4 correct since step 82; learned at step 168."
    assert diagnose_seen(recording.state_at(168)).evidence.learned_later is None


def test_outputs_and_targets_are_given_in_counting_order() -> None:
    learned = [0.01, 0.99, 0.98, 0.02]
    assert diagnose_outputs(learned).state == "learned"
    assert diagnose_outputs(learned, [0, 1, 1, 0]).evidence.outputs == counted(*learned)
    column = np.array(learned)[:, np.newaxis]
    assert diagnose_outputs(column, np.array([[0.0], [1], [1], [0]])).state == "learned"
    assert diagnose_outputs([0.01, 0.01, 0.98, 0.99], "0011").state == "learned"
    assert diagnose_outputs([0.01, 0.5, 0.99, 0.5], [0, 1, 1, 0]) == diagnose_rows(
        counted(0.01, 0.5, 0.99, 0.5), XOR
    )


class Raising:
    """An object of another program, whose numbers are out of reach."""

    def __array__(self, *_: object) -> object:
        raise RuntimeError("CUDA error")

    def __repr__(self) -> str:
        return "raising"


ODD = [[0] * 5, [0, 1, np.nan, 0], [np.inf] * 4, "0 .5 1 .5", None, 1, [[0, 1], [1, 0]], Raising()]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_what_is_not_four_finite_numbers_is_refused(odd: Any) -> None:
    with pytest.raises(SettingError, match=r"outputs is .*; allowed: four finite numbers"):
        diagnose_outputs(odd)
    with pytest.raises(SettingError, match="targets is"):
        diagnose_outputs([0, 1, 1, 0], odd)
    with pytest.raises(SettingError, match="allowed: 4 digits, each 0 or 1"):
        diagnose_outputs([0, 1, 1, 0], [0, 1, 2, 0])


RECIPES = [
    RunConfig(2, 0.1, n, ACTIVATION_NAMES[n % 3], "sse", biases=bool(n % 2), momentum=0.5 * (n % 2),
              batch=batch, output=output, coding=coding, optimizer=optimizer)
    for n, (optimizer, coding, output, batch) in enumerate(
        product(OPTIMIZER_WORDS, CODING_WORDS, OUTPUT_WORDS, BATCH_WORDS))
]  # fmt: skip


@pytest.mark.parametrize("config", some(RECIPES, 12))
def test_every_state_of_every_recipe_has_a_true_sentence(config: RunConfig) -> None:
    recording = Recording(config)
    for steps in (1, 9, 40):
        recording.advance(steps)
        seen = recording.snapshot()
        found = diagnose_seen(seen)
        assert found.state in STATES
        assert found.evidence.right == seen.right.sum()
        assert found.evidence.outputs == pytest.approx(seen.outputs.tolist(), rel=1e-12)
        assert found.evidence.change == pytest.approx(seen.trace.losses[-1] - seen.trace.losses[-2])
        whole = " ".join((found.sentence, *found.advice, "" if found.verdict is None else " ".join(
            (found.verdict.sentence, found.verdict.doubt, *found.verdict.evidence))))  # fmt: skip
        assert not {"nan", "None", "∞", "number"} & set(whole.replace(".", " ").split()), whole
        if config.batch != "full":
            assert " steps" not in whole.replace("steps overshoot", ""), whole
        if not config.is_descent:
            assert "overshoot the minimum" not in whole
        if config.optimizer == "adam":
            assert "momentum" not in whole
        json.dumps(found.evidence.to_dict(), allow_nan=False)


def test_outputs_and_targets_are_written_in_the_numbers_of_the_run() -> None:
    signed = diagnose_rows((0.9, -0.9, 0.95, -0.99), XOR, "tanh", "plus-minus")
    assert signed.state == "learned"
    assert signed.said.text == "All errors are below 0.2; largest 0.10."
    told = signed.evidence.to_dict()
    assert told["targets"] == {"0 0": -1, "0 1": 1, "1 0": 1, "1 1": -1}
    assert told["outputs"]["1 1"] == -0.99
    plain = diagnose_rows((0.95, 0.05, 0.975, 0.005), XOR)
    np.testing.assert_allclose(signed.evidence.errors, plain.evidence.errors)


@pytest.mark.parametrize(
    ("output", "coding", "given", "wrong"),
    [
        ("sigmoid", "zero-one", (0.01, 0.5, 0.9, 0.99), (3, 0)),
        ("tanh", "zero-one", (-0.99, -0.98, 0.9, 0.9), (1, 0)),
        ("tanh", "plus-minus", (-0.99, -0.99, 0.2, 0.99), (3, 0)),
        ("linear", "plus-minus", (-1.0, -0.99, 0.2, 40.0), ()),
    ],
)
def test_only_units_with_bounds_are_firmly_wrong(
    output: str, coding: str, given: tuple[float, ...], wrong: tuple[int, ...]
) -> None:
    found = diagnose_rows(given, XOR, output, coding)
    assert set(found.evidence.firmly_wrong) == set(wrong)
    assert (found.state == "saturated") == bool(wrong)


ONLINE = RunConfig(2, 0.3, 5, "tanh", biases=True, batch="pass", output="tanh", coding="plus-minus")


@pytest.mark.parametrize(
    "config",
    [ONLINE, RunConfig(2, 0.5, 47, "relu", biases=True, output="tanh", coding="plus-minus")],
)
def test_a_first_step_that_makes_the_loss_rise_is_no_plateau(config: RunConfig) -> None:
    recording = Recording(config)
    recording.advance(1)
    said = diagnose_seen(recording.snapshot()).said
    assert (said.word, "isn't falling" in said.text) == (LEARNING, True)


def test_what_single_orders_do_to_the_loss_is_no_oscillation() -> None:
    """Two rows stand at one half from about pass 2,000 on."""
    recording = Recording(RunConfig(2, 0.5, 13, biases=True, batch="shuffled"), kernel=NUMBA)
    recording.advance(3000)
    words = set()
    for _ in range(20):
        recording.advance(1)
        words.add(diagnose_seen(recording.snapshot()).said.line)
    assert words == {"Stuck. Rows 01 and 11 answer ½, the others are learned."}


def test_a_sigmoid_of_minus_1_and_1_is_in_no_state_that_it_cannot_reach() -> None:
    """Its outputs at the target -1 end at 0: a third of the range from the mean of three rows."""
    found = diagnose_rows((0.99, 0.0, 0.001, 0.0), XOR, "sigmoid", "plus-minus")
    assert found.state == "saturated"
    assert "−⅓" not in found.sentence
    recording = Recording(RunConfig(rate=0.5, biases=True, coding="plus-minus"), kernel=NUMBA)
    recording.advance(2000)
    assert diagnose_seen(recording.snapshot()).state not in NAMES


def test_of_passes_that_momentum_has_not_lengthened_yet_none_oscillates() -> None:
    config = RunConfig(1, 0.3, momentum=0.99, biases=True, batch="pass", activation="relu")
    recording = Recording(replace(config, seed=2**32 - 1, init="default-rng", init_range=0.5,
                                  loss="cross-entropy", row_order="11,10,01,00"))  # fmt: skip
    for _ in range(3):
        recording.advance(1)
        assert diagnose_seen(recording.snapshot()).state != "oscillating"


def test_passes_whose_updates_undo_one_another_have_too_large_a_rate() -> None:
    """At pass 100 processors agree on 13 digits of the loss; at pass 2,000 on one."""
    recording = Recording(RunConfig(2, 0.9, biases=True, batch="pass", output="linear"))
    recording.advance(100)
    seen = recording.snapshot()
    found = diagnose_seen(seen)
    assert np.ptp(seen.trace.losses[-32:]) < 0.02
    assert (found.evidence.gradient_norm or 0) > 1
    assert (found.state, "lower the rate" in found.sentence) == ("oscillating", True)
    assert "goes up and down" not in found.sentence
    slower = Recording(replace(seen.config, rate=0.5))
    slower.advance(100)
    assert diagnose_seen(slower.snapshot()).state == "learned"
