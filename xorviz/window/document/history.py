"""The history of a document, for undo and redo."""

from collections.abc import Iterable
from dataclasses import dataclass

from xorviz.core.runs.project import Project

MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A change, and the project before it."""

    label: str
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

    @property
    def last(self) -> Entry | None:
        """The last change."""
        return self._done[-1] if self._done else None

    def forget(self, entries: Iterable[Entry]) -> None:
        """Remove changes that were never made."""
        self._done = [entry for entry in self._done if not any(entry is e for e in entries)]

    def note(self, entry: Entry) -> None:
        """Add a change and discard what could be redone.

        A change from the same project as the last one replaces it: the last was never shown.
        """
        self.undone.clear()
        if self._done and _is_same_place(self._done[-1], entry):
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


def _is_same_place(one: Entry, other: Entry) -> bool:
    """Return whether undoing either restores the same state."""
    places = [(e.project, e.project.step, e.moves_current_run) for e in (one, other)]
    return places[0] == places[1]
