"""Leads through a lesson: what its stages need, and its course by what is done and seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction

from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.recipe_text import own_settings
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.engine.session import TrainingSession, in_turn
from xorviz.files import assets
from xorviz.lab.plan import LabPlan
from xorviz.lessons.conditions import ONE, WEIGHTS, Evidence, LabSeen, RunSeen, changed_in
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.lesson import MAX, PANELS, Lesson
from xorviz.lessons.predictions import Answer, DrawingAsked
from xorviz.lessons.tasks import Exercise, LessonStep
from xorviz.panels.lab.lab_seeds import LabSeeds
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.lesson.lesson_view import LessonView
from xorviz.ui.keys import allow
from xorviz.window.document.document import Document
from xorviz.window.layout.tree import SlotColumn, TabSlot, Tree

_SHARES = {"truth_table": 0.6, "runs": 0.4}
"""Heights in relation to that of other panels."""
LOSS, SEEDS, RUNS = "loss_plot", "lab_seeds", "runs"
"""Names of panels."""


def panels_of(lesson: Lesson) -> tuple[str, ...]:
    """Return the names of the panels that a lesson needs, the most important first."""
    names = lesson.setup.panels or PANELS[lesson.setup.workspace]
    if any(isinstance(one, DrawingAsked) for one in lesson.predictions):
        names = (LOSS, *names)
    if any(step.lab is not None for step in lesson.steps):
        names = (SEEDS, *names)
    if lesson.setup.pinned is not None:
        names = (*names, RUNS)
    return tuple(dict.fromkeys(names))


def tree_of(names: Sequence[str]) -> Tree:
    """Return a layout of panels: two below each other, or more in two columns."""
    half = len(names) if len(names) < 3 else len(names) // 2
    columns = (names[:half], names[half:])
    return Tree(
        tuple(
            SlotColumn(tuple(TabSlot((name,), _SHARES.get(name, 1.0)) for name in column))
            for column in columns
            if column
        )
    )


def actions_of(course: Course) -> frozenset[str]:
    """Return the names of the actions that the present stage has buttons for."""
    task = course.task
    if course.stage is Stage.PLAY:
        return frozenset({"run", "reset", "new_weights"})
    if task is None:
        has_run = bool(course.seen) and isinstance(course.seen[-1], RunSeen)
        return frozenset({"keep"} if has_run else ())
    if task.lab is not None:
        return frozenset({"lab_run"})
    if isinstance(task, Exercise):
        return frozenset({"run", "reset"} | ({"new_weights"} if "seed" in free_in(task) else set()))
    return frozenset({"run", task.control})


def settings_of(course: Course) -> tuple[str, ...]:
    """Return the names of the settings that the present stage has fields for."""
    task = course.task
    if task is None:
        return ()
    if isinstance(task, Exercise):
        return tuple(name for name in SETTINGS if name in free_in(task))
    return (task.control,) if task.control in SETTINGS else ()


def free_in(exercise: Exercise) -> set[str]:
    """Return what may be changed in an exercise: settings, and WEIGHTS for weights set by hand.

    Where any single setting may, those are offered that are used most.
    """
    names = {exercise.control} | exercise.strayed(exercise.show_me)
    for condition in exercise.until:
        if condition.setting_changed == ONE:
            names |= {name for name, row in SETTINGS.items() if not row.is_advanced} | {WEIGHTS}
        else:
            names |= set(condition.setting_changed or ())
    return names - {"seed"} if exercise.lab is not None else names


def start_of(task: LessonStep, now: RunConfig) -> RunConfig:
    """Return the recipe that a step or the exercise begins with.

    A setting that is the control of a step stays as it is: the user changes it.
    """
    if isinstance(task, Exercise) or task.control not in SETTINGS:
        return task.recipe
    return replace(task.recipe, **{task.control: getattr(now, task.control)})


LOCKED = "Lock your prediction to unlock Run."


class Guide(QObject):
    """Owns the course of the lesson, and what its stages open: runs, the lab and a drawing."""

    done = Signal()
    shown = Signal()
    """Another stage, or step, is shown, or something new is in the lab."""
    failed = Signal(str)

    def __init__(
        self,
        lesson: Lesson,
        view: LessonView,
        session: TrainingSession,
        document: Document,
        actions: dict[str, QAction],
        plot: LossPlot | None,
        seeds: LabSeeds | None,
    ) -> None:
        """Take the parts of the lesson's window; plot and seeds where the lesson needs them."""
        super().__init__(document)
        self._view, self._session, self._document = view, session, document
        self._actions, self._plot, self._seeds = actions, plot, seeds
        self.course = Course.of(lesson)
        self.waiting: list[RunConfig] = []
        """The recipes of the setup that are still to be trained, the first of them now."""
        self._lab_recipe = lesson.setup.recipe
        self.lab: LabRunner | None = None
        """Trains the networks that a step asks for."""
        self.has_lab_begun = False
        wishes = view.wishes
        wishes.led_on.connect(lambda: self._go(self.course.led_on()))
        wishes.locked.connect(self._lock)
        wishes.show_me_requested.connect(self._show_me)
        view.config_chosen.connect(self._choose)
        session.snapshot_arrived.connect(self._note_snapshot)
        session.activity_changed.connect(self._refresh)
        if seeds is not None:
            seeds.resting = ""  # no network can be opened here
            self.lab = LabRunner(self, kernel=session.preparation.kernel)
            self.lab.progressed.connect(self._note_progress)
            for follow in (self._refresh, self.shown):
                self.lab.changed.connect(follow)
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

    # The course.

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
            self._open(assets.quick_start().config)
        elif course.stage is Stage.PREDICT:
            setup = lesson.setup
            self.waiting = [*([setup.pinned] if setup.pinned else []), setup.recipe]
            self._prepare()
        elif task is not None and task.lab is not None:
            self._lab_recipe = start_of(task, self._lab_recipe)
        elif task is not None:
            self._begin(task)
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
        self._view.show_config(self._lab_recipe if is_of_lab else self._run.recipe_now)
        reason, locked = self._reason(task), course.stage is Stage.PREDICT
        for name in ("run", "step", "lab_run", "new_weights", "reset"):
            why_not = reason if name in needed else "Not now"
            allow(self._actions[name], LOCKED if locked else why_not)
        allow(self._actions["keep"], "" if self._run.newest else "Nothing is trained yet")
        can_run = task is not None and not reason and not self._session.activity.is_training
        self._view.show_primary("" if not can_run else "lab_run" if is_of_lab else "run")

    def _reason(self, task: LessonStep | None) -> str:
        """Return why nothing can be trained now; "" if it can."""
        if self.lab is not None and self.lab.orders:
            return "The lab is training"
        if task is None or isinstance(task, Exercise) or task.control not in SETTINGS:
            return ""
        now = self._lab_recipe if task.lab is not None else self._run.recipe_now
        name, row = task.control, SETTINGS[task.control]
        wanted = getattr(task.recipe, name)
        return "" if getattr(now, name) == wanted else f"First set {row.label}: {row.shown(wanted)}"

    @Slot(object)
    def _choose(self, config: RunConfig) -> None:
        """Take the settings of the fields: another run from its first step, or another recipe."""
        task = self.course.task
        if task is not None and task.lab is not None:
            self._lab_recipe = config
        else:
            self._session.pause()
            self._document.restart(config)
        self._refresh()

    @Slot(object)
    def _lock(self, answers: tuple[Answer, ...]) -> None:
        self.waiting.clear()
        if self._plot is not None:
            self._plot.end_drawing()
        self._go(self.course.locked(answers))

    def _note(self, evidence: Evidence) -> None:
        self._go(self.course.seeing(evidence))

    @Slot()
    def _show_me(self) -> None:
        task = self.course.task
        if not isinstance(task, Exercise) or not self.course.may_show:
            return
        self._go(self.course.shown())
        if task.lab is not None:
            self._lab_recipe = task.show_me
            self.run_lab()
        else:
            self._document.open_anew(task.show_me, "solution")
            self._session.play()

    # Its runs.

    @property
    def _run(self) -> RunSeen:
        """The current run as far as it was trained."""
        return RunSeen(self._document.project.record)

    def _open(self, config: RunConfig, pinned: tuple[PinnedRun, ...] = ()) -> None:
        """Open an untrained run in place of all others but these."""
        self._document.put(Project(Record(config), 0, pinned=pinned))

    def _prepare(self, pinned: tuple[PinnedRun, ...] = ()) -> None:
        """Train the first of the recipes that wait, in place of all runs but these."""
        self._open(self.waiting[0], pinned)
        if step := self.course.lesson.setup.step:
            self._session.step(step)

    @in_turn
    def _begin(self, task: LessonStep) -> None:
        """Open the run that a step begins with, unless it is the current one; pin that otherwise.

        It stops where the step is over.
        """
        now, start, is_try = self._run, start_of(task, self._run.recipe), isinstance(task, Exercise)
        if now.newest and (is_try or now.recipe != task.recipe):
            record, step = self._document.project.record, self._document.project.step
            self._document.keep(record, step, own_settings(now.recipe, task.recipe))
        if is_try or changed_in(now, start):
            self._document.open_anew(start, "lesson")
        self._session.rules = StopRules(at_step=task.limit)

    @Slot(object)
    def _note_snapshot(self, snapshot: Snapshot) -> None:
        is_ended = snapshot.halt is not None and snapshot.halt.is_end
        if not self.waiting:
            self._note(RunSeen(snapshot.record, is_ended))
        elif is_ended or snapshot.record.newest >= self.course.lesson.setup.step:
            done = self.waiting.pop(0)
            if not self.waiting:
                self._begin_drawing()
                return
            project = Project(snapshot.record, snapshot.step)
            name = own_settings(done, *self.waiting)
            self._prepare(project.pinning(snapshot.record, snapshot.step, name).pinned)

    def _begin_drawing(self) -> None:
        """Have the loss drawn, if that is asked, now that what comes before it is trained."""
        asked = (one for one in self.course.lesson.predictions if isinstance(one, DrawingAsked))
        drawing = next(asked, None)
        if self._plot is not None and drawing is not None and self.course.stage is Stage.PREDICT:
            self._plot.begin_drawing(drawing.last_step, drawing.lowest, drawing.highest)

    # Its lab.

    @Slot()
    def run_lab(self) -> None:
        """Train what the step, or the exercise, asks for."""
        task = self.course.task
        if task is None or task.lab is None or self.lab is None or self._seeds is None:
            return
        self.has_lab_begun = True
        self._seeds.show_ordered(True)
        plan = LabPlan((self._lab_recipe,), range(task.lab.seeds), task.lab.steps, NEVER)
        self.lab.train(Order("lesson", plan))

    @Slot(object)
    def _note_progress(self, progress: Progress) -> None:
        assert self._seeds is not None
        snapshot = progress.snapshot
        self._seeds.show_snapshot(snapshot)
        if progress.trouble:
            self.failed.emit(progress.trouble)
        summary = snapshot.summary() if progress.is_over and snapshot.done.all() else None
        if summary is not None:
            plan = snapshot.plan
            self._note(LabSeen(plan.recipes[0], tuple(plan.seeds), plan.steps, summary.right))
