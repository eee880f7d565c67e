"""The page with predictions beside what happened, and why."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from xorviz.lessons.course import Course
from xorviz.lessons.judging import Outcome
from xorviz.panels.lesson.comparison.pictures import caption_of, pictures_of
from xorviz.panels.lesson.pages import words
from xorviz.panels.lesson.pages.ending import Ending
from xorviz.panels.lesson.pages.page import Page, large, quiet
from xorviz.ui.forms.boxes import Part, column
from xorviz.ui.forms.scrolled import SizedLabel, plain_label

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
            *_compared(course.outcomes),
            *([plain_label("", order)] if order else []),
            _group(SizedLabel(INSIGHT, is_bold=True), large(course.lesson.insight)),
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


def _compared(outcomes: Sequence[Outcome]) -> Iterator[QWidget]:
    """Yield each prediction beside what happened; what the signs mean is said once."""
    said: set[str] = set()
    for one in outcomes:
        notes = words.verdict(one), caption_of(one)
        yield _group(
            SizedLabel(one.prediction.ask, is_bold=True),
            large(one.text),
            *pictures_of(one),
            *(quiet(note) for note in notes if note and note not in said),
        )
        said.add(caption_of(one))


def _group(*parts: Part) -> QWidget:
    """Return a heading and what belongs to it, with space above."""
    whole = QWidget()
    column(whole, *parts, margins=(0, 3, 0, 0), gap=5)
    return whole
