"""What a lesson puts in the window in place of the user's own work, which comes back after it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.lesson import FREE, HIDDEN, ControlRules, Lesson, LessonStep
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.registry import Workspace
from xorviz.panels.settings.controls import Controls
from xorviz.window.docks.docks import Docks
from xorviz.window.docks.view_set import ViewSet
from xorviz.window.document.document import Document
from xorviz.window.document.settings import Settings
from xorviz.window.lab.lab_controller import LabController
from xorviz.window.lessons.lesson_drawing import LessonDrawing
from xorviz.window.lessons.lesson_lab import LessonLab
from xorviz.window.lessons.lesson_runs import LessonRuns

HELD = "Lock your prediction to unlock Run. Leave lesson, in the menu Lessons, unlocks it, too."


@dataclass(frozen=True, slots=True)
class _OwnChoices:
    """What the user has chosen in the window. A value."""

    speed: float | None
    rules: StopRules
    options: tuple[bool, ...]
    """Which options of panels are on."""


class LessonDesk(QObject):
    """Opens runs, the lab, a workspace and a drawing for the stages of a lesson.

    Project, choices, layouts and lab of the user are kept when the first lesson begins, and come
    back when the last one is left.
    """

    seen = Signal(object)  # Evidence
    prepared = Signal()
    """What is seen before the question is trained."""
    changed = Signal()
    """What is shown, or whether it is trained."""

    def __init__(
        self,
        session: TrainingSession,
        document: Document,
        settings: Settings,
        docks: Docks,
        views: ViewSet,
        choose_speed: Callable[[float | None], None],
        lab: Callable[[], LabController | None],
    ) -> None:
        """Take the parts of the window, and what returns the lab if it is made."""
        super().__init__(document)
        self._session, self._document, self._settings = session, document, settings
        self._docks, self._choose_speed = docks, choose_speed
        self._controls = views[Controls]
        options = *self._controls.options, *views[LossPlot].options
        self._options = [one for one in options if one.isCheckable()]
        self._own: _OwnChoices | None = None
        self._home = Workspace.LEARN
        """The workspace of the lesson's runs."""
        self._is_held = self._is_in_lab = False
        """Whether nothing is trained until the prediction is locked; whether the lab trains now."""
        self.runs = LessonRuns(session, document)
        self.lab = LessonLab(lab, self)
        self.drawing = LessonDrawing(views[LossPlot], docks)
        for part in (self.runs, self.lab):
            part.seen.connect(self.seen)
        self.runs.prepared.connect(self._hold)
        self.lab.changed.connect(self._note_lab)
        session.activity_changed.connect(self.changed)
        docks.workspace_changed.connect(self._keep_lab)

    def set_aside(self) -> None:
        """Keep what the user has, unless it is kept already."""
        self.drawing.forget()
        self.lab.set_aside()
        if self._own is None:
            self._docks.set_aside()
            options = tuple(one.isChecked() for one in self._options)
            self._own = _OwnChoices(self._session.speed, self._session.rules, options)
        self._show_options(self._own)

    @Slot()
    def bring_back(self) -> None:
        """Show all as it was before the lesson; the project is open again."""
        own, self._own = self._own, None
        if own is None:
            return
        self._is_held = self._is_in_lab = False
        self.runs.stop()
        self.limit(ControlRules())
        self.drawing.forget()
        self.lab.bring_back()
        self._choose_speed(own.speed)
        self._settings.set_rules(own.rules)
        self._show_rules(own.rules)
        self._show_options(own)
        self._docks.bring_back()

    def limit(self, rules: ControlRules) -> None:
        """Let only the settings that a lesson shows be changed, or all of them."""
        free = None if rules.others == FREE else frozenset(rules.shown)
        self._document.allowed = free
        self._controls.show_only(free, is_hidden=rules.others == HIDDEN)
        self.lab.enable_only(free)

    def play(self, title: str) -> None:
        """Open what a newcomer begins with, to play with."""
        begun = assets.quick_start()
        self._session.hold.set("")
        self._show_workspace(Workspace.LEARN)
        self._choose_speed(begun.speed)
        self.runs.open_alone(begun.config, title)

    def prepare(self, lesson: Lesson) -> None:
        """Train what is seen before the question; nothing more until the prediction is locked."""
        setup = lesson.setup
        self._home = Workspace(setup.workspace)
        self._session.hold.set("")
        self._show_workspace(self._home)
        self._choose_speed(setup.speed)
        self._is_held = True
        self.runs.prepare(setup, lesson.title)
        if self._home is Workspace.LAB:
            self._docks.gate.make(lambda: self._show_first_in_lab(lesson.steps[0]))

    def free(self) -> None:
        """Let everything train; what is still missing of the setup is not trained any more."""
        self._is_held = False
        self.runs.stop()
        self.drawing.end()
        self._session.hold.set("")

    def begin(self, task: LessonStep, lesson: Lesson, afresh: bool) -> None:
        """Open what a step begins with, and have it stop where the step is over.

        A run that is not continued is pinned.
        """
        self._is_in_lab = task.lab is not None
        if self._is_in_lab:
            self._show_workspace(Workspace.LAB)
            self._docks.gate.make(lambda: self._begin_in_lab(task))
            return
        if self._docks.workspace is Workspace.LAB:
            self._show_workspace(Workspace.LEARN if self._home is Workspace.LAB else self._home)
        if afresh or task.recipe != self.runs.now.recipe:
            self.runs.pin(lesson)
        self.runs.begin(task, afresh)
        self._show_rules(StopRules(at_step=task.limit) if task.limit else NEVER)

    def show_me(self, task: LessonStep) -> None:
        """Train the solution of an exercise."""
        assert task.show_me is not None
        if task.lab is not None:
            self.lab.run(task.show_me, task.lab)
        else:
            self._document.open_anew(task.show_me, "show me")
            self._session.play()

    @property
    def is_training(self) -> bool:
        """Whether steps are taken, for a run or in the lab."""
        return self._session.activity.is_training or self.lab.is_training

    def recipe(self, task: LessonStep) -> RunConfig:
        """Return the recipe that a step finds, of the run or of the lab."""
        return self.runs.recipe if task.lab is None else self.lab.recipe or task.recipe

    def strayed(self, course: Course) -> str:
        """Return what is not as the lesson asks, in a sentence; "" if all is."""
        task, setup = course.task, course.lesson.setup
        if course.stage is Stage.PREDICT and self.runs.are_prepared:
            found = self.runs.strayed_from(setup)
        elif course.stage is not Stage.DO or task is None:
            found = ""
        elif task.lab is not None:
            found = self.lab.strayed(task)
        else:
            found = self.runs.strayed(task.recipe, task.control)
        return f"Not as the lesson asks: {found}." if found else ""

    @Slot()
    def pause(self) -> None:
        self._session.pause()

    @Slot()
    def _hold(self) -> None:
        """Hold training now that the setup is trained, and tell that it is."""
        if self._is_held:
            self._session.hold.set(HELD)
            self.prepared.emit()

    @Slot()
    def _keep_lab(self) -> None:
        """Keep what is in the lab if it was only made after the lesson had begun."""
        if self._own is not None:
            self.lab.set_aside()

    @Slot()
    def _note_lab(self) -> None:
        """Hold training while the lab is needed and not free, and tell what has changed."""
        trouble = self.lab.trouble if self._is_in_lab else ""
        if not self._is_held and self._session.hold.reason != trouble:
            self._session.hold.set(trouble)
        self.changed.emit()

    def _show_first_in_lab(self, task: LessonStep) -> None:
        if task.lab is not None and self._is_held:
            self.lab.clear()
            self.lab.begin(task)

    def _begin_in_lab(self, task: LessonStep) -> None:
        if self._is_in_lab:  # the lesson may have been left during a drag
            self.lab.begin(task)
            self._note_lab()

    def _show_workspace(self, workspace: Workspace) -> None:
        if self._docks.workspace is not workspace:
            self._docks.switch(workspace)

    def _show_options(self, own: _OwnChoices) -> None:
        for option, is_on in zip(self._options, own.options, strict=True):
            option.setChecked(is_on)

    def _show_rules(self, rules: StopRules) -> None:
        self._session.rules = rules
        self._controls.show_rules(rules)
