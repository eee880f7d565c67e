"""Success maps: their networks and their cells."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lab.plan import shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import AXES, Cell, MapCells, MapPlan
from xorviz.lab.training.training import advanced

BASE = RunConfig(rate=0.5)
SMALL = MapPlan(
    BASE, seeds=20, steps=600, with_biases=True, across_values=(0.1, 0.5, 1), up_values=(1, 3)
)


def pictured(map_plan: MapPlan, seeds: int | None = None) -> LabSnapshot:
    """Return the snapshot of a map with the first seeds of each cell done; all if None."""
    plan = map_plan.plan
    results = LabResults(plan)
    for share in shares_of(plan, 1, waves=() if seeds is None else (seeds,)):
        if seeds is None or (share.places % map_plan.seeds < seeds).all():
            cohort = advanced(share.drawn(), plan.steps)
            results.add(share.places, cohort, findings_of(cohort))
    return results.snapshot()


@pytest.fixture(scope="module")
def snapshot() -> LabSnapshot:
    return pictured(SMALL)


def test_the_usual_map_is_width_by_rate_with_200_seeds() -> None:
    usual = MapPlan(RunConfig())
    assert usual.shape == (1, 8, 12)
    assert usual.plan.steps == 4000
    assert usual.plan.seeds == range(200)
    assert len(usual.plan) == 96 * 200
    assert usual.plan.recipes[0] == RunConfig(width=2, rate=0.01)
    assert usual.plan.recipes[-1] == RunConfig(width=16, rate=50)


def cell_at(made: MapPlan, recipe: int) -> Cell:
    block, row, column = np.unravel_index(recipe, made.shape)
    return int(block), int(row), int(column)


def test_recipes_go_along_the_rows_and_biases_come_last() -> None:
    recipes = [(r.biases, r.width, r.rate) for r in SMALL.plan.recipes]
    assert recipes == list(product((False, True), (1, 3), (0.1, 0.5, 1)))
    for index, recipe in enumerate(SMALL.plan.recipes):
        cell = cell_at(SMALL, index)
        assert SMALL.recipe(cell) == index
        assert SMALL.config(cell) == replace(recipe, seed=0)
        assert SMALL.cell_of(replace(recipe, seed=77)) == cell
    assert cell_at(SMALL, 4) == (0, 1, 1)
    assert cell_at(SMALL, 9) == (1, 1, 0)


def test_settings_off_the_axes_are_those_of_the_base() -> None:
    base = RunConfig(momentum=0.7, loss="mse", biases=True, seed=99)
    recipes = MapPlan(base, across="activation", up="init_range").plan.recipes
    assert {(r.momentum, r.loss, r.biases, r.width) for r in recipes} == {(0.7, "mse", True, 3)}
    assert MapPlan(base, "activation", "init_range").config((0, 0, 0)).seed == 0


OFF_THE_MAP: list[dict[str, object]] = [
    {"width": 7},
    {"rate": 0.3},
    {"momentum": 0.1},
    {"loss": "mse"},
    {"targets": (0, 1, 0, 1)},
]


def test_a_recipe_off_the_map_has_no_cell() -> None:
    for other in OFF_THE_MAP:
        assert SMALL.cell_of(BASE) == (0, 1, 1)
        assert SMALL.cell_of(RunConfig.from_dict(BASE.to_dict() | other)) is None


def test_one_block_shows_networks_with_the_biases_of_the_base() -> None:
    off = replace(SMALL, with_biases=False)
    assert off.cell_of(BASE) == (0, 1, 1)
    assert off.cell_of(replace(BASE, biases=True)) is None
    on = replace(off, base=replace(BASE, biases=True))
    assert on.cell_of(replace(BASE, biases=True)) == (0, 1, 1)


def test_any_two_settings_make_a_map() -> None:
    for pair in [(a, b) for a in AXES for b in AXES if a != b]:
        across, up = pair
        made = MapPlan(RunConfig(), across, up)
        plan = made.plan
        assert len(plan.recipes) == len(AXES[across].tried) * len(AXES[up].tried)
        for number, recipe in enumerate(plan.recipes):
            assert made.cell_of(recipe) == cell_at(made, number)


def test_the_default_values_of_an_axis_are_valid_and_distinct() -> None:
    for setting in AXES:
        values = AXES[setting].tried
        assert len(set(values)) == len(values) >= 2
        assert all(SETTINGS[setting].rule.check(value) == value for value in values)


def test_cells_agree_with_the_summaries(snapshot: LabSnapshot) -> None:
    cells = SMALL.cells(snapshot)
    assert cells.is_final.all()
    for index in range(len(SMALL.plan.recipes)):
        cell, summary = cell_at(SMALL, index), snapshot.summary(index)
        assert summary is not None
        assert cells.share(cell) == summary.right
        assert cells.shares[cell] == summary.right.value
        median = np.nan if summary.quartiles is None else summary.quartiles[1]
        assert cells.medians[cell] == pytest.approx(median, nan_ok=True)
    assert 0 < cells.right.sum() < len(snapshot.plan)
    assert np.isnan(cells.medians).any()


def test_cells_count_networks_that_are_done(snapshot: LabSnapshot) -> None:
    nothing = SMALL.cells(LabResults(SMALL.plan).snapshot())
    assert not nothing.done.any()
    assert np.isnan(nothing.shares).all()
    assert np.isnan(nothing.medians).all()
    assert nothing.share((0, 0, 0)) is None
    some = SMALL.cells(pictured(SMALL, seeds=4))
    assert (some.done == 4).all()
    assert not some.is_final.any()
    first = snapshot.right.reshape(12, 20)[:, :4].sum(axis=1)
    assert some.right.ravel().tolist() == first.tolist()


@given(st.lists(st.lists(st.integers(1, 99), max_size=7), min_size=12, max_size=12))
def test_medians_are_of_correct_networks(firsts: list[list[int]]) -> None:
    map_plan = replace(SMALL, seeds=7)
    empty = LabResults(map_plan.plan).snapshot()
    steps, errors = np.full((12, 7), 5), np.full((12, 7), np.nan)
    for recipe, known in enumerate(firsts):
        steps[recipe, : len(known)] = known
        errors[recipe, : len(known)] = 0
    snapshot = replace(
        empty, done=np.isfinite(errors).ravel(), first_right=steps.ravel(), error=errors.ravel()
    )
    expected = [np.median(known) if known else np.nan for known in firsts]
    assert map_plan.cells(snapshot).medians.ravel() == pytest.approx(expected, nan_ok=True)


def known(
    right: int, done: int, median: float = np.nan, plan: MapPlan = SMALL, learning: int = 0
) -> MapCells:
    """Return cells with the same counts."""
    counts = [np.full(plan.shape, count) for count in (done, right, learning)]
    return MapCells(plan, counts[0], counts[1], counts[2], np.full(plan.shape, median))


def test_a_share_may_rise_from_half_a_percent_on() -> None:
    assert not known(0, 201, learning=1).may_rise.any()
    assert known(0, 200, learning=1).may_rise.all()
    assert not known(0, 0).may_rise.any()


def test_a_cell_in_words() -> None:
    plan = MapPlan(BASE, with_biases=True)
    cell = plan.cell_of(BASE)
    assert cell is not None
    assert known(160, 200, 640, plan).words(cell) == (
        "width 3, rate 0.5: 80 % correct, 160 of 200; 95 % interval 74 to 85; "
        "median first correct step 640; biases off"
    )
    assert "; 95 % interval 24 to 37; 40 still learning when stopped; median" in known(
        60, 200, 640, plan, learning=40
    ).words(cell)
    assert known(3, 4, 3210, plan).words((1, *cell[1:])) == (
        "width 3, rate 0.5: 75 % correct, 3 of 4 so far; 95 % interval 30 to 95; "
        "median first correct step 3\u202f210; biases on"
    )
    assert known(0, 200, plan=plan).words(cell) == (
        "width 3, rate 0.5: 0 % correct, 0 of 200; 95 % interval 0 to 2; biases off"
    )
    assert known(0, 0, plan=plan).words(cell) == (
        "width 3, rate 0.5: no network is done yet; biases off"
    )


def test_names_and_switches_in_words() -> None:
    plan = MapPlan(BASE, "biases", "init_range", seeds=10)
    assert known(10, 10, 5, plan).words((0, 3, 1)) == (
        "initial range 0.5, biases on: 100 % correct, 10 of 10; 95 % interval 72 to 100; "
        "median first correct step 5"
    )
    assert (
        MapPlan(BASE, "init", "loss").name((0, 4, 4))
        == "loss cross-entropy, initial weights default-rng"
    )
