"""A watched run that grows as its program writes its file."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from xorviz.core.runs.record import Record, weight_shapes
from xorviz.core.runs.source import ProgramState
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.truth_table import ROWS
from xorviz.files.atomic import FileError
from xorviz.watching.places import path_of
from xorviz.watching.reader import States, StatesReader

_OTHER = "It is of a network with other layers than 2-H-1, which only the window shows."


class FollowedRun(WatchedRun):
    """The states in a file, and those that are added to it."""

    def __init__(self, path: Path, is_by_passes: bool = False) -> None:
        """Read a file, of passes each fourth state. Raises FileError if it lacks the first."""
        self._reader = StatesReader(path)
        self._updates = len(ROWS) if is_by_passes else 1
        """Steps of the program in one of this run."""
        self._known = self._reader.source
        if (config := self._reader.header.config) is None:
            found = f" Its first updates: {self._known.finding}" if self._known.finding else ""
            raise FileError(f"{_OTHER}{found}")
        super().__init__(config, self._known)
        self._take(self._reader.read())
        if self.is_empty:
            raise FileError("It holds no state of step 0 yet.")

    def read(self) -> None:
        """Take in the states that have come since; what was read of a lost file stays."""
        try:
            self._take(self._reader.read())
        except FileError:  # it was removed, or holds another run now
            self.source = replace(self.source, state=ProgramState.UNKNOWN)

    def _take(self, states: States) -> None:
        if self._reader.source is not self._known:
            self._known = self._reader.source
            now = self.source
            self.source = replace(self._known, assumed=now.assumed, batch=now.batch)
        steps, more = np.divmod(states.steps, self._updates)
        fresh = (steps > (-1 if self.is_empty else self.newest)) & (more == 0)
        if fresh.any() and (not self.is_empty or steps[fresh][0] == 0):
            self.extend(steps[fresh], states.numbers[fresh], states.are_kept[fresh])


def followed(record: Record) -> WatchedRun:
    """Return a watched run with all that its file holds by now, if it is there.

    What was found out of its settings stays.
    """
    assert record.source is not None
    with suppress(FileError):
        source = record.source
        path = source.path or path_of(source.key)
        run = FollowedRun(path, source.is_by_passes(record.config))
        is_same = run.source.key == source.key and run.newest >= record.newest
        if is_same and weight_shapes(run.config) == weight_shapes(record.config):
            run.adopt(record.config, source.assumed, source.batch)
            return run
    return WatchedRun.of(record)
