"""Plans: every network once, from coarse to fine; invalid plans are refused."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bits import CONFIGS
from xorviz.core.rules import SettingError
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import LabPlan, recipe_line, recipes_of, shares_of
from xorviz.lab.results.lab_results import LabResults
from xorviz.lab.training.cohort import FEWEST_AT_ONCE, Start, alike, most_at_once

ONE = (RunConfig(),)
MAP = recipes_of({"width": [1, 2, 3], "rate": [0.1, 1.0]})


def test_recipes_are_all_combinations_the_last_list_fastest_and_the_rest_as_in_the_base() -> None:
    pairs = [(width, rate) for width in (1, 2, 3) for rate in (0.1, 1.0)]
    assert [(recipe.width, recipe.rate) for recipe in MAP] == pairs
    base = RunConfig(momentum=0.5, targets=(0, 1, 1, 1), width=9)
    assert recipes_of({"width": [4]}, base) == (replace(base, width=4),)
    assert recipes_of({}, base) == (base,)
    assert recipes_of({"width": []}) == ()


def test_an_invalid_recipe_is_refused() -> None:
    with pytest.raises(SettingError, match="width is 65; allowed: a whole number from 1 to 64"):
        recipes_of({"width": [3, 65]})
    with pytest.raises(SettingError, match="unknown setting 'depth'"):
        recipes_of({"depth": [3]})


@pytest.mark.parametrize("seeds", [range(3, 8), (7, 1, 4)])
def test_networks_are_numbered_by_recipe_and_found_by_settings(seeds: Sequence[int]) -> None:
    plan = LabPlan(MAP, seeds, 10)
    assert len(plan) == 6 * len(seeds)
    configs = [replace(recipe, seed=seed) for recipe in MAP for seed in seeds]
    assert [plan.config(place) for place in range(len(plan))] == configs
    assert [place for r in range(6) for place in plan.places_of(r)] == list(range(len(plan)))
    assert [plan.place_of(config) for config in configs] == list(range(len(plan)))
    assert plan.place_of(replace(MAP[0], seed=99)) is None
    assert plan.place_of(replace(MAP[0], seed=seeds[0], momentum=0.123)) is None
    assert plan.config(np.int64(1)) == configs[1]  # type: ignore[arg-type]


def test_estimates_of_time_and_memory_grow_with_the_plan() -> None:
    plan = LabPlan(MAP, range(10_000), 60_000)
    assert plan.seconds(2) == pytest.approx(plan.seconds(1) / 2)
    longer, longest = (replace(plan, steps=steps).seconds(1) for steps in (70_000, 80_000))
    assert longest - longer == pytest.approx(longer - plan.seconds(1))
    double = replace(plan, seeds=range(20_000))
    assert double.seconds(1) == pytest.approx(2 * plan.seconds(1), rel=0.02)
    assert double.megabytes == pytest.approx(2 * plan.megabytes)
    wide = replace(plan, recipes=(*MAP, RunConfig(width=64)))
    assert wide.seconds(1) > 3 * plan.seconds(1)
    with_biases = replace(plan, recipes=recipes_of({"width": [3], "biases": [True]}))
    assert with_biases.seconds(1) > replace(plan, recipes=ONE).seconds(1)
    one, few = LabPlan(ONE, [1], 60_000), LabPlan(ONE, range(50), 60_000)
    assert 0.5 < one.seconds(1) < few.seconds(1) < 2 * one.seconds(1)  # mostly the calls
    assert few.seconds(8) == few.seconds(1)  # there is but one share


@given(
    recipes=st.lists(CONFIGS, min_size=1, max_size=6),
    seeds=st.integers(1, 300),
    jobs=st.integers(1, 9),
    waves=st.lists(st.integers(1, 120), max_size=4),
    data=st.data(),
)
def test_every_network_is_in_one_share_unless_it_is_skipped(
    recipes: list[RunConfig], seeds: int, jobs: int, waves: list[int], data: st.DataObject
) -> None:
    starts = tuple(
        Start(np.zeros(1), np.zeros(1)) if data.draw(st.booleans()) else None for _ in recipes
    )
    plan = LabPlan(tuple(recipes), range(1000, 1000 + seeds), 10, starts=starts, waves=tuple(waves))
    skipped = data.draw(st.frozensets(st.integers(0, len(plan) - 1), max_size=50))
    shares = list(shares_of(plan, jobs, skipped))
    places = [place for share in shares for place in share.places.tolist()]
    assert sorted(places) == sorted(set(range(len(plan))) - skipped)
    for share in shares:
        both = zip(share.recipes, share.seeds, strict=True)
        configs = [replace(recipe, seed=seed) for recipe, seed in both]
        assert configs == [plan.config(place) for place in share.places]
        assert [*share.starts] == [starts[place // seeds] for place in share.places.tolist()]
        assert len(alike(configs)) == 1
        assert 1 <= len(share.seeds) <= most_at_once(configs[0])


def test_all_recipes_get_their_first_seeds_before_any_gets_more() -> None:
    plan = LabPlan(MAP, range(50, 100), 10, waves=(4, 12))
    order = [share.seeds for share in shares_of(plan, 2)]
    waves = [max((seed >= 54) + (seed >= 66) for seed in seeds) for seeds in order]
    assert waves == sorted(waves)
    assert [waves.count(wave) for wave in range(3)] == [3, 3, 6]
    assert [min(seeds) for seeds in order[:3]] == [50] * 3
    few = LabPlan(ONE, range(5), 10, waves=(3, 10))  # the second wave is cut
    assert [share.seeds for share in shares_of(few, 2)] == [(0, 1, 2), (3, 4)]
    assert list(shares_of(few, 2, frozenset(range(5)))) == []


def test_early_shares_are_spread_over_the_whole_map() -> None:
    plan = LabPlan(recipes_of({"width": list(range(1, 9))}), range(4), 10)
    assert [share.recipes[0].width for share in shares_of(plan, 2)] == [1, 6, 3, 8, 5, 2, 7, 4]


@pytest.mark.parametrize("jobs", [1, 3, 8])
def test_shares_are_of_similar_size_and_not_too_small(jobs: int) -> None:
    sizes = [len(share.seeds) for share in shares_of(LabPlan(ONE, range(1000), 10), jobs)]
    assert max(sizes) - min(sizes) <= 1
    assert len(sizes) % jobs == 0
    assert min(sizes) >= FEWEST_AT_ONCE
    small = LabPlan(ONE, range(FEWEST_AT_ONCE), 10)
    assert [len(share.seeds) for share in shares_of(small, 64)] == [FEWEST_AT_ONCE]


def test_memory_is_that_of_the_results_and_two_snapshots() -> None:
    plan = LabPlan(ONE, range(20_000), 10)
    tracemalloc.start()
    results = LabResults(plan)
    pictures = results.snapshot(), results.snapshot()
    taken = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    assert len(pictures) == 2
    assert taken / 1.5 < plan.megabytes < 1.5 * taken


def test_a_recipe_in_short_names_what_is_unusual_after_the_most_important() -> None:
    unusual = RunConfig(
        width=5, activation="relu", loss="mse", biases=True, momentum=0.9, targets=(0, 0, 0, 1)
    )
    rules = StopRules(None, when_learned=True, at_loss=0.001)
    plan = LabPlan((RunConfig(rate=0.5), unusual), range(9), 20_000, rules)
    usual, *more = (recipe_line(replace(plan, rules=NEVER), 0), recipe_line(plan, 1))
    assert usual.startswith("width 3 · rate 0.5 · 20\u202f000 steps · Σ(t−y)² · no biases · ")
    assert "stops" not in usual
    assert more[0].split(" · ") == [
        *("width 5", "rate 0.01", "20\u202f000 steps", "relu", "¼Σ(t−y)²", "biases"),
        *("momentum 0.9", "initial weights uniform in [−1, 1]", "targets 0 0 0 1"),
        *("stops when learned", "stops at loss 0.001"),
    ]
