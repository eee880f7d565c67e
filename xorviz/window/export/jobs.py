"""Files that take longer to make: in slices in the event loop, without blocking it."""

from collections.abc import Generator, Sequence
from contextlib import closing

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from xorviz.core.analysis.rounding import RoundingCheck
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.files.atomic import FileError
from xorviz.files.exports.script import numpy_script
from xorviz.ui.theme.palette import Theme
from xorviz.window.export.film import film
from xorviz.window.export.offscreen import OffscreenRenderer

Job = Generator[tuple[int, int], None, tuple[bytes, str]]
"""Makes a file: gives, after each slice of work, how much is done of how much; returns the file
and a remark for the user, which may be empty. Closing it frees what the work has needed."""

SLICE_SECONDS = 0.05
"""Comparing for so long at once disturbs nothing that is drawn meanwhile."""


def film_job(
    owner: QWidget,
    project: Project,
    views: Sequence[str],
    frames: int,
    frames_per_second: float,
    theme: Theme,
) -> Job:
    """Make an animation of a project, drawn off screen; counts frames."""
    with closing(OffscreenRenderer(views, theme, owner)) as stage:
        stage.show_project(project)
        return (yield from film(project, frames, stage.pixels_of, frames_per_second)), ""


def script_job(record: Record, step: int) -> Job:
    """Make the script of a run up to a step, and compare the two; counts steps."""
    check = RoundingCheck(record, step)
    while check.work(SLICE_SECONDS):
        yield check.done, check.total
    return numpy_script(record, step, check.finding).encode(), check.finding


class FileMaker(QTimer):
    """Works for a slice in each iteration of the event loop. Deleted with its owner."""

    progressed = Signal(int, int)  # how much is done, of how much
    completed = Signal(object, str)  # the file: bytes; the remark
    failed = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._job: Job | None = None
        self.setInterval(0)
        self.timeout.connect(self._work)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being made."""
        return self._job is not None

    def begin(self, job: Job) -> None:
        """Begin a file, in place of one that is not done; what one slice makes is made at once."""
        self.cancel()
        self._job = job
        self.start()
        self._work()

    @Slot()
    def cancel(self) -> None:
        """Stop and discard the file."""
        self.stop()
        job, self._job = self._job, None
        if job is not None:
            job.close()

    @Slot()
    def _work(self) -> None:
        assert self._job is not None
        try:
            done, total = next(self._job)
        except StopIteration as end:
            self.cancel()
            self.completed.emit(*end.value)
        except (FileError, ArithmeticError) as error:
            self.cancel()
            self.failed.emit(str(error))
        except BaseException:
            self.cancel()  # else it would be raised again in each iteration
            raise
        else:
            self.progressed.emit(done, total)
