"""The run in a file of states, which grows as its program writes. Shapes: K states."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.runs.record import Record, weight_shapes
from xorviz.core.runs.source import ProgramState, WatchedSource
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.atomic import FileError
from xorviz.watching.places import path_of
from xorviz.watching.states_file import States, StatesReader

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


class OtherRun:
    """The states in a file, and those that are added to it: weights, and perhaps outputs."""

    def __init__(self, path: Path) -> None:
        """Read a file. Raises FileError if it is none of states, or holds none yet."""
        self.path, self._reader = path, StatesReader(path)
        header = self._reader.header
        self.shapes = {n: shape for n, shape in header.arrays.items() if np.prod(shape)}
        """Of the weights that hold a number, by their names."""
        self.targets: tuple[int, ...] | None = None
        """For 00, 01, 10, 11, if the program has said them."""
        if "targets" not in header.source.assumed:
            self.targets = tuple(header.recipe.targets[row] for row in COUNTED)
        if header.outputs:
            self.shapes.popitem()
        self._states: dict[int, Array] = {}
        self._recent: list[int] = []
        """Steps of the states that older ones give way to."""
        self.read()
        if not self._states:
            raise FileError("It holds no state yet.")

    @property
    def source(self) -> WatchedSource:
        """The program, with what it does now."""
        return self._reader.source

    @property
    def steps(self) -> list[int]:
        """(K,) rising."""
        return list(self._states)

    def read(self) -> bool:
        """Take in what has come since; return whether anything has. Raises FileError."""
        before = self.source
        found, ring = self._reader.read(), self._reader.header.ring
        newest = next(reversed(self._states), -1)
        for step, numbers, is_kept in zip(
            found.steps.tolist(), found.numbers, found.are_kept, strict=True
        ):
            if step > newest:
                self._states[step] = numbers
                self._recent += [] if is_kept else [step]
        for step in self._recent[: -ring or None]:
            del self._states[step]
        self._recent = self._recent[-ring:] if ring else []
        return bool(found.steps.size) or self.source is not before

    def weights_at(self, step: int) -> dict[str, Array]:
        """Return the arrays of a state by their names."""
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in self.shapes.values()])
        parts = np.split(self._states[step], ends)
        pairs = zip(self.shapes.items(), parts, strict=False)
        return {name: part.reshape(shape) for (name, shape), part in pairs}

    def outputs_at(self, step: int) -> Array | None:
        """Return the outputs (4, O) of a state for 00, 01, 10, 11, not a number where unknown."""
        header = self._reader.header
        if not header.outputs:
            return None
        return self._states[step][header.weights :].reshape(len(COUNTED), -1)


def opened(path: Path) -> FollowedRun | OtherRun:
    """Return the run in a file, as its network is. Raises FileError."""
    is_other = StatesReader(path).header.config is None
    return OtherRun(path) if is_other else FollowedRun(path)
