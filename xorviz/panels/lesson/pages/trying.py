"""The page with the exercise, and the one of a lesson that is done."""

from xorviz.lessons.course import Course
from xorviz.panels.lesson.answers.rows import TICK, AnswerRow, CountedRows
from xorviz.panels.lesson.pages import words
from xorviz.panels.lesson.pages.doing import TaskPage
from xorviz.panels.lesson.pages.ending import Ending, EndPage
from xorviz.panels.lesson.pages.page import Wishes, button, large, leading, quiet
from xorviz.ui.forms.scrolled import plain_label

_SOLVED = "You have solved the exercise."
_SHOWING = "The solution is shown: watch it run."


class ExercisePage(TaskPage):
    """What to try, what came of each attempt, and after two the solution."""

    def __init__(self, course: Course, wishes: Wishes) -> None:
        task = course.lesson.exercise
        assert task is not None
        super().__init__(task, wishes)
        tried = [words.attempt(course, number) for number in range(1, course.tries + 1)]
        told = _SHOWING if course.is_shown else tried[-1] if tried else "Try it."
        self.spoken = f"{told} {task.do if not tried else ''}".rstrip()
        self.fill(
            leading(task.do),
            self.progress,
            self.strayed,
            *(plain_label("", text) for text in tried),
            *([large(_SHOWING)] if course.is_shown else []),
        )
        if course.may_show and not course.is_shown:
            tip = "See a solution run"
            self.foot = button("lesson_show_me", "Show me", tip, wishes.show_me_requested)


class DonePage(EndPage):
    """That the lesson is done, and what was done."""

    def __init__(self, course: Course, wishes: Wishes) -> None:
        super().__init__()
        exercise = course.lesson.exercise
        solved = "The solution of the exercise was shown." if course.is_shown else _SOLVED
        head = CountedRows([AnswerRow(TICK, "Lesson done", stands_out=True)])
        self.spoken = f"Lesson done. {solved if exercise else ''}".rstrip()
        said = [quiet(outcome.text) for outcome in course.outcomes]
        ended = [plain_label("", solved)] if exercise else []
        self.fill(head, large(course.lesson.insight), *said, *ended)
        self.foot = Ending(wishes)
