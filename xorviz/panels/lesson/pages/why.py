"""The page with predictions beside what happened, and why."""

from collections.abc import Iterator, Sequence

from PySide6.QtWidgets import QWidget

from xorviz.lessons.course import Course
from xorviz.lessons.judging import Outcome
from xorviz.panels.lesson.comparison.pictures import caption_of, pictures_of
from xorviz.panels.lesson.pages import words
from xorviz.panels.lesson.pages.ending import Ending, EndPage
from xorviz.panels.lesson.pages.page import Wishes, large, quiet
from xorviz.ui.forms.boxes import Part, column
from xorviz.ui.forms.scrolled import SizedLabel, plain_label

INSIGHT = "Why"


class WhyPage(EndPage):
    """Each prediction beside what happened, the insight, and the way on."""

    def __init__(self, course: Course, wishes: Wishes) -> None:
        super().__init__()
        order = words.order(course)
        told = [text for one in course.outcomes for text in (one.text, words.verdict(one))]
        self.spoken = " ".join(filter(None, (*told, order, course.lesson.insight)))
        self.fill(
            *_compared(course.outcomes),
            *([plain_label("", order)] if order else []),
            _group(SizedLabel(INSIGHT, is_bold=True), large(course.lesson.insight)),
        )
        if course.lesson.exercise is None:
            self.foot = Ending(wishes)
        else:
            tip = "Go on to the exercise (Enter)"
            self.make_primary("lesson_try", "Try it", tip, wishes.exercise_requested)


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
