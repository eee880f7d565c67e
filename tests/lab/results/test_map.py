"""Maps over settings and over initial weights: their networks, the order of these, their cells."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.lab import trained_snapshot
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.runs.project import started_alike
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import (
    AXES,
    SIDE,
    Cell,
    MapCells,
    MapPlan,
    StartMap,
    decimals,
    known_places,
    places,
)
from xorviz.lab.training.training import advanced

BASE = RunConfig(rate=0.5)
SMALL = MapPlan(
    BASE, seeds=8, steps=600, with_biases=True, across_values=(0.1, 0.5, 1), up_values=(1, 3)
)
CELLS: list[Cell] = [*np.ndindex(SMALL.shape)]


def test_the_usual_map_is_width_by_rate_with_200_seeds() -> None:
    usual = MapPlan(RunConfig())
    assert (usual.shape, usual.plan.steps, usual.plan.seeds) == ((8, 12), 4000, range(200))
    assert usual.plan.recipes[0] == RunConfig(width=2, rate=0.01)
    assert usual.plan.recipes[-1] == RunConfig(width=16, rate=50)


def test_recipes_go_along_the_rows_and_biases_come_last() -> None:
    recipes = [(r.biases, r.width, r.rate) for r in SMALL.plan.recipes]
    assert recipes == list(product((False, True), (1, 3), (0.1, 0.5, 1)))
    for index, (cell, recipe) in enumerate(zip(CELLS, SMALL.plan.recipes, strict=True)):
        assert SMALL.place(cell) == index * SMALL.seeds
        assert SMALL.run(cell) == replace(recipe, seed=0)
        assert SMALL.cell_of(replace(recipe, seed=77)) == cell


@pytest.mark.parametrize("across", some(AXES))
def test_any_two_settings_make_a_map_with_the_others_as_in_the_base(across: str) -> None:
    base = RunConfig(momentum=0.7, loss="mse", biases=True, seed=99)
    for up in AXES.keys() - {across}:
        made = MapPlan(base, across, up)
        cells = [*np.ndindex(made.shape)]
        assert len(cells) == len(AXES[across].tried) * len(AXES[up].tried)
        allowed = [cell for cell in cells if not made.why_not(cell)]
        with_loss = {"output", "coding"} if "loss" in {across, up} else set()
        assert (allowed == cells) == (not with_loss & {across, up})
        for number, (cell, recipe) in enumerate(zip(allowed, made.plan.recipes, strict=True)):
            assert (made.cell_of(recipe), made.place(cell)) == (cell, number * 200)
            varied = {name: getattr(recipe, name) for name in (across, up)}
            assert recipe == replace(base, seed=recipe.seed, **varied)
        assert made.run((0, 0)).seed == 0


@pytest.mark.parametrize(
    "other", [{"width": 7}, {"rate": 0.3}, {"loss": "mse"}, {"targets": (0, 1, 0, 1)}]
)
def test_a_recipe_off_the_map_has_no_cell(other: dict[str, object]) -> None:
    assert SMALL.cell_of(RunConfig.from_dict(BASE.to_dict() | other)) is None


def test_one_block_shows_networks_with_the_biases_of_the_base() -> None:
    off, biased = replace(SMALL, with_biases=False), replace(BASE, biases=True)
    assert (off.cell_of(BASE), off.cell_of(biased)) == ((1, 1), None)
    assert replace(off, base=biased).cell_of(biased) == (1, 1)


def test_cells_agree_with_the_summaries_of_networks_that_are_done() -> None:
    snapshot = trained_snapshot(SMALL.plan)
    cells = SMALL.cells(snapshot)
    assert cells.is_final.all()
    assert 0 < cells.right.sum() < len(snapshot.plan)
    for index, cell in enumerate(CELLS):
        summary = snapshot.summary(index)
        assert summary is not None
        assert cells.share(cell) == summary.right
        assert cells.shares[cell] == summary.right.value
        assert cells.still_learning[cell] == summary.still_learning
        median = np.nan if summary.median_steps is None else summary.median_steps
        assert cells.medians[cell] == pytest.approx(median, nan_ok=True)
    none = SMALL.cells(LabResults(SMALL.plan).snapshot())
    assert not none.done.any()
    assert np.isnan(none.shares).all()
    assert none.share((0, 0)) is None
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
        *(known(60, 200, 3210, WIDE, 40), (1, 5)),
        {"width 3, rate 0.5: 30 % correct, 60 of 200", "95 % interval 24 to 37", "biases off"}
        | {"40 still learning when stopped", "median first correct step 3\u202f210"},
        {" so far", "no network"},
    ),
    (
        *(known(3, 4, 640, WIDE), (9, 5)),
        {"width 3, rate 0.5: 75 % correct, 3 of 4 so far", "biases on"},
        {"still learning"},
    ),
    (known(0, 200, plan=WIDE), (1, 5), {"0 % correct, 0 of 200"}, {"median"}),
    (known(0, 0, plan=WIDE), (1, 5), {"no network is done yet", "biases off"}, {"%"}),
    (
        *(known(10, 10, 5, MapPlan(BASE, "biases", "init_range", seeds=10)), (3, 1)),
        {"initial range 0.5, biases on: 100 %"},
        {"; biases"},
    ),
]


@pytest.mark.parametrize(("cells", "cell", "said", "unsaid"), WORDS)
def test_a_cell_is_described_in_words(
    cells: MapCells, cell: Cell, said: set[str], unsaid: set[str]
) -> None:
    assert WIDE.cell_of(BASE) == (1, 5)
    words = cells.words(cell)
    assert {part for part in said if part in words} == said
    assert not {part for part in unsaid if part in words}


# Initial weights.

CONFIG = RunConfig(width=2, biases=True, rate=2.0, seed=5)
MAP = StartMap(Record(CONFIG), (0, 5), ((-8.0, 8.0), (-1.0, 3.0)), 300)
LAST = SIDE - 1


@cache
def coarse(kernel: str) -> LabSnapshot:
    """Train the networks of the coarsest grid."""
    results = LabResults(MAP.plan)
    for share in shares_of(MAP.plan, 1):
        if share.places[-1] < MAP.plan.waves[0]:
            cohort = advanced(share.drawn(), MAP.steps, kernel=kernel)
            results.add(share.places, cohort, findings_of(cohort))
    return results.snapshot()


def test_a_cell_is_what_its_run_becomes_in_the_ordinary_trainer() -> None:
    cells: list[Cell] = [(0, 0), (48, 64), (LAST, 16), (64, LAST)]
    for kernel in KERNEL_NAMES:
        found = coarse(kernel)
        for cell in cells:
            place, run = MAP.place(cell), Recording(MAP.run(cell), kernel)
            run.advance(MAP.steps)
            seen = run.snapshot()
            assert run.config == CONFIG
            assert found.loss[place] == pytest.approx(seen.loss, rel=1e-9)
            assert max(found.first_right[place], 0) == (run.record().right.first or 0)
            assert found.right[place] == (run.record().right.since is not None)


def test_both_kernels_draw_the_same_map() -> None:
    one, other = coarse(NUMBA), coarse(NUMPY)
    assert one.done.sum() == MAP.plan.waves[0] == 81
    for name in ("first_right", "state", "done"):
        assert (getattr(one, name) == getattr(other, name)).all()
    assert 0.1 < one.right[one.done].mean() < 0.9


def test_weights_grow_to_the_right_and_upwards_and_all_others_are_the_runs() -> None:
    assert MAP.names == ("w1[x1→h1]", "b1[h2]")
    assert (MAP.values((0, 0)), MAP.values((LAST, LAST))) == ((-8, 3), (8, -1))
    assert MAP.name((0, LAST)) == "w1[x1→h1] 8.000, b1[h2] 3.000"
    cohort = next(iter(shares_of(MAP.plan, 1))).drawn()
    others = np.delete(cohort.parameters, MAP.pair, axis=0)
    assert (np.delete(MAP.parameters, MAP.pair) == others.T).all()
    drawn = cohort.parameters[list(MAP.pair)].T.tolist()
    assert len({tuple(pair) for pair in drawn}) == len(cohort)
    assert [-8, 3] in drawn


def test_coarse_grids_come_first_and_stand_for_their_neighbours() -> None:
    waves = MAP.plan.waves
    assert np.cumsum(waves).tolist() == [(2**n + 1) ** 2 for n in (3, 4, 5, 6)]
    assert sorted(places().ravel().tolist()) == list(range(SIDE**2))
    assert set(places()[::16, ::16].ravel().tolist()) == set(range(81))
    done = np.arange(SIDE**2) < 81
    known = known_places(done)
    assert (known[7, 7], known[8, 8], known[LAST, LAST]) == tuple(
        places()[cell] for cell in ((0, 0), (16, 16), (LAST, LAST))
    )
    assert (known_places(~done & False) == -1).all()
    assert (known_places(done | True) == places()).all()
    done[places()[8, 8]] = True
    assert known_places(done)[[4, 8, 11, 12], 8].tolist() == [
        places()[8, 8], places()[8, 8], places()[8, 8], known[16, 8],
    ]  # fmt: skip


def test_a_start_is_found_again_where_nothing_else_differs() -> None:
    for cell in [(0, 0), (17, 100), (LAST, LAST)]:
        run = MAP.run(cell)
        assert (run.newest, run.config, MAP.cell_of(run)) == (0, CONFIG, cell)
    own = MAP.cell_of(Record(CONFIG))
    assert own is not None
    x, y = MAP.parameters[list(MAP.pair)]
    assert (np.abs(np.subtract(MAP.values(own), (x, y))) <= (1 / 16, 1 / 64)).all()
    assert MAP.cell_of(Record(replace(CONFIG, rate=1.0))) is None
    assert MAP.cell_of(Record(replace(CONFIG, width=3))) is None
    assert MAP.cell_of(Record(replace(CONFIG, seed=6))) is None, "other weights differ, too"
    for batch, is_found in (("pass", True), ("shuffled", False)):
        equal = replace(CONFIG, init="equal", batch=batch)
        found = replace(MAP, base=Record(equal)).cell_of(Record(replace(equal, seed=6)))
        assert (found is not None) == is_found, batch
    for spans in (((-8.0, -7.0), (-1.0, 3.0)), ((-8.0, 8.0), (2.0, 3.0))):
        assert replace(MAP, spans=spans).cell_of(Record(CONFIG)) is None, "out of sight"


def test_what_was_set_at_the_first_step_belongs_to_the_start() -> None:
    run = Recording(CONFIG)
    run.intervene("w2", 7.0, (1, 0))
    run.intervene("rate", 0.25)
    run.advance(5)
    run.intervene("w2", -7.0, (0, 0))
    record = run.record()
    plan = StartMap(started_alike(record, record.config_at(0)))
    expected = StartMap(Record(CONFIG)).parameters
    expected[7] = 7.0
    assert plan.parameters.tolist() == expected.tolist()
    assert plan.base.config.rate == 0.25


def test_zooming_keeps_the_place_and_stays_within_what_a_weight_can_be() -> None:
    middle: Cell = (64, 64)
    assert MAP.zoomed(middle, 0.5) == ((-4, 4), (0, 2))
    assert MAP.zoomed((0, 0), 0.5) == ((-8, 0), (1, 3))
    assert MAP.zoomed(middle, 2) == ((-16, 16), (-3, 5))
    assert MAP.zoomed(middle, 1e9) == ((-1e6, 1e6), (-1e6, 1e6))
    tiny = MAP
    for _ in range(60):
        tiny = replace(tiny, spans=tiny.zoomed(middle, 0.5))
    assert all(low <= high for low, high in tiny.spans)
    assert [decimals(span) for span in (4000, 20, 1, 0.5, 0)] == [0, 2, 3, 4, 12]
