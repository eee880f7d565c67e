"""Small lessons, and what is seen in them."""

from dataclasses import replace

from tests.support.snapshots import QUICK, trained
from xorviz.core.settings import RunConfig
from xorviz.lab.results.success import Proportion
from xorviz.lessons.conditions import Condition, LabSeen, RunSeen
from xorviz.lessons.course import Course
from xorviz.lessons.lesson import Lesson, Setup
from xorviz.lessons.predictions import (
    INTERVAL,
    ROWS,
    SHARE,
    ChoiceAsked,
    DrawingAsked,
    NumberAsked,
    Option,
)
from xorviz.lessons.tasks import Exercise, LabTask, LessonStep

ONE = RunConfig(width=1, rate=1, biases=True, momentum=0.5, seed=0)
WIDER = replace(ONE, width=5)
"""All rows right from step 85."""
SEEDS = 500
_LAB = RunConfig(width=3, rate=0.5)
_STEPS = 300

LINE = Lesson(
    title="One unit draws one line",
    play="Press Run and watch.",
    setup=Setup(ONE),
    question="How many rows can one unit get right?",
    predictions=(NumberAsked("Rows at best:", ROWS, 0, 4, 3, "rows"),),
    steps=(LessonStep("Press Run.", ONE, (Condition(reached=_STEPS),), "run"),),
    insight="One unit cuts the plane with one straight line.",
    exercise=Exercise(
        "Change one setting.",
        ONE,
        until=(Condition(setting_changed=("width",)), Condition(correct_by=_STEPS)),
        show_me=WIDER,
    ),
)
"""A number, a run, and an exercise."""

WHO = Lesson(
    title="Who learns?",
    setup=Setup(QUICK),
    question="Which of them learns?",
    predictions=(
        ChoiceAsked(
            "The winner",
            (
                Option("The wide network", (Condition(correct_by=_STEPS),), 1),
                Option("The narrow one", (Condition(not_correct_after=_STEPS),), 1),
            ),
            answer=1,
        ),
    ),
    steps=(
        LessonStep("Run the wide one.", QUICK, (Condition(reached=_STEPS),), "run"),
        LessonStep("Run the narrow one.", ONE, (Condition(reached=_STEPS),), "run"),
    ),
    insight="Width helps.",
)
"""A choice and two runs, no exercise."""

LUCK = Lesson(
    title="Luck has a size",
    setup=Setup(_LAB),
    question="How many per cent?",
    predictions=(
        NumberAsked("By count", "count", 0, SEEDS, 425, "seeds", share_within=INTERVAL),
        NumberAsked("By share", SHARE, 0, 100, 85, "%", share_within=10),
    ),
    steps=(LessonStep("Press Run lab.", _LAB, (), "lab_run", LabTask(SEEDS, 20_000)),),
    insight="Luck has a size.",
    order_of=(1, 2),
)
"""Two numbers of one run of the lab."""

FALL = Lesson(
    title="First nothing, then all at once",
    setup=Setup(QUICK),
    question="How will the loss fall?",
    predictions=(DrawingAsked("Draw the loss.", _STEPS, 0.01, 2, 82),),
    steps=(LessonStep("Press Run.", QUICK, (Condition(reached=_STEPS),), "run"),),
    insight="It rests on a plateau.",
)
"""A drawing."""


def run_of(config: RunConfig, steps: int = _STEPS) -> RunSeen:
    """Return a run of this many steps."""
    return RunSeen(trained(config, steps).record)


def lab_of(count: int, of: int = SEEDS) -> LabSeen:
    """Return the lab's networks of LUCK, of which this many are correct."""
    return LabSeen(_LAB, tuple(range(of)), 20_000, Proportion(count, of))


def predicting(lesson: Lesson) -> Course:
    """Return a lesson at its question."""
    return Course.of(lesson).led_on()


def trying(*changes: RunConfig) -> Course:
    """Return LINE at its exercise, after attempts with these recipes."""
    course = predicting(LINE).locked((3.0,)).seeing(run_of(ONE)).led_on()
    for config in changes:
        course = course.seeing(run_of(config))
    return course


FASTER, OTHER_SEED = replace(ONE, rate=2.0), replace(ONE, seed=3)
"""Attempts that fail."""
