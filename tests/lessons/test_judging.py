"""Predictions beside what happened: right or not, and in words."""

import json
from dataclasses import replace

import pytest

from tests.lessons.examples import plain, plain_in_the_lab
from tests.lessons.test_course import lab, run
from xorviz.core.runs.record import Record
from xorviz.lessons.evidence import Evidence, RunSeen
from xorviz.lessons.judging import (
    fall_of,
    happened,
    is_order_right,
    is_same_order,
    options_held,
    outcome,
)
from xorviz.lessons.lesson import Answer, ChoiceAsked, NumberAsked, Prediction
from xorviz.lessons.reading import loads

LESSON, IN_THE_LAB = loads(json.dumps(plain())), loads(json.dumps(plain_in_the_lab()))
STEP, ROWS, CHOICE, DRAWING = LESSON.predictions
COUNT, POINTS, SHARE = IN_THE_LAB.predictions
LAB_SEEN: tuple[Evidence, ...] = (
    lab(10, IN_THE_LAB.steps[0].recipe),
    lab(19, IN_THE_LAB.steps[1].recipe),
)


@pytest.fixture(scope="module")
def seen() -> tuple[Evidence, ...]:
    return tuple(run(step.recipe, 200) for step in LESSON.steps)


def rights(asked: Prediction, seen: tuple[Evidence, ...], *answers: Answer) -> list[bool]:
    lesson = LESSON if asked in LESSON.predictions else IN_THE_LAB
    return list(outcome(lesson, asked, answers, seen).are_right)


def test_numbers_are_right_as_near_as_they_must_be(seen: tuple[Evidence, ...]) -> None:
    assert rights(STEP, seen, 41, 42, 84, 168, 169) == [False, True, True, True, False]
    assert rights(ROWS, seen, 2, 3, 4) == [False, True, False]
    assert isinstance(STEP, NumberAsked)
    exactly = replace(LESSON, predictions=(replace(STEP, first_step_within=None),))
    found = outcome(exactly, exactly.predictions[0], (83, 84), seen)
    assert found.are_right == (False, True)


def test_counts_and_shares_are_right_inside_their_interval_or_points() -> None:
    low, high = LAB_SEEN[0].right.interval  # type: ignore[union-attr]
    assert (round(20 * low, 2), round(20 * high, 2)) == (5.99, 14.01)
    assert rights(COUNT, LAB_SEEN, 5, 6, 14, 15) == [False, True, True, False]
    assert rights(POINTS, LAB_SEEN, 16, 17, 19, 20) == [False, True, True, True]
    assert rights(SHARE, LAB_SEEN, 84.9, 85, 95, 100) == [False, True, True, True]
    assert outcome(IN_THE_LAB, COUNT, (), LAB_SEEN).interval == (20 * low, 20 * high)
    assert isinstance(SHARE, NumberAsked)
    exactly = replace(IN_THE_LAB, predictions=(replace(SHARE, share_within=None),))
    found = outcome(exactly, exactly.predictions[0], (95, 94), LAB_SEEN)
    assert found.are_right == (True, False)


def test_the_option_that_holds_is_right(seen: tuple[Evidence, ...]) -> None:
    assert rights(CHOICE, seen, 1, 2) == [False, True]
    assert isinstance(CHOICE, ChoiceAsked)
    assert list(options_held(LESSON, CHOICE, seen)) == [2]
    none = (seen[0], seen[0])
    assert happened(LESSON, CHOICE, none) is None
    found = outcome(LESSON, CHOICE, (1,), none)
    assert found.are_right == (False,)
    assert found.text == "You predicted “Both”. What happened: none of these."


def drawn(fall: int, points: int = 11) -> tuple[float, ...]:
    """Return a curve from step 0 to 200 that falls at a point."""
    return tuple(1.0 if point < fall else 0.4 for point in range(points))


def test_a_drawn_curve_is_right_where_it_falls_about_when_the_run_is_correct(
    seen: tuple[Evidence, ...],
) -> None:
    assert [fall_of(drawn(fall), 200) for fall in (1, 4, 10, 11)] == [20, 80, 200, None]
    assert rights(DRAWING, seen, *map(drawn, (1, 2, 5, 10, 11))) == [False, True, True, True, False]
    text = outcome(LESSON, DRAWING, (drawn(11),), seen).text
    assert text.startswith(
        "All four rows were correct from step 84 on. Your curve does not fall to"
    )
    assert "At step 200 you drew 1.0; the loss was 0." in text


def test_a_drawn_curve_is_compared_only_as_far_as_the_run_has_come() -> None:
    short = (run(LESSON.steps[0].recipe, 50), RunSeen(run(LESSON.steps[1].recipe, 50).record, True))
    found = outcome(LESSON, DRAWING, ((9.0, *drawn(4)[1:]),), short)
    assert found.text.startswith("The rows did not all become correct. Your curve falls to half at")
    assert "At step 0 you drew 9.0" in found.text
    far = (*drawn(11)[:-1], 9.0)
    assert "At step 200" not in outcome(LESSON, DRAWING, (far,), short).text


def test_what_never_happens_makes_every_answer_wrong(seen: tuple[Evidence, ...]) -> None:
    never = (seen[0], RunSeen(Record(LESSON.steps[1].recipe)))
    found = outcome(LESSON, STEP, (84, 400), never)
    assert (found.happened, found.are_right) == (None, (False, False))
    assert found.text == "What happened: never. 0 of 2 answers right."


def test_outcomes_are_told_in_words(seen: tuple[Evidence, ...]) -> None:
    assert outcome(LESSON, ROWS, (1,), seen).text == "You predicted 1 row. What happened: 3 rows."
    assert (
        outcome(LESSON, ROWS, (1, 3, 3), seen).text
        == "What happened: 3 rows. 2 of 3 answers right."
    )
    said = outcome(IN_THE_LAB, SHARE, (85.04,), LAB_SEEN).text
    assert said == "You predicted 85.0 %. What happened: 95 %."
    assert outcome(LESSON, CHOICE, (2,), seen).text.endswith("What happened: “Three units”.")


def test_an_order_is_right_where_the_numbers_differ() -> None:
    assert is_same_order([1, 2, 3], [10, 20, 30])
    assert not is_same_order([1, 3, 2], [10, 20, 30])
    assert not is_same_order([1, 1, 2], [10, 20, 30])  # none is said to be first
    assert is_same_order([2, 1, 3], [10, 10, 30])
    assert is_same_order([1, 2], [10, None])  # what is never correct comes last
    assert not is_same_order([2, 1], [10, None])
    assert is_same_order([1, 2], [None, None])


def test_of_a_class_the_order_of_the_means_counts() -> None:
    for answers, is_right in [(((5, 9), (8, 9)), True), (((5, 15), (8, 9)), False)]:
        given = zip(IN_THE_LAB.predictions, [*answers, (100,)], strict=True)
        found = [outcome(IN_THE_LAB, one, answer, LAB_SEEN) for one, answer in given]
        assert is_order_right(IN_THE_LAB, found) is is_right
    assert is_order_right(LESSON, found) is None
