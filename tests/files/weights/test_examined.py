"""Networks of other programs: what is known, what is found out, what to do, and runs from them."""

import math
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.cases import some
from tests.support.files import refusal
from tests.support.snapshots import trained
from xorviz.cli.parser import command_line
from xorviz.core.arrays import Array
from xorviz.core.check.said import BATCHES, OUTPUTS
from xorviz.core.diagnosis.causes import Case
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.network import flat, initial_weights, weights_of
from xorviz.core.rules import parsed
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording, record_of
from xorviz.core.settings import (
    ACTIVATION_NAMES,
    CODING_WORDS,
    LOSS_NAMES,
    OPTIMIZER_WORDS,
    SQUARED,
    RunConfig,
)
from xorviz.core.truth_table import ORDERS, in_row_order, order_text
from xorviz.files.run_file import dumps, loads
from xorviz.files.weights.examined import (
    Examination,
    NextStep,
    examined,
    examined_loss,
    next_steps,
    trial_for,
)
from xorviz.files.weights.known import OF_TARGETS, Known, RowOrder, known_of
from xorviz.files.weights.own_network import Arrays, arranged, checked_outputs

XOR = (1, 0, 1, 0)
SAID: dict[str, st.SearchStrategy[Any]] = {
    "width": st.integers(1, 64),
    "rate": st.floats(1e-6, 100),
    "activation": st.sampled_from(ACTIVATION_NAMES),
    "loss": st.sampled_from(LOSS_NAMES),
    "biases": st.booleans(),
    "momentum": st.floats(0, 0.99),
    "init_range": st.floats(1e-3, 10),
    "output": st.sampled_from(OUTPUTS),
    "coding": st.sampled_from(tuple(CODING_WORDS)),
    "batch": st.sampled_from(BATCHES),
    "optimizer": st.sampled_from(tuple(OPTIMIZER_WORDS)),
    "steps": st.integers(0, 10**6),
    "targets": st.tuples(*[st.integers(0, 1)] * 4),
}


def _go_together(said: dict[str, Any]) -> bool:
    """Return whether a run may have a loss with the output unit and the coding."""
    is_usual = said.get("output") in {None, "sigmoid"} and said.get("coding") in {None, "zero-one"}
    return is_usual or said.get("loss", "sse") in SQUARED


SAYINGS = st.fixed_dictionaries({}, optional=SAID).filter(_go_together)
NUMBER = st.one_of(st.floats(-1.2, 1.2), st.sampled_from([0.0, 0.5, 1.0, 2 / 3, math.nan, 3.0]))
PARSER = command_line(["diagnose", "check"])


def of_outputs(*numbers: float, **said: Any) -> Examination:
    return examined(Arrays(outputs=np.array(numbers, dtype=float)), said)


W1, W2 = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([1.0, 2, 3])
WEIGHTS = Arrays(W1, w2=W2)
THREE = arranged(WEIGHTS)


# What is known.


def test_each_row_keeps_its_value_whatever_the_order() -> None:
    for order in ORDERS:
        assert in_row_order(order, order) == (0, 1, 2, 3)
        for between in (",", "  "):
            assert parsed(RowOrder(), "order", order_text(order, between)) == order
    for text in ("", "00,01,10", "00,01,10,10", "00,01,10,11,00", "00,01,10,12", "00,01,1"):
        said = refusal(parsed, RowOrder(), "--order", text)
        assert said == f"--order is {text!r}; allowed: 00,01,10,11 in any order"
    odd = checked_outputs(Arrays(outputs=np.array([-0.1, 1.5, np.nan, np.inf])))
    np.testing.assert_array_equal(odd, [np.nan, -0.1, 1.5, np.inf])
    said = refusal(checked_outputs, Arrays(outputs=np.array([0, 1, 1e7, 0])))
    assert said.startswith("the output for 10 is 10000000.0; allowed: a number from")


def test_arrays_say_width_and_biases_and_what_is_said_stays() -> None:
    found = known_of({}, THREE)
    assert found.said == {"width": 3, "biases": False}
    assert (found.knows_rate, found.recipe.rate, found.steps) == (False, 0.5, None)
    found = known_of(RunConfig(width=3, activation="tanh").to_dict() | {"rate": 0.2}, THREE)
    assert found.config == RunConfig(activation="tanh", rate=0.2)
    assert (found.assumed, found.unknown) == ({}, ("steps",))
    found = known_of({"rate": 0.5, "steps": 7, "init_range": 1}, THREE)
    assert (found.knows_rate, found.recipe.rate, found.steps) == (True, 0.5, 7)
    assert found.text.startswith("Assumed: activation sigmoid, output sigmoid, coding zero-one, ")
    assert "momentum 0, batch full, optimizer gradient-descent." in found.text
    assert Known({}, {}).text.startswith("Not known: width, rate, activation")
    for said, sentence in (
        ({"width": 2}, "width is said to be 2, but is 3 in the arrays"),
        ({"biases": True}, "biases is said to be on, but is off in the arrays"),
    ):
        assert refusal(known_of, said, THREE) == sentence


