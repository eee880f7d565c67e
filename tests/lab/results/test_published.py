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
START, HINTON, HINTON_SMALL, CROSS_VALIDATED, WIDTHS, GUESSING = EXPERIMENTS

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
    assert len(BY_NAME) == len(EXPERIMENTS) == 6
    for one in EXPERIMENTS:
        assert one.name.isidentifier()
        assert all((one.title, one.source, one.recipe, one.published, one.notes))
        assert one.year is None or one.year >= 1986


@pytest.mark.parametrize("one", EXPERIMENTS, ids=BY_NAME)
def test_descriptions_match_the_plans(one: Published) -> None:
    first, last, recipe = min(one.plan.seeds), max(one.plan.seeds), one.plan.recipes[0]
    seeds = f"seeds {first} to {whole(last)}" if first < last else f"RandomState({first})"
    range_ = "−1, 1" if recipe.init_range == 1 else f"−{recipe.init_range:g}, {recipe.init_range:g}"
    momentum = f"momentum {recipe.momentum:g}" if recipe.momentum else "momentum"
    biases = "with biases" if recipe.biases else "without biases"
    training = [f"rate {recipe.rate:g}", momentum, f"{whole(one.plan.steps)} steps"]
    if not one.plan.steps:
        training = ["Nothing is trained"]
    for part in (seeds, f"uniform({range_})", biases, *training):
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


@pytest.mark.thorough
@both_kernels
def test_hinton_problems_from_smaller_weights_match_the_published_median(kernel: str) -> None:
    reading = HINTON_SMALL.read(picture_of(HINTON_SMALL, kernel))
    assert reading.mark == Match.MATCH
    assert reading.now == HINTON_SMALL.published == f"{whole(1648)} steps"
    firsts = [first_step_of_plain_numpy(seed, 0.3) for seed in range(30)]
    steps = [first for first in firsts if first is not None]
    assert list(numbers(reading).values()) == [
        *(len(steps), round(np.mean(steps)), np.median(steps), min(steps), max(steps)),
        *(firsts[0], firsts[3]),
    ]
    assert [one.name for one in reading.compared if one.published is not None] == ["median step"]


def first_step_of_plain_numpy(seed: int, init_range: float) -> int | None:
    """Train that program's network in a few lines of its own; return its first correct step."""
    g = np.random.default_rng(seed)
    w1, b1, w2, b2 = (g.uniform(-init_range, init_range, n) for n in ((2, 2), 2, 2, 1))
    theta, x, t = (
        [w1, b1, w2, b2],
        np.array([[0, 0], [0, 1], [1, 0], [1, 1]]),
        np.array([0, 1, 1, 0]),
    )
    v = [np.zeros_like(a) for a in theta]
    for step in range(5001):
        w1, b1, w2, b2 = theta
        h = 1 / (1 + np.exp(-(x @ w1.T + b1)))
        y = 1 / (1 + np.exp(-(h @ w2 + b2)))
        if step and (abs(y - t) < 0.5).all():
            return step
        d = (y - t) * y * (1 - y) / 4
        e = np.outer(d, w2) * h * (1 - h)
        slopes = e.T @ x, e.sum(axis=0), h.T @ d, d.sum()
        v = [0.9 * old - 0.5 * slope for old, slope in zip(v, slopes, strict=True)]
        theta = [a + moved for a, moved in zip(theta, v, strict=True)]
    return None


@pytest.mark.parametrize(("count", "correct"), some([(20_000, 10), (100_000, 54)], 1))
def test_guesses_are_counted_as_plain_numpy_counts_them(count: int, correct: int) -> None:
    one = replace(GUESSING, plan=replace(GUESSING.plan, seeds=GUESSING.plan.seeds[:count]))
    reading = GUESSING.read(picture_of(one))
    seeds = correct_guesses_of_plain_numpy(count)
    found = numbers(reading)
    assert found["correct guesses"] == len(seeds) == correct
    assert found["guesses"] == count
    assert found["mean number of guesses"] == round(count / correct)
    assert found["seed of the first correct guess"] == seeds[0]
    assert reading.mark == Match.SOFT
    assert reading.compared[0].published == 1500


def correct_guesses_of_plain_numpy(count: int) -> list[int]:
    """Return the seeds whose weights in (-10, 10) have all four rows correct."""
    g, drawn = np.random.RandomState(), np.empty((count, 9))
    for seed in range(count):
        g.seed(seed)
        drawn[seed] = g.uniform(-10, 10, 9)
    w1, b1 = drawn[:, :4].reshape(-1, 2, 2), drawn[:, np.newaxis, 6:8]
    w2, b2 = drawn[:, 4:6, np.newaxis], drawn[:, 8:]
    h = 1 / (1 + np.exp(-(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) @ w1 + b1)))
    is_one = (h @ w2)[..., 0] + b2 > 0
    found = np.flatnonzero((is_one == [False, True, True, False]).all(axis=1)).tolist()
    return [int(seed) for seed in found]


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
