"""The page with predictions beside what happened, and why."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from xorviz.lessons.course import Course
from xorviz.lessons.judging import Outcome
from xorviz.panels.lesson.comparison.pictures import caption_of, pictures_of
from xorviz.panels.lesson.pages import words
from xorviz.panels.lesson.pages.ending import Ending
from xorviz.panels.lesson.pages.page import Page, large, quiet
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.forms.sized_label import SizedLabel

INSIGHT = "Why"


class WhyPage(Page):
    """Each prediction beside what happened, the insight, and the way on."""

    exercise_requested = Signal()
    next_requested = Signal()
    left = Signal()

    def __init__(self, course: Course) -> None:
        super().__init__()
        order = words.order(course)
        told = [text for one in course.outcomes for text in (one.text, words.verdict(one))]
        self.spoken = " ".join(filter(None, (*told, order, course.lesson.insight)))
        self._ending: Ending | None = None
        self.fill(
            *(_compared(one) for one in course.outcomes),
            *([plain_label("", order)] if order else []),
            SizedLabel(INSIGHT, is_bold=True),
            large(course.lesson.insight),
        )
        self._lead_on(course)

    def show_next(self, title: str) -> None:
        if self._ending is not None:
            self.primary = self._ending.show_next(title)

    def _lead_on(self, course: Course) -> None:
        if course.lesson.exercise is None:
            self.foot = self._ending = Ending()
            self._ending.next_requested.connect(self.next_requested)
            self._ending.left.connect(self.left)
            return
        ask = self.make_primary("lesson_try", "Try it", "Go on to the exercise (Enter)")
        ask.clicked.connect(self.exercise_requested)


def _compared(outcome: Outcome) -> QWidget:
    """Return a prediction beside what happened."""
    part = QWidget()
    notes = filter(None, (words.verdict(outcome), caption_of(outcome)))
    column(
        part,
        SizedLabel(outcome.prediction.ask, is_bold=True),
        large(outcome.text),
        *pictures_of(outcome),
        *(quiet(note) for note in notes),
        margins=(0, 0, 0, 0),
        gap=6,
    )
    return part
