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
    SHAPING,
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

DEFAULT = RunConfig()
ANOTHER_VALUE: dict[str, Any] = {
    name: next((value for value in row.tried if value != getattr(DEFAULT, name)), None)
    for name, row in SETTINGS.items()
} | {"seed": 5, "perturbation": 0.5, "targets": (0, 0, 0, 1)}


def pinning(count: int) -> Project:
    project = Project(CURRENT_RUN, 7)
    for _ in range(count):
        project = project.pinning(OTHER, 90)
    return project


def names(project: Project) -> list[str]:
    return [run.name for run in project.pinned]


@given(st.lists(st.integers(-1, MOST_PINNED - 1), max_size=60))
def test_a_pinned_run_comes_last_with_the_first_free_name_and_style(moves: list[int]) -> None:
    """Pin a run for -1, otherwise unpin the one with this style."""
    project, kept = Project(CURRENT_RUN, 7), list[PinnedRun]()
    for move in moves:
        before = project
        if move >= 0:
            project = project.without(move)
            kept = [run for run in kept if run.style != move]
        elif len(kept) == MOST_PINNED:
            with pytest.raises(TooManyRunsError, match=rf"{MOST_PINNED} runs .* Delete one"):
                project.pinning(OTHER, 90)
        else:
            project = project.pinning(OTHER, 90)
            taken = {run.style for run in kept}
            style = min(set(range(MOST_PINNED)) - taken)
            number = min(n for n in range(1, 99) if f"Run {n}" not in names(before))
            kept = [*kept, PinnedRun(f"Run {number}", OTHER, 90, style, is_shown=True)]
        assert project == Project(CURRENT_RUN, 7, pinned=tuple(kept))


def test_one_pinned_run_is_renamed_or_hidden() -> None:
    project = pinning(3).changing(1, name="  slow\none ").changing(2, is_shown=False)
    assert names(project) == ["Run 1", "slow one", "Run 3"]
    assert [run.is_shown for run in project.pinned] == [True, True, False]
    assert project.without(0).pinned_as(1).name == "slow one"
    assert project.changing(1, name=" ") == project
    assert project.changing(9, is_shown=False) == project.without(9) == project
    given_names = ("mine", "", "  ", "\n\t", "Run 1")
    for given_name in given_names:
        (name,) = names(Project(CURRENT_RUN, 7).pinning(OTHER, 1, given_name))
        assert name == (given_name.strip() or "Run 1")


def test_a_name_is_one_line_of_limited_length() -> None:
    cases: list[tuple[str, str]] = [
        ("  two   words ", "two words"),
        ("one\nline\tonly", "one line only"),
        ("no\u202eturning\x00back", "no turning back"),
        ("<b>bold</b> & ünïcode", "<b>bold</b> & ünïcode"),
        ("x" * (LONGEST_NAME + 9), "x" * LONGEST_NAME),
        ("x" * (LONGEST_NAME - 1) + " y", "x" * (LONGEST_NAME - 1)),
    ]
    for typed, cleaned in cases:
        assert cleaned_name(typed) == cleaned_name(cleaned) == cleaned


def test_settings_that_differ_are_named_in_the_order_of_the_table() -> None:
    config = RunConfig()
    others = [replace(config, **{name: ANOTHER_VALUE[name]}) for name in reversed([*SETTINGS])]
    for name, other in zip(reversed([*SETTINGS]), others, strict=True):
        assert differing([config, config, other]) == (name,)
    assert differing(iter([*others, config])) == tuple(SETTINGS)
    for count in (0, 1, 3):
        assert differing([config] * count) == ()


def wide(count: int) -> Record:
    """Return a record with more checkpoints than a compact one of its size has."""
    zeros = np.zeros(192)
    kept = tuple(Checkpoint(i * 64, (zeros, zeros), Streak(), Streak()) for i in range(count))
    return Record(RunConfig(width=64), newest=(count - 1) * 64, checkpoints=kept)


def test_a_compact_project_has_fewer_checkpoints() -> None:
    project = Project(wide(500), 0, beside=wide(400)).pinning(wide(300), 0)
    compact = project.compact()
    assert compact == project
    assert compact.beside is not None
    for mine, count in ((compact.record, 500), (compact.beside, 400)):
        assert len(mine.checkpoints) == len(wide(count).compact().checkpoints) < 200
    assert compact.pinned[0].record is project.pinned[0].record
    assert pinning(1).compact().beside is None
    assert Project(CURRENT_RUN, 3) == Project(CURRENT_RUN, 7) != Project(OTHER, 7)


def test_shared_settings_change_for_both_runs_and_differing_ones_for_one() -> None:
    first, second = RunConfig(), RunConfig(rate=0.5)
    assert following(second, first, replace(first, width=5)) == replace(second, width=5)
    assert following(second, first, replace(first, rate=2.0)) == second


@pytest.mark.parametrize("biases", [False, True])
def test_weights_set_at_step_0_are_copied_where_they_have_a_place(biases: bool) -> None:
    weights = initial_weights(RunConfig(seed=7, biases=biases))
    first = Record(RunConfig(biases=biases), setting(weights, 0))
    second = Recording(started_alike(first, RunConfig(rate=0.5, momentum=0.5))).snapshot()
    np.testing.assert_array_equal(second.weights.w1, weights.w1)
    np.testing.assert_array_equal(second.weights.w2, weights.w2)
    assert second.weights.b1 is None


def test_a_restarted_run_keeps_weights_set_at_step_0_unless_others_are_drawn() -> None:
    config, weights = RunConfig(), initial_weights(RunConfig(seed=7))
    first = Record(config, setting(weights, 0))
    again = Recording(restarted(first, replace(config, activation="tanh"))).snapshot()
    np.testing.assert_array_equal(again.weights.w1, weights.w1)
    assert again.config.activation == "tanh"
    for name in SHAPING:
        other = replace(config, **{name: ANOTHER_VALUE[name]})
        assert restarted(first, other) == Record(other)
    assert restarted(Record(config), other) == Record(other)
