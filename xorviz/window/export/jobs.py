"""The files that are made in slices: animations, and scripts compared with their runs."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from xorviz.core.analysis.rounding import RoundingCheck
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.files.exports.script import numpy_script
from xorviz.ui.theme.palette import Theme
from xorviz.window.export.film import Film
from xorviz.window.export.offscreen import OffscreenRenderer

SLICE_SECONDS = 0.05
"""Comparing for so long at once disturbs nothing that is drawn meanwhile."""


class FilmJob(Film):
    """An animation of a project, drawn off screen."""

    unit = "frames"
    remark = ""

    def __init__(
        self,
        owner: QWidget,
        project: Project,
        views: Sequence[str],
        frames: int,
        frames_per_second: float,
        theme: Theme,
    ) -> None:
        """Prepare the drawing. Raises PillowMissingError."""
        self._stage = OffscreenRenderer(views, theme, owner)
        self._stage.show_project(project)
        super().__init__(project, frames, self._stage.pixels_of, frames_per_second)

    def close(self) -> None:
        self._stage.close()


class ScriptJob:
    """A script, and what rounding does to the run that it repeats."""

    unit = "steps compared"

    def __init__(self, record: Record, step: int) -> None:
        """Prepare the script of a run up to a step."""
        self._record, self._step = record, step
        self._check = RoundingCheck(record, step)

    @property
    def remark(self) -> str:
        return self._check.finding

    @property
    def done(self) -> int:
        return self._check.done

    @property
    def total(self) -> int:
        return self._check.total

    def work(self) -> bool:
        return self._check.work(SLICE_SECONDS)

    def finish(self) -> bytes:
        return numpy_script(self._record, self._step, self.remark).encode()

    def close(self) -> None:
        """Free nothing: there is nothing but memory."""
