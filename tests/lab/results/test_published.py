"""Published experiments are reproduced, and deviations noticed."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.numerals import whole
from xorviz.lab.plan import shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.published import (
    EXPERIMENTS,
    WIDTHS,
    Compared,
    ExperimentResult,
    Match,
    Published,
    judge_cross_validated,
    judge_guessing,
    judge_hinton,
    judge_start,
    judge_widths,
)
from xorviz.lab.training.cohort import NO_STEP
from xorviz.lab.training.training import advanced

START, HINTON, HINTON_SMALL, CROSS_VALIDATED, BY_WIDTH, GUESSING = EXPERIMENTS
LOSS = 0.02841901371687946
OUTPUTS = (0.92166771, 0.11738477, 0.92157444, 0.04851096)


def ended(one: Published, first_right: Sequence[int]) -> LabSnapshot:
    """Return a finished plan; networks with a first step are correct, the others at 0.5."""
    firsts = np.array(first_right)
    return replace(
        LabResults(one.plan).snapshot(),
        done=np.ones(len(one.plan), dtype=bool),
        first_right=firsts,
        error=np.where(firsts > 0, 0, 0.5),
    )


def missed(reading: ExperimentResult) -> set[str]:
    """Return the names of the numbers that are not the published ones."""
    return {one.name for one in reading.compared if one.now != one.published}


# The 28 lines.


def start(loss: float = LOSS, outputs: Sequence[float] = OUTPUTS) -> LabSnapshot:
    snapshot = ended(START, [9])
    return replace(snapshot, loss=np.array([loss]), outputs=np.array([outputs]))


def test_the_published_loss_and_outputs_are_a_match() -> None:
    reading = judge_start(start())
    assert reading.mark is Match.MATCH
    assert reading.now == START.published
    assert missed(reading) == set()
    names = [one.name for one in reading.compared]
    assert names == ["loss", *(f"output at {row}" for row in ("1 0", "0 0", "0 1", "1 1"))]


def test_another_loss_is_a_miss() -> None:
    for factor in [1 + 3e-9, 1 - 3e-9, math.nan, math.inf]:
        reading = judge_start(start(loss=LOSS * factor))
        assert reading.mark is Match.MISS
        assert missed(reading) == {"loss"}


@pytest.mark.parametrize(("row", "off"), some(product(range(4), [2e-8, -2e-8, math.nan]), 3))
def test_one_other_output_is_a_miss(row: int, off: float) -> None:
    outputs = list(OUTPUTS)
    outputs[row] += off
    assert judge_start(start(outputs=outputs)).mark is Match.MISS


def test_the_outputs_belong_to_their_rows() -> None:
    assert judge_start(start(outputs=OUTPUTS[::-1])).mark is Match.MISS


def test_the_last_digits_may_differ() -> None:
    outputs = [output + 5e-9 for output in OUTPUTS]
    assert judge_start(start(LOSS * (1 + 3e-10), outputs)).mark is Match.MATCH


# hinton-problems.

FIRSTS = {
    **dict.fromkeys(range(30), NO_STEP),
    **dict.fromkeys(range(4, 14), 600),
    **dict.fromkeys(range(14, 24), 1248),
    **dict(zip((0, 1, 2, 3, 24), (1393, 474, 2489, 531, 730), strict=True)),
}
"""By seed: steps that have all seven published numbers, of which the mean is 963.88."""


def hinton(changed: Mapping[int, int]) -> ExperimentResult:
    return judge_hinton(ended(HINTON, list({**FIRSTS, **changed}.values())))


def test_the_seven_published_integers_are_a_match() -> None:
    reading = hinton({})
    assert reading.mark is Match.MATCH
    assert reading.now == HINTON.published
    assert missed(reading) == set()


OTHER_INTEGERS: list[tuple[Mapping[int, int], str]] = [
    ({4: NO_STEP, 14: NO_STEP, 15: 1172}, "networks of 30 that converge"),
    ({14: 1288}, "mean step"),
    ({24: 731}, "median step"),
    ({1: 475}, "smallest step"),
    ({2: 2490}, "largest step"),
    ({0: 1394, 14: 1247}, "step of seed 0"),
    ({3: 530, 4: 601}, "step of seed 3"),
]


def test_one_other_integer_is_a_miss() -> None:
    for changed, name in OTHER_INTEGERS:
        reading = hinton(changed)
        assert reading.mark is Match.MISS
        assert missed(reading) == {name}


def test_without_any_success_there_are_no_steps() -> None:
    reading = hinton(dict.fromkeys(range(30), NO_STEP))
    assert reading.mark is Match.MISS
    assert reading.now == "0 of 30"
    count, *steps = reading.compared
    assert count.now == 0
    assert all(math.isnan(step.now) for step in steps)


def test_only_the_median_of_smaller_weights_is_published() -> None:
    firsts = [NO_STEP] * 3 + [700] * 13 + [1648] + [2000] * 13
    for median, mark in [(1648, Match.MATCH), (1647, Match.MISS)]:
        reading = judge_hinton(ended(HINTON_SMALL, [*firsts[:16], median, *firsts[17:]]))
        assert (reading.mark, reading.now) == (mark, f"{whole(median)} steps")
        assert [one.published for one in reading.compared] == [None, None, 1648, *[None] * 4]
    assert judge_hinton(ended(HINTON_SMALL, [NO_STEP] * 30)).now == "no steps"


# Cross Validated.


COUNTS: list[tuple[int, Match]] = [
    (490, Match.MISS),  # up to 98.9 %
    (491, Match.MATCH),
    (499, Match.MATCH),
    (500, Match.MISS),  # from 99.2 %
    (0, Match.MISS),
]


def test_networks_still_learning_are_told_beside_the_share() -> None:
    seen = ended(CROSS_VALIDATED, [9] * 490 + [NO_STEP] * 10)
    told = judge_cross_validated(replace(seen, still_learning=np.arange(500) >= 497))
    assert told.details[-1] == "networks still learning when stopped: 3"
    assert not any("learning" in line for line in judge_cross_validated(seen).details)


def test_the_interval_decides() -> None:
    for count, mark in COUNTS:
        firsts = [9] * count + [NO_STEP] * (500 - count)
        reading = judge_cross_validated(ended(CROSS_VALIDATED, firsts))
        assert reading.mark is mark
        share, low, high = reading.compared
        assert share.now == pytest.approx(count / 5)
        assert (low.now <= 99 <= high.now) == (mark is Match.MATCH)


# Steps by width.


def by_width(median: Callable[[int], int]) -> ExperimentResult:
    firsts = [median(width) for width in WIDTHS for _ in BY_WIDTH.plan.seeds]
    return judge_widths(ended(BY_WIDTH, firsts))


def slope_and_r(reading: ExperimentResult) -> tuple[float, float]:
    slope, r = reading.compared[-2:]
    return slope.now, r.now


def test_steps_on_a_line_have_its_slope() -> None:
    reading = by_width(lambda width: 280 - 33 * (width.bit_length() - 1))
    assert reading.mark is Match.SOFT
    assert reading.now == "r = −1.00"
    assert slope_and_r(reading) == pytest.approx((-33, -1))
    assert [one.now for one in reading.compared[:-2]] == [247, 214, 181, 148, 115]


def test_one_width_without_a_median_leaves_no_slope() -> None:
    for never in WIDTHS:
        medians = {width: 1000 - width for width in WIDTHS} | {never: NO_STEP}
        reading = by_width(medians.__getitem__)
        assert reading.mark is Match.SOFT
        assert reading.now == "no slope"
        assert all(map(math.isnan, slope_and_r(reading)))
        without = [one.name for one in reading.compared[:-2] if math.isnan(one.now)]
        assert without == [f"median step at width {never}"]
        assert f"median step at width {never}: none" in reading.details


def test_the_same_steps_at_every_width_correlate_with_nothing() -> None:
    reading = by_width(lambda _: 400)
    assert reading.now == "no slope"
    slope, r = slope_and_r(reading)
    assert slope == pytest.approx(0, abs=1e-9)
    assert math.isnan(r)


# Guessing.


def test_the_mean_number_of_guesses_is_one_over_their_share() -> None:
    plan = replace(GUESSING.plan, seeds=range(7, 3007))
    errors = np.where(np.isin(np.arange(3000), (4, 2000)), 0.49, 0.5)
    found = judge_guessing(replace(LabResults(plan).snapshot(), error=errors))
    assert (found.now, found.mark) == (f"{whole(1500)} guesses", Match.SOFT)
    mean, least, most, guesses, correct, share, low, high, first = (n.now for n in found.compared)
    assert (mean, guesses, correct, first) == (1500, 3000, 2, 11)
    assert (share, low, high) == pytest.approx((1 / 15, 0.018285, 0.242752), rel=1e-4)
    assert (least, most) == (round(100 / high), round(100 / low))


def test_without_a_correct_guess_there_is_no_mean() -> None:
    snapshot = replace(LabResults(GUESSING.plan).snapshot(), error=np.full(100_000, 0.6))
    found = judge_guessing(snapshot)
    assert found.now == "none correct"
    for line in (
        "mean number of guesses: none, published",
        "seed of the first correct guess: none",
    ):
        assert any(detail.startswith(line) for detail in found.details)


# Numbers for people.


TEXTS: list[tuple[Compared, str]] = [
    (Compared("step", 2489, 2489.0), f"step: {whole(2489)}, published {whole(2489)}"),
    (Compared("r", -0.97076), "r: −0.971"),
    (Compared("loss", LOSS, digits=10), "loss: 0.02841901372"),
    (Compared("step", math.nan, 730), "step: none, published 730"),
]


def test_numbers_are_formatted_for_people() -> None:
    for compared, text in TEXTS:
        assert compared.text == text


BY_NAME = {one.name: one for one in EXPERIMENTS}

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
    reading = BY_WIDTH.read(picture_of(BY_WIDTH))
    assert reading.mark == Match.SOFT
    *medians, slope, r = numbers(reading).values()
    assert medians == sorted(medians, reverse=True)
    assert slope < 0
    assert -1 < r < -0.95
    assert reading.now == f"r = −{-r:.2f}"
    assert "558" in BY_WIDTH.notes
    assert "direct connections" in BY_WIDTH.notes
