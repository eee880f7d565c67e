"""A run as an animation, made in short slices of work. Shapes: h by w pixels."""

import time
from collections.abc import Callable, Generator

import numpy as np
from numpy.typing import NDArray

from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import kernel_for
from xorviz.core.runs.snapshot import Snapshot
from xorviz.files.atomic import FileError
from xorviz.files.exports.animation import PILLOW_MISSING, GifWriter, is_available

FRAMES_PER_SECOND = 10

_SLICE_SECONDS = 0.008
_SLICE_STEPS = 64 * 64


def film(
    project: Project,
    frames: int,
    draw: Callable[[Snapshot], NDArray[np.uint8]],
    frames_per_second: float = FRAMES_PER_SECOND,
) -> Generator[tuple[int, int], None, bytes]:
    """Replay a project's current run, and draw at most ``frames`` evenly spaced steps (h, w, 3).

    Give the number of frames made and of all frames after each frame, and after each 8 ms of
    training; return a GIF file. Raises FileError without Pillow, ArithmeticError if the run
    cannot be replayed, and any error of drawing.
    """
    if not is_available():
        raise FileError(PILLOW_MISSING)
    kernel = kernel_for(project.record)
    current = CurrentRun(project.record, 0, beside=project.beside, kernel=kernel)
    steps = frame_steps(project, frames)

    def frame_at(step: int) -> NDArray[np.uint8]:
        current.go_to(step)
        return draw(current.snapshot())

    while not _reaches(current, steps[-1]):  # at once, but for the longer of two runs
        yield 0, len(steps)
    # For the palette: both ends of a run have about all of its colours.
    writer = GifWriter([frame_at(steps[-1]), frame_at(steps[0])])
    yield 0, len(steps)
    for done, step in enumerate(steps):
        while not _reaches(current, step):
            yield done, len(steps)
        writer.add(frame_at(step))
        yield done + 1, len(steps)
    return writer.finish(1000 / frames_per_second)


def frame_steps(project: Project, frames: int) -> list[int]:
    """Return evenly spaced steps of a project's current run, or of both side by side.

    They are at most ``frames``, from 0 to the newest; of one, the newest. Those of a watched run
    are the last steps before them whose states are kept.
    """
    record, gaps = project.record, frames - 1
    newest = min(run.newest for run in (record, project.beside or record))
    steps = {newest * i // gaps for i in range(frames)} if gaps else {newest}
    return sorted({record.towards(step, step + 1) for step in steps})


def finished(making: Generator[object, None, bytes]) -> bytes:
    """Do all the work at once, and return the file."""
    while True:
        try:
            next(making)
        except StopIteration as end:
            made: bytes = end.value
            return made


def _reaches(current: CurrentRun, step: int) -> bool:
    """Train for one slice; return whether a step is reached."""
    end = time.perf_counter() + _SLICE_SECONDS
    while current.approach(step, _SLICE_STEPS):
        if time.perf_counter() > end:
            return False
    return True
