"""Lessons read from JSON. See README.md here."""

from collections.abc import Sequence
from pathlib import Path

from xorviz.core.rules import Choice, Real, SettingError, Whole, checked
from xorviz.core.runs.project import differing
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.lessons.conditions import MOST_TASKS, SETTING, STEP, Several
from xorviz.lessons.fields import PARAGRAPH, Entries, Fields, ListOf, NumberOrWord, Text
from xorviz.lessons.json_text import parsed_text
from xorviz.lessons.lesson import (
    FREE,
    LOCKED,
    OTHERS,
    WORKSPACES,
    ControlRules,
    Lesson,
    LessonStep,
    Setup,
)
from xorviz.lessons.reading_predictions import read_order, read_prediction
from xorviz.lessons.reading_steps import read_exercise, read_recipe, read_steps

MOST_BYTES = 64 * 2**10
FORMAT = 1
"""The newest format that is read."""

_FORMAT_ENTRY = "xorviz_lesson"
LESSON = Fields(
    (_FORMAT_ENTRY, "title", "question", "predictions", "steps", "insight"),
    ("play", "setup", "controls", "order_of", "exercise"),
)
SETUP = Fields((), ("recipe", "step", "pinned", "workspace", "speed"))
CONTROL_RULES = Fields(("others",), ("shown", "word"))

MAX = "max"
SPEED = NumberOrWord(Real(1, 100_000), MAX)
"""Steps per second."""
TITLE, WORD = Text(60), Text(40)

_TOO_BIG = f"The file is larger than the limit for lessons, {MOST_BYTES // 2**10} KiB."


def load_lesson(path: Path | str) -> Lesson:
    """Read a lesson's file. Raises FileError and nothing else."""
    data = atomic.read(Path(path), MOST_BYTES, _TOO_BIG)
    try:
        return loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise FileError("It is not an xorviz lesson: it is not a text in UTF-8.") from None


def loads(text: str) -> Lesson:
    """Return the lesson in a file's text. Raises FileError and nothing else."""
    if len(text) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    try:
        return _lesson(parsed_text(text.removeprefix("\ufeff")))  # as Windows begins texts
    except SettingError as error:
        raise FileError(f"In the lesson, {error}.") from None
    except RecursionError:
        raise FileError("In the lesson, entries are nested too deep.") from None


def _lesson(value: object) -> Lesson:
    _check_format(value)
    held = Entries.of(value, LESSON, "")
    setup = _setup(held.object("setup", SETUP))
    steps = read_steps(held, setup)
    exercise = read_exercise(held, setup, steps) if "exercise" in held else None
    listed = held.listed("predictions", ListOf(1, MOST_TASKS))
    predictions = tuple(read_prediction(value, where, steps) for value, where in listed)
    return Lesson(
        title=held.taken("title", TITLE),
        setup=setup,
        question=held.taken("question", PARAGRAPH),
        predictions=predictions,
        steps=steps,
        insight=held.taken("insight", PARAGRAPH),
        play=held.taken("play", PARAGRAPH, ""),
        exercise=exercise,
        order_of=read_order(held, predictions),
        controls=_controls(held, steps, exercise),
    )


def _check_format(value: object) -> None:
    """Refuse what is no lesson, or one that this version cannot know."""
    if not isinstance(value, dict) or _FORMAT_ENTRY not in value:
        raise FileError(f"It is not an xorviz lesson: it has no entry {_FORMAT_ENTRY}.")
    number = value[_FORMAT_ENTRY]
    if isinstance(number, int) and number > FORMAT:
        raise FileError(
            f"The lesson was written for a newer xorviz (format {number});"
            f" this one reads formats up to {FORMAT}."
        )
    checked(Whole(1, FORMAT), _FORMAT_ENTRY, number)


def _setup(held: Entries) -> Setup:
    recipe = read_recipe(held, "recipe", RunConfig())
    step = held.taken("step", STEP, 0)
    if "pinned" in held and not step:
        raise held.refused("pinned", "is a run that is trained as far as step; that is 0")
    speed = held.taken("speed", SPEED, MAX)
    return Setup(
        recipe=recipe,
        step=step,
        workspace=held.taken("workspace", Choice(WORKSPACES), WORKSPACES[0]),
        speed=None if speed == MAX else speed,
        pinned=read_recipe(held, "pinned", recipe) if "pinned" in held else None,
    )


def _controls(
    lesson: Entries, steps: Sequence[LessonStep], exercise: LessonStep | None
) -> ControlRules:
    if "controls" not in lesson:
        return ControlRules()
    held = lesson.object("controls", CONTROL_RULES)
    rules = ControlRules(
        shown=held.taken("shown", Several(SETTING, fewest=0), ()),
        others=held.taken("others", Choice(OTHERS)),
        word=held.taken("word", WORD, ""),
    )
    if rules.others == LOCKED and not rules.word:
        raise held.refused("word", f"is missing; where others are {LOCKED}, it unlocks them")
    if rules.others != LOCKED and rules.word:
        raise held.refused("word", f"unlocks nothing: others are {rules.others}, not {LOCKED}")
    _check_shown(held, rules, steps, exercise)
    return rules


def _check_shown(
    held: Entries, rules: ControlRules, steps: Sequence[LessonStep], exercise: LessonStep | None
) -> None:
    """Refuse controls without what a step points to, or what the solution changes."""
    if rules.others == FREE:
        return
    tasks = steps if exercise is None else (*steps, exercise)
    needed = {task.control for task in tasks if task.control in SETTINGS}
    if exercise is not None and exercise.show_me is not None:
        needed |= set(differing((exercise.recipe, exercise.show_me)))
    if missing := [name for name in SETTINGS if name in needed - set(rules.shown)]:
        raise held.refused("shown", f"lacks {', '.join(missing)}, which the lesson needs")
