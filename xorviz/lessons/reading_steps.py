"""Steps of a lesson and its exercise, read from JSON."""

from collections.abc import Sequence
from dataclasses import replace

from xorviz.core.numerals import whole
from xorviz.core.rules import Choice, SettingError, Whole
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lessons.conditions import (
    KINDS,
    MOST_STEPS,
    MOST_TASKS,
    ORDER_OF,
    REACHED,
    SETTING_CHANGED,
    Condition,
    is_allowed_change,
)
from xorviz.lessons.course import strayed
from xorviz.lessons.fields import PARAGRAPH, Entries, Fields, ListOf
from xorviz.lessons.lesson import CONTROLS, LabTask, LessonStep, Setup

RECIPE = Fields((), tuple(SETTINGS))
STEP = Fields(("do",), ("recipe", "control", "lab", "until"))
EXERCISE = Fields(("do", "until", "show_me"), ("recipe", "control", "lab"))
LAB = Fields(("seeds", "steps"))
CONDITION = Fields((), tuple(KINDS))

SEEDS, LAB_STEPS = Whole(1, 1000), Whole(1, MOST_STEPS // 10)
"""So that it takes a minute or two at most."""
_CONTROL = Choice((*SETTINGS, *CONTROLS))
_CONDITIONS = ListOf(1, 9)


def read_recipe(held: Entries, name: str, base: RunConfig) -> RunConfig:
    """Return a recipe from the changes to another in an entry, which may be left out."""
    changes = held.object(name, RECIPE)
    return replace(
        base, **{field: changes.taken(field, SETTINGS[field].rule) for field in changes.values}
    )


def read_steps(lesson: Entries, setup: Setup) -> tuple[LessonStep, ...]:
    """Return the steps of a lesson."""
    steps: list[LessonStep] = []
    recipe, trained = setup.recipe, setup.step
    for value, where in lesson.listed("steps", ListOf(1, MOST_TASKS)):
        held = Entries.of(value, STEP, where)
        step = _task(held, setup, steps)
        if step.lab is None:
            if step.recipe == recipe and step.limit <= trained:
                raise held.refused("until", f"ends where the run is already, at {whole(trained)}")
            recipe, trained = step.recipe, step.limit
        steps.append(step)
    return tuple(steps)


def read_exercise(lesson: Entries, setup: Setup, steps: Sequence[LessonStep]) -> LessonStep:
    """Return the exercise of a lesson."""
    held = Entries.of(lesson.values["exercise"], EXERCISE, "exercise")
    task = _task(held, setup, steps, is_exercise=True)
    show_me = read_recipe(held, "show_me", task.recipe)
    changed = strayed(task, show_me)
    if not changed:
        raise held.refused("show_me", "changes nothing in the recipe of the exercise")
    for condition in task.until:
        if condition.name == SETTING_CHANGED and not is_allowed_change(condition.value, changed):
            names = ", ".join(sorted(changed))
            allowed = ", ".join(condition.value)
            raise held.refused("show_me", f"changes {names}; allowed by setting_changed: {allowed}")
    return replace(task, show_me=show_me)


def _task(
    held: Entries, setup: Setup, before: Sequence[LessonStep], is_exercise: bool = False
) -> LessonStep:
    lab = None
    if "lab" in held:
        asked = held.object("lab", LAB)
        lab = LabTask(asked.taken("seeds", SEEDS), asked.taken("steps", LAB_STEPS))
    ranked = [*(step.lab for step in before), lab]
    task = LessonStep(
        do=held.taken("do", PARAGRAPH),
        recipe=read_recipe(held, "recipe", setup.recipe),
        until=read_conditions(held, "until", lab, ranked, is_exercise),
        control=held.taken("control", _CONTROL, ""),
        lab=lab,
    )
    if not task.limit:
        why = "names no step above 0, so this run would never end; add for example"
        raise held.refused("until", f'{why} {{"{REACHED}": 5000}}')
    return task


def read_conditions(
    held: Entries,
    name: str,
    lab: LabTask | None,
    ranked: Sequence[LabTask | None],
    is_exercise: bool = False,
) -> tuple[Condition, ...]:
    """Return the conditions in an entry, which are about a run, or networks in the lab.

    ``ranked`` is what the steps train that are over by then.
    """
    return tuple(
        _condition(Entries.of(value, CONDITION, where), lab, ranked, is_exercise)
        for value, where in held.listed(name, _CONDITIONS)
    )


def _condition(
    held: Entries, lab: LabTask | None, ranked: Sequence[LabTask | None], is_exercise: bool
) -> Condition:
    if len(held.values) != 1:
        raise SettingError(f"{held.where} has {len(held.values)} entries; allowed: one")
    name = next(iter(held.values))
    value = held.taken(name, KINDS[name].rule)
    if KINDS[name].is_of_lab not in {None, lab is not None}:
        why = "is about a run, but networks in the lab are trained"
        if lab is None:
            why = "is about the lab, but a run is trained; allowed with an entry lab beside until"
        raise held.refused(name, why)
    if name == SETTING_CHANGED and not is_exercise:
        raise held.refused(name, "is for the exercise: the recipe of a step stays as it is")
    if name == ORDER_OF:
        if max(value) > len(ranked):
            raise held.refused(name, f"names step {max(value)}; allowed: 1 to {len(ranked)}")
        if len({other is None for other in ranked}) > 1:
            raise held.refused(name, "compares runs, or steps in the lab; here are both")
    return Condition(name, value)
