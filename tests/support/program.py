"""A program that is watched, as far as a window can tell: its file."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from tests.support.watched import SHOWN, source_of
from xorviz.core.arrays import Array
from xorviz.core.network import flat, gradient, initial_weights
from xorviz.core.runs.record import Record
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.watching import places
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.states_file import SUFFIX, Header
from xorviz.watching.writer import RING, StatesWriter


class WrittenProgram:
    """Writes the states of correct code, or others, until it ends or dies."""

    def __init__(
        self, name: str = "my network", config: RunConfig = SHOWN, start: int = 1234, **more: Any
    ) -> None:
        """Make its file; ``start`` is the seed of its weights, ``more`` is of its source."""
        source = source_of(name, **more)
        self.path = places.made(places.candidates()[0]) / f"{source.key}{SUFFIX}"
        self._writer = StatesWriter(self.path, Header.of(config, source, RING))
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
        self._writer.add(step, numbers.tobytes(), is_kept)

    def show_faulty(self, steps: int) -> "WrittenProgram":
        """Write the states of a program that forgets to update b1."""
        config = self._trainer.config
        weights = initial_weights(config)
        for step in range(steps + 1):
            self.say(step, flat(weights))
            slope = replace(gradient(weights, config), b1=np.zeros(config.width))
            weights = weights.each(lambda w, d: w - config.rate * d, slope)
        return self

    def end(self, diverged: bool = False) -> None:
        """End the run after its last step."""
        self._writer.end(diverged)

    def die(self) -> None:
        """Hold the file no longer, as after a kill."""
        self._writer.close()
