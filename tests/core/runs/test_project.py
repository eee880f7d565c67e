"""Projects: runs that are pinned, named, shown and unpinned."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
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
from xorviz.core.runs.record import Record, setting
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.source import LONGEST_NAME, cleaned_name
from xorviz.core.settings import SETTINGS, RunConfig

DEFAULT, OTHER = RunConfig(), Record(RunConfig(width=5), newest=90)
EMPTY = Project(Record(DEFAULT, newest=7), 7)
ANOTHER_VALUE: dict[str, Any] = {
    name: next((value for value in row.tried if value != getattr(DEFAULT, name)), None)
    for name, row in SETTINGS.items()
} | {"seed": 5, "perturbation": 0.5, "targets": (0, 0, 0, 1), "row_order": "11,10,01,00"}


def names(project: Project) -> list[str]:
    return [run.name for run in project.pinned]


@given(st.lists(st.integers(-1, MOST_PINNED - 1), max_size=60))
@example([-1] * (MOST_PINNED + 1))
def test_a_pinned_run_comes_last_with_the_first_free_name_and_style(moves: list[int]) -> None:
    """Pin a run for -1, otherwise unpin the one with this style."""
    project, kept = EMPTY, list[PinnedRun]()
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
            style = min({*range(MOST_PINNED)} - {run.style for run in kept})
            number = min(n for n in range(1, 99) if f"Run {n}" not in names(before))
            kept = [*kept, PinnedRun(f"Run {number}", OTHER, 90, style, is_shown=True)]
        assert project == replace(EMPTY, pinned=tuple(kept), step=3)  # which is not compared


def test_one_pinned_run_is_renamed_or_hidden() -> None:
    project = EMPTY.pinning(OTHER, 90).pinning(OTHER, 90).pinning(OTHER, 90)
    project = project.changing(1, name="  slow\none ").changing(2, is_shown=False)
    assert names(project) == ["Run 1", "slow one", "Run 3"]
    assert [run.is_shown for run in project.pinned] == [True, True, False]
    assert project.without(0).pinned_as(1).name == "slow one"
    assert project.changing(1, name=" ") == project
    assert project.changing(9, is_shown=False) == project.without(9) == project
    for name in ("mine", "", "  ", "\n\t", "Run 1"):
        assert names(EMPTY.pinning(OTHER, 1, name)) == [name.strip() or "Run 1"]


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  two   words ", "two words"),
        ("one\nline\tonly", "one line only"),
        ("no\u202eturning\x00back", "no turning back"),
        ("<b>bold</b> & ünïcode", "<b>bold</b> & ünïcode"),
        ("x" * (LONGEST_NAME + 9), "x" * LONGEST_NAME),
        ("x" * (LONGEST_NAME - 1) + " y", "x" * (LONGEST_NAME - 1)),
    ],
)
def test_a_name_is_one_line_of_limited_length(typed: str, cleaned: str) -> None:
    assert cleaned_name(typed) == cleaned_name(cleaned) == cleaned


def test_settings_that_differ_are_named_in_the_order_of_the_table() -> None:
    others = {name: replace(DEFAULT, **{name: ANOTHER_VALUE[name]}) for name in SETTINGS}
    for name, other in others.items():
        assert differing([DEFAULT, DEFAULT, other]) == (name,)
    assert differing(iter([*reversed(others.values()), DEFAULT])) == tuple(SETTINGS)
    assert differing([DEFAULT] * 3) == differing([]) == ()


def test_shared_settings_change_for_both_runs_and_differing_ones_for_one() -> None:
    first, second = RunConfig(), RunConfig(rate=0.5)
    assert following(second, first, replace(first, width=5)) == replace(second, width=5)
    assert following(second, first, replace(first, rate=2.0)) == second


@pytest.mark.parametrize("biases", [False, True])
def test_weights_set_at_step_0_are_copied_where_they_have_a_place(biases: bool) -> None:
    """And kept by a run that is begun again, unless others are drawn."""
    config = RunConfig(biases=biases)
    weights = initial_weights(replace(config, seed=7))
    first = Record(config, setting(weights, 0))
    alike = started_alike(first, RunConfig(rate=0.5, momentum=0.5))
    again = restarted(first, replace(config, activation="tanh"))
    for record, has_biases in ((alike, False), (again, biases)):
        mine = Recording(record).weights
        np.testing.assert_array_equal(mine.w1, weights.w1)
        np.testing.assert_array_equal(mine.w2, weights.w2)
        assert (mine.b1 is not None) == has_biases
    assert again.config.activation == "tanh"
    for name in SHAPING:
        drawn: Any = not biases if name == "biases" else ANOTHER_VALUE[name]
        other = replace(config, **{name: drawn})
        assert restarted(first, other) == restarted(Record(config), other) == Record(other)
