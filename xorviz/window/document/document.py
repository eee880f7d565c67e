"""The project as a document: every change goes through the session and can be undone."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from xorviz.core import numerals
from xorviz.core.config import RunConfig
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.project import Project, TooManyRunsError, following, restarted, started_alike
from xorviz.core.runs.record import Record, at_step, weight_name
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.session import TrainingSession
from xorviz.window.document.history import Entry, History

LARGEST_DRAWN_SEED = 9999
"""Short enough to be read out in a classroom."""

_COMES_BACK = " Undo brings it back."


class Document(QObject):
    """The current run, the pinned runs and the history. Nothing trained is lost silently."""

    began = Signal()
    """A change begins: the last notice is out of date."""
    project_changed = Signal(object)  # Project, with other pinned runs
    history_changed = Signal()
    refused = Signal(str)
    noticed = Signal(str)

    def __init__(self, session: TrainingSession) -> None:
        super().__init__(session)
        self._session = session
        self._project = Project(Record(session.config), 0)
        self.history = History()
        self._unmade: list[Entry] = []
        """Changes in the history that wait for the step that is gone to."""
        session.snapshot_arrived.connect(self._note_snapshot)
        session.stopped_before.connect(self._forget_unmade)

    @property
    def project(self) -> Project:
        """The current state; until the session answers, the state requested of it."""
        return self._project

    def put(self, project: Project) -> None:
        """Open another project; the history is cleared."""
        self.history.clear()
        self.history_changed.emit()
        self._show(project)

    @Slot(object)
    def restart(self, config: RunConfig, label: str = "settings") -> None:
        """Start another run; keep running if the last one was.

        Of two runs side by side, the second changes in the settings that both shared.
        """
        was_playing = self._session.playing
        project = self._project
        with self._change(label):
            beside = None
            if project.beside is not None:
                there = project.beside.config_at(project.step)
                beside = Record(following(there, self._session.config, config))
            self._open_run(restarted(self._project.record, config), 0, beside)
        if was_playing:
            self._session.play()

    @Slot()
    def reset(self) -> None:
        """Return to step 0 and the same initial weights, and pause."""
        self._session.pause()
        self.restart(self._session.config, "reset")

    @Slot()
    def draw_seed(self) -> None:
        """Restart with another random seed."""
        config = self._session.config
        seeds = [seed for seed in range(LARGEST_DRAWN_SEED + 1) if seed != config.seed]
        self.restart(replace(config, seed=random.choice(seeds)), "new weights")

    @Slot()
    def copy_command(self) -> None:
        """Copy the current settings as a command."""
        from xorviz.files.arguments import command_of  # loads argparse

        command = command_of(self._session.config)
        QGuiApplication.clipboard().setText(command)
        self.noticed.emit(f"Copied: {command}")

    @Slot()
    def paste_settings(self) -> None:
        """Start a run with the settings of a copied command."""
        from xorviz.files.arguments import config_of

        try:
            config = config_of(QGuiApplication.clipboard().text())
        except SettingError as error:
            self.refused.emit(f"Could not paste settings: {error}")
        else:
            self.restart(config)

    @Slot(object)
    def choose_targets(self, targets: tuple[int, ...]) -> None:
        self.restart(replace(self._session.config, targets=targets), "targets")

    @Slot(str, float)
    def change_setting(self, name: str, value: float) -> None:
        """Change the rate or the momentum from the next step on."""
        label = f"{name} {numerals.plain(value)}"
        self._branch(label, lambda: self._session.intervene(name, value))

    @Slot(str, object, float)
    def set_weight(self, field: str, index: tuple[int, ...], value: float) -> None:
        label = f"{weight_name(field, index)} {numerals.plain(value)}"
        self._branch(label, lambda: self._session.intervene(field, value, index))

    @Slot(str, object, float)
    def set_weight_beside(self, field: str, index: tuple[int, ...], value: float) -> None:
        label = f"B: {weight_name(field, index)} {numerals.plain(value)}"
        self._branch(
            label, lambda: self._session.intervene(field, value, index, beside=True), beside=True
        )

    def open_alone(self, record: Record, label: str) -> None:
        """Open a run at its first step, without another beside it."""
        with self._change(label):
            self._open_run(record, 0)

    def try_beside(
        self, run: Record, step: int, changes: Mapping[str, float] | Weights, label: str, done: str
    ) -> None:
        """Change settings or weights of a run at a step, beside the run as it is; train both."""
        before = self._project
        with self._change(label):
            run = self._longest(run, step)
            self._pin_others(run)
            self._open_run(run, step, run)
            try:
                if isinstance(changes, Weights):
                    self._session.set_weights(changes)
                else:
                    for name, value in changes.items():
                        self._session.intervene(name, value)
            except SettingError:
                self._open_run(before.record, before.step, before.beside)
                raise
            self.noticed.emit(done)
            self._session.play()

    def try_anew(self, config: RunConfig, label: str, done: str) -> None:
        """Pin what is trained, and train a new run alone."""
        with self._change(label):
            pinned = self._pin_others()
            self._open_run(Record(config), 0)
            self.noticed.emit(f"{done}{pinned} Undo goes back.")
            self._session.play()

    def try_longer(self, run: Record, step: int, steps: int, label: str, done: str) -> None:
        """Train a run on from a step for exactly so many steps."""
        with self._change(label):
            run = self._longest(run, step)
            if run is not self._project.record or step != self._session.step_wanted:
                self._pin_others(run)
                self._open_run(run, step)
            self.noticed.emit(done)
            self._session.step(steps)

    def _longest(self, run: Record, step: int) -> Record:
        """Return the current run or the one beside it if it has what a run has at a step."""
        for other in (self._project.record, self._project.beside):
            if other is not None and run.is_part_of(other):
                made = (at_step(one.interventions, step) for one in (run, other))
                if len(set(made)) == 1:
                    return other
        return run

    def _pin_others(self, run: Record | None = None) -> str:
        """Pin the current runs that are neither pinned nor part of a run; return a notice."""
        project, told = self._project, ""
        known = [pinned.record for pinned in project.pinned] + ([run] if run else [])
        first = "The run before" if project.beside is None else "Run A"
        for what, other in ((first, project.record), ("Run B", project.beside)):
            if other and other.newest and not any(other.is_part_of(one) for one in known):
                try:
                    told += f" {what} is pinned as {self._pin(other, project.step)}."
                except TooManyRunsError as error:
                    told += f" {what} is not pinned: {error}"
        return told

    @Slot(object)
    def start_side_by_side(self, config: RunConfig) -> None:
        """Start a second run beside the first, both at step 0 and from the same weights."""
        record = self._project.record
        with self._change("compare side by side"):
            self._open_run(record, 0, started_alike(record, config))

    @Slot()
    def end_side_by_side(self) -> None:
        """Close the second run; pin it if there is space."""
        project = self._project
        if project.beside is None:
            return
        with self._change("end side by side"):
            if project.beside.newest > 0:
                self._pin_if_possible("run B", project.beside, project.step, _COMES_BACK)
            self._open_run(project.record, project.step)

    @Slot()
    def pin(self) -> None:
        """Pin the current run, or both runs side by side."""
        project = self._project
        names = {pinned.record: pinned.name for pinned in project.pinned}
        fresh = [r for r in (project.record, project.beside) if r is not None and r not in names]
        if not fresh:
            self.noticed.emit(f"This run is already pinned as {names[project.record]}.")
            return
        with self._change("pin", moves_current_run=False):
            pinned = " and ".join([self._pin(record, project.step) for record in fresh])
            self.noticed.emit(f"Pinned as {pinned}.")

    @Slot(int, str)
    def rename(self, style: int, name: str) -> None:
        with self._change("rename", moves_current_run=False):
            self._project = self._project.changing(style, name=name)

    @Slot(int, bool)
    def show_run(self, style: int, is_shown: bool) -> None:
        with self._change("show" if is_shown else "hide", moves_current_run=False):
            self._project = self._project.changing(style, is_shown=is_shown)

    @Slot(int)
    def delete(self, style: int) -> None:
        name = self._project.pinned_as(style).name
        with self._change(f"delete {name}", moves_current_run=False):
            self._project = self._project.without(style)
        self.noticed.emit(f"Deleted {name}. Undo brings it back.")

    @Slot(int)
    def recall(self, style: int) -> None:
        """Make a pinned run the current one, at the step it was pinned at.

        The current run is pinned if it is not already.
        """
        project = self._project
        run = project.pinned_as(style)
        with self._change(f"open {run.name}"):
            is_kept = any(project.record.is_part_of(pinned.record) for pinned in project.pinned)
            if project.record.newest > 0 and not is_kept:
                pinned = ("the previous run", project.record, project.step)
                self._pin_if_possible(*pinned, _COMES_BACK)
            self._open_run(run.record, run.step)

    @Slot()
    def undo(self) -> None:
        """Restore the project before the last change."""
        self._go(self.history.undo(self._project), "Undone")

    @Slot()
    def redo(self) -> None:
        """Restore the project after the change that was undone last."""
        self._go(self.history.redo(self._project), "Redone")

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
        self._open_run(project.record, project.step, project.beside)
        self.project_changed.emit(self._project)

    def _open_run(self, record: Record, step: int, beside: Record | None = None) -> None:
        self._project = replace(self._project, record=record, step=step, beside=beside)
        self._session.open_run(record, step, beside)

    @contextmanager
    def _change(self, label: str, moves_current_run: bool = True) -> Iterator[None]:
        """Record a change in the history; if it is refused, restore the project."""
        self.began.emit()
        before = self._project
        try:
            self._pin_undone()
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

    def _branch(self, label: str, do: Callable[[], None], beside: bool = False) -> None:
        """Change a run; before its newest step, pin the run as it is, and branch."""
        step, second, last = self._session.step_wanted, self._project.beside, self.history.last
        changed = second if beside and second is not None else self._project.record
        with self._change(label):
            branches = step < changed.newest
            name = self._pin(changed, step) if branches else ""
            do()
            if branches:
                at = numerals.whole(step)
                self.noticed.emit(f"Branched at step {at}. The original is pinned as {name}.")
        if not self._session.has_waiting:
            self._unmade.clear()
        elif (noted := self.history.last) is not None and noted is not last:
            self._unmade.append(noted)

    @Slot(object, bool)
    def _forget_unmade(self, step: int, drops_changes: bool) -> None:  # noqa: ARG002
        """Remove changes from the history that waited for a step which was given up."""
        if drops_changes:
            self.history.forget(self._unmade)
            self._unmade.clear()
            self.history_changed.emit()

    def _pin_undone(self) -> None:
        """Pin undone runs that share the current run's start; give notice of others lost."""
        start, is_lost = self._project.record.config, False
        for undone in (entry.project for entry in self.history.undone):
            runs = [(undone.record, undone.step), (undone.beside, undone.step)]
            runs += [(pinned.record, pinned.step) for pinned in undone.pinned]
            for record, step in runs:
                if record is None or self._has(record):
                    continue
                if start in {undone.record.config, record.config}:
                    self._pin_if_possible("the undone run", record, step)
                else:
                    is_lost = True
        if is_lost:
            self.noticed.emit("Changes undone earlier can no longer be redone.")

    def _has(self, record: Record) -> bool:
        """Return whether every step of a run is part of the current or a pinned run."""
        project = self._project
        runs = (project.record, project.beside, *(run.record for run in project.pinned))
        return record.newest == 0 or any(r and record.is_part_of(r) for r in runs)

    def _pin_if_possible(self, what: str, record: Record, step: int, hint: str = "") -> None:
        """Pin a run if there is space, and give notice of the result."""
        try:
            self.noticed.emit(f"Pinned {what} as {self._pin(record, step)}.")
        except TooManyRunsError as error:
            self.noticed.emit(f"Could not pin {what}: {error}{hint}")

    def _pin(self, record: Record, step: int) -> str:
        """Pin a run unless it is pinned already; return its name. Raises TooManyRunsError."""
        names = {pinned.record: pinned.name for pinned in self._project.pinned}
        if record not in names:
            self._project = self._project.pinning(record, step)
            return self._project.pinned[-1].name
        return names[record]

    @Slot(object)
    def _note_snapshot(self, seen: Snapshot) -> None:
        beside = None if seen.beside is None else seen.beside.record
        self._project = Project(seen.record, seen.step, beside, self._project.pinned)
