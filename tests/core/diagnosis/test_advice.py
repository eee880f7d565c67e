"""Advice that follows from a state and its recipe."""

import pytest

from xorviz.core.diagnosis.advice import advice_for
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.reach import has_fixed_origin, limit_text
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.settings import RunConfig

AND = (0, 0, 0, 1)
SMALLER_RATE = "Use a smaller rate: shorter steps do not overshoot."


def told(state: str, config: RunConfig, are_equal: bool = False) -> tuple[str, ...]:
    evidence = Evidence(
        (0.5, 0.5, 0.5, 0.5),
        config.targets,
        are_equal=are_equal,
        has_fixed_origin=has_fixed_origin(config),
        limit=limit_text(config),
    )
    return advice_for(state, evidence, config)


def test_what_only_a_trial_can_tell_is_not_advised() -> None:
    for config in (RunConfig(), RunConfig(width=2, biases=True), RunConfig(rate=5, momentum=0.9)):
        for state in (*NAMES, "learning", "learned", "saturated", "too slow", "negated"):
            assert told(state, config) == ()


def test_without_a_recipe_nothing_is_advised() -> None:
    for state in STATES:
        assert advice_for(state, Evidence((0.5, 0.5, 0.5, 0.5), AND), None) == ()


def test_steps_that_are_too_long_are_to_be_shorter() -> None:
    for state in ("oscillating", "diverging"):
        assert told(state, RunConfig()) == (SMALLER_RATE,)
        momentum = told(state, RunConfig(momentum=0.9))
        assert momentum == (SMALLER_RATE, "Use less momentum: it lengthens every step.")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (RunConfig(width=1), "Use two hidden units or more: one draws only one line."),
        (RunConfig(width=1, biases=True), "Use two hidden units or more: one draws only one line."),
        (RunConfig(width=1, activation="tanh"), "Use two hidden units or more with biases: one"),
        (RunConfig(activation="tanh"), "Switch biases on: without them the output at row 0 0 is"),
        (RunConfig(width=1, activation="relu", targets=AND), "Switch biases on: without them the"),
        (RunConfig(width=1, targets=AND), "Switch biases on: with them one hidden unit can learn"),
    ],
)
def test_what_is_out_of_reach_is_made_possible(config: RunConfig, said: str) -> None:
    for state in ("two rows learned", "learning", "saturated"):
        (advice,) = told(state, config)
        assert advice.startswith(said)
    assert told("learned", config) == told("not trained yet", config) == ()


def test_dead_and_equal_units_need_other_weights() -> None:
    config = RunConfig(activation="relu", biases=True)
    assert "sigmoid or tanh units: a unit that is 0" in told("dead units", config)[0]
    (advice,) = told("symmetric units", RunConfig(init="zero"), are_equal=True)
    assert advice == "Draw the initial weights at random: equal units stay equal."
    assert told("symmetric units", RunConfig(init="nearly-equal")) == ()
