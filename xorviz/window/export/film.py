"""A run as an animation, made in short slices of work. Shapes: h by w pixels."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.project import Project
from xorviz.core.runs.replay import kernel_for
from xorviz.core.runs.snapshot import Snapshot
from xorviz.files.exports.animation import GifWriter, PillowMissingError, is_available

FRAMES_PER_SECOND = 10

_SLICE_SECONDS = 0.008
_SLICE_STEPS = 64 * 64


class Film:
    """Replays a project's current run, and draws a frame at evenly spaced steps."""

    def __init__(
        self,
        project: Project,
        frames: int,
        draw: Callable[[Snapshot], NDArray[np.uint8]],
        frames_per_second: float = FRAMES_PER_SECOND,
    ) -> None:
        """Prepare at most ``frames`` frames (h, w, 3). Raises PillowMissingError."""
        if not is_available():
            raise PillowMissingError
        self._current = CurrentRun(
            project.record, 0, beside=project.beside, kernel=kernel_for(project.record)
        )
        self._steps = frame_steps(self._current.newest, frames)
        self._draw, self._frames_per_second = draw, frames_per_second
        self._writer: GifWriter | None = None
        self.done = 0
        """Frames made so far."""

    @property
    def total(self) -> int:
        return len(self._steps)

    def work(self) -> bool:
        """Train for about 8 ms, then draw if a frame is due; return whether anything is left.

        Raises ArithmeticError if the run cannot be replayed, and any error of drawing.
        """
        if self._writer is None:
            if self._reaches(self._steps[-1]):  # at once, but for the longer of two runs
                # For the palette: both ends of a run have about all of its colours.
                ends = [self._frame(self._steps[-1]), self._frame(self._steps[0])]
                self._writer = GifWriter(ends)
        elif self._reaches(self._steps[self.done]):
            self._writer.add(self._frame(self._steps[self.done]))
            self.done += 1
        return self.done < self.total

    def finish(self) -> bytes:
        """Return the animation as a GIF file, once no work is left."""
        assert self._writer is not None
        return self._writer.finish(1000 / self._frames_per_second)

    def _reaches(self, step: int) -> bool:
        """Train for one slice; return whether a step is reached."""
        end = time.perf_counter() + _SLICE_SECONDS
        while self._current.approach(step, _SLICE_STEPS):
            if time.perf_counter() > end:
                return False
        return True

    def _frame(self, step: int) -> NDArray[np.uint8]:
        self._current.go_to(step)
        return self._draw(self._current.snapshot())


def frame_steps(newest: int, frames: int) -> list[int]:
    """Return evenly spaced steps from 0 to the newest, at most ``frames``; of one, the newest."""
    gaps = frames - 1
    return sorted({newest * i // gaps for i in range(frames)}) if gaps else [newest]
