"""The lab of a lesson: what it trains, and what comes out."""

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.runs.stopping import NEVER
from xorviz.core.settings import RunConfig
from xorviz.engine.lab_runner import LabRunner, Order, Progress
from xorviz.lab.plan import LabPlan
from xorviz.lessons.evidence import LabSeen
from xorviz.lessons.lesson import LabTask
from xorviz.panels.lab.lab_seeds import LabSeeds


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
