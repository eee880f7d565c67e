"""Success maps: their networks and their cells."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.lab import trained_snapshot
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import LabResults
from xorviz.lab.results.map import AXES, Cell, MapCells, MapPlan

BASE = RunConfig(rate=0.5)
SMALL = MapPlan(
    BASE, seeds=8, steps=600, with_biases=True, across_values=(0.1, 0.5, 1), up_values=(1, 3)
)


def cell_at(made: MapPlan, recipe: int) -> Cell:
    block, row, column = np.unravel_index(recipe, made.shape)
    return int(block), int(row), int(column)


def test_the_usual_map_is_width_by_rate_with_200_seeds() -> None:
    usual = MapPlan(RunConfig())
    assert (usual.shape, usual.plan.steps, usual.plan.seeds) == ((1, 8, 12), 4000, range(200))
    assert usual.plan.recipes[0] == RunConfig(width=2, rate=0.01)
    assert usual.plan.recipes[-1] == RunConfig(width=16, rate=50)


def test_recipes_go_along_the_rows_and_biases_come_last() -> None:
    recipes = [(r.biases, r.width, r.rate) for r in SMALL.plan.recipes]
    assert recipes == list(product((False, True), (1, 3), (0.1, 0.5, 1)))
    for index, recipe in enumerate(SMALL.plan.recipes):
        cell = cell_at(SMALL, index)
        assert SMALL.recipe(cell) == index
        assert SMALL.config(cell) == replace(recipe, seed=0)
        assert SMALL.cell_of(replace(recipe, seed=77)) == cell


@pytest.mark.parametrize("across", some(AXES))
def test_any_two_settings_make_a_map_with_the_others_as_in_the_base(across: str) -> None:
    base = RunConfig(momentum=0.7, loss="mse", biases=True, seed=99)
    for up in AXES.keys() - {across}:
        made = MapPlan(base, across, up)
        (_, rows, columns) = made.shape
        cells = [(0, row, column) for row in range(rows) for column in range(columns)]
        assert len(cells) == len(AXES[across].tried) * len(AXES[up].tried)
        allowed = [cell for cell in cells if not made.why_not(cell)]
        with_loss = {"output", "coding"} if "loss" in {across, up} else set()
        assert (allowed == cells) == (not with_loss & {across, up})
        for number, (cell, recipe) in enumerate(zip(allowed, made.plan.recipes, strict=True)):
            assert (made.cell_of(recipe), made.recipe(cell)) == (cell, number)
            varied = {name: getattr(recipe, name) for name in (across, up)}
            assert recipe == replace(base, seed=recipe.seed, **varied)
        assert made.config((0, 0, 0)).seed == 0


@pytest.mark.parametrize(
    "other", [{"width": 7}, {"rate": 0.3}, {"loss": "mse"}, {"targets": (0, 1, 0, 1)}]
)
def test_a_recipe_off_the_map_has_no_cell(other: dict[str, object]) -> None:
    assert SMALL.cell_of(RunConfig.from_dict(BASE.to_dict() | other)) is None


def test_one_block_shows_networks_with_the_biases_of_the_base() -> None:
    off, biased = replace(SMALL, with_biases=False), replace(BASE, biases=True)
    assert (off.cell_of(BASE), off.cell_of(biased)) == ((0, 1, 1), None)
    assert replace(off, base=biased).cell_of(biased) == (0, 1, 1)


def test_cells_agree_with_the_summaries_of_networks_that_are_done() -> None:
    snapshot = trained_snapshot(SMALL.plan)
    cells = SMALL.cells(snapshot)
    assert cells.is_final.all()
    assert 0 < cells.right.sum() < len(snapshot.plan)
    for index in range(len(SMALL.plan.recipes)):
        cell, summary = cell_at(SMALL, index), snapshot.summary(index)
        assert summary is not None
        assert cells.share(cell) == summary.right
        assert cells.shares[cell] == summary.right.value
        assert cells.still_learning[cell] == summary.still_learning
        median = np.nan if summary.median_steps is None else summary.median_steps
        assert cells.medians[cell] == pytest.approx(median, nan_ok=True)
    none = SMALL.cells(LabResults(SMALL.plan).snapshot())
    assert not none.done.any()
    assert np.isnan(none.shares).all()
    assert none.share((0, 0, 0)) is None
    half = SMALL.cells(trained_snapshot(SMALL.plan, (*range(0, 12, 2),)))
    assert half.done.ravel().tolist() == [8, 0] * 6
    assert half.is_final.ravel().tolist() == [True, False] * 6


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


WIDE = MapPlan(BASE, with_biases=True)
WORDS: list[tuple[MapCells, Cell, set[str], set[str]]] = [
    (
        *(known(60, 200, 3210, WIDE, 40), (0, 1, 5)),
        {"width 3, rate 0.5: 30 % correct, 60 of 200", "95 % interval 24 to 37", "biases off"}
        | {"40 still learning when stopped", "median first correct step 3\u202f210"},
        {" so far", "no network"},
    ),
    (
        *(known(3, 4, 640, WIDE), (1, 1, 5)),
        {"width 3, rate 0.5: 75 % correct, 3 of 4 so far", "biases on"},
        {"still learning"},
    ),
    (known(0, 200, plan=WIDE), (0, 1, 5), {"0 % correct, 0 of 200"}, {"median"}),
    (known(0, 0, plan=WIDE), (0, 1, 5), {"no network is done yet", "biases off"}, {"%"}),
    (
        *(known(10, 10, 5, MapPlan(BASE, "biases", "init_range", seeds=10)), (0, 3, 1)),
        {"initial range 0.5, biases on: 100 %"},
        {"; biases"},
    ),
]


@pytest.mark.parametrize(("cells", "cell", "said", "unsaid"), WORDS)
def test_a_cell_in_words(cells: MapCells, cell: Cell, said: set[str], unsaid: set[str]) -> None:
    assert WIDE.cell_of(BASE) == (0, 1, 5)
    words = cells.words(cell)
    assert {part for part in said if part in words} == said
    assert not {part for part in unsaid if part in words}
