"""A course goes from stage to stage by what a person does and what is seen."""

import json
from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from tests.lessons.examples import plain, plain_in_the_lab
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.lab.results.success import Proportion
from xorviz.lessons.conditions import LabSeen, RunSeen
from xorviz.lessons.course import TRIES, Course, Stage
from xorviz.lessons.reading import loads

LESSON, IN_THE_LAB = loads(json.dumps(plain())), loads(json.dumps(plain_in_the_lab()))
CURVE = tuple(1.0 if point < 5 else 0.1 for point in range(11))
ANSWERS = (80.0, 3.0, 2.0, CURVE)


def run(config: RunConfig, steps: int) -> RunSeen:
    recording = Recording(config)
    recording.advance(steps)
    return RunSeen(recording.record())


def lab(count: int, recipe: RunConfig, steps: int = 300, first: int = 0) -> LabSeen:
    return LabSeen(recipe, tuple(range(first, first + 20)), steps, Proportion(count, 20))


@pytest.fixture(scope="module")
def why() -> Course:
    """Return a course whose steps are over."""
    first, second = (step.recipe for step in LESSON.steps)
    course = Course.of(LESSON).led_on().locked(ANSWERS)
    return course.seeing(run(first, 200)).seeing(run(second, 200))


def test_it_begins_with_play_where_there_is_any() -> None:
    assert Course.of(LESSON).stage is Stage.PLAY
    assert Course.of(IN_THE_LAB).stage is Stage.PREDICT


def test_nothing_is_seen_before_the_prediction_is_locked() -> None:
    course = Course.of(LESSON).led_on()
    assert course.seeing(run(LESSON.steps[0].recipe, 200)) is course


def test_steps_are_over_one_after_the_other(why: Course) -> None:
    first, second = (step.recipe for step in LESSON.steps)
    course = Course.of(LESSON).led_on().locked(ANSWERS)
    under_way = course.seeing(run(first, 100))
    assert under_way.now == run(first, 100)
    assert under_way.seen == ()
    assert under_way.seeing(run(second, 200)).now is None  # of another recipe
    after = under_way.seeing(run(first, 200))
    assert (after.stage, after.task, after.outcomes) == (Stage.DO, LESSON.steps[1], ())
    assert after.seeing(run(first, 300)) == after
    assert (why.stage, why.task, len(why.seen)) == (Stage.WHY, None, 2)
    assert [one.is_right for one in why.outcomes] == [True] * 4
    assert why.is_order_right is None
    assert why.seeing(run(second, 300)) is why


def test_a_step_of_a_run_is_not_done_in_the_lab_and_the_other_way_round() -> None:
    for step in (LESSON.steps[0], IN_THE_LAB.steps[0]):
        in_the_lab = step.lab is not None
        assert step.is_done_in(run(step.recipe, 200)) is not in_the_lab
        assert step.is_done_in(lab(10, step.recipe)) is in_the_lab


def test_a_run_that_was_changed_on_the_way_is_not_of_a_step() -> None:
    recording = Recording(LESSON.steps[0].recipe)
    recording.advance(5)
    recording.intervene("rate", 1.0)
    recording.advance(195)
    assert not LESSON.steps[0].is_done_in(RunSeen(recording.record()))


def test_what_is_trained_after_the_last_step_that_is_named_does_not_count() -> None:
    entries = plain()
    entries["steps"] = [{"do": "Go.", "recipe": {"width": 3}, "until": [{"not_correct_after": 50}]}]
    entries["predictions"] = [entries["predictions"][1] | {"answer": 2}]
    del entries["exercise"]
    lesson = loads(json.dumps(entries))
    course = Course.of(lesson).led_on().locked((2.0,))
    further = course.seeing(run(lesson.steps[0].recipe, 200))
    happened = [one.happened for one in further.outcomes]
    assert happened == [course.seeing(run(lesson.steps[0].recipe, 50)).outcomes[0].happened]
    seen = further.seen[0]
    assert isinstance(seen, RunSeen)
    assert (seen.newest, seen.correct_since, seen.most_rows < 4) == (50, None, True)


