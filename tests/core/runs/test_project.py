"""The bench and the shelf: how runs are kept, named, shown and let go."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.config import RULES, RunConfig
from xorviz.core.network import initial_weights
from xorviz.core.runs.project import (
    LONGEST_NAME,
    MOST_PINNED,
    PinnedRun,
    Project,
    TooManyRunsError,
    cleaned_name,
    differing,
    following,
    restarted,
    started_alike,
)
from xorviz.core.runs.record import Checkpoint, Record, Streak, setting
from xorviz.core.runs.recording import Recording

CURRENT_RUN = Record(RunConfig(), newest=7)
OTHER = Record(RunConfig(width=5), newest=90)

ANOTHER_VALUE: dict[str, Any] = {
    "width": 4,
    "rate": 0.5,
    "seed": 5,
    "activation": "tanh",
    "loss": "mse",
    "biases": True,
    "momentum": 0.9,
    "init_range": 2.0,
    "targets": (0, 0, 0, 1),
    "init": "zero",
    "perturbation": 0.5,
}


def pinning(count: int) -> Project:
    project = Project(CURRENT_RUN, 7)
    for _ in range(count):
        project = project.pinning(OTHER, 90)
    return project


def styles(project: Project) -> list[int]:
    return [run.style for run in project.pinned]


def names(project: Project) -> list[str]:
    return [run.name for run in project.pinned]


def test_nothing_is_kept_at_first() -> None:
    project = Project(CURRENT_RUN, 7)
    assert project.pinned == ()
    assert project.beside is None


def test_a_run_is_kept_after_the_others_and_shown() -> None:
    project = pinning(1).pinning(CURRENT_RUN, 3, "mine")
    assert project.pinned[-1] == PinnedRun("mine", CURRENT_RUN, 3, style=1, is_shown=True)
    assert names(project) == ["Run 1", "mine"]


def test_keeping_makes_another_study() -> None:
    before = pinning(2)
    before.pinning(CURRENT_RUN, 3)
    assert len(before.pinned) == 2
    assert (before.record, before.step) == (CURRENT_RUN, 7)


def test_as_many_can_be_kept_as_there_are_styles_and_no_more() -> None:
    full = pinning(MOST_PINNED)
    assert styles(full) == list(range(MOST_PINNED))
    with pytest.raises(TooManyRunsError, match=rf"{MOST_PINNED} runs .* Delete one"):
        full.pinning(CURRENT_RUN, 3)


def test_a_style_that_was_let_go_is_the_next_one_given() -> None:
    project = pinning(4).without(1)
    assert styles(project) == [0, 2, 3]
    assert styles(project.pinning(CURRENT_RUN, 3)) == [0, 2, 3, 1]


@given(st.lists(st.integers(-1, MOST_PINNED - 1), max_size=60))
def test_no_two_kept_runs_ever_share_a_style(moves: list[int]) -> None:
    """Keep a run for -1, and let go of the one with a style otherwise."""
    project = Project(CURRENT_RUN, 7)
    for move in moves:
        if move >= 0:
            project = project.without(move)
        elif len(project.pinned) < MOST_PINNED:
            project = project.pinning(OTHER, 90)
    assert len(set(styles(project))) == len(project.pinned)
    assert len(set(names(project))) == len(project.pinned)


def test_a_name_that_nobody_gave_is_the_first_free_one() -> None:
    project = Project(CURRENT_RUN, 7).pinning(OTHER, 1, "Run 2").pinning(OTHER, 1).pinning(OTHER, 1)
    assert names(project) == ["Run 2", "Run 1", "Run 3"]


@pytest.mark.parametrize("given_name", ["", "  ", "\n\t"])
def test_a_name_of_nothing_but_room_is_none(given_name: str) -> None:
    assert names(Project(CURRENT_RUN, 7).pinning(OTHER, 1, given_name)) == ["Run 1"]


def test_a_run_is_found_by_its_style() -> None:
    project = pinning(3).without(0).changing(2, name="the last")
    assert project.pinned_as(2).name == "the last"
    assert project.pinned_as(1).name == "Run 2"


def test_the_run_of_a_style_is_renamed_and_no_other() -> None:
    project = pinning(3).changing(1, name="  slow\none ")
    assert names(project) == ["Run 1", "slow one", "Run 3"]
    assert project.pinned[1].is_shown


def test_the_run_of_a_style_is_hidden_and_no_other() -> None:
    project = pinning(3).changing(1, is_shown=False)
    assert [run.is_shown for run in project.pinned] == [True, False, True]
    assert names(project) == ["Run 1", "Run 2", "Run 3"]


def test_changing_a_style_that_nobody_has_changes_nothing() -> None:
    project = pinning(2)
    assert project.changing(9, is_shown=False, name="nobody") == project
    assert project.without(9) == project


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("plain", "plain"),
        ("  two   words ", "two words"),
        ("one\nline\tonly", "one line only"),
        ("no\u202eturning\x00back", "no turning back"),
        ("<b>bold</b> & ünïcode", "<b>bold</b> & ünïcode"),
        ("x" * (LONGEST_NAME + 9), "x" * LONGEST_NAME),
        ("x" * (LONGEST_NAME - 1) + " y", "x" * (LONGEST_NAME - 1)),
    ],
)
def test_a_name_is_one_line_of_a_length_to_be_listed(typed: str, cleaned: str) -> None:
    assert cleaned_name(typed) == cleaned


@given(st.text())
def test_a_cleaned_name_stays_as_it_is(text: str) -> None:
    cleaned = cleaned_name(text)
    assert cleaned_name(cleaned) == cleaned
    assert cleaned.isprintable()
    assert len(cleaned) <= LONGEST_NAME


@pytest.mark.parametrize("name", RULES)
def test_a_setting_in_which_one_run_differs_is_named(name: str) -> None:
    config = RunConfig()
    other = replace(config, **{name: ANOTHER_VALUE[name]})
    assert differing([config, config, other]) == (name,)


def test_settings_that_differ_are_in_the_order_of_the_rules() -> None:
    configs = [RunConfig()] + [replace(RunConfig(), **{n: v}) for n, v in ANOTHER_VALUE.items()]
    assert differing(iter(reversed(configs))) == tuple(RULES)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_equal_runs_differ_in_nothing(count: int) -> None:
    assert differing([RunConfig() for _ in range(count)]) == ()


def test_the_bench_can_be_seen_at_any_step_gone_by() -> None:
    recording = Recording(RunConfig(rate=1))
    recording.advance(70)
    at_70 = recording.snapshot()
    recording.intervene("rate", 0.1)
    recording.advance(50)
    project = Project(recording.record(), 120)
    seen = project.state_at(70)
    assert seen.step == 70
    np.testing.assert_array_equal(seen.outputs, at_70.outputs)
    assert project.state_at(120).loss == recording.snapshot().loss
    with pytest.raises(IndexError, match="121"):
        project.state_at(121)


def wide(count: int) -> Record:
    """Return a record with more checkpoints than a compact one of its size has."""
    zeros = np.zeros(192)
    pinned = tuple(Checkpoint(i * 64, zeros, zeros, Streak(), Streak()) for i in range(count))
    return Record(RunConfig(width=64), newest=(count - 1) * 64, checkpoints=pinned)


def test_a_compact_study_has_less_behind_both_runs_of_the_bench() -> None:
    project = Project(wide(500), 0, beside=wide(400)).pinning(wide(300), 0)
    compact = project.compact()
    assert compact == project
    assert compact.beside is not None
    assert len(compact.record.checkpoints) == len(wide(500).compact().checkpoints) < 200
    assert len(compact.beside.checkpoints) == len(wide(400).compact().checkpoints) < 200
    assert compact.pinned[0].record is project.pinned[0].record


def test_a_compact_study_of_one_run_is_still_one_of_one_run() -> None:
    assert pinning(1).compact().beside is None


def test_to_look_at_another_step_makes_no_other_study() -> None:
    assert Project(CURRENT_RUN, 3) == Project(CURRENT_RUN, 7)
    assert Project(CURRENT_RUN, 3) != Project(OTHER, 3)


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
