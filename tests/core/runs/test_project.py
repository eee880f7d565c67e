"""Projects: runs that are pinned, named, shown and unpinned, and what recipes say of them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.watched import source_of, watched_record
from xorviz.core.network import initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import (
    MOST_PINNED,
    SHAPING,
    PinnedRun,
    Project,
    TooManyRunsError,
    continued,
    differing,
    following,
    restarted,
    started_alike,
)
from xorviz.core.runs.recipe_text import (
    joined,
    own_part,
    own_settings,
    recipe_parts,
    short_recipe,
    told,
)
from xorviz.core.runs.record import Intervention, Record, setting
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.source import LONGEST_NAME, cleaned_name
from xorviz.core.settings import SETTINGS, RunConfig, start_text

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


def test_initializations_have_short_texts() -> None:
    texts = {
        RunConfig(): "uniform in [−1, 1]",
        RunConfig(init_range=0.25): "uniform in [−0.25, 0.25]",
        RunConfig(init="zero", init_range=5): "all 0",
        RunConfig(init="equal", init_range=2.5): "all 2.5",
        RunConfig(init="default-rng", init_range=0.5): "uniform in [−0.5, 0.5] by default_rng",
        RunConfig(init="nearly-equal"): "1 ± 10⁻⁶",
        RunConfig(init="nearly-equal", perturbation=2.5e-4): "1 ± 2.5·10⁻⁴",
        RunConfig(init="nearly-equal", init_range=3, perturbation=1e-3): "3 ± 0.001",
    }
    assert {config: start_text(config) for config in texts} == texts


def test_only_unusual_settings_are_mentioned_and_never_the_seed() -> None:
    usual = "width 3 · rate 0.01 · Σ(t−y)² · no biases · initial weights uniform in [−1, 1]"
    assert joined(recipe_parts(RunConfig(seed=7)).values()) == usual
    config = RunConfig(activation="relu", biases=True, momentum=0.5, targets=(0, 0, 0, 1))
    assert joined(recipe_parts(config).values()) == (
        "width 3 · rate 0.01 · relu · Σ(t−y)² · biases · momentum 0.5 · "
        "initial weights uniform in [−1, 1] · targets 0 0 0 1"
    )


def test_of_two_runs_each_says_in_what_it_differs() -> None:
    slow, plain = RunConfig(rate=0.5), Record(RunConfig())
    change = Intervention(3, "w1", -2.5, (0, 2))
    changed, kicked = replace(plain, interventions=(change,)), replace(change, index=(1, 1))
    watched = watched_record(steps=(0, 9), name="theirs")
    for mine, other, said in (
        (replace(plain, config=slow), plain, ("rate 0.5", "rate 0.01")),
        (changed, plain, ("1 change", "unchanged")),
        (replace(changed, interventions=(change, kicked)), plain, ("2 changes", "unchanged")),
        (watched, continued(watched, 0), ("theirs", "trained by xorviz")),
    ):
        assert own_part(mine.config, mine, other.config, other) == said[0]
        assert own_part(other.config, other, mine.config, mine) == said[1]


def test_only_settings_that_differ_are_listed() -> None:
    run = RunConfig(rate=2, biases=True, targets=(1, 1, 1, 1))
    assert own_settings(run, RunConfig()) == "rate 2, biases on, targets always"
    assert own_settings(RunConfig(), RunConfig()) == ""
    assert own_settings(RunConfig(), RunConfig(width=2), RunConfig(rate=2)) == "width 3, rate 0.01"
    for mine in (run, RunConfig(momentum=0.9, activation="relu", loss="mean-cross-entropy")):
        assert told(RunConfig(), own_settings(mine, RunConfig()), SETTINGS) == mine
    assert told(run, "", SETTINGS) == run


def test_a_value_alone_names_the_setting_that_it_can_only_be() -> None:
    for text, changes in {
        "tanh": {"activation": "tanh"},  # of an output unit, recipes say "tanh output"
        "ReLU, momentum 0.9": {"activation": "relu", "momentum": 0.9},
        "adam": {"optimizer": "adam"},
        "cross-entropy": {"loss": "cross-entropy"},
        "linear": {"output": "linear"},
        "row by row": {"batch": "pass"},
    }.items():
        assert told(RunConfig(), text, SETTINGS).changed() == changes
    with pytest.raises(SettingError, match=r"0\.5 could be rate, momentum, .* or perturbation"):
        told(RunConfig(), "rate 2, 0.5", SETTINGS)
    with pytest.raises(SettingError, match="Type a setting and its value: width, "):
        told(RunConfig(), "quick", SETTINGS)


def test_a_watched_run_has_no_initial_scheme_and_says_what_is_assumed() -> None:
    config = RunConfig(rate=0.5, activation="tanh", momentum=0.9, targets=(0, 0, 0, 1))
    assert joined(recipe_parts(config, source_of()).values()) == (
        "width 3 · rate 0.5 · tanh · Σ(t−y)² · no biases · momentum 0.9 · targets 0 0 0 1"
    )
    names = ("rate", "activation", "loss", "momentum", "targets")
    assert joined(recipe_parts(config, source_of(assumed=names)).values()) == (
        "width 3 · rate 0.5 assumed · tanh assumed · Σ(t−y)² assumed · no biases · "
        "momentum 0.9 assumed · targets 0 0 0 1 assumed"
    )


def test_a_short_recipe_has_the_seed_or_the_name_of_a_watched_run() -> None:
    config = RunConfig(rate=0.5)
    assert short_recipe(config, Record(config)) == "width 3, rate 0.5, seed 1234"
    watched = watched_record(config, (0, 1), assumed=("rate",))
    assert short_recipe(config, watched) == "my network, watched: width 3, rate 0.5 assumed"
    assert short_recipe(config, continued(watched, 1)) == "width 3, rate 0.5, given weights"
