"""The run of a network of any shape that another program trains. Shapes: K states."""

from pathlib import Path

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.runs.source import WatchedSource
from xorviz.core.truth_table import COUNTED
from xorviz.files.atomic import FileError
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.reader import StatesReader


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