@settings(max_examples=10)
@given(st.data(), st.integers(1, 5), st.booleans())
def test_a_run_starts_from_the_weights_to_the_last_bit_and_can_be_saved(
    data: st.DataObject, width: int, biases: bool
) -> None:
    config = RunConfig(width=width, biases=biases)
    size, number = flat(initial_weights(config)).size, st.floats(-1e6, 1e6).map(lambda x: x + 0.0)
    known = weights_of(np.array(data.draw(st.lists(number, min_size=size, max_size=size))), config)
    network = arranged(Arrays(known.w1, known.b1, known.w2, known.b2), "in-out")
    record = record_of(known_of({}, network).config, network.weights)
    again = loads(dumps(Project(record, 0))).record
    assert again == record
    np.testing.assert_array_equal(flat(Recording(again).snapshot().weights), flat(known))


# What is found out, and what to do.


def assert_leads_on(steps: tuple[NextStep, ...]) -> None:
    """Assert that there are steps, and that each is Python or what the command line takes."""
    for step in steps:
        assert step.what.endswith((".", ":"))
        if step.command.startswith("xorviz "):
            PARSER.parse_args(shlex.split(step.command)[1:])
            assert not ("--weights" in step.command and "--width" in step.command)
        else:
            compile(step.command, "next", "exec")
    for part in ("xorviz check before.npz after.npz", "numpy.savez", "check_code("):
        assert any(part in step.command for step in steps)


def assert_true(found: Examination) -> None:
    """Assert that nothing that is said of causes contradicts what is known."""
    told = {cause.name: cause.because for cause in found.causes}
    said = found.known.said
    if said.get("output", "sigmoid") != "sigmoid":
        assert not found.how_often
        assert "this state" not in "".join(told.values())
    if said.get("biases"):
        assert "More networks without biases" not in told.get("missing bias", "")
    assert "dead units" not in told or said.get("activation") == "relu"
    assert "another function" not in told or "a fault in the backward pass" in told
    assert len(told) == len(found.causes)


@settings(max_examples=100)
@given(st.lists(NUMBER, min_size=1, max_size=4), SAYINGS)
def test_outputs_always_lead_on_unless_all_are_learned(
    outputs: list[float], said: dict[str, Any]
) -> None:
    found = of_outputs(*outputs, **said)
    assert_true(found)
    if found.case.state == "learned":
        assert found.found is not None
        assert max(found.found.evidence.errors) < 0.1
        assert found.next == ()
    else:
        assert found.causes
        assert_leads_on(found.next)


@settings(max_examples=25)
@given(st.floats(0, 10), SAYINGS)
def test_a_loss_always_leads_on(value: float, said: dict[str, Any]) -> None:
    found = examined_loss(value, said)
    assert_true(found)
    assert_leads_on(found.next)


def test_every_state_leads_on_with_weights_too() -> None:
    saved = RunConfig(seed=5, init="equal").to_dict()
    assert_leads_on(examined(Arrays(np.ones((2, 3)), w2=np.ones(3), said=saved), {}).next)
    for state in {*STATES, UNTRAINED, UNKNOWN} - {"learned"}:
        case = Case(state, Evidence((0.5,) * 4, RunConfig()), {"activation": "relu"}, THREE.weights)
        assert_leads_on(next_steps(case, (0.5,) * 4))
        assert not any("--outputs" in step.command for step in next_steps(case, (0.5,) * 4))


def test_what_is_asked_first_and_last_follows_from_what_is_given() -> None:
    for outputs, first in (
        ((0, 1, 1, 1), "print("),
        ((0.5, 0.5), "print("),
        ((-0.9, 0.5, 0.9, 0.9), 'xorviz diagnose --outputs="-0.9 0.5 0.9 0.9" --output tanh'),
        ((0.5, 0.5, 1, 0), "numpy.savez"),
    ):
        assert of_outputs(*outputs).next[0].command.startswith(first)
    said = of_outputs(*[0.5] * 4, loss="mse", targets=(0, 0, 0, 1), steps=3)
    check = "xorviz check before.npz after.npz --loss mse --targets 0001"
    assert check in [step.command for step in said.next]
    found = of_outputs(*[0.5] * 4)
    assert found.table[1][1:] == ["500", "28", "0", "0"]
    assert (found.case.state, len(found.causes)) == ("no row learned", 6)
    assert found.next[-1].command == 'xorviz diagnose --outputs="0.5 0.5 0.5 0.5" --try --width 2'