def test_a_step_is_over_whether_its_conditions_hold_or_not(why: Course) -> None:
    assert why.seen[0].recipe.width == 2
    wrong = changed(LESSON, steps=(changed(LESSON.steps[0], until=LESSON.steps[1].until),))
    course = Course.of(wrong).led_on().locked(ANSWERS).seeing(run(LESSON.steps[0].recipe, 200))
    assert course.stage is Stage.WHY


def test_an_exercise_is_solved_by_a_change(why: Course) -> None:
    course = why.led_on()
    assert course.stage is Stage.EXERCISE
    base = LESSON.steps[0].recipe
    under_way = course.seeing(run(replace(base, biases=True), 50))
    assert (under_way.stage, under_way.tries) == (Stage.EXERCISE, 0)
    assert under_way.seeing(run(replace(base, biases=True), 100)).stage is Stage.DONE


def test_failed_attempts_are_kept_and_a_solution_is_offered(why: Course) -> None:
    base = LESSON.steps[0].recipe
    course = why.led_on()
    for number, rate in enumerate((0.1, 0.2), start=1):
        assert not course.may_show
        course = course.seeing(run(replace(base, rate=rate), 200))
        assert (course.tries, course.stage) == (number, Stage.EXERCISE)
        assert [one.name for one in course.missed(course.attempts[-1])] == ["correct_by"]
    assert course.tries == TRIES
    assert course.may_show
    both = run(replace(base, rate=0.1, momentum=0.1), 200)
    missed = [one.expected for one in course.seeing(both).missed(both)]
    assert missed == ["one setting changed", "all four rows correct by step 200"]
    shown = course.shown().seeing(run(replace(base, biases=True), 200))
    assert (shown.stage, shown.is_shown) == (Stage.DONE, True)


def test_an_attempt_is_counted_once_and_the_runs_of_the_steps_not_at_all(why: Course) -> None:
    base = LESSON.steps[0].recipe
    course = why.led_on()
    for steps in (200, 250):
        seen = course.seeing(run(base, steps))
        assert (seen.tries, seen.is_repeated) == (0, True)
    slow = replace(base, rate=0.1)
    for steps in (200, 250, 20, 200):
        course = course.seeing(run(slow, steps))
        assert course.tries == 1


def test_without_an_exercise_a_lesson_is_done_after_the_insight(why: Course) -> None:
    assert replace(why, lesson=changed(LESSON, exercise=None)).led_on().stage is Stage.DONE


def test_in_the_lab_seeds_and_steps_count() -> None:
    recipe = IN_THE_LAB.steps[0].recipe
    course = Course.of(IN_THE_LAB).locked((10.0, 20.0, 100.0))
    for other in (
        lab(10, recipe, steps=299),
        lab(10, recipe, first=1),
        lab(10, replace(recipe, rate=1)),
        run(recipe, 300),
    ):
        assert course.seeing(other).seen == ()
    course = course.seeing(lab(10, replace(recipe, seed=5)))
    assert len(course.seen) == 1
    course = course.seeing(lab(20, replace(recipe, width=6)))
    assert (course.stage, course.is_order_right) == (Stage.WHY, True)
    course = course.led_on()
    easier = LabSeen(replace(recipe, biases=True), (3,), 300, Proportion(1, 1))
    assert course.seeing(easier) is course
    assert course.seeing(lab(10, replace(recipe, rate=1))).tries == 1
    assert course.seeing(lab(18, replace(recipe, rate=1))).stage is Stage.DONE


def test_what_differs_from_a_step_is_named() -> None:
    run_step, lab_step = LESSON.steps[0], IN_THE_LAB.steps[0]
    assert run_step.strayed(run_step.recipe) == set()
    assert run_step.strayed(replace(run_step.recipe, seed=1, rate=1)) == {"seed", "rate"}
    assert lab_step.strayed(replace(lab_step.recipe, seed=1, rate=1)) == {"rate"}
