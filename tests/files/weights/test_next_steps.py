"""What to do next: something for every state, and each command is one that xorviz takes."""

import math
import shlex
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xorviz.cli.parser import command_line
from xorviz.core.check.said import OUTPUTS
from xorviz.core.diagnosis.case import Case
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.stuck_states import states_of
from xorviz.core.diagnosis.words import UNKNOWN, UNTRAINED
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.truth_table import COUNTED
from xorviz.files.weights.examined import Examination, examined, examined_loss
from xorviz.files.weights.next_steps import NextStep, next_steps
from xorviz.files.weights.own_network import Arrays

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
    "steps": st.integers(0, 10**6),
    "targets": st.tuples(*[st.integers(0, 1)] * 4),
}
NUMBER = st.one_of(st.floats(-1.2, 1.2), st.sampled_from([0.0, 0.5, 1.0, 2 / 3, math.nan, 3.0]))
PARSER = command_line(["diagnose", "check"])


def assert_leads_on(steps: tuple[NextStep, ...]) -> None:
    """Assert that there are steps, and that each is Python or what the command line takes."""
    assert steps
    for step in steps:
        assert step.what.endswith((".", ":"))
        if step.command.startswith("xorviz "):
            PARSER.parse_args(shlex.split(step.command)[1:])
            assert not ("--weights" in step.command and "--width" in step.command)
        else:
            compile(step.command, "next", "exec")
    commands = [step.command for step in steps]
    assert any(command.startswith("xorviz check before.npz after.npz") for command in commands)
    assert any("numpy.savez" in command for command in commands)
    assert any("check_code(" in command for command in commands)


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
    if "another function" in told:
        assert "a fault in the backward pass" in told
    names = [cause.name for cause in found.causes]
    assert len(names) == len({*names})


@settings(max_examples=150)
@given(st.lists(NUMBER, min_size=1, max_size=4), st.fixed_dictionaries({}, optional=SAID))
def test_outputs_always_lead_on_unless_all_are_learned(
    outputs: list[float], said: dict[str, Any]
) -> None:
    found = examined(Arrays(outputs=np.array(outputs)), said)
    assert_true(found)
    if found.case.state == "learned":
        assert found.found is not None
        assert max(found.found.evidence.errors) < 0.1
        assert found.next == ()
    else:
        assert found.causes
        assert_leads_on(found.next)


@settings(max_examples=25)
@given(st.floats(0, 10), st.fixed_dictionaries({}, optional=SAID))
def test_a_loss_always_leads_on(value: float, said: dict[str, Any]) -> None:
    found = examined_loss(value, said)
    assert_true(found)
    assert_leads_on(found.next)


def test_every_state_leads_on_with_weights_too() -> None:
    exported = Arrays(np.ones((2, 3)), w2=np.ones(3), config=RunConfig(seed=5, init="equal"))
    assert_leads_on(examined(exported, {}).next)
    weights = examined(Arrays(np.ones((2, 2)), w2=np.ones((2, 1))), {}).case.weights
    for state in {*STATES, UNTRAINED, UNKNOWN} - {"learned"}:
        case = Case(state, Evidence((0.5,) * 4, XOR), {"activation": "relu"}, weights)
        assert_leads_on(next_steps(case, (0.5,) * 4))
        assert not any("--outputs" in step.command for step in next_steps(case, (0.5,) * 4))


def test_four_halves_say_how_often_what_else_and_what_to_do() -> None:
    (state, *_) = states_of(XOR)
    found = examined(Arrays(outputs=np.array(state.outputs)), {})
    assert found.case.state == "no row learned"
    assert found.how_often[0].of("no row learned") == (500, 28, 0, 0)
    assert len(found.causes) == 6
    assert found.next[-1].command == 'xorviz diagnose --outputs="0.5 0.5 0.5 0.5" --try --width 2'


def test_what_is_asked_first_follows_from_what_is_given() -> None:
    for outputs, first in (
        ((0, 1, 1, 1), "print("),
        ((0.5, 0.5), "print("),
        ((-0.9, 0.5, 0.9, 0.9), 'xorviz diagnose --outputs="-0.9 0.5 0.9 0.9" --output tanh'),
        ((0.5, 0.5, 1, 0), "numpy.savez"),
    ):
        found = examined(Arrays(outputs=np.array(outputs, dtype=float)), {})
        assert found.next[0].command.startswith(first)
    (check,) = [
        one.command
        for one in examined(
            Arrays(outputs=np.full(4, 0.5)), {"loss": "mse", "targets": (0, 0, 0, 1), "steps": 3}
        ).next
        if one.command.startswith("xorviz check")
    ]
    assert check == "xorviz check before.npz after.npz --loss mse --targets 0001"


def test_units_that_leave_0_to_1_have_targets_of_minus_1_and_1() -> None:
    signed = Arrays(outputs=np.array([-0.98, 0.97, 0.96, -0.95]))
    for output, state in (("tanh", "learned"), ("linear", "learned"), ("sigmoid", UNKNOWN)):
        found = examined(signed, {"output": output})
        assert found.case.state == state
        assert ("targets −1 and 1" in found.known.text) == (state == "learned")
        assert found.outputs == (-0.98, 0.97, 0.96, -0.95)
    for output in ("tanh", "linear"):  # and of targets 0 and 1
        found = examined(Arrays(outputs=np.array([0.02, 0.97, 1.04, -0.05])), {"output": output})
        assert found.case.state == "learned"
        assert "targets" not in found.known.text
    assert examined(Arrays(outputs=np.array([1.0, 1, 1, 0])), {"output": "linear"}).case.state == (
        UNKNOWN
    ), "only a sigmoid saturates at 1"
    weights = Arrays(np.ones((2, 3)), w2=np.ones(3))
    for output, at_00 in (("sigmoid", 1 / (1 + math.exp(-1.5))), ("tanh", math.tanh(1.5)),
                          ("linear", 1.5), ("relu", 1.5)):  # fmt: skip
        found = examined(weights, {"output": output})
        assert math.isclose(found.outputs[0], at_00)
        assert len(found.outputs) == len(COUNTED)
        assert any("--try" in step.command for step in found.next) == (output == "sigmoid")
    assert examined(weights, {}).known.assumed["output"] == "sigmoid"
