"""Runs that other programs train, as the current run or pinned."""

from dataclasses import replace

from PySide6.QtCore import Slot

from xorviz.core import numerals
from xorviz.core.runs.project import continued
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.window.document.open_project import OpenProject, is_same_watched

Index = tuple[int, ...]


class WatchedProject(OpenProject):
    """A project that may hold watched runs: those of other programs, which xorviz does not train.

    Training or changing one starts a run of xorviz's from its state, and pins the watched run.
    """

    @property
    def watched(self) -> Record | None:
        """The current run, if another program trains it."""
        record = self._project.record
        return record if record.source is not None else None

    def has_watched(self, record: Record) -> bool:
        """Return whether a watched run is the current one or pinned."""
        project = self._project
        known = (project.record, *(run.record for run in project.pinned))
        return any(is_same_watched(one, record) for one in known)

    def watch(self, record: Record) -> None:
        """Make a watched run the current one and follow it; pin what was trained before."""
        assert record.source is not None
        name = record.source.name
        with self._change(f"watch {name}"):
            told = self._pin_others()
            self._open_run(record, record.newest)
            self.noticed.emit(f"Watching {name}.{told} Undo goes back.")
            self._session.play()

    def list_watched(self, record: Record) -> None:
        """Pin a watched run beside the others; not the user's change, so it cannot be undone.

        Raises TooManyRunsError.
        """
        assert record.source is not None
        self._pin(record, record.newest)
        self.project_changed.emit(self._project)

    def renew(self, record: Record) -> None:
        """Show newer states of a pinned watched run."""
        before = self._project
        self._renew(record)
        if self._project != before:
            self.project_changed.emit(self._project)

    @Slot()
    def continue_here(self) -> None:
        """Train on from the state shown, as a run of xorviz's."""
        if self.watched is not None:
            self._continue("continue here", is_played=True)

    @Slot()
    def train_twin(self) -> None:
        """Train what correct code does with the recipe, from the first state, side by side."""
        record = self.watched
        if record is None or record.source is None:
            return
        name = record.source.name
        with self._change("correct twin"):
            if (second := self._project.beside) is not None and second.newest > 0:
                self._pin(second, self._project.step)
            self._open_run(record, 0, continued(record, 0))
            self.noticed.emit(
                f"A is {name}, B is correct gradient descent from the same first state."
            )
            self._session.play()

    def _continue(
        self,
        label: str,
        config: RunConfig | None = None,
        change: tuple[str, float, Index] | None = None,
        is_played: bool = False,
    ) -> None:
        """Begin a run of xorviz's from the state shown, with other settings, or one change.

        Train it if the watched run was followed, or if that is wanted.
        """
        record, step = self._project.record, self._shown_step
        is_played |= self._session.playing
        with self._change(label):
            begun = self._begun(record, step, config or record.config, change)
            name = self._pin_watched()
            self._open_run(begun, 0)
            self.noticed.emit(
                f"Continued from step {numerals.whole(step)} of the watched run, which is pinned "
                f"as {name}. Undo goes back."
            )
            if is_played:
                self._session.play()

    def _begun(
        self, record: Record, step: int, config: RunConfig, change: tuple[str, float, Index] | None
    ) -> Record:
        """Return a run of xorviz's from a kept state, with a change. Raises SettingError."""
        name, value, index = change or ("", 0.0, ())
        if name and not index:
            config = replace(config, **{name: value})  # type: ignore[arg-type]
        begun = Recording(continued(record, step, config))
        if index:
            begun.intervene(name, value, index)
        return begun.record()

    def _pin_watched(self) -> str:
        """Pin the current watched run, and one beside it; return the name of the first.

        Raises TooManyRunsError.
        """
        for _, run in self._unpinned():
            self._pin(run, self._project.step)
        return self._pin(self._project.record, self._project.step)

    def _trainable(self, run: Record, step: int) -> tuple[Record, int]:
        """Return a run and its step; for a watched run, one of xorviz's that continues it there."""
        return (run, step) if run.source is None else (continued(run, step), 0)

    @property
    def _shown_step(self) -> int:
        """The kept step that is shown, or gone to."""
        record, step = self._project.record, self._session.step_wanted
        return record.towards(step, step + 1)
