"""The pages of a lesson, one for each stage, and what was predicted and happened in words."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from xorviz.core import numerals
from xorviz.core.settings import SETTINGS
from xorviz.lab.results.success import percent
from xorviz.lessons.conditions import Evidence, LabSeen, RunSeen
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.predictions import (
    Answer,
    ChoiceAsked,
    DrawingAsked,
    NumberAsked,
    Outcome,
    Prediction,
)
from xorviz.lessons.tasks import LessonStep
from xorviz.panels.lesson.answers import DrawingAnswer, NumberAnswer, OptionsAnswer
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import STRETCH, Part, column, hairline, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import SizedLabel, plain_label
from xorviz.ui.said import announce

ROWS = ("no row is", "one row is", "two rows are", "three rows are", "all four rows are")
"""By their number."""


def predicted(asked: Prediction, answer: Answer) -> str:
    """Return what was asked, with the answer that was locked, in one line."""
    is_drawn = isinstance(asked, DrawingAsked)
    told = "the dashed curve on the panel Loss" if is_drawn else asked.in_words(answer)
    ask = asked.ask.rstrip(".:")
    return f"{ask} {told}" if ask.endswith("?") else f"{ask}: {told}"


def question_of(text: str) -> tuple[str, str]:
    """Return what a text shows, and the questions that it ends with; either may be empty."""
    sentences = re.split(r"(?<=[.?!]) ", text)
    told = len(sentences)
    while told and sentences[told - 1].endswith("?"):
        told -= 1
    return " ".join(sentences[:told]), " ".join(sentences[told:])


def result(seen: Evidence) -> str:
    """Return what a step of a lesson came to: as a sentence."""
    if isinstance(seen, LabSeen):
        of = numerals.counted(seen.right.of, "network")
        return f"{percent(seen.right)}\u00a0% of {of} are correct."
    if seen.correct_since is not None:
        return f"All four rows are correct from step {numerals.whole(seen.correct_since)} on."
    return f"After {numerals.counted(seen.newest, 'step')} {ROWS[seen.rows]} correct."


def order_said(course: Course) -> str:
    """Return whether the predicted order is right; "" where it does not count."""
    is_right = course.is_order_right
    if is_right is None:
        return ""
    return f"The order of the predictions is {'right' if is_right else 'not what happened'}."


def attempt(course: Course, number: int) -> str:
    """Return how an attempt at the exercise, counted from 1, has failed."""
    assert course.lesson.exercise is not None
    seen = course.attempts[number - 1]
    names = course.lesson.exercise.strayed(seen.recipe)
    labels = [SETTINGS[name].label.lower() for name in SETTINGS if name in names]
    changed = ", ".join(labels) or "no setting changed"
    return failure(course, seen, f"Try {number} ({changed})")


def failure(course: Course, seen: Evidence, head: str) -> str:
    """Return what an attempt came to, and what the exercise asks for."""
    came_to = result(seen)
    wanted = "; ".join(one.expected for one in course.missed(seen))
    return f"{head}: {came_to[:1].lower()}{came_to[1:]} Expected: {wanted}."


MARGIN = 12
"""Pixels beside all parts."""
leading = partial(SizedLabel, size=1.15, is_bold=True)
"""Makes the text of a page that is to be read first."""
large = partial(SizedLabel, size=1.1)
quiet = partial(plain_label, "quiet")
"""Makes a note."""


class Wishes(QObject):
    """What the user asks for on the pages of a lesson."""

    led_on = Signal()
    locked = Signal(object)  # tuple[Answer, ...]: one to each prediction
    show_me_requested = Signal()
    next_requested = Signal()
    left = Signal()
    draw_requested = Signal()
    """The keys are to act on the panel Loss."""


class Page(QWidget):
    """A stage of a lesson: texts, and at most one primary button, which Enter presses."""

    answered = Signal()
    """An answer may be another one."""

    def __init__(self, spoken: str = "") -> None:
        """Take what screen readers say when it comes."""
        super().__init__()
        self.spoken = spoken
        self.primary: PushButton | None = None
        self.first: QWidget | None = None
        """What takes the focus, rather than the page as a whole."""
        self.form_at: int | None = None
        """After how many of its parts the fields come; None for a page without."""
        self.foot: PushButton | None = None
        """What stays in sight below it."""

    def fill(self, *parts: Part) -> None:
        """Put parts below each other."""
        self.parts = column(self, *parts, STRETCH, margins=(MARGIN, 4, MARGIN, 4), gap=9)

    def make_primary(
        self, name: str, text: str, tip: str, wish: SignalInstance | Callable[[], object]
    ) -> PushButton:
        """Return the button that leads on."""
        self.primary = self.foot = button(name, text, tip, wish)
        self.primary.make_primary()
        return self.primary

    def make_ending(self, wishes: Wishes, following: str) -> None:
        """Make the button that leads to the lesson of this title; "" for the way out."""
        if following:
            tip = f"Begin “{following}” (Enter)"
            self.make_primary("lesson_next", "Next lesson", tip, wishes.next_requested)
        else:
            self.make_primary("lesson_end", "Close", "Close this window", wishes.left)

    @Slot()
    def go_on(self) -> None:
        """Press the primary button, as Enter does."""
        if self.primary is not None:
            self.primary.click()

    def show_course(self, course: Course) -> None:
        """Show how far the course is; its stage, steps and attempts are those of this page."""

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        """Take what is drawn on the panel Loss."""


def button(
    name: str, text: str, tip: str, wish: SignalInstance | Callable[[], object]
) -> PushButton:
    """Return a button that is explained."""
    made = PushButton(name, text)
    explain(made, text, tip)
    made.clicked.connect(wish)
    return made


def signed(sign: str, text: str, is_bold: bool = False) -> QHBoxLayout:
    """Return a text with a sign before it: ✓ for what is done or came true, ● for an answer."""
    mark = QLabel(sign)
    mark.setObjectName("lesson_sign")
    words = SizedLabel(text, is_bold=is_bold)
    return row(None, (mark, 0), (words, 1), gap=8)


LOCK = "Loc&k my prediction"
DONE, SHOWN = "✓", "The solution is shown: watch it run."
_HELD, _READY = "Lock your prediction to unlock Run.", "Enter or Alt+K locks it and unlocks Run."
_SOLVED = "You have solved the exercise."

AnswerField = NumberAnswer | OptionsAnswer | DrawingAnswer


def play_page(course: Course, wishes: Wishes, _following: str) -> Page:
    """Return what to play with before the question comes."""
    page = Page(course.lesson.play)
    tip = "Continue to the question (Enter)"
    page.first = page.make_primary("lesson_played", "Begin", tip, wishes.led_on)
    page.fill(large(course.lesson.play))
    return page


class PredictPage(Page):
    """The question, a field for each prediction, and what locks them."""

    def __init__(self, course: Course, wishes: Wishes, _following: str) -> None:
        super().__init__()
        self._wishes, lesson = wishes, course.lesson
        self._asked = lesson.predictions
        self.spoken = f"Predict. {lesson.question}"
        self._fields = [
            _field(one, f"prediction_{number}", wishes)
            for number, one in enumerate(self._asked, start=1)
        ]
        for field in self._fields:
            field.changed.connect(self._show_missing)
            field.changed.connect(self.answered)
        self.first = self._fields[0]
        self._missing = quiet()
        self.make_primary("lesson_lock", LOCK, "", self._lock)
        context, question = question_of(lesson.question)
        texts = plain_label("", context), leading(question)
        pairs = zip(self._asked, self._fields, strict=True)
        groups = (_group(SizedLabel(one.ask, is_bold=True), field) for one, field in pairs)
        self.fill(*(text for text in texts if text.text()), *groups, self._missing)
        self._show_missing()

    def show_drawing(self, losses: tuple[float, ...] | None) -> None:
        for field in self._fields:
            if isinstance(field, DrawingAnswer):
                field.show_drawing(losses)

    @Slot()
    def go_on(self) -> None:
        """Lock if all is answered; else go to what is not."""
        missing = next((field for field in self._fields if field.answer is None), None)
        if missing is None:
            self._lock()
        else:
            missing.setFocus()

    @Slot()
    def _lock(self) -> None:
        self._wishes.locked.emit(tuple(field.answer for field in self._fields))

    @Slot()
    def _show_missing(self) -> None:
        assert self.primary is not None
        pairs = zip(self._asked, self._fields, strict=True)
        missing = [one.ask.rstrip(":.?") for one, field in pairs if field.answer is None]
        self.primary.setEnabled(not missing)
        names = f"Not answered yet: {'; '.join(missing)}."
        explain(self.primary, LOCK, names if missing else _READY)
        count = numerals.counted(len(missing), "prediction")
        verb = "is" if len(missing) == 1 else "are"
        self._missing.setText(f"{count} {verb} missing. {_HELD}" if missing else _READY)


class TaskPage(Page):
    """A page on which something is trained, with how far a run is: nothing moves meanwhile."""

    def __init__(
        self, task: LessonStep, spoken: str, above: Sequence[Part], below: Sequence[Part]
    ) -> None:
        """Take parts above the fields and the progress, and below."""
        super().__init__(spoken)
        self._limit = task.limit
        self._bar = QProgressBar()
        self._bar.setObjectName("lesson_progress")
        self._bar.setAccessibleName("Progress of the run")
        self._bar.setRange(0, task.limit)
        self._repeated = plain_label("")
        self._repeated.hide()
        self.form_at = len(above)
        bars = [self._bar] if task.lab is None else []
        self.fill(*above, *bars, self._repeated, *below)

    def show_course(self, course: Course) -> None:
        if course.is_repeated == self._repeated.isHidden():
            seen = course.now if course.is_repeated else None
            told = failure(course, seen, "As before") if seen is not None else ""
            self._repeated.setText(told)
            self._repeated.setVisible(bool(told))
            announce(self, told)
        step = course.now.newest if isinstance(course.now, RunSeen) else 0
        self._bar.setValue(step)
        self._bar.setFormat(f"{numerals.whole(step)} of {numerals.whole(self._limit)}")


def do_page(course: Course, _wishes: Wishes, _following: str) -> Page:
    """Return the step to do now, those that are over with their results, and the predictions."""
    task, steps = course.task, course.lesson.steps
    assert task is not None
    over = [f"{step.do} {result(seen)}" for step, seen in zip(steps, course.seen, strict=False)]
    count = f"Step {len(over) + 1} of {len(steps)}"
    last = result(course.seen[-1]) if over else "Locked."
    pairs = zip(course.lesson.predictions, course.answers, strict=True)
    told = "\n".join(("You predicted", *(predicted(asked, answer) for asked, answer in pairs)))
    above = [*([SizedLabel(count, is_bold=True)] if len(steps) > 1 else []), leading(task.do)]
    below: list[Part] = [hairline(), *(signed(DONE, text) for text in over), quiet(told)]
    return TaskPage(task, f"{last} {count}. {task.do}", above, below)


def exercise_page(course: Course, wishes: Wishes, _following: str) -> Page:
    """Return what to try, what came of each attempt, and after two the solution."""
    task = course.lesson.exercise
    assert task is not None
    tried = [attempt(course, number) for number in range(1, course.tries + 1)]
    told = SHOWN if course.is_shown else tried[-1] if tried else "Try it."
    below = [*(plain_label("", text) for text in tried), *([large(SHOWN)] * course.is_shown)]
    spoken = f"{told} {task.do if not tried else ''}".rstrip()
    page = TaskPage(task, spoken, [leading(task.do)], below)
    if course.may_show and not course.is_shown:
        tip = "See a solution run"
        page.foot = button("lesson_show_me", "Show me", tip, wishes.show_me_requested)
    return page


def why_page(course: Course, wishes: Wishes, following: str) -> Page:
    """Return each prediction beside what happened, the insight, and the way on."""
    order, insight = order_said(course), course.lesson.insight
    told = [text for one in course.outcomes for text in (one.text, one.verdict)]
    page = Page(" ".join(filter(None, (*told, order, insight))))
    page.fill(
        *(_compared(one) for one in course.outcomes),
        *([plain_label("", order)] if order else []),
        _group(SizedLabel("Why", is_bold=True), large(insight)),
    )
    if course.lesson.exercise is None:
        page.make_ending(wishes, following)
    else:
        tip = "Continue to the exercise (Enter)"
        page.make_primary("lesson_try", "Try it", tip, wishes.led_on)
    return page


def done_page(course: Course, wishes: Wishes, following: str) -> Page:
    """Return that the lesson is done, and what was done."""
    solved = "The solution of the exercise was shown." if course.is_shown else _SOLVED
    solved = "" if course.lesson.exercise is None else solved
    page = Page(f"Lesson done. {solved}".rstrip())
    said = [quiet(outcome.text) for outcome in course.outcomes]
    ended = [plain_label("", solved)] if solved else []
    coming = [plain_label("", f"Next: {following}")] if following else []
    head = signed(DONE, "Lesson done", is_bold=True)
    page.fill(head, *ended, large(course.lesson.insight), *said, *coming)
    page.make_ending(wishes, following)
    return page


PAGES: Mapping[Stage, Callable[[Course, Wishes, str], Page]] = {
    Stage.PLAY: play_page,
    Stage.PREDICT: PredictPage,
    Stage.DO: do_page,
    Stage.WHY: why_page,
    Stage.EXERCISE: exercise_page,
    Stage.DONE: done_page,
}
"""Each makes a page for a course, with the title of the lesson that follows it."""


def _field(asked: Prediction, name: str, wishes: Wishes) -> AnswerField:
    """Return where a prediction is made."""
    if isinstance(asked, NumberAsked):
        return NumberAnswer(asked, name)
    if isinstance(asked, ChoiceAsked):
        return OptionsAnswer(asked, name)
    return DrawingAnswer(asked, name, wishes.draw_requested)


def _compared(outcome: Outcome) -> QWidget:
    """Return a prediction beside what happened."""
    sign, asked = DONE if outcome.is_right else "✗", outcome.prediction
    heading, drawn = SizedLabel(asked.ask, is_bold=True), isinstance(asked, DrawingAsked)
    where = [quiet("The panel Loss shows your curve, dashed, and the real one.")] if drawn else []
    return _group(heading, signed(sign, outcome.text), quiet(outcome.verdict), *where)


def _group(*parts: Part) -> QWidget:
    """Return a heading and what belongs to it, with space above."""
    whole = QWidget()
    column(whole, *parts, margins=(0, 3, 0, 0), gap=5)
    return whole
