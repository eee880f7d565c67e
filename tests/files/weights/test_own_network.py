"""Networks of other programs: orientation, order of rows, what is known, and runs from them."""

from itertools import permutations
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.files import refusal
from tests.support.reference import Readable
from tests.support.snapshots import trained
from xorviz.core.kernels import compiler, kernels
from xorviz.core.network import Weights, flat, initial_weights, weights_of
from xorviz.core.rules import parsed
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files.run_file import dumps, loads
from xorviz.files.weights.examined import examined, examined_loss, trial_for
from xorviz.files.weights.known import Known, known_of
from xorviz.files.weights.own_network import (
    Arrays,
    OwnNetwork,
    arranged,
    checked_outputs,
    record_of,
)
from xorviz.files.weights.said import PRINTED_ORDER, RowOrder, in_row_order, order_text


def arrays(**values: Any) -> Arrays:
    made: dict[str, Any] = {name: np.array(value, dtype=float) for name, value in values.items()}
    return Arrays(**made)


def drawn(width: int, biases: bool = True, seed: int = 7) -> Weights:
    return initial_weights(RunConfig(width=width, biases=biases, seed=seed))


def assert_same(one: Weights, other: Weights) -> None:
    for mine, its in zip(one.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(mine, its, strict=True)


W1, W2 = [[1, 2, 3], [4, 5, 6]], [1, 2, 3]
THREE = arranged(arrays(w1=W1, w2=W2))


def test_numbers_and_missing_biases_are_understood() -> None:
    network = arranged(arrays(w1=[[1], [2]], b1=3, w2=4, b2=5))
    one = Weights(np.array([[1.0], [2.0]]), np.array([3.0]), np.array([[4.0]]), np.array([5.0]))
    assert_same(network.weights, one)
    for one_bias, missing in (({"b1": [4, 5, 6]}, "b2"), ({"b2": [4]}, "b1")):
        network = arranged(arrays(w1=W1, w2=W2, **one_bias))
        assert network.notes[1:] == (f"{missing} is missing and taken as 0",)
        assert not getattr(network.weights, missing).any()
        assert known_of({}, network).config.biases
    assert THREE.summary == "2-3-1 without biases, w1 as (2, 3)"
    assert THREE.weights.b1 is THREE.weights.b2 is None
    assert not known_of({}, RunConfig(biases=True), THREE).config.biases


# Runs from them.

NUMBERS = st.floats(-1e6, 1e6).map(lambda number: number + 0.0)


@settings(max_examples=10)
@given(st.data(), st.integers(1, 5), st.booleans())
def test_a_run_starts_from_the_weights_to_the_last_bit_and_can_be_saved(
    data: st.DataObject, width: int, biases: bool
) -> None:
    size = flat(drawn(width, biases)).size
    numbers = data.draw(st.lists(NUMBERS, min_size=size, max_size=size))
    known = weights_of(np.array(numbers), RunConfig(width=width, biases=biases))
    network = arranged(Arrays(known.w1, known.b1, known.w2, known.b2), "in-out")
    record = record_of(known_of({}, network).config, network.weights)
    again = loads(dumps(Project(record, 0))).record
    assert again == record
    snapshot = Recording(again).snapshot()
    assert snapshot.step == 0
    assert_same(snapshot.weights, known)
    assert snapshot.record.interventions == record.interventions


def test_training_goes_on_as_if_the_weights_had_been_drawn() -> None:
    for biases in [False, True]:
        weights = drawn(12, biases, seed=99)
        config = RunConfig(width=12, biases=biases, activation="tanh", rate=0.3)
        recording = Recording(record_of(config, weights))
        recording.advance(100)
        lesson = Readable(config, weights)
        lesson.step(100)
        np.testing.assert_allclose(
            flat(recording.snapshot().weights), flat(lesson.weights), rtol=1e-9
        )
        assert_same(recording.state_at(0).weights, weights)


# Outputs and the order of their rows.


def test_each_row_keeps_its_value_whatever_the_order() -> None:
    xor = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}
    for order in permutations(ROWS):
        ours = in_row_order([(row, xor[row]) for row in order], order)
        assert ours == tuple((row, xor[row]) for row in ROWS)
        for between in (",", "  "):
            assert parsed(RowOrder(), "order", order_text(order, between)) == order
    assert in_row_order("abcd", PRINTED_ORDER) == ("c", "a", "b", "d")
    for text in ("", "00,01,10", "00,01,10,10", "00,01,10,11,00", "00,01,10,12"):
        said = refusal(parsed, RowOrder(), "--order", text)
        assert said == f"--order is {text!r}; allowed: 00,01,10,11 in any order"


