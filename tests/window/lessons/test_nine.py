"""The nine lessons, each walked by keyboard alone, with a right and with a wrong prediction."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget

from tests.support.screen import child
from tests.window.lessons.student import ENTER, Student
from xorviz.lessons.course import Stage
from xorviz.lessons.evidence import LabSeen
from xorviz.lessons.lesson import Exercise
from xorviz.lessons.library import bundled

FOUND = {
    1: [None],
    2: [22_773],
    3: [425],
    4: [126, 425, 499],
    5: [None, 375],
    6: [15_393, 1544, 313, 84, None],
    7: [None, 1082],
    8: [23_373, None],
    9: [None],
}
"""What is seen in each step: the step from which all rows are correct, or how many networks are."""


def solve(student: Student) -> None:
    """Make the change that solves the exercise."""
    task = student.task
    assert isinstance(task, Exercise)
    settings, solved = task.recipe.to_dict(), task.show_me.to_dict()
    ((name, value),) = ((n, v) for n, v in solved.items() if v != settings[n])
    student.change(name, value)
    student.train()


def fail_twice(student: Student) -> None:
    """Try the exercise with two rates that learn nothing, or widths, and be shown."""
    name = "rate" if child(student.window, QWidget, "rate").isVisible() else "width"
    for value in (0.0001, 0.0002) if name == "rate" else (1, 2):
        student.change(name, value)
        student.train()
    assert (student.course.stage, student.course.tries) == (Stage.EXERCISE, 2)
    student.tab_to("lesson_show_me")
    student.press(ENTER)
    student.reach(lambda: student.course.stage is Stage.DONE)


def found(student: Student) -> Iterator[int | None]:
    for seen in student.course.seen:
        yield seen.right.count if isinstance(seen, LabSeen) else seen.correct_since


@pytest.mark.thorough
@pytest.mark.parametrize(("number", "is_right"), [(number, number % 2 == 1) for number in FOUND])
def test_it_is_walked_by_keys(student: Student, number: int, is_right: bool) -> None:
    named = bundled()[number - 1]
    student.begin(named)
    if student.course.stage is Stage.PLAY:
        student.press(ENTER)
    student.reach(lambda: not student.window.guide.runs._waiting)
    student.predict_all(is_right)
    while student.course.stage is Stage.DO:
        if student.task.control == "biases":
            student.change("biases", True)
        student.train()
    assert list(found(student)) == FOUND[number]
    assert {one.is_right for one in student.course.outcomes} == {is_right}
    assert student.course.is_order_right in {None, is_right}
    student.press(ENTER)
    solve(student) if is_right else fail_twice(student)
    assert student.course.stage is Stage.DONE
    assert student.course.is_shown is not is_right
    assert named.key in student.main._settings.lessons_done()
