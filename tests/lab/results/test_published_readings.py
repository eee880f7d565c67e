"""Comparisons with published experiments, given hand-written numbers."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.numerals import whole
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.published import EXPERIMENTS, Published
from xorviz.lab.results.published_readings import (
    WIDTHS,
    Compared,
    ExperimentResult,
    Match,
    judge_cross_validated,
    judge_guessing,
    judge_hinton,
    judge_start,
    judge_widths,
)
from xorviz.lab.training.cohort import NO_STEP

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
