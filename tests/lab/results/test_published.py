"""Published experiments are reproduced, and deviations noticed."""

import csv
import io
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.numerals import whole
from xorviz.lab.plan import shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.published import EXPERIMENTS, Published, published_csv
from xorviz.lab.results.published_readings import ExperimentResult, Match
from xorviz.lab.training.cohort import Cohort
from xorviz.lab.training.training import advanced

BY_NAME = {one.name: one for one in EXPERIMENTS}
START, HINTON, CROSS_VALIDATED, WIDTHS = EXPERIMENTS

both_kernels = pytest.mark.parametrize("kernel", some([NUMBA, NUMPY], 1))


@cache
def picture_of(one: Published, kernel: str = NUMBA) -> LabSnapshot:
    """Train all of an experiment's plan."""
    results = LabResults(one.plan)
    for share in shares_of(one.plan, 1):
        cohort = advanced(Cohort.drawn(share.configs()), one.plan.steps, one.plan.rules, kernel)
        results.add(share.places, cohort, findings_of(cohort))
    return results.snapshot()


def numbers(reading: ExperimentResult) -> dict[str, float]:
    return {compared.name: compared.now for compared in reading.compared}


def test_experiments_have_distinct_names_and_descriptions() -> None:
    assert len(BY_NAME) == len(EXPERIMENTS) == 4
    for one in EXPERIMENTS:
        assert one.name.isidentifier()
        assert all((one.title, one.source, one.recipe, one.published, one.notes))
        assert one.year is None or one.year >= 1986


@pytest.mark.parametrize("one", EXPERIMENTS, ids=BY_NAME)
def test_descriptions_match_the_plans(one: Published) -> None:
    first, last, recipe = min(one.plan.seeds), max(one.plan.seeds), one.plan.recipes[0]
    seeds = f"seeds {first} to {last}" if first < last else f"RandomState({first})"
    range_ = "−1, 1" if recipe.init_range == 1 else f"−{recipe.init_range:g}, {recipe.init_range:g}"
    momentum = f"momentum {recipe.momentum:g}" if recipe.momentum else "momentum"
    biases = "with biases" if recipe.biases else "without biases"
    rate, steps = f"rate {recipe.rate:g}", f"{whole(one.plan.steps)} steps"
    for part in (seeds, f"uniform({range_})", rate, momentum, steps, biases):
        assert part in one.recipe
    if len(one.plan.recipes) == 1:
        assert one.recipe.startswith(f"2-{recipe.width}-1 ")


@both_kernels
def test_the_28_lines_match_their_loss_and_outputs(kernel: str) -> None:
    reading = START.read(picture_of(START, kernel))
    assert reading.mark == Match.MATCH
    assert reading.now == START.published
    assert reading.details[0] == "loss: 0.02841901372, published 0.02841901372"
    assert "output at 1 1: 0.04851096, published 0.04851096" in reading.details


@both_kernels
def test_hinton_problems_match_every_integer(kernel: str) -> None:
    reading = HINTON.read(picture_of(HINTON, kernel))
    assert reading.mark == Match.MATCH
    assert reading.now == HINTON.published
    assert list(numbers(reading).values()) == [25, 964, 730, 474, 2489, 1393, 531]
    assert f"largest step: {whole(2489)}, published {whole(2489)}" in reading.details


@both_kernels
def test_cross_validated_is_within_the_interval(kernel: str) -> None:
    reading = CROSS_VALIDATED.read(picture_of(CROSS_VALIDATED, kernel))
    assert reading.mark == Match.MATCH
    assert "within its interval" in reading.verdict
    assert reading.now == "98.8 %"
    share, low, high = numbers(reading).values()
    assert low < 99 < high
    assert share == pytest.approx(98.8)


@pytest.mark.thorough
def test_steps_fall_with_the_logarithm_of_the_width() -> None:
    reading = WIDTHS.read(picture_of(WIDTHS))
    assert reading.mark == Match.SOFT
    *medians, slope, r = numbers(reading).values()
    assert medians == sorted(medians, reverse=True)
    assert slope < 0
    assert -1 < r < -0.95
    assert reading.now == f"r = −{-r:.2f}"
    assert "558" in WIDTHS.notes
    assert "direct connections" in WIDTHS.notes


def nothing_converges(snapshot: LabSnapshot) -> LabSnapshot:
    return replace(snapshot, first_right=np.full_like(snapshot.first_right, -1))


def test_the_csv_has_every_number() -> None:
    readings = {
        START.name: START.read(picture_of(START)),
        HINTON.name: HINTON.read(nothing_converges(picture_of(HINTON))),
        WIDTHS.name: WIDTHS.read(picture_of(WIDTHS)),
    }
    rows = list(csv.DictReader(io.StringIO(published_csv(readings))))
    assert len(rows) == sum(len(reading.compared) for reading in readings.values())
    assert float(rows[0]["xorviz"]) == picture_of(START).loss[0]
    assert float(rows[0]["published"]) == 0.02841901371687946
    assert {row["mark"] for row in rows if row["experiment"] == HINTON.title} == {"miss"}
    by_quantity = {row["quantity"]: row for row in rows}
    assert by_quantity["networks of 30 that converge"]["xorviz"] == "0"
    assert by_quantity["median step"]["xorviz"] == ""
    assert by_quantity["median step at width 2"]["published"] == ""
    assert CROSS_VALIDATED.title not in {row["experiment"] for row in rows}


def test_numbers_in_the_csv_are_short_and_exact() -> None:
    known = {one.name: one.read(picture_of(one)) for one in EXPERIMENTS}
    rows = list(csv.DictReader(io.StringIO(published_csv(known))))
    published = [row["published"] for row in rows[:6]]
    assert published == [
        *("0.02841901371687946", "0.92166771", "0.11738477", "0.92157444", "0.04851096", "25")
    ]
    compared = [number for reading in known.values() for number in reading.compared]
    for row, number in zip(rows, compared, strict=True):
        assert float(row["xorviz"]) == number.now
        assert len(row["xorviz"]) <= len(repr(number.now))
        assert (float(row["published"]) if row["published"] else None) == number.published
