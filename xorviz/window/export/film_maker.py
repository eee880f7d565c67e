"""Makes an animation in the event loop without blocking it."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from xorviz.core.runs.project import Project
from xorviz.files.atomic import FileError
from xorviz.ui.theme.palette import Theme
from xorviz.window.export.film import Film
from xorviz.window.export.offscreen import OffscreenRenderer


class FilmMaker(QTimer):
    """Works for about 8 ms in each iteration of the event loop. Deleted with its owner."""

    progressed = Signal(int, int)  # frames made, frames in all
    completed = Signal(object)  # bytes
    failed = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._stage: OffscreenRenderer | None = None
        self._film: Film | None = None
        self._frames_per_second = 0.0
        self.setInterval(0)
        self.timeout.connect(self._work)

    @property
    def is_busy(self) -> bool:
        """Whether an animation is being made."""
        return self._film is not None

    def begin(
        self,
        project: Project,
        views: Sequence[str],
        frames: int,
        frames_per_second: float,
        theme: Theme,
    ) -> None:
        """Begin an animation of a project. Raises PillowMissingError."""
        self.cancel()
        self._stage = OffscreenRenderer(views, theme, self._owner)
        self._stage.show_project(project)
        self._film = Film(project, frames, self._stage.pixels_of)
        self._frames_per_second = frames_per_second
        self.progressed.emit(0, self._film.total)
        self.start()

    @Slot()
    def cancel(self) -> None:
        """Stop and discard the animation."""
        self.stop()
        self._film = None
        if self._stage is not None:
            self._stage.close()
            self._stage = None

    @Slot()
    def _work(self) -> None:
        film = self._film
        assert film is not None
        try:
            if film.work():
                self.progressed.emit(film.done, film.total)
                return
            content = film.finish(self._frames_per_second)
        except (FileError, ArithmeticError) as error:
            self.cancel()
            self.failed.emit(str(error))
        except BaseException:
            self.cancel()  # else it would be raised again in each iteration
            raise
        else:
            self.cancel()
            self.completed.emit(content)