def test_after_few_steps_a_network_is_not_stuck() -> None:
    w1, b1, w2, b2 = (array / 99 for array in initial_weights(RunConfig(biases=True)).arrays())
    small = Arrays(w1, b1, w2, b2)
    for steps, rate, is_stuck in ((100, 0.1, False), (5000, 0.1, False), (20_000, 0.5, True)):
        for found in (
            of_outputs(*[0.5] * 4, steps=steps, rate=rate),
            examined(small, {"steps": steps, "rate": rate}),
        ):
            assert found.case.state == "no row learned"
            is_plateau = found.sentence.startswith("Plateau.")
            assert is_plateau or (is_stuck and found.network is None), found.sentence
    few = of_outputs(*[0.5] * 4, steps=1000, rate=0.1)
    assert "steps at rate 0.1 are few" in few.sentence


SIGNED, NEAR = (-0.98, 0.97, 0.96, -0.95), (0.02, 0.97, 1.04, -0.05)
UNITS: list[tuple[tuple[float, ...], dict[str, Any], str, bool]] = [
    *((SIGNED, {"output": output}, "learned", True) for output in ("tanh", "linear")),
    *((NEAR, {"output": output}, "learned", False) for output in ("tanh", "linear")),
    (SIGNED, {"output": "sigmoid"}, UNKNOWN, False),
    ((1, 1, 1, 0), {"output": "linear"}, UNKNOWN, False),  # no sigmoid saturates
    ((0.01, 0.0, -0.01, 0.0), {"coding": "plus-minus"}, "no row learned", False),
]


def test_units_that_leave_0_to_1_have_targets_of_minus_1_and_1() -> None:
    for outputs, said, state, is_signed in UNITS:
        found = of_outputs(*outputs, **said)
        assert (found.case.state, found.outputs) == (state, outputs)
        assert ("coding" in found.known.assumed) == is_signed
    assert known_of({"coding": "plus-minus"}).assumed == {"output": "tanh"}
    assert not known_of({"coding": "plus-minus", "output": "sigmoid"}).assumed
    weights = Arrays(np.ones((2, 3)), w2=np.ones(3))
    for output, at_00 in (("sigmoid", 1 / (1 + math.exp(-1.5))), ("tanh", math.tanh(1.5)),
                          ("linear", 1.5), ("relu", 1.5)):  # fmt: skip
        found = examined(weights, {"output": output})
        assert math.isclose(found.outputs[0], at_00)
        assert any("--try" in step.command for step in found.next) == (output != "relu")
    told = examined(Arrays(np.ones((2, 3)), w2=-np.ones((3, 1))), {"output": "tanh"})
    assert told.known.assumed[OF_TARGETS] == "plus-minus"  # inputs are 0 and 1: told, not tried
    assert "one coding" in refusal(trial_for, told)
    assert not any("--try" in step.command for step in told.next)


LEARNED = [
    *(("sigmoid", "tanh", "plus-minus"), ("tanh", "tanh", "plus-minus")),
    *(("tanh", "linear", "zero-one"), ("relu", "sigmoid", "zero-one")),
]


@pytest.mark.parametrize(("activation", "output", "coding"), LEARNED)
def test_the_units_and_the_coding_of_a_network_that_has_learned_are_assumed(
    activation: str, output: str, coding: str
) -> None:
    config = RunConfig(5, 0.1, 2, activation, biases=True, output=output, coding=coding)
    weights = trained(config, 5000).weights
    arrays = Arrays(weights.w1, weights.b1, weights.w2, weights.b2)
    found = examined(arrays, {})
    units = {"activation": activation, "output": output, "coding": coding}
    assert found.known.assumed == units | {"loss": "sse"}
    assert "activation" not in known_of({"activation": "tanh"}, found.network).assumed
    assert (found.case.state, found.next, found.known.is_trainable) == ("learned", (), True)
    told = examined(arrays, units | {"batch": "row", "rate": 0.1, "optimizer": "adam"})
    assert told.record is not None
    wanted = replace(config, seed=RunConfig().seed, batch="pass", optimizer="adam")
    assert told.record.config == wanted


def test_what_is_found_out_of_outputs_or_weights_is_told_and_tried() -> None:
    for numbers, is_done, summary in (
        ([0.25, 0.75, 0.8, 0.25], True, "four outputs"),
        ([0.1, 0.9, 0.55, 0.45], False, "four outputs"),  # correct, but two rows are at one half
        ([0.2, 0.9], False, "two outputs"),
    ):
        found = of_outputs(*numbers)
        assert (found.is_done, found.summary, found.outputs) == (is_done, summary, tuple(numbers))
        assert (found.record, found.network) == (None, None)
        assert "width" in refusal(trial_for, found)
    assert "2 of 4 outputs" in found.sentence
    assert examined_loss(0.5, {}).sentence == ""
    weights = examined(WEIGHTS, {"rate": 0.25})
    assert (weights.is_done, weights.summary) == (False, THREE.summary)
    assert weights.record is not None
    assert Recording(weights.record).snapshot().weights.w1.tolist() == W1.tolist()


