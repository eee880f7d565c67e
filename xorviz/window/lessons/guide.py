"""Leads through a lesson: moves its course by what the user does, and what is seen."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction

from xorviz.core.runs.stopping import NEVER
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.lessons.conditions import WEIGHTS
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.evidence import Evidence
from xorviz.lessons.lesson import MAX, Answer, DrawingAsked, Exercise, Lesson, LessonStep
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.lesson.lesson_view import LessonView
from xorviz.ui.keys import allow
from xorviz.window.document.document import Document
from xorviz.window.lessons.lesson_runs import LessonLab, LessonRuns, start_of
from xorviz.window.lessons.needs import actions_of, free_in, settings_of

LOCKED = "Lock your prediction to unlock Run."


class Guide(QObject):
    """Owns the course of the lesson, and what its stages open: runs, the lab and a drawing."""

    done = Signal()
    shown = Signal()
    """Another stage, or step, is shown."""

    def __init__(
        self,
        lesson: Lesson,
        view: LessonView,
        session: TrainingSession,
        document: Document,
        actions: dict[str, QAction],
        plot: LossPlot | None,
        lab: LessonLab | None,
    ) -> None:
        """Take the parts of the lesson's window; plot and lab where the lesson needs them."""
        super().__init__(document)
        self._view, self._session, self._document = view, session, document
        self._actions, self._plot, self._lab = actions, plot, lab
        self.course = Course.of(lesson)
        self.runs = LessonRuns(session, document)
        self._lab_recipe = lesson.setup.recipe
        wishes = view.wishes
        wishes.played.connect(lambda: self._go(self.course.played()))
        wishes.locked.connect(self._lock)
        wishes.exercise_requested.connect(lambda: self._go(self.course.asked()))
        wishes.show_me_requested.connect(self._show_me)
        view.config_chosen.connect(self._choose)
        self.runs.seen.connect(self._note_evidence)
        self.runs.prepared.connect(self._begin_drawing)
        session.activity_changed.connect(self._refresh)
        if lab is not None:
            lab.seen.connect(self._note_evidence)
            lab.runner.changed.connect(self._refresh)
        if plot is not None:
            plot.drawn.connect(lambda curve: view.show_drawing(curve.even()))
        self._enter()

    def is_free(self, name: str) -> bool:
        """Return whether a setting, or WEIGHTS, may be changed on a panel now."""
        task = self.course.task
        is_tried = isinstance(task, Exercise) and name in free_in(task)
        return self.course.stage is Stage.PLAY or is_tried

    def with_weights(self, do: Callable[..., object]) -> Callable[..., object]:
        """Return what does something with a weight where the stage allows it."""
        return lambda *asked: self.is_free(WEIGHTS) and do(*asked)

    @Slot(object)
    def choose_targets(self, targets: tuple[int, ...]) -> None:
        if self.is_free("targets"):
            config = replace(self._session.config, targets=targets)
            self._document.change_settings(config, "targets")

    @Slot()
    def run_lab(self) -> None:
        """Train what the step, or the exercise, asks for."""
        task = self.course.task
        if self._lab is not None and task is not None and task.lab is not None:
            self._lab.run(self._lab_recipe, task.lab)

    def _go(self, course: Course) -> None:
        """Show what has changed, and open what a new stage, or a step of the lesson, needs."""
        before, self.course = self.course, course
        if (course.stage, len(course.seen)) != (before.stage, len(before.seen)):
            self._enter()
            self._view.setFocus()
        elif course.tries != before.tries:
            self._session.pause()
        self._refresh()

    def _enter(self) -> None:
        """Open what a stage, or a step of the lesson, begins with."""
        course, lesson, task = self.course, self.course.lesson, self.course.task
        speed = lesson.setup.speed
        self._session.pause()
        self._session.set_speed(None if speed == MAX else float(speed))
        if course.stage is Stage.PLAY:
            self._session.rules = NEVER
            self.runs.open(assets.quick_start().config)
        elif course.stage is Stage.PREDICT:
            self.runs.prepare(lesson.setup)
        elif task is not None and task.lab is not None:
            self._lab_recipe = start_of(task, self._lab_recipe)
        elif task is not None:
            self.runs.begin(task)
        elif course.stage is Stage.DONE or lesson.exercise is None:
            self.done.emit()
        self._refresh()
        self.shown.emit()

    @Slot()
    def _refresh(self) -> None:
        """Show how far the course is, and allow what may be pressed now."""
        course, task, needed = self.course, self.course.task, actions_of(self.course)
        self._view.show_course(course, needed, settings_of(course))
        is_of_lab = task is not None and task.lab is not None
        self._view.show_config(self._lab_recipe if is_of_lab else self.runs.now.recipe_now)
        reason, locked = self._reason(task), course.stage is Stage.PREDICT
        for name in ("run", "step", "lab_run", "new_weights", "reset"):
            allow(
                self._actions[name], LOCKED if locked else reason if name in needed else "Not now"
            )
        allow(self._actions["keep"], "" if self.runs.now.newest else "Nothing is trained yet")
        can_run = task is not None and not reason and not self._session.activity.is_training
        self._view.show_primary("" if not can_run else "lab_run" if is_of_lab else "run")

    def _reason(self, task: LessonStep | None) -> str:
        """Return why nothing can be trained now; "" if it can."""
        if self._lab is not None and self._lab.is_training:
            return "The lab is training"
        if task is None or isinstance(task, Exercise) or task.control not in SETTINGS:
            return ""
        now = self._lab_recipe if task.lab is not None else self.runs.now.recipe_now
        name, row = task.control, SETTINGS[task.control]
        wanted = getattr(task.recipe, name)
        return "" if getattr(now, name) == wanted else f"First set {row.label}: {row.shown(wanted)}"

    @Slot(object)
    def _choose(self, config: RunConfig) -> None:
        """Take the settings of the fields: another run from its first step, or another recipe."""
        task = self.course.task
        if task is not None and task.lab is not None:
            self._lab_recipe = config
            self._refresh()
        else:
            self._session.pause()
            self._document.restart(config)

    @Slot()
    def _begin_drawing(self) -> None:
        """Have the loss drawn, if that is asked, now that what comes before it is trained."""
        asked = (one for one in self.course.lesson.predictions if isinstance(one, DrawingAsked))
        drawing = next(asked, None)
        if self._plot is not None and drawing is not None and self.course.stage is Stage.PREDICT:
            self._plot.begin_drawing(drawing.last_step, drawing.lowest, drawing.highest)

    @Slot(object)
    def _lock(self, answers: tuple[Answer, ...]) -> None:
        self.runs.stop()
        if self._plot is not None:
            self._plot.end_drawing()
        self._go(self.course.locked(answers))

    @Slot(object)
    def _note_evidence(self, evidence: Evidence) -> None:
        self._go(self.course.seeing(evidence))

    @Slot()
    def _show_me(self) -> None:
        task = self.course.task
        if not isinstance(task, Exercise) or not self.course.may_show:
            return
        self._go(self.course.shown())
        if task.lab is not None and self._lab is not None:
            self._lab_recipe = task.show_me
            self._lab.run(task.show_me, task.lab)
        else:
            self._document.open_anew(task.show_me, "solution")
            self._session.play()
