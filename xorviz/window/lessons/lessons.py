"""Leads the user through a lesson: moves its course, and shows it in the bar."""

from itertools import pairwise

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core import numerals
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.evidence import Evidence
from xorviz.lessons.lesson import LOCKED, Answer, ControlRules
from xorviz.lessons.library import NamedLesson, bundled
from xorviz.window.document.document import Document
from xorviz.window.document.settings import Settings
from xorviz.window.lessons.lesson_bar import LessonBar
from xorviz.window.lessons.lesson_desk import LessonDesk
from xorviz.window.lessons.lesson_frame import LessonFrame, control_of

WRONG_WORD = "This is not the word. Nothing is unlocked."


class Lessons(QObject):
    """One lesson at a time: begun, moved on by what the user does and what is seen, and left.

    It is left with everything that brings the user's own project back.
    """

    noticed = Signal(str)
    opened = Signal(bool)
    """Whether there is a lesson to leave."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        bar: LessonBar,
        desk: LessonDesk,
        frame: LessonFrame,
    ) -> None:
        super().__init__(document)
        self._document, self._settings = document, settings
        self._bar, self._desk, self._frame = bar, desk, frame
        self._named: NamedLesson | None = None
        self._course: Course | None = None
        wishes = bar.view.wishes
        wishes.played.connect(lambda: self._go(self._now.played()))
        wishes.locked.connect(self._lock)
        wishes.exercise_requested.connect(lambda: self._go(self._now.asked()))
        wishes.show_me_requested.connect(self._show_me)
        wishes.restore_requested.connect(self._restore)
        wishes.draw_requested.connect(desk.drawing.use_keys)
        wishes.left.connect(self.leave)
        wishes.unlock_requested.connect(self._unlock)
        wishes.next_requested.connect(self._begin_next)
        desk.seen.connect(self._note_evidence)
        desk.changed.connect(self._refresh)
        desk.prepared.connect(self._ask)
        desk.drawing.drawn.connect(bar.view.show_drawing)
        document.brought_back.connect(self._end)

    @property
    def _now(self) -> Course:
        """The course of the lesson that is open."""
        assert self._course is not None
        return self._course

    def begin(self, named: NamedLesson) -> None:
        """Begin a lesson, in place of the own project or of another lesson."""
        self._desk.set_aside()
        self._limit(ControlRules())
        self._named, self._course = named, Course.of(named.lesson)
        self._bar.view.begin()
        following = self._next
        self._bar.view.show_next("" if following is None else following.lesson.title)
        self._bar.open()
        self.opened.emit(True)
        self._enter()
        self._show()
        self._bar.view.setFocus()

    @Slot()
    def refit(self) -> None:
        """Fit bar and frame to the window, whose size or text has changed."""
        self._bar.fit()
        self._frame.refresh()

    @Slot()
    def show_again(self) -> None:
        """Bring to sight what the lesson speaks of, now that other panels are shown."""
        if self._course is not None:
            self._desk.drawing.show_again()
            self._frame.show_again()

    @Slot()
    def leave(self) -> None:
        """Bring the own project back."""
        self._document.bring_back()

    @Slot()
    def _end(self) -> None:
        """Close the lesson, now that the own project is back."""
        if self._course is None:
            return
        self._named = self._course = None
        self._frame.show("")
        self._bar.close()  # first, so that the layouts have their room again
        self._desk.bring_back()
        self.opened.emit(False)
        at = numerals.whole(self._document.project.step)
        self.noticed.emit(f"Your own work is back, at step {at}.")

    def _go(self, course: Course) -> None:
        """Take the next state of the course, and open what is new in it."""
        before, self._course = self._now, course
        is_new = (course.stage, len(course.seen)) != (before.stage, len(before.seen))
        if is_new:
            self._enter()
        elif course.tries != before.tries:
            self._desk.pause()
        self._show()
        if is_new:
            self._bar.view.setFocus()

    def _enter(self) -> None:
        """Open what a stage, or a step of the lesson, begins with."""
        course, desk = self._now, self._desk
        if course.stage not in {Stage.PLAY, Stage.PREDICT}:
            desk.pause()
        if course.stage is Stage.PLAY:
            desk.play(course.lesson.title)
        elif course.stage is Stage.PREDICT:
            desk.prepare(course.lesson)
            self._limit(course.lesson.controls)
        elif course.task is not None:
            desk.begin(course.task, course.lesson, afresh=course.stage is Stage.EXERCISE)
        elif (course.stage is Stage.DONE or course.lesson.exercise is None) and self._named:
            done = {*self._settings.lessons_done(), self._named.key}
            self._settings.set_lessons_done(done - {""})

    def _show(self) -> None:
        assert self._named is not None
        self._bar.view.show_course(self._now, self._named.place)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Show what is not as the lesson asks, and frame the control to use now."""
        if self._course is None:
            return
        self._bar.view.show_strayed(self._desk.strayed(self._course))
        task = self._course.task
        if task is None or self._desk.is_training:
            self._frame.show("")
        else:
            self._frame.show(control_of(self._course, self._desk.recipe(task)))

    @Slot()
    def _ask(self) -> None:
        """Have the prediction made, now that what is seen before it is trained."""
        self._desk.drawing.begin(self._now.lesson.predictions)
        self._bar.view.setFocus()
        self._refresh()

    @Slot(object)
    def _lock(self, answers: tuple[tuple[Answer, ...], ...]) -> None:
        self._desk.free()
        self._go(self._now.locked(answers))

    @Slot(object)
    def _note_evidence(self, evidence: Evidence) -> None:
        if self._course is None:
            return
        task = self._course.task
        if task is not None and task.lab is None and self._desk.runs.renew(task.limit):
            return
        course = self._course.seeing(evidence)
        if course is self._course:
            self._refresh()
        else:
            self._go(course)

    @Slot()
    def _show_me(self) -> None:
        task = self._now.task
        if task is not None and self._now.may_show:
            self._go(self._now.shown())
            self._desk.show_me(task)

    @Slot()
    def _restore(self) -> None:
        """Set back what is not as the lesson asks."""
        course = self._now
        if course.stage is Stage.PREDICT:
            self._desk.prepare(course.lesson)
        elif course.task is not None:
            self._desk.begin(course.task, course.lesson, afresh=True)
        self._refresh()

    @property
    def _next(self) -> NamedLesson | None:
        """The lesson after this one, of those that come with the program."""
        return next((then for now, then in pairwise(bundled()) if now is self._named), None)

    @Slot()
    def _begin_next(self) -> None:
        if (following := self._next) is not None:
            self.begin(following)

    def _limit(self, rules: ControlRules) -> None:
        """Let only the settings that the lesson shows be changed, until its word is said."""
        self._desk.limit(rules)
        self._bar.view.show_unlocking(rules.others == LOCKED, "")

    @Slot(str)
    def _unlock(self, word: str) -> None:
        """Let all settings be changed, if the word is right."""
        if word.strip().casefold() == self._now.lesson.controls.word.strip().casefold():
            self._limit(ControlRules())
        else:
            self._bar.view.show_unlocking(True, WRONG_WORD)
