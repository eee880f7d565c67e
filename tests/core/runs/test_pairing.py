"""What the second of two runs in lock step takes over from the first."""

from dataclasses import replace

import numpy as np

from xorviz.core.config import RunConfig
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import following, restarted, started_alike
from xorviz.core.runs.record import Record, setting
from xorviz.core.runs.recording import Recording

FIRST = RunConfig()


def test_what_both_had_in_common_changes_for_both() -> None:
    second = RunConfig(rate=0.5)
    assert following(second, FIRST, replace(FIRST, width=5)) == replace(second, width=5)


def test_what_they_differed_in_stays_with_the_second() -> None:
    second = RunConfig(rate=0.5)
    assert following(second, FIRST, replace(FIRST, rate=2.0)) == second


def test_weights_that_were_set_at_the_start_are_set_in_the_second_too() -> None:
    weights = initial_weights(RunConfig(seed=7))
    first = Record(FIRST, setting(weights, 0))
    second = Recording(started_alike(first, RunConfig(rate=0.5, momentum=0.5))).snapshot()
    np.testing.assert_array_equal(second.weights.w1, weights.w1)
    np.testing.assert_array_equal(second.weights.w2, weights.w2)


def test_weights_that_the_second_does_not_have_are_left_out() -> None:
    with_biases = initial_weights(RunConfig(seed=7, biases=True))
    first = Record(RunConfig(biases=True), setting(with_biases, 0))
    second = Recording(started_alike(first, FIRST)).snapshot()
    np.testing.assert_array_equal(second.weights.w1, with_biases.w1)
    assert second.weights.b1 is None


def test_a_run_begun_again_keeps_the_weights_it_was_given() -> None:
    weights = initial_weights(RunConfig(seed=7))
    first = Record(FIRST, setting(weights, 0))
    again = Recording(restarted(first, replace(FIRST, activation="tanh"))).snapshot()
    np.testing.assert_array_equal(again.weights.w1, weights.w1)
    assert again.config.activation == "tanh"


def test_it_does_not_where_the_settings_decide_the_weights() -> None:
    first = Record(FIRST, setting(initial_weights(RunConfig(seed=7)), 0))
    for other in (replace(FIRST, seed=8), replace(FIRST, width=4), replace(FIRST, init="zero")):
        assert restarted(first, other) == Record(other)


def test_a_run_that_was_given_none_is_begun_anew() -> None:
    other = replace(FIRST, loss="mse")
    assert restarted(Record(FIRST), other) == Record(other)
