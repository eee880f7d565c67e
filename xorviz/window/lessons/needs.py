"""What the stages of a lesson need: panels, fields and buttons."""

from collections.abc import Sequence

from xorviz.core.runs.project import differing
from xorviz.core.settings import SETTINGS
from xorviz.lessons.conditions import ONE, WEIGHTS
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.evidence import RunSeen
from xorviz.lessons.lesson import PANELS, DrawingAsked, Exercise, Lesson
from xorviz.window.layout.tree import SlotColumn, TabSlot, Tree

_SHARES = {"truth_table": 0.6, "runs": 0.4}
"""Heights in relation to that of other panels."""
LOSS, SEEDS, RUNS = "loss_plot", "lab_seeds", "runs"
"""Names of panels."""


def panels_of(lesson: Lesson) -> tuple[str, ...]:
    """Return the names of the panels that a lesson needs, the most important first."""
    names = lesson.setup.panels or PANELS[lesson.setup.workspace]
    if any(isinstance(one, DrawingAsked) for one in lesson.predictions):
        names = (LOSS, *names)
    if any(step.lab is not None for step in lesson.steps):
        names = (SEEDS, *names)
    if lesson.setup.pinned is not None:
        names = (*names, RUNS)
    return tuple(dict.fromkeys(names))


def tree_of(names: Sequence[str]) -> Tree:
    """Return a layout of panels: two below each other, or more in two columns."""
    half = len(names) if len(names) < 3 else len(names) // 2
    columns = (names[:half], names[half:])
    return Tree(
        tuple(
            SlotColumn(tuple(TabSlot((name,), _SHARES.get(name, 1.0)) for name in column))
            for column in columns
            if column
        )
    )


def actions_of(course: Course) -> frozenset[str]:
    """Return the names of the actions that the present stage has buttons for."""
    task = course.task
    if course.stage is Stage.PLAY:
        return frozenset({"run", "reset", "new_weights"})
    if task is None:
        has_run = bool(course.seen) and isinstance(course.seen[-1], RunSeen)
        return frozenset({"keep"} if has_run else ())
    if task.lab is not None:
        return frozenset({"lab_run"})
    if isinstance(task, Exercise):
        return frozenset({"run", "reset"} | ({"new_weights"} if "seed" in free_in(task) else set()))
    return frozenset({"run", task.control})


def settings_of(course: Course) -> tuple[str, ...]:
    """Return the names of the settings that the present stage has fields for."""
    task = course.task
    if task is None:
        return ()
    if isinstance(task, Exercise):
        return tuple(name for name in SETTINGS if name in free_in(task))
    return (task.control,) if task.control in SETTINGS else ()


def free_in(exercise: Exercise) -> set[str]:
    """Return what may be changed in an exercise: settings, and WEIGHTS for weights set by hand.

    Where any single setting may, those are offered that are used most.
    """
    names = {exercise.control} | set(differing((exercise.recipe, exercise.show_me)))
    for condition in exercise.until:
        if condition.setting_changed == ONE:
            names |= {name for name, row in SETTINGS.items() if not row.is_advanced} | {WEIGHTS}
        else:
            names |= set(condition.setting_changed or ())
    return names - {"seed"} if exercise.lab is not None else names
