"""The page with the exercise, and the one of a lesson that is done."""

from PySide6.QtCore import Signal

from xorviz.lessons.course import Course
from xorviz.panels.lesson.answers.rows import TICK, AnswerRow, CountedRows
from xorviz.panels.lesson.pages import words
from xorviz.panels.lesson.pages.doing import TaskPage
from xorviz.panels.lesson.pages.ending import Ending
from xorviz.panels.lesson.pages.page import Page, button, large, leading, quiet
from xorviz.ui.forms.scrolled import plain_label

_SOLVED = "You have solved the exercise."
_SHOWING = "The solution is shown: watch it run."


class ExercisePage(TaskPage):
    """What to try, what came of each attempt, and after two the solution."""

    show_me_requested = Signal()

    def __init__(self, course: Course) -> None:
        task = course.lesson.exercise
        assert task is not None
        super().__init__(task)
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
            self.foot = button("lesson_show_me", "Show me", "See a solution run")
            self.foot.clicked.connect(self.show_me_requested)


class DonePage(Page):
    """That the lesson is done, and what was done."""

    next_requested = Signal()
    left = Signal()

    def __init__(self, course: Course) -> None:
        super().__init__()
        exercise = course.lesson.exercise
        solved = "The solution of the exercise was shown." if course.is_shown else _SOLVED
        head = CountedRows([AnswerRow(TICK, "Lesson done", stands_out=True)])
        self.spoken = f"Lesson done. {solved if exercise else ''}".rstrip()
        self._ending = Ending()
        self._ending.next_requested.connect(self.next_requested)
        self._ending.left.connect(self.left)
        said = [quiet(outcome.text) for outcome in course.outcomes]
        ended = [plain_label("", solved)] if exercise else []
        self.fill(head, large(course.lesson.insight), *said, *ended)
        self.foot = self._ending

    def show_next(self, title: str) -> None:
        self.primary = self._ending.show_next(title)