def test_outputs_are_reordered_and_may_be_odd_and_fewer() -> None:
    given = arrays(outputs=[0.1, 0.2, 0.3, 0.4])
    assert checked_outputs(given).tolist() == [0.3, 0.1, 0.2, 0.4]
    odd = checked_outputs(arrays(outputs=[-0.1, 1.5, np.nan, np.inf]))
    np.testing.assert_array_equal(odd, [np.nan, -0.1, 1.5, np.inf])
    said = refusal(checked_outputs, arrays(outputs=[0, 1, 1e7, 0]))
    assert said.startswith("the output for 10 is 10000000.0; allowed: a number from")


# What is known of them.


def test_arrays_say_width_and_biases_and_what_is_said_stays() -> None:
    found = known_of({}, THREE)
    assert found.said == {"width": 3, "biases": False}
    assert (found.knows_rate, found.recipe.rate, found.steps) == (False, 0.5, None)
    base = RunConfig(width=9, activation="tanh", rate=3, biases=True)
    assert known_of({}, base, THREE).config == RunConfig(width=3, activation="tanh", rate=3)
    found = known_of({"rate": 0.2}, base, THREE)
    assert found.config == RunConfig(activation="tanh", rate=0.2)
    assert (found.assumed, found.unknown) == ({"output": "sigmoid"}, ("steps",))
    found = known_of({"rate": 0.5, "steps": 7, "init_range": 1}, THREE)
    assert (found.knows_rate, found.recipe.rate, found.steps) == (True, 0.5, 7)
    assumed = "Assumed: sigmoid units, sigmoid output, sum of squared errors, no momentum."
    assert found.text == assumed
    assert Known({}, {}, RunConfig()).text.startswith("Width, rate, activation")
    for said, sentence in (
        ({"width": 2}, "width is 2, but w1 has 3 hidden units"),
        ({"biases": True}, "biases are on, but the network has none"),
    ):
        assert refusal(known_of, said, None, THREE) == sentence


def test_the_activation_with_which_a_network_has_learned_is_assumed() -> None:
    kernels.prepare(compiler.NUMBA)
    for activation in ("sigmoid", "tanh", "relu"):
        config = RunConfig(width=5, activation=activation, biases=True, rate=0.1, seed=2)
        weights = trained(config, 20_000, kernel=compiler.NUMBA).weights
        found = known_of({}, OwnNetwork(weights, ()))
        assert found.assumed["activation"] == found.config.activation == activation
        said = known_of({"activation": "tanh"}, OwnNetwork(weights, ()))
        assert said.assumed == {"loss": "sse", "output": "sigmoid"}


def test_what_is_found_out_of_outputs_or_weights_is_told_and_tried() -> None:
    for numbers, is_done, summary in (
        ([0.25, 0.75, 0.8, 0.25], True, "four outputs"),
        ([0.1, 0.9, 0.55, 0.45], False, "four outputs"),  # correct, but two rows are at one half
        ([0.2, 0.9, 0.8, 0.6], False, "four outputs"),
        ([0.2, 0.9], False, "two outputs"),
    ):
        found = examined(arrays(outputs=numbers), {})
        assert (found.is_done, found.summary, found.outputs) == (is_done, summary, tuple(numbers))
        assert (found.record, found.network) == (None, None)
        assert "width" in refusal(trial_for, found)
    assert "two outputs are given of four" in found.sentence
    assert examined_loss(0.5, {}).sentence == ""
    weights = examined(arrays(w1=W1, w2=W2), {"rate": 0.25})
    assert (weights.is_done, weights.summary) == (False, THREE.summary)
    assert weights.record is not None
    assert Recording(weights.record).snapshot().weights.w1.tolist() == W1
    assert weights.found is not None
    assert weights.sentence == weights.found.sentence
