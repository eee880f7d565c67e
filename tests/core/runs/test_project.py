"""Projects: runs that are pinned, named, shown and unpinned."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.network import initial_weights
from xorviz.core.runs.project import (
    MOST_PINNED,
    PinnedRun,
    Project,
    TooManyRunsError,
    differing,
    following,
    restarted,
    started_alike,
)
from xorviz.core.runs.record import Checkpoint, Record, Streak, setting
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.source import LONGEST_NAME, cleaned_name
from xorviz.core.settings import SETTINGS, RunConfig

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


def test_a_new_project_has_no_pinned_runs() -> None:
    project = Project(CURRENT_RUN, 7)
    assert project.pinned == ()
    assert project.beside is None


def test_a_pinned_run_comes_last_and_is_shown() -> None:
    project = pinning(1).pinning(CURRENT_RUN, 3, "mine")
    assert project.pinned[-1] == PinnedRun("mine", CURRENT_RUN, 3, style=1, is_shown=True)
    assert names(project) == ["Run 1", "mine"]


def test_pinning_returns_another_project() -> None:
    before = pinning(2)
    before.pinning(CURRENT_RUN, 3)
    assert len(before.pinned) == 2
    assert (before.record, before.step) == (CURRENT_RUN, 7)


def test_pinned_runs_are_limited_by_styles() -> None:
    full = pinning(MOST_PINNED)
    assert styles(full) == list(range(MOST_PINNED))
    with pytest.raises(TooManyRunsError, match=rf"{MOST_PINNED} runs .* Delete one"):
        full.pinning(CURRENT_RUN, 3)


def test_a_free_style_is_reused_first() -> None:
    project = pinning(4).without(1)
    assert styles(project) == [0, 2, 3]
    assert styles(project.pinning(CURRENT_RUN, 3)) == [0, 2, 3, 1]


@given(st.lists(st.integers(-1, MOST_PINNED - 1), max_size=60))
def test_pinned_runs_have_different_styles(moves: list[int]) -> None:
    """Pin a run for -1, otherwise unpin the one with this style."""
    project = Project(CURRENT_RUN, 7)
    for move in moves:
        if move >= 0:
            project = project.without(move)
        elif len(project.pinned) < MOST_PINNED:
            project = project.pinning(OTHER, 90)
    assert len(set(styles(project))) == len(project.pinned)
    assert len(set(names(project))) == len(project.pinned)


def test_the_default_name_is_the_first_free_one() -> None:
    project = Project(CURRENT_RUN, 7).pinning(OTHER, 1, "Run 2").pinning(OTHER, 1).pinning(OTHER, 1)
    assert names(project) == ["Run 2", "Run 1", "Run 3"]


def test_a_blank_name_is_no_name() -> None:
    for given_name in ("", "  ", "\n\t"):
        assert names(Project(CURRENT_RUN, 7).pinning(OTHER, 1, given_name)) == ["Run 1"]


def test_a_pinned_run_is_found_by_its_style() -> None:
    project = pinning(3).without(0).changing(2, name="the last")
    assert project.pinned_as(2).name == "the last"
    assert project.pinned_as(1).name == "Run 2"


def test_renaming_affects_one_run() -> None:
    project = pinning(3).changing(1, name="  slow\none ")
    assert names(project) == ["Run 1", "slow one", "Run 3"]
    assert project.pinned[1].is_shown


def test_hiding_affects_one_run() -> None:
    project = pinning(3).changing(1, is_shown=False)
    assert [run.is_shown for run in project.pinned] == [True, False, True]
    assert names(project) == ["Run 1", "Run 2", "Run 3"]


def test_changing_an_unused_style_changes_nothing() -> None:
    project = pinning(2)
    assert project.changing(9, is_shown=False, name="nobody") == project
    assert project.without(9) == project


def test_a_name_is_one_line_of_limited_length() -> None:
    cases: list[tuple[str, str]] = [
        ("plain", "plain"),
        ("  two   words ", "two words"),
        ("one\nline\tonly", "one line only"),
        ("no\u202eturning\x00back", "no turning back"),
        ("<b>bold</b> & ünïcode", "<b>bold</b> & ünïcode"),
        ("x" * (LONGEST_NAME + 9), "x" * LONGEST_NAME),
        ("x" * (LONGEST_NAME - 1) + " y", "x" * (LONGEST_NAME - 1)),
    ]
    for typed, cleaned in cases:
        assert cleaned_name(typed) == cleaned


@given(st.text())
def test_cleaning_a_name_twice_changes_nothing(text: str) -> None:
    cleaned = cleaned_name(text)
    assert cleaned_name(cleaned) == cleaned
    assert cleaned.isprintable()
    assert len(cleaned) <= LONGEST_NAME


def test_settings_that_differ_are_named() -> None:
    for name in SETTINGS:
        config = RunConfig()
        other = replace(config, **{name: ANOTHER_VALUE[name]})
        assert differing([config, config, other]) == (name,)


def test_differing_settings_are_in_the_order_of_rules() -> None:
    configs = [RunConfig()] + [replace(RunConfig(), **{n: v}) for n, v in ANOTHER_VALUE.items()]
    assert differing(iter(reversed(configs))) == tuple(SETTINGS)


def test_equal_runs_do_not_differ() -> None:
    for count in (0, 1, 3):
        assert differing([RunConfig() for _ in range(count)]) == ()


def wide(count: int) -> Record:
    """Return a record with more checkpoints than a compact one of its size has."""
    zeros = np.zeros(192)
    pinned = tuple(Checkpoint(i * 64, zeros, zeros, Streak(), Streak()) for i in range(count))
    return Record(RunConfig(width=64), newest=(count - 1) * 64, checkpoints=pinned)


def test_a_compact_project_has_fewer_checkpoints() -> None:
    project = Project(wide(500), 0, beside=wide(400)).pinning(wide(300), 0)
    compact = project.compact()
    assert compact == project
    assert compact.beside is not None
    assert len(compact.record.checkpoints) == len(wide(500).compact().checkpoints) < 200
    assert len(compact.beside.checkpoints) == len(wide(400).compact().checkpoints) < 200
    assert compact.pinned[0].record is project.pinned[0].record


def test_a_compact_project_of_one_run_has_one_run() -> None:
    assert pinning(1).compact().beside is None


def test_the_displayed_step_does_not_affect_equality() -> None:
    assert Project(CURRENT_RUN, 3) == Project(CURRENT_RUN, 7)
    assert Project(CURRENT_RUN, 3) != Project(OTHER, 3)


FIRST = RunConfig()


def test_shared_settings_change_for_both_runs() -> None:
    second = RunConfig(rate=0.5)
    assert following(second, FIRST, replace(FIRST, width=5)) == replace(second, width=5)


def test_differing_settings_stay_with_the_second_run() -> None:
    second = RunConfig(rate=0.5)
    assert following(second, FIRST, replace(FIRST, rate=2.0)) == second


def test_weights_set_at_step_0_are_copied() -> None:
    weights = initial_weights(RunConfig(seed=7))
    first = Record(FIRST, setting(weights, 0))
    second = Recording(started_alike(first, RunConfig(rate=0.5, momentum=0.5))).snapshot()
    np.testing.assert_array_equal(second.weights.w1, weights.w1)
    np.testing.assert_array_equal(second.weights.w2, weights.w2)


def test_missing_weights_are_not_copied() -> None:
    with_biases = initial_weights(RunConfig(seed=7, biases=True))
    first = Record(RunConfig(biases=True), setting(with_biases, 0))
    second = Recording(started_alike(first, FIRST)).snapshot()
    np.testing.assert_array_equal(second.weights.w1, with_biases.w1)
    assert second.weights.b1 is None


def test_a_restarted_run_keeps_weights_set_at_step_0() -> None:
    weights = initial_weights(RunConfig(seed=7))
    first = Record(FIRST, setting(weights, 0))
    again = Recording(restarted(first, replace(FIRST, activation="tanh"))).snapshot()
    np.testing.assert_array_equal(again.weights.w1, weights.w1)
    assert again.config.activation == "tanh"


def test_other_initial_weights_drop_those_set_by_hand() -> None:
    first = Record(FIRST, setting(initial_weights(RunConfig(seed=7)), 0))
    for other in (replace(FIRST, seed=8), replace(FIRST, width=4), replace(FIRST, init="zero")):
        assert restarted(first, other) == Record(other)


def test_a_run_without_set_weights_restarts_plainly() -> None:
    other = replace(FIRST, loss="mse")
    assert restarted(Record(FIRST), other) == Record(other)
