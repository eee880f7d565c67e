"""The page on which a prediction is made, and the one before it, for free play."""

from PySide6.QtCore import Slot

from xorviz.core import numerals
from xorviz.lessons.course import Course
from xorviz.panels.lesson.answers.part import AnswerPart
from xorviz.panels.lesson.pages import words
from xorviz.panels.lesson.pages.page import Page, Wishes, large, leading
from xorviz.panels.lesson.pages.strayed import RecipePage
from xorviz.ui.forms.fields import SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label

LOCK = "Loc&k my prediction"
_HELD = "Run is locked until then."
_READY = "Enter or Alt+K locks it. Then Run is free."
_CLASS = (
    "Count the answers of a class by keys, for each prediction. They are shown as dots beside what "
    "happened."
)


class PlayPage(Page):
    """What to play with before the question comes."""

    def __init__(self, course: Course, wishes: Wishes) -> None:
        super().__init__()
        self.spoken = course.lesson.play
        self.make_primary("lesson_played", "Begin", "Go on to the question (Enter)", wishes.played)
        self.fill(large(course.lesson.play))


class PredictPage(RecipePage):
    """The question, a field or a tally for each prediction, and what locks them."""

    def __init__(self, course: Course, wishes: Wishes) -> None:
        super().__init__(wishes)
        self._wishes = wishes
        lesson = course.lesson
        self.spoken = f"Predict. {lesson.question}"
        asked = enumerate(lesson.predictions, start=1)
        self._parts = [AnswerPart(one, number, wishes.draw_requested) for number, one in asked]
        for part in self._parts:
            part.changed.connect(self._show_missing)
            part.changed.connect(self.answered)
        self.first = self._parts[0]
        self._class = SwitchField("lesson_class", "Count a class")
        explain(self._class, "Count a class", _CLASS)
        self._class.toggled.connect(self._count)
        self._missing = plain_label("quiet")
        self.make_primary("lesson_lock", LOCK, "", self._lock)
        context, question = words.split(lesson.question)
        texts = plain_label("", context), leading(question)
        above = (text for text in texts if text.text())
        self.fill(*above, *self._parts, self._class, self.strayed, self._missing)
        self._show_missing()

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        for part in self._parts:
            part.show_drawing(losses)

    @Slot()
    def go_on(self) -> None:
        """Lock if all is answered; else go to what is not."""
        unanswered = [part for part in self._parts if not part.answers]
        if not unanswered:
            self._lock()
        else:
            unanswered[0].setFocus()

    @Slot()
    def _lock(self) -> None:
        self._wishes.locked.emit(tuple(part.answers for part in self._parts))

    @Slot(bool)
    def _count(self, is_counting: bool) -> None:
        for part in self._parts:
            part.count(is_counting)
        self._parts[0].setFocus()
        self._show_missing()

    @Slot()
    def _show_missing(self) -> None:
        assert self.primary is not None
        missing = [part.asked.ask.rstrip(":.?") for part in self._parts if not part.answers]
        self.primary.setEnabled(not missing)
        names = f"Not answered yet: {'; '.join(missing)}."
        explain(self.primary, LOCK, names if missing else _READY)
        count, verb = (
            numerals.counted(len(missing), "prediction"),
            "is" if len(missing) == 1 else "are",
        )
        self._missing.setText(f"{count} {verb} missing. {_HELD}" if missing else _READY)
