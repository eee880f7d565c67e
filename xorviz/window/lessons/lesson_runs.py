"""What a lesson trains: the runs before its question and for each of its steps, and its lab."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.recipe_text import own_settings
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.engine.session import TrainingSession
from xorviz.lab.plan import LabPlan
from xorviz.lessons.conditions import changed_in
from xorviz.lessons.evidence import LabSeen, RunSeen
from xorviz.lessons.lesson import Exercise, LabTask, LessonStep, Setup
from xorviz.panels.lab.lab_seeds import LabSeeds
from xorviz.window.document.document import Document


class LessonRuns(QObject):
    """Opens the runs of a lesson in its own document, and shows what is seen of them."""

    prepared = Signal()
    """The runs of a setup are trained."""
    seen = Signal(object)  # RunSeen

    def __init__(self, session: TrainingSession, document: Document) -> None:
        super().__init__(document)
        self._session, self._document = session, document
        self._waiting: list[RunConfig] = []
        """The recipes of a setup that are still to be trained, the first of them now."""
        self._step = 0
        session.snapshot_arrived.connect(self._note_snapshot)

    @property
    def now(self) -> RunSeen:
        """The current run as far as it was trained."""
        return RunSeen(self._document.project.record)

    def open(self, config: RunConfig, pinned: tuple[PinnedRun, ...] = ()) -> None:
        """Open an untrained run in place of all others but these."""
        self._document.put(Project(Record(config), 0, pinned=pinned))

    def prepare(self, setup: Setup) -> None:
        """Train the runs of a setup in place of all others."""
        self._waiting = [*([setup.pinned] if setup.pinned else []), setup.recipe]
        self._step = setup.step
        self._train(())

    def stop(self) -> None:
        """Prepare nothing more."""
        self._waiting.clear()

    def begin(self, task: LessonStep) -> None:
        """Open the run that a step begins with, unless it is the current one; pin that otherwise.

        It stops where the step is over.
        """
        now, start, is_try = self.now, start_of(task, self.now.recipe), isinstance(task, Exercise)
        if now.newest and (is_try or now.recipe != task.recipe):
            record, step = self._document.project.record, self._document.project.step
            self._document.keep(record, step, own_settings(now.recipe, task.recipe))
        if is_try or changed_in(now, start):
            self._document.open_anew(start, "lesson")
        self._session.rules = StopRules(at_step=task.limit)

    def _train(self, pinned: tuple[PinnedRun, ...]) -> None:
        """Train the first of the recipes that wait."""
        self.open(self._waiting[0], pinned)
        if self._step:
            self._session.step(self._step)

    @Slot(object)
    def _note_snapshot(self, snapshot: Snapshot) -> None:
        is_ended = snapshot.halt is not None and snapshot.halt.is_end
        if not self._waiting:
            self.seen.emit(RunSeen(snapshot.record, is_ended))
        elif is_ended or snapshot.record.newest >= self._step:
            done = self._waiting.pop(0)
            if not self._waiting:
                self.prepared.emit()
                return
            project = Project(snapshot.record, snapshot.step)
            name = own_settings(done, *self._waiting)
            self._train(project.pinning(snapshot.record, snapshot.step, name).pinned)


class LessonLab(QObject):
    """Trains the networks that a step asks for, and shows them."""

    seen = Signal(object)  # LabSeen
    failed = Signal(str)

    def __init__(self, view: LabSeeds, kernel: str, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self.runner = view, LabRunner(self, kernel=kernel)
        view.resting = ""  # no network can be opened here
        self.has_begun = False
        """Whether there is something to see, or will be soon."""
        self.runner.progressed.connect(self._note_progress)

    @property
    def is_training(self) -> bool:
        return bool(self.runner.names)

    def run(self, recipe: RunConfig, task: LabTask) -> None:
        """Train a recipe from as many seeds as a step asks for."""
        self.has_begun = True
        self._view.show_ordered(True)
        plan = LabPlan((recipe,), range(task.seeds), task.steps, NEVER)
        self.runner.run(Order("lesson", plan))

    @Slot(object)
    def _note_progress(self, progress: Progress) -> None:
        snapshot = progress.snapshot
        self._view.show_snapshot(snapshot)
        if progress.trouble:
            self.failed.emit(progress.trouble)
        is_all = progress.is_over and snapshot.done.all()
        summary = snapshot.summary() if is_all else None
        if summary is not None:
            plan = snapshot.plan
            self.seen.emit(LabSeen(plan.recipes[0], tuple(plan.seeds), plan.steps, summary.right))


def start_of(task: LessonStep, now: RunConfig) -> RunConfig:
    """Return the recipe that a step or the exercise begins with.

    A setting that is the control of a step stays as it is: the user changes it.
    """
    if isinstance(task, Exercise) or task.control not in SETTINGS:
        return task.recipe
    return replace(task.recipe, **{task.control: getattr(now, task.control)})
