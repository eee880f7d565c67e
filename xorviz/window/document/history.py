"""What can be undone and done again."""

from dataclasses import dataclass

from xorviz.core.runs.project import Project

MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """The study before a change, and what the change was."""

    label: str
    """In a few words, to stand behind "Undo"."""
    project: Project
    moves_current_run: bool
    """Whether the run on the bench changed; if not, undoing leaves training alone."""


class History:
    """The way back, and after going back the way forward. Studies are values: they cost little."""

    def __init__(self) -> None:
        self._done: list[Entry] = []
        self._undone: list[Entry] = []

    @property
    def undo_label(self) -> str | None:
        """What would be undone, if anything."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        """What would be done again, if anything."""
        return self._undone[-1].label if self._undone else None

    @property
    def undone(self) -> tuple[Entry, ...]:
        """What a new change makes unreachable, the furthest first."""
        return tuple(self._undone)

    def note(self, entry: Entry) -> None:
        """Note a change; what was undone before it cannot be done again.

        Changes before which all was the same are one step of the way back: nothing has been seen
        of the first.
        """
        self._undone.clear()
        if self._done and _is_same_place(self._done[-1], entry):
            self._done.pop()
        self._done.append(entry)
        del self._done[:-MOST_ENTRIES]

    def undo(self, now: Project) -> Entry | None:
        """Return what to go back to from the study as it is now."""
        return _moved(self._done, self._undone, now)

    def redo(self, now: Project) -> Entry | None:
        """Return what to go forward to from the study as it is now."""
        return _moved(self._undone, self._done, now)

    def clear(self) -> None:
        """Forget everything: another study begins."""
        self._done.clear()
        self._undone.clear()


def _moved(source: list[Entry], target: list[Entry], now: Project) -> Entry | None:
    """Take the last entry of one list; put the present into the other under the same label."""
    if not source:
        return None
    entry = source.pop()
    target.append(Entry(entry.label, now.compact(), entry.moves_current_run))
    return entry


def _is_same_place(one: Entry, other: Entry) -> bool:
    """Tell whether going back to either is the same."""
    places = [
        (entry.project, entry.project.step, entry.moves_current_run) for entry in (one, other)
    ]
    return places[0] == places[1]