X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
TARGETS = np.array([[0.0], [1], [1], [0]])
SEEDS = range(6)
WAITING = re.compile(
    r"let it run|in time|longer|keep training|train(ing)? on|most runs|most networks|leaves? "
    r"by itself|plateau that|be patient|just wait|more steps(?! (won|will hardly))",
    re.IGNORECASE,
)


def sigmoid(z: Array) -> Array:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


def relu(z: Array) -> Array:
    return np.maximum(z, 0)


SLOPES: dict[Any, Callable[[Array], Any]] = {
    sigmoid: lambda h: h * (1 - h), np.tanh: lambda h: 1 - h**2, relu: lambda h: (h > 0) * 1.0,
    np.positive: np.ones_like,
}  # fmt: skip


def six_trained(
    width: int = 3,
    steps: int = 1500,
    rate: float = 1.0,
    respond: Any = sigmoid,
    slope: Callable[[Array], Any] | None = None,
    targets: Array = TARGETS,
    start: float | None = None,
    output: Callable[[Array], Array] = sigmoid,
    biases: bool = True,
) -> tuple[dict[str, Array], Array]:
    """Train by the gradient of the sum of squared errors; return six networks and their outputs."""
    shapes = {"w1": (2, width), "b1": (1, width), "w2": (width, 1), "b2": (1, 1)}
    draws = [np.random.default_rng(seed).uniform for seed in SEEDS]
    made = {n: np.array([draw(-1, 1, shape) for draw in draws]) for n, shape in shapes.items()}
    if start is not None:
        made = {name: np.full_like(array, start) for name, array in made.items()}
    made["b1"] += {relu: -9}.get(respond, 0)  # all units are dead
    for name in ("b1", "b2"):
        made[name] *= biases
    for _ in range(steps + 1):
        h = respond(X @ made["w1"] + made["b1"])
        y = output(h @ made["w2"] + made["b2"])
        error = rate * (y - targets) * y * (1 - y)
        back = error @ made["w2"].swapaxes(1, 2) * (slope or SLOPES[respond])(h)
        made["w2"] -= h.swapaxes(1, 2) @ error
        made["w1"] -= X.T @ back
        made["b1"] -= back.sum(axis=1, keepdims=True) * biases
        made["b2"] -= error.sum(axis=1, keepdims=True) * biases
    named = {name: array[:, 0] if name[0] == "b" else array for name, array in made.items()}
    return {name: array for name, array in named.items() if biases or name[0] == "w"}, y[..., 0]


BACKWARD = "a fault in the backward pass"
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "slope of tanh": ({"width": 2, "slope": SLOPES[np.tanh]}, BACKWARD),
    "no slope": ({"width": 2, "slope": np.zeros_like}, BACKWARD),
    "missing bias": ({"biases": False, "respond": np.tanh}, "missing bias"),
    "negated targets": ({"width": 4, "targets": 1 - TARGETS}, "negated"),
    "uphill": ({"width": 4, "rate": -1, "steps": 4000}, BACKWARD),
    "linear": ({"respond": np.positive}, "no hidden layer"),
    "one step": ({"steps": 1}, "too few steps"),
    "equal start": ({"start": 1}, "equal initial weights"),
    "zero start": ({"start": 0, "steps": 100}, "symmetric units"),
    "another order": ({"width": 4, "targets": TARGETS[[0, 1, 3, 2]]}, "another row order"),
    "softmax of one": ({"output": np.ones_like}, "softmax of one"),
    "dead units": ({"respond": relu}, "dead units"),
}
BY_OUTPUTS = {
    *("missing bias", "negated targets", "another order", "softmax of one"),
    *("linear", "one step", "equal start"),
}


@pytest.mark.parametrize("fault", some(FAULTS, 5))
def test_no_one_with_a_fault_is_told_to_wait(fault: str) -> None:
    settings, cause = FAULTS[fault]
    networks, outputs = six_trained(**settings)
    said = {"activation": getattr(settings.get("respond", sigmoid), "__name__", "tanh")}
    for seed in SEEDS if "start" not in settings else SEEDS[:1]:  # else all are the same
        weights = Arrays(**{name: array[seed] for name, array in networks.items()})
        is_outputs = fault in BY_OUTPUTS
        given = Arrays(outputs=outputs[seed]) if is_outputs else weights
        report = examined(given, {} if is_outputs else said).to_dict()
        assert not WAITING.findall(str(report))
        if report["state"] != "learned":
            assert cause in [one["name"] for one in report["causes"]]
            assert report["next"]
