"""The study as a person works on it: every wish is done through the session and can be undone."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import Project, TooManyRunsError, following, restarted, started_alike
from xorviz.core.runs.record import Record, weight_name
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.session import TrainingSession
from xorviz.window.document.history import Entry, History

LARGEST_DRAWN_SEED = 9999
"""Seeds that the window draws itself are short enough to be said across a classroom."""

_COMES_BACK = ", but Ctrl+Z brings it back"


class Document(QObject):
    """Holds what the session does not: kept runs, and the way back. Nothing is lost silently."""

    began = Signal()
    """Something is being done: what was said of the last thing is out of date."""
    project_changed = Signal(object)  # Project: other runs are kept, or shown otherwise
    history_changed = Signal()
    refused = Signal(str)
    noticed = Signal(str)

    def __init__(self, session: TrainingSession) -> None:
        super().__init__(session)
        self._session = session
        self._project = Project(Record(session.config), 0)
        self.history = History()
        session.snapshot_arrived.connect(self._note_snapshot)

    @property
    def project(self) -> Project:
        """The present state: as the session was told, until it has been seen."""
        return self._project

    def put(self, project: Project) -> None:
        """Work on another study from now on; the way back ends here."""
        self.history.clear()
        self.history_changed.emit()
        self._show(project)

    # The run on the bench.

    @Slot(object)
    def restart(self, config: RunConfig, label: str = "settings") -> None:
        """Begin another run, and go on running if one was.

        Two runs in lock step go on sharing what they shared.
        """
        was_playing = self._session.playing
        project = self._project
        with self._change(label):
            beside = None
            if project.beside is not None:
                there = project.beside.config_at(project.step)
                beside = Record(following(there, self._session.config, config))
            self._take_up(restarted(self._project.record, config), 0, beside)
        if was_playing:
            self._session.play()

    @Slot()
    def reset(self) -> None:
        """Go back to step 0 and the same initial weights, and stay there."""
        self._session.pause()
        self.restart(self._session.config, "reset")

    @Slot()
    def draw_seed(self) -> None:
        """Draw another seed than the one that is there."""
        config = self._session.config
        seeds = [seed for seed in range(LARGEST_DRAWN_SEED + 1) if seed != config.seed]
        self.restart(replace(config, seed=random.choice(seeds)), "new seed")

    @Slot(object)
    def choose_targets(self, targets: tuple[int, ...]) -> None:
        """Learn another function."""
        self.restart(replace(self._session.config, targets=targets), "targets")

    @Slot(str, float)
    def change_setting(self, name: str, value: float) -> None:
        """Change the rate or the momentum from the next step on."""
        self._intervene(name, value, (), f"{name} {numerals.plain(value)}")

    @Slot(str, object, float)
    def set_weight(self, field: str, index: tuple[int, ...], value: float) -> None:
        """Set a weight of the run on the bench."""
        label = f"{weight_name(field, index)} {numerals.plain(value)}"
        self._intervene(field, value, index, label)

    @Slot(str, object, float)
    def set_weight_beside(self, field: str, index: tuple[int, ...], value: float) -> None:
        """Set a weight of the second run in lock step."""
        label = f"B: {weight_name(field, index)} {numerals.plain(value)}"
        self._intervene(field, value, index, label, beside=True)

    @Slot(object, str)
    def set_weights(self, weights: Weights, label: str) -> None:
        """Set all weights of the run on the bench at once."""
        done = f"{label.capitalize()}. Ctrl+Z takes it back."
        self._branch(label, False, lambda: self._session.set_weights(weights), done)

    @Slot(object)
    def bring(self, record: Record) -> None:
        """Put a run from elsewhere on the bench, at its first step."""
        with self._change("own network"):
            self._take_up(record, 0)

    @Slot(object)
    def lock_step(self, config: RunConfig) -> None:
        """Put a second run beside the first, from the same weights, and both at step 0."""
        record = self._project.record
        with self._change("lock step"):
            self._take_up(record, 0, started_alike(record, config))

    @Slot()
    def end_lock_step(self) -> None:
        """Leave the first run alone on the bench; the second is kept if there is room."""
        project = self._project
        if project.beside is None:
            return
        with self._change("end of lock step"):
            if project.beside.newest > 0:
                self._keep_if_possible("B", project.beside, project.step, _COMES_BACK)
            self._take_up(project.record, project.step)

    # The runs that are kept.

    @Slot()
    def pin(self) -> None:
        """Keep the run on the bench, or both that are there."""
        project = self._project
        names = {pinned.record: pinned.name for pinned in project.pinned}
        fresh = [r for r in (project.record, project.beside) if r is not None and r not in names]
        if not fresh:
            self.noticed.emit(f"This run is kept already, as {names[project.record]}.")
            return
        with self._change("keep", moves_current_run=False):
            pinned = " and ".join([self._keep(record, project.step) for record in fresh])
            self.noticed.emit(f"Kept as {pinned}.")

    @Slot(int, str)
    def rename(self, style: int, name: str) -> None:
        """Give a kept run another name."""
        with self._change("name", moves_current_run=False):
            self._project = self._project.changing(style, name=name)

    @Slot(int, bool)
    def show_run(self, style: int, is_shown: bool) -> None:
        """Draw a kept run's curve, or do not."""
        with self._change("show" if is_shown else "hide", moves_current_run=False):
            self._project = self._project.changing(style, is_shown=is_shown)

    @Slot(int)
    def delete(self, style: int) -> None:
        """Let a kept run go."""
        name = self._project.pinned_as(style).name
        with self._change(f"delete {name}", moves_current_run=False):
            self._project = self._project.without(style)
        self.noticed.emit(f"{name} is deleted. Ctrl+Z brings it back.")

    @Slot(int)
    def recall(self, style: int) -> None:
        """Put a kept run on the bench again, at the step at which it was looked at.

        The run that is there is kept, if it is not already.
        """
        project = self._project
        run = project.pinned_as(style)
        with self._change(f"{run.name} on the bench"):
            is_kept = any(project.record.is_part_of(pinned.record) for pinned in project.pinned)
            if project.record.newest > 0 and not is_kept:
                pinned = ("The run that was there", project.record, project.step)
                self._keep_if_possible(*pinned, _COMES_BACK)
            self._take_up(run.record, run.step)

    # The way back.

    @Slot()
    def undo(self) -> None:
        """Go back to the study before the last change."""
        self._go(self.history.undo(self._project), "Undone")

    @Slot()
    def redo(self) -> None:
        """Go forward again."""
        self._go(self.history.redo(self._project), "Done again")

    def _go(self, entry: Entry | None, word: str) -> None:
        if entry is None:
            return
        if entry.moves_current_run:
            self._show(entry.project)
        else:
            self._project = replace(self._project, pinned=entry.project.pinned)
            self.project_changed.emit(self._project)
        self.history_changed.emit()
        self.noticed.emit(f"{word}: {entry.label}.")

    def _show(self, project: Project) -> None:
        self._project = project
        self._take_up(project.record, project.step, project.beside)
        self.project_changed.emit(self._project)

    def _take_up(self, record: Record, step: int, beside: Record | None = None) -> None:
        """Put a run on the bench."""
        self._project = replace(self._project, record=record, step=step, beside=beside)
        self._session.open_run(record, step, beside)

    @contextmanager
    def _change(self, label: str, moves_current_run: bool = True) -> Iterator[None]:
        """Note what is done inside, unless it cannot be done: then leave all as it was."""
        self.began.emit()
        before = self._project
        try:
            self._keep_undone()
            yield
        except (SettingError, TooManyRunsError) as error:
            self._project = before
            self.refused.emit(str(error))
            return
        if not moves_current_run and self._project == before:
            return
        self.history.note(Entry(label, before.compact(), moves_current_run))
        self.history_changed.emit()
        if self._project.pinned != before.pinned:
            self.project_changed.emit(self._project)

    def _intervene(
        self, field: str, value: float, index: tuple[int, ...], label: str, beside: bool = False
    ) -> None:
        self._branch(label, beside, lambda: self._session.intervene(field, value, index, beside))

    def _branch(self, label: str, beside: bool, do: Callable[[], None], done: str = "") -> None:
        """Change a run; where it has gone on already, keep it as it is, and branch."""
        step, second = self._session.step_wanted, self._project.beside
        changed = second if beside and second is not None else self._project.record
        with self._change(label):
            branches = step < changed.newest
            name = self._keep(changed, step) if branches else ""
            do()
            if branches:
                done = f"Branched at step {numerals.whole(step)}: the run as it went on is {name}."
            if done:
                self.noticed.emit(done)

    def _keep_undone(self) -> None:
        """Keep what was undone, where what is there could have led to it; say what is let go."""
        start, is_lost = self._project.record.config, False
        for undone in (entry.project for entry in self.history.undone):
            runs = [(undone.record, undone.step), (undone.beside, undone.step)]
            runs += [(pinned.record, pinned.step) for pinned in undone.pinned]
            for record, step in runs:
                if record is None or self._has(record):
                    continue
                if start in {undone.record.config, record.config}:
                    self._keep_if_possible("The run that was undone", record, step)
                else:
                    is_lost = True
        if is_lost:
            self.noticed.emit("What was undone before can no longer be done again.")

    def _has(self, record: Record) -> bool:
        """Tell whether all that was trained in a run is on the bench or kept."""
        project = self._project
        there = (project.record, project.beside, *(run.record for run in project.pinned))
        return record.newest == 0 or any(r and record.is_part_of(r) for r in there)

    def _keep_if_possible(self, what: str, record: Record, step: int, hint: str = "") -> None:
        """Keep a run where there is room, and say what became of it."""
        try:
            self.noticed.emit(f"{what} is kept as {self._keep(record, step)}.")
        except TooManyRunsError as error:
            self.noticed.emit(f"{what} is not kept{hint}: {error}")

    def _keep(self, record: Record, step: int) -> str:
        """Keep a run unless it is kept already; return its name. Raises TooManyRunsError."""
        names = {pinned.record: pinned.name for pinned in self._project.pinned}
        if record not in names:
            self._project = self._project.pinning(record, step)
            return self._project.pinned[-1].name
        return names[record]

    @Slot(object)
    def _note_snapshot(self, seen: Snapshot) -> None:
        beside = None if seen.beside is None else seen.beside.record
        self._project = Project(seen.record, seen.step, beside, self._project.pinned)
