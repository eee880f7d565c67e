"""The page with the exercise, and the one of a lesson that is done."""

from PySide6.QtCore import Signal

from xorviz.lessons.course import TRIES, Course
from xorviz.panels.lesson.answers.rows import TICK, AnswerRow, CountedRows
from xorviz.panels.lesson.pages import words
from xorviz.panels.lesson.pages.doing import TaskPage
from xorviz.panels.lesson.pages.ending import Ending
from xorviz.panels.lesson.pages.page import Page, button, large, leading, quiet
from xorviz.ui.forms.scrolled import plain_label

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
        show = button(
            "lesson_show_me", "Show me", f"See a solution run; offered after {TRIES} tries"
        )
        show.clicked.connect(self.show_me_requested)
        show.setVisible(course.may_show and not course.is_shown)
        self.fill(
            leading(task.do),
            self.progress,
            self.strayed,
            *(plain_label("", text) for text in tried),
            *([large(_SHOWING)] if course.is_shown else []),
            show,
        )


class DonePage(Page):
    """That the lesson is done, and what was done."""

    next_requested = Signal()
    left = Signal()

    def __init__(self, course: Course) -> None:
        super().__init__()
        parts = ["Predicted", "Run", "Seen why"]
        if course.lesson.exercise is not None:
            parts.append("The exercise was shown" if course.is_shown else "Tried, and it worked")
        head = CountedRows([AnswerRow(TICK, "Lesson done", stands_out=True)], is_counted=False)
        self.spoken = f"Lesson done. {', '.join(parts)}."
        self._ending = Ending()
        self._ending.next_requested.connect(self.next_requested)
        self._ending.left.connect(self.left)
        said = [quiet(outcome.text) for outcome in course.outcomes]
        self.fill(
            head, large(course.lesson.insight), *said, quiet(f"{', '.join(parts)}."), self._ending
        )

    def show_next(self, title: str) -> None:
        self.primary = self._ending.show_next(title)
