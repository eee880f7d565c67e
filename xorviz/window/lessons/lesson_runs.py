"""The runs of a lesson: what is trained before it, and opened for each of its steps."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal, Slot

from xorviz.core import numerals
from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.recipe_text import instead, own_settings
from xorviz.core.runs.record import Record, at_step
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import LIVE, SETTINGS, RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.lessons.conditions import WEIGHTS, changed_in
from xorviz.lessons.evidence import RunSeen
from xorviz.lessons.lesson import Lesson, LessonStep, Setup
from xorviz.window.document.document import Document


class LessonRuns(QObject):
    """Opens the runs of a lesson in place of the user's own project, and shows what is seen."""

    prepared = Signal()
    """The runs of a setup are trained, or that was cancelled."""
    seen = Signal(object)  # RunSeen

    def __init__(self, session: TrainingSession, document: Document) -> None:
        super().__init__(document)
        self._session, self._document = session, document
        self._waiting: list[RunConfig] = []
        """The recipes of a setup that are still to be trained, the first of them now."""
        self._step, self._title = 0, ""
        self._ended: int | None = None
        """The last step of the setup's run if that has ended before the step asked for."""
        session.snapshot_arrived.connect(self._note_snapshot)
        # Queued, so that the last snapshot of what is trained has come before.
        queued = Qt.ConnectionType.QueuedConnection
        session.activity_changed.connect(self._note_activity, queued)

    @property
    def now(self) -> RunSeen:
        """The current run as far as it was trained."""
        return RunSeen(self._document.project.record)

    @property
    def recipe(self) -> RunConfig:
        """The settings of the current run at its newest step."""
        return self.now.recipe_now

    @property
    def are_prepared(self) -> bool:
        """Whether the runs of the setup are trained."""
        return not self._waiting

    def open_alone(self, config: RunConfig, title: str) -> None:
        """Open an untrained run in place of all others."""
        self._waiting.clear()
        self._document.set_aside(Project(Record(config), 0), title)

    def prepare(self, setup: Setup, title: str) -> None:
        """Train the runs of a setup in place of all others."""
        self._waiting = [*([setup.pinned] if setup.pinned else []), setup.recipe]
        self._step, self._title, self._ended = setup.step, title, None
        self._train(())

    def stop(self) -> None:
        """Prepare nothing more."""
        self._waiting.clear()

    def begin(self, task: LessonStep, afresh: bool) -> None:
        """Open the run that a step begins with, unless it is the current one."""
        start = start_of(task, self.now.recipe)
        is_live = task.control in LIVE and self.now.newest > 0
        if afresh or is_live or changed_in(self.now, start):
            self._document.open_anew(start, "lesson")

    def renew(self, limit: int) -> bool:
        """Start from scratch with a rate or a momentum that was changed where nothing comes of it.

        That is before the first step, where it is part of the recipe, or once the run has taken all
        its steps. Return whether that was so.
        """
        record = self.now.record
        made = at_step(record.interventions, record.newest)
        if not made or any(c.index for c in made) or 0 < record.newest < limit:
            return False
        was_playing = self._session.playing
        self._document.open_anew(record.config_at(record.newest), "lesson")
        if was_playing:
            self._session.play()
        return True

    def pin(self, lesson: Lesson) -> None:
        """Pin the current run under a name that says how it differs from the lesson's others."""
        exercise, others = lesson.exercise, [one.recipe for one in lesson.steps if one.lab is None]
        if len(set(others)) <= 1 and exercise is not None and exercise.lab is None:
            others += [recipe for recipe in (exercise.recipe, exercise.show_me) if recipe]
        if self.now.newest:
            self._document.pin_as(own_settings(self.now.recipe, *others))

    def strayed(self, wanted: RunConfig, but: str = "") -> str:
        """Return in which settings but one the current run is not what is wanted, as text."""
        now = self.now
        changed = changed_in(now, wanted) - {but}
        if not changed:
            return ""
        mine = self.recipe
        differing = [n for n in changed - {WEIGHTS} if getattr(mine, n) != getattr(wanted, n)]
        told = [instead(mine, wanted, differing)] if differing else []
        told += ["weights set by hand"] if WEIGHTS in changed else []
        told += [f"another {n} on the way" for n in changed - {WEIGHTS, *differing}]
        return ", ".join(told)

    def strayed_from(self, setup: Setup) -> str:
        """Return how the current run is not that of a setup, as text."""
        newest = self.now.newest
        wanted = setup.step if self._ended is None else self._ended
        steps = f"step {numerals.whole(newest)} instead of {numerals.whole(wanted)}"
        return self.strayed(setup.recipe) or (steps if newest != wanted else "")

    def _train(self, pinned: tuple[PinnedRun, ...]) -> None:
        """Train the first of the recipes that wait."""
        project = Project(Record(self._waiting[0]), 0, pinned=pinned)
        self._document.set_aside(project, self._title)
        if self._step:
            self._session.step(self._step)

    @Slot(object)
    def _note_snapshot(self, snapshot: Snapshot) -> None:
        is_ended = snapshot.halt is not None and snapshot.halt.is_end
        if not self._waiting:
            self.seen.emit(RunSeen(snapshot.record, is_ended))
        elif is_ended or snapshot.record.newest >= self._step:
            self._end(snapshot)
        elif self._session.activity is Activity.PAUSED:
            self._give_up()

    @Slot()
    def _note_activity(self) -> None:
        """Give the setup up if the user has cancelled it between two frames, or it failed."""
        session = self._session
        is_busy = session.activity.is_training or session.unanswered
        if self._waiting and not is_busy and session.step_wanted < self._step:
            self._give_up()

    def _give_up(self) -> None:
        self._waiting.clear()
        self.prepared.emit()

    def _end(self, snapshot: Snapshot) -> None:
        """Pin the first of the runs that wait if another one follows."""
        done = self._waiting.pop(0)
        if not self._waiting:
            newest = snapshot.record.newest
            self._ended = newest if newest < self._step else None
            self.prepared.emit()
            return
        project, name = Project(snapshot.record, snapshot.step), own_settings(done, *self._waiting)
        self._train(project.pinning(snapshot.record, snapshot.step, name).pinned)


def start_of(task: LessonStep, now: RunConfig) -> RunConfig:
    """Return the recipe that a step or the exercise begins with.

    A setting that is the control of a step stays as it is.
    """
    if task.show_me is not None or task.control not in SETTINGS:
        return task.recipe
    return replace(task.recipe, **{task.control: getattr(now, task.control)})
