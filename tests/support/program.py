"""Programs that are watched, as far as a window can tell: their files."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from weakref import finalize

import numpy as np

from tests.support.watched import SHOWN, source_of
from xorviz.core.arrays import Array
from xorviz.core.network import flat, gradient, initial_weights
from xorviz.core.runs.record import Record
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.watching import places
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.places import SUFFIX
from xorviz.watching.states_file import OUTPUTS, Header, StatesWriter


class _Program:
    """A program with a file of its own, which it holds until it is closed or forgotten."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.path = places.made(places.candidates()[0]) / f"{header.source.key}{SUFFIX}"
        self.writer = StatesWriter(self.path, header)
        self.die = finalize(self, self.writer.close)
        """Holds the file no longer, as after a kill."""

    def end(self, diverged: bool = False) -> None:
        """End the run after its last step."""
        self.writer.end(diverged)


class WrittenProgram(_Program):
    """Writes the states of correct code, or others, until it ends or dies."""

    def __init__(
        self, name: str = "my network", config: RunConfig = SHOWN, start: int = 1234, **more: Any
    ) -> None:
        """Make its file; ``start`` is the seed of its weights, ``more`` is of its source."""
        super().__init__(Header.of(config, source_of(name, **more)))
        self._trainer = Trainer(replace(config, seed=start))

    @property
    def record(self) -> Record:
        """The run as a window reads it."""
        return FollowedRun(self.path).record()

    def show(self, steps: Iterable[int], is_kept: bool = True) -> "WrittenProgram":
        """Write the states at these steps."""
        for step in steps:
            self._trainer.advance(step - self._trainer.step)
            self.say(step, self._trainer.checkpoint().parameters, is_kept)
        return self

    def say(self, step: int, numbers: Array, is_kept: bool = True) -> None:
        """Write any state (P,)."""
        self.writer.add(step, numbers.tobytes(), is_kept)

    def show_faulty(self, steps: int) -> "WrittenProgram":
        """Write the states of a program that forgets to update b1."""
        config = self._trainer.config
        weights = initial_weights(config)
        for step in range(steps + 1):
            self.say(step, flat(weights))
            slope = replace(gradient(weights, config), b1=np.zeros(config.width))
            weights = weights.each(lambda w, d: w - config.rate * d, slope)
        return self


DEEP: Mapping[str, tuple[int, ...]] = {"a": (2, 3), "b": (3,), "c": (3, 2), "d": (2, 1), "e": ()}


class OtherProgram(_Program):
    """Writes drawn states of a network of any shape."""

    def __init__(
        self, shapes: Mapping[str, tuple[int, ...]] = DEEP, outputs: int = 1, ring: int = 8,
        **more: Any,
    ) -> None:  # fmt: skip
        """Make its file; ``more`` is of its source."""
        arrays = {**shapes, OUTPUTS: (4, outputs)} if outputs else shapes
        super().__init__(Header(source_of("deep", **more), {}, arrays, ring))
        self.rows: dict[int, Array] = {}
        """What was written, by steps."""

    def show(self, *steps: int, is_kept: bool = True) -> "OtherProgram":
        """Write drawn states at these steps."""
        for step in steps:
            drawn = np.random.default_rng(step).normal(size=self.header.row["numbers"].shape)
            self.rows[step] = drawn
            self.writer.add(step, drawn.tobytes(), is_kept)
        return self
