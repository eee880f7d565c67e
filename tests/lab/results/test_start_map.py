"""A map over two initial weights: which networks it trains, and in which order."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.runs.project import started_alike
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import Cell
from xorviz.lab.results.start_map import SIDE, StartMap, decimals, known_places, places
from xorviz.lab.training.training import advanced

CONFIG = RunConfig(width=2, biases=True, rate=2.0, seed=5)
MAP = StartMap(Record(CONFIG), (0, 5), ((-8.0, 8.0), (-1.0, 3.0)), 300)
LAST = SIDE - 1


@cache
def coarse(kernel: str) -> LabSnapshot:
    """Train the networks of the coarsest grid."""
    results = LabResults(MAP.plan)
    for share in shares_of(MAP.plan, 1, MAP.waves):
        if share.places[-1] < MAP.waves[0]:
            cohort = advanced(share.drawn(), MAP.steps, kernel=kernel)
            results.add(share.places, cohort, findings_of(cohort))
    return results.snapshot()


def test_a_cell_is_what_its_run_becomes_in_the_ordinary_trainer() -> None:
    cells: list[Cell] = [(0, 0, 0), (0, 48, 64), (0, LAST, 16), (0, 64, LAST)]
    for kernel in KERNEL_NAMES:
        found = coarse(kernel)
        for cell in cells:
            place, run = MAP.place(cell), Recording(MAP.record(cell), kernel)
            run.advance(MAP.steps)
            seen = run.snapshot()
            assert run.config == CONFIG
            assert found.loss[place] == pytest.approx(seen.loss, rel=1e-9)
            assert max(found.first_right[place], 0) == (run.record().right.first or 0)
            assert found.right[place] == (run.record().right.since is not None)


def test_both_kernels_draw_the_same_map() -> None:
    one, other = coarse(NUMBA), coarse(NUMPY)
    assert one.done.sum() == MAP.waves[0] == 81
    for name in ("first_right", "state", "done"):
        assert (getattr(one, name) == getattr(other, name)).all()
    assert 0.1 < one.right[one.done].mean() < 0.9


def test_weights_grow_to_the_right_and_upwards_and_all_others_are_the_runs() -> None:
    assert MAP.names == ("w1[x1→h1]", "b1[h2]")
    assert (MAP.values((0, 0, 0)), MAP.values((0, LAST, LAST))) == ((-8, 3), (8, -1))
    assert MAP.name((0, 0, LAST)) == "w1[x1→h1] 8.000, b1[h2] 3.000"
    cohort = next(iter(shares_of(MAP.plan, 1, MAP.waves))).drawn()
    others = np.delete(cohort.parameters, MAP.pair, axis=0)
    assert (np.delete(MAP.parameters, MAP.pair) == others.T).all()
    drawn = cohort.parameters[list(MAP.pair)].T.tolist()
    assert len({tuple(pair) for pair in drawn}) == len(cohort)
    assert [-8, 3] in drawn


def test_coarse_grids_come_first_and_stand_for_their_neighbours() -> None:
    waves = MAP.waves
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
    for cell in [(0, 0, 0), (0, 17, 100), (0, LAST, LAST)]:
        run = MAP.record(cell)
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
        found = replace(MAP, run=Record(equal)).cell_of(Record(replace(equal, seed=6)))
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
    assert plan.run.config.rate == 0.25


def test_zooming_keeps_the_place_and_stays_within_what_a_weight_can_be() -> None:
    middle: Cell = (0, 64, 64)
    assert MAP.zoomed(middle, 0.5) == ((-4, 4), (0, 2))
    assert MAP.zoomed((0, 0, 0), 0.5) == ((-8, 0), (1, 3))
    assert MAP.zoomed(middle, 2) == ((-16, 16), (-3, 5))
    assert MAP.zoomed(middle, 1e9) == ((-1e6, 1e6), (-1e6, 1e6))
    tiny = MAP
    for _ in range(60):
        tiny = replace(tiny, spans=tiny.zoomed(middle, 0.5))
    assert all(low <= high for low, high in tiny.spans)
    assert [decimals(span) for span in (4000, 20, 1, 0.5, 0)] == [0, 2, 3, 4, 12]
