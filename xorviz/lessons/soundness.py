"""What the parts of a lesson must have in common, beyond what their types say."""

from collections.abc import Sequence

from xorviz.core.numerals import whole
from xorviz.core.rules import Whole, checked
from xorviz.lessons.conditions import OF_EITHER, OF_LAB, Condition, is_allowed_change, limit_of
from xorviz.lessons.course import strayed
from xorviz.lessons.lesson import (
    COUNT,
    ROWS,
    SHARE,
    STEP,
    ChoiceAsked,
    DrawingAsked,
    Exercise,
    Lesson,
    LessonStep,
    NumberAsked,
    Prediction,
)


def check_sound(lesson: Lesson) -> None:
    """Raise ValueError with the place, counted from 1, unless a lesson can be walked to its end."""
    recipe, trained = lesson.setup.recipe, lesson.setup.step
    for number, step in enumerate(lesson.steps, start=1):
        where = f"steps[{number}]"
        _check_task(step, lesson.steps[:number], where)
        if step.lab is None:
            if step.recipe == recipe and step.limit <= trained:
                at = whole(trained)
                raise ValueError(f"{where}.until ends where the run is already, at {at}")
            recipe, trained = step.recipe, step.limit
    if lesson.exercise is not None:
        _check_exercise(lesson.exercise, lesson.steps)
    for number, asked in enumerate(lesson.predictions, start=1):
        _check_prediction(asked, lesson.steps, f"predictions[{number}]")
    if lesson.order_of:
        _check_order(lesson)


def _check_task(task: LessonStep, ranked: Sequence[LessonStep], where: str) -> None:
    if not task.limit:
        why = "names no step above 0, so this run would never end; add for example"
        raise ValueError(f'{where}.until {why} {{"reached": 5000}}')
    _check_conditions(task.until, task, ranked, f"{where}.until")


def _check_conditions(
    conditions: Sequence[Condition], about: LessonStep, ranked: Sequence[LessonStep], where: str
) -> None:
    """Refuse conditions that are not about what a step trains; ``ranked`` is over by then."""
    for number, condition in enumerate(conditions, start=1):
        name, value = condition.name, condition.value
        entry = f"{where}[{number}].{name}"
        if name not in OF_EITHER and (name in OF_LAB) != (about.lab is not None):
            what, other = ("the lab", "a run") if about.lab is None else ("a run", "the lab")
            raise ValueError(f"{entry} is about {what}, but this step trains {other}")
        if name == "setting_changed" and not isinstance(about, Exercise):
            raise ValueError(f"{entry} is for the exercise: the recipe of a step stays as it is")
        if name == "order_of":
            if max(value) > len(ranked):
                raise ValueError(f"{entry} names step {max(value)}; allowed: 1 to {len(ranked)}")
            if len({step.lab is None for step in ranked}) > 1:
                raise ValueError(f"{entry} compares runs, or steps in the lab; here are both")


def _check_exercise(exercise: Exercise, steps: Sequence[LessonStep]) -> None:
    _check_task(exercise, (*steps, exercise), "exercise")
    changed = strayed(exercise, exercise.show_me)
    if not changed:
        raise ValueError("exercise.show_me changes nothing in the recipe of the exercise")
    for condition in exercise.until:
        allowed = condition.setting_changed
        if allowed is not None and not is_allowed_change(allowed, changed):
            names = ", ".join(sorted(changed))
            may = allowed if isinstance(allowed, str) else ", ".join(allowed)
            raise ValueError(f"exercise.show_me changes {names}; allowed by setting_changed: {may}")


def _check_prediction(asked: Prediction, steps: Sequence[LessonStep], where: str) -> None:
    if isinstance(asked, ChoiceAsked):
        for number, option in enumerate(asked.options, start=1):
            place = f"{where}.options[{number}]"
            about = _about(option.of, steps, place)
            _check_conditions(option.when, about, steps, f"{place}.if")
            if about.lab is None and (last := limit_of(option.when)) > about.limit:
                end = f"step {option.of} of the lesson ends at {whole(about.limit)}"
                raise ValueError(f"{place}.if names step {whole(last)}, but {end}")
        return
    about = _about(asked.of, steps, where)
    if isinstance(asked, DrawingAsked):
        _check_drawing(asked, about, where)
    elif asked.is_of_lab != (about.lab is not None):
        allowed = f"{ROWS}, {STEP}" if about.lab is None else f"{COUNT}, {SHARE}"
        what = "a run" if about.lab is None else "networks in the lab"
        told = f"is {asked.measure}, but step {asked.of} trains {what}; allowed: {allowed}"
        raise ValueError(f"{where}.measure {told}")


def _about(of: int, steps: Sequence[LessonStep], where: str) -> LessonStep:
    """Return the step with a number."""
    checked(Whole(1, len(steps)), f"{where}.of", of)
    return steps[of - 1]


def _check_drawing(asked: DrawingAsked, about: LessonStep, where: str) -> None:
    if about.lab is not None:
        raise ValueError(f"{where}.of is {asked.of}, which trains networks in the lab")
    if max((one.reached or 0 for one in about.until), default=0) < asked.last_step:
        last = f"is {whole(asked.last_step)}, which step {asked.of} of the lesson need not reach"
        most = "allowed: at most the step that its condition reached names"
        raise ValueError(f"{where}.last_step {last}; {most}")


def _check_order(lesson: Lesson) -> None:
    rule = Whole(1, len(lesson.predictions))
    chosen = {checked(rule, "order_of", number) for number in lesson.order_of}
    asked = [lesson.predictions[number - 1] for number in chosen]
    measures = {one.measure if isinstance(one, NumberAsked) else "" for one in asked}
    if len(chosen) < 2 or len(chosen) < len(lesson.order_of):
        raise ValueError("order_of needs two or more different predictions")
    if "" in measures or len(measures) > 1:
        raise ValueError("order_of compares numbers of one measure, and nothing else")
