"""Predictions beside what happened: right or not, and in words."""

import json

import pytest
from msgspec.structs import replace

from tests.lessons.examples import plain, plain_in_the_lab
from tests.lessons.test_course import lab, run
from xorviz.core.runs.record import Record
from xorviz.lessons.conditions import Evidence, RunSeen
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.predictions import (
    Answer,
    ChoiceAsked,
    DrawingAsked,
    NumberAsked,
    Outcome,
    Prediction,
    is_same_order,
)
from xorviz.lessons.predictions import outcome as outcome_of
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


def outcome(asked: Prediction, answer: Answer, seen: tuple[Evidence, ...]) -> Outcome:
    lesson = IN_THE_LAB if seen is LAB_SEEN else LESSON
    return outcome_of(asked, answer, lesson.steps, seen)


def rights(asked: Prediction, seen: tuple[Evidence, ...], *answers: Answer) -> list[bool]:
    return [outcome(asked, answer, seen).is_right for answer in answers]


def test_numbers_are_right_as_near_as_they_must_be(seen: tuple[Evidence, ...]) -> None:
    assert rights(STEP, seen, 41, 42, 84, 168, 169) == [False, True, True, True, False]
    assert rights(ROWS, seen, 2, 3, 4) == [False, True, False]
    assert isinstance(STEP, NumberAsked)
    assert rights(replace(STEP, first_step_within=None), seen, 83, 84) == [False, True]


def test_counts_and_shares_are_right_inside_their_interval_or_points() -> None:
    low, high = LAB_SEEN[0].right.interval  # type: ignore[union-attr]
    assert (round(20 * low, 2), round(20 * high, 2)) == (5.99, 14.01)
    assert rights(COUNT, LAB_SEEN, 5, 6, 14, 15) == [False, True, True, False]
    assert rights(POINTS, LAB_SEEN, 16, 17, 19, 20) == [False, True, True, True]
    assert rights(SHARE, LAB_SEEN, 84.9, 85, 95, 100) == [False, True, True, True]
    assert isinstance(SHARE, NumberAsked)
    assert rights(replace(SHARE, share_within=None), LAB_SEEN, 95, 94) == [True, False]


def test_the_option_that_holds_is_right(seen: tuple[Evidence, ...]) -> None:
    assert rights(CHOICE, seen, 1, 2) == [False, True]
    assert isinstance(CHOICE, ChoiceAsked)
    assert CHOICE.held(LESSON.steps, seen) == [2]
    none = (seen[0], seen[0])
    found = outcome(CHOICE, 1, none)
    assert (found.happened, found.is_right) == (None, False)
    assert found.text == "You predicted “Both”. What happened: none of these."


def drawn(fall: int, points: int = 11) -> tuple[float, ...]:
    """Return a curve from step 0 to 200 that falls at a point."""
    return tuple(1.0 if point < fall else 0.4 for point in range(points))


def test_a_drawn_curve_is_right_where_it_falls_with_the_run(seen: tuple[Evidence, ...]) -> None:
    assert isinstance(DRAWING, DrawingAsked)
    assert [DRAWING.fall_of(drawn(fall)) for fall in (1, 4, 10, 11)] == [20, 80, 200, None]
    assert rights(DRAWING, seen, *map(drawn, (1, 2, 5, 10, 11))) == [False, True, True, True, False]
    text = outcome(DRAWING, drawn(11), seen).text
    assert text.startswith("All four rows were correct from step 84 on. Your curve doesn't fall to")


def test_what_never_happens_makes_every_answer_wrong(seen: tuple[Evidence, ...]) -> None:
    never = (seen[0], RunSeen(Record(LESSON.steps[1].recipe)))
    found = outcome(STEP, 84, never)
    assert (found.happened, found.is_right) == (None, False)
    assert found.text == "You predicted 84. What happened: never."


def test_outcomes_are_told_in_words(seen: tuple[Evidence, ...]) -> None:
    assert outcome(ROWS, 1, seen).text == "You predicted 1 row. What happened: 3 rows."
    said = outcome(SHARE, 85.04, LAB_SEEN).text
    assert said == "You predicted 85.0 %. What happened: 95 %."
    assert outcome(CHOICE, 2, seen).text.endswith("What happened: “Three units”.")


def test_an_order_is_right_where_the_numbers_differ() -> None:
    assert is_same_order([1, 2, 3], [10, 20, 30])
    assert not is_same_order([1, 3, 2], [10, 20, 30])
    assert not is_same_order([1, 1, 2], [10, 20, 30])  # none is said to be first
    assert is_same_order([2, 1, 3], [10, 10, 30])
    assert is_same_order([1, 2], [10, None])  # what is never correct comes last
    assert not is_same_order([2, 1], [10, None])
    assert is_same_order([1, 2], [None, None])


def test_the_order_of_the_answers_counts_where_a_lesson_asks_for_it() -> None:
    for answers, is_right in (((5.0, 8.0, 100.0), True), ((9.0, 8.0, 100.0), False)):
        assert Course(IN_THE_LAB, Stage.WHY, answers, LAB_SEEN).is_order_right is is_right
