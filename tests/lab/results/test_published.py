"""Published experiments are reproduced, and deviations noticed."""

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
from xorviz.lab.results.published import EXPERIMENTS, Published
from xorviz.lab.results.published_readings import ExperimentResult, Match
from xorviz.lab.training.training import advanced

BY_NAME = {one.name: one for one in EXPERIMENTS}
START, HINTON, CROSS_VALIDATED, WIDTHS = EXPERIMENTS

both_kernels = pytest.mark.parametrize("kernel", some([NUMBA, NUMPY], 1))


@cache
def picture_of(one: Published, kernel: str = NUMBA) -> LabSnapshot:
    """Train all of an experiment's plan."""
    results = LabResults(one.plan)
    for share in shares_of(one.plan, 1):
        cohort = advanced(share.drawn(), one.plan.steps, one.plan.rules, kernel)
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
    assert "within the interval" in reading.verdict
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


def test_where_nothing_converges_there_are_no_steps() -> None:
    reading = HINTON.read(nothing_converges(picture_of(HINTON)))
    found = numbers(reading)
    assert (reading.mark, found["networks of 30 that converge"]) == (Match.MISS, 0)
    assert np.isnan(found["median step"])
