"""The project that is open, and its history: what every change of it goes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal, Slot

from xorviz.core.rules import SettingError
from xorviz.core.runs.project import Project, TooManyRunsError
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.session import TrainingSession, in_turn

MOST_ENTRIES = 100
GOES_BACK = " Undo goes back."


@dataclass(frozen=True, slots=True)
class Entry:
    """A change, and the project before it."""

    label: str = field(compare=False)
    """Shown after "Undo"."""
    project: Project
    moves_current_run: bool
    """Whether the current run changed; if not, undoing does not interrupt training."""


class History:
    """Changes that can be undone and redone. Projects are values that share their data."""

    def __init__(self) -> None:
        self._done: list[Entry] = []
        self.undone: list[Entry] = []
        """The entries that a new change would discard, the furthest first."""

    @property
    def labels(self) -> tuple[str | None, str | None]:
        """The changes that undo would revert and redo would repeat, if any."""
        undo, redo = self._done[-1:], self.undone[-1:]
        return undo[0].label if undo else None, redo[0].label if redo else None

    def note(self, entry: Entry) -> None:
        """Add a change and discard what could be redone.

        A change from the same project as the last one replaces it: the last was never shown.
        """
        self.undone.clear()
        last = self._done[-1] if self._done else None
        if last and last == entry and last.project.step == entry.project.step:
            self._done.pop()
        self._done.append(entry)
        del self._done[:-MOST_ENTRIES]

    def undo(self, now: Project) -> Entry | None:
        """Return the entry to restore, given the current project."""
        return _moved(self._done, self.undone, now)

    def redo(self, now: Project) -> Entry | None:
        """Return the entry to restore, given the current project."""
        return _moved(self.undone, self._done, now)


def _moved(source: list[Entry], target: list[Entry], now: Project) -> Entry | None:
    """Pop the last entry of a list; add the current project to the other under its label."""
    if not source:
        return None
    entry = source.pop()
    target.append(Entry(entry.label, now.compact(), entry.moves_current_run))
    return entry


class OpenProject(QObject):
    """The current run, the pinned runs and the history. Nothing trained is lost silently.

    Every change is made ``in_turn``, so that it works on the run with all its steps.
    """

    began = Signal()
    """A change begins, or another project is opened: the last notice is out of date."""
    project_changed = Signal(object)  # Project, with other pinned runs
    history_changed = Signal()
    refused = Signal(str)
    noticed = Signal(str)

    def __init__(self, session: TrainingSession) -> None:
        super().__init__(session)
        self._session = session
        self._project = Project(Record(session.config), 0)
        self.history = History()
        for shown_by in (session.snapshot_arrived, session.settled):
            shown_by.connect(self._note_snapshot)

    @property
    def project(self) -> Project:
        """The current state; until the session answers, the state requested of it."""
        return self._project

    def put(self, project: Project) -> None:
        """Open another project, with a history of its own."""
        self.began.emit()
        self.history = History()
        self.history_changed.emit()
        self._show(project)

    def _begin(self, done: str, record: Record, step: int = 0) -> None:
        """Open a run alone, after pinning what was trained before; say so after what is done."""
        told = f"{done} {self._pin_others()}".strip()
        self._open_run(record, step)
        if told:
            self.noticed.emit(told + GOES_BACK)

    def _pin_others(self, run: Record | None = None) -> str:
        """Pin the current runs that are neither pinned nor part of a run; return a notice."""
        told, project = list[str](), self._project
        known = [pinned.record for pinned in project.pinned] + ([run] if run else [])
        first = "The run before" if project.beside is None else "Run A"
        for what, other in ((first, project.record), ("Run B", project.beside)):
            is_trained = other is not None and (other.newest > 0 or other.source is not None)
            if other and is_trained and not any(other.is_part_of(one) for one in known):
                name = other.source.name if other.source else what
                told.append(self._kept(name, other, project.step))
        return " ".join(told)

    def _kept(self, what: str, record: Record, step: int) -> str:
        """Pin a run if there is space; return a notice of the result."""
        try:
            name = self._pin(record, step)
        except TooManyRunsError as error:
            return f"{what} isn't pinned: {error}"
        return f"{what} is pinned{f' as {name}' * (name != what)}."

    @Slot()
    @in_turn
    def undo(self) -> None:
        """Restore the project before the last change."""
        self._go(self.history.undo(self._project), "Undone")

    @Slot()
    @in_turn
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
        self._project = Project(record, step, beside, self._project.pinned)
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

    def _pin_undone(self) -> None:
        """Pin undone runs that share the current run's start, and those of other programs.

        Give notice of others lost.
        """
        start, is_lost = self._project.record.config, False
        for undone in (entry.project for entry in self.history.undone):
            runs = [(undone.record, undone.step), (undone.beside, undone.step)]
            runs += [(pinned.record, pinned.step) for pinned in undone.pinned]
            for record, step in runs:
                if record is None or self._has(record):
                    continue
                if record.source is not None or start in {undone.record.config, record.config}:
                    self.noticed.emit(self._kept("The undone run", record, step))
                else:
                    is_lost = True
        if is_lost:
            self.noticed.emit("Changes undone earlier can no longer be redone.")

    def _has(self, record: Record) -> bool:
        """Return whether every step of a run is part of the current or a pinned run."""
        project = self._project
        runs = (project.record, project.beside, *(run.record for run in project.pinned))
        return record.newest == 0 or any(r and record.is_part_of(r) for r in runs)

    def _pin(self, record: Record, step: int) -> str:
        """Pin a run unless it is pinned already; return its name. Raises TooManyRunsError.

        A watched run is pinned once, under the name that its program gives it.
        """
        for pinned in self._project.pinned:
            if pinned.record == record:
                return pinned.name
            if is_same_watched(pinned.record, record):
                self._renew(record)
                return pinned.name
        self._project = self._project.pinning(record, step, self._name_for(record))
        return self._project.pinned[-1].name

    def _name_for(self, record: Record) -> str:
        """Return the name of a watched run, or of correct code beside it; "" for any other."""
        first = self._project.record
        if record.source is not None:
            return self._unused(record.source.name)
        is_twin = record is self._project.beside and record.config == first.config
        if first.source is None or not is_twin:
            return ""
        return self._unused(f"{first.source.name}, correct copy")

    def _renew(self, record: Record) -> None:
        """Put newer states of a watched run in the place of those that are pinned."""
        pinned = tuple(
            replace(run, record=record) if is_same_watched(run.record, record) else run
            for run in self._project.pinned
        )
        self._project = replace(self._project, pinned=pinned)

    def _unused(self, name: str) -> str:
        """Return a name that no pinned run has, with a number if needed."""
        taken = {run.name for run in self._project.pinned}
        numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
        return next(one for one in (name, *numbered) if one not in taken)

    @Slot(object)
    def _note_snapshot(self, seen: Snapshot) -> None:
        beside = None if seen.beside is None else seen.beside.record
        self._project = Project(seen.record, seen.step, beside, self._project.pinned)


def is_same_watched(one: Record, other: Record) -> bool:
    """Return whether two records are of the same run of another program."""
    keys = [run.source.key if run.source else None for run in (one, other)]
    return keys[0] == keys[1] is not None
