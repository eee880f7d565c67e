"""Lessons, from the whole window: by their menu, from a file, and how they are left."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from xorviz.files.atomic import FileError
from xorviz.ui.keys import allow
from xorviz.window.bars.actions import Actions
from xorviz.window.document.file_dialogs import LESSONS, ask_to_open
from xorviz.window.document.settings import Settings
from xorviz.window.lessons.lesson_menu import LessonMenu

if TYPE_CHECKING:  # not loaded at the start
    from xorviz.lessons.library import NamedLesson
    from xorviz.window.lessons.lessons import Lessons


class LessonsKey(QObject):
    """Begins lessons and leaves them. What leads through them is loaded with the first one."""

    noticed = Signal(str)
    began = Signal()

    def __init__(
        self,
        window: QMainWindow,
        settings: Settings,
        actions: Actions,
        make: Callable[[], "Lessons"],
    ) -> None:
        """Take parts of the window, and what makes the others for the first lesson."""
        super().__init__(window)
        self._window, self._settings, self._make = window, settings, make
        self._lessons: Lessons | None = None
        self._leave, self._forget = actions["leave_lesson"], actions["forget_lessons"]
        below = (actions["open_lesson"], self._leave, self._forget)
        self.menu = LessonMenu(settings, below, window)
        self.menu.chosen.connect(self.begin)
        actions["open_lesson"].triggered.connect(self.open)
        self._forget.triggered.connect(self.forget)
        self._allow_leaving(False)
        self._folder = Path.home()

    @Slot(object)
    def begin(self, named: "NamedLesson") -> None:
        """Begin a lesson in place of what is open, which comes back after it."""
        self.began.emit()
        self._led().begin(named)

    @Slot()
    def open(self) -> None:
        """Ask for the file of a lesson."""
        ask_to_open(self._window, "Open lesson", self._folder, LESSONS, self.open_path)

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Begin the lesson in a file; a broken one changes nothing."""
        from xorviz.lessons import library

        self._folder = path.parent
        try:
            named = library.opened(path)
        except FileError as error:
            self.noticed.emit(f"Could not open {path.name}: {error}")
        else:
            self.begin(named)

    @Slot()
    def refit(self) -> None:
        """Fit bar and frame to the window's new size."""
        if self._lessons is not None:
            self._lessons.refit()

    @Slot()
    def forget(self) -> None:
        """Forget which lessons are done."""
        is_any = bool(self._settings.lessons_done())
        self._settings.set_lessons_done(())
        self.noticed.emit(f"No lesson {'is marked as done now' if is_any else 'was done yet'}.")

    @Slot(bool)
    def _allow_leaving(self, is_open: bool) -> None:
        allow(self._leave, "" if is_open else "No lesson is open")

    def _led(self) -> "Lessons":
        """Return what leads through lessons."""
        if self._lessons is None:
            self._lessons = self._make()
            self._lessons.noticed.connect(self.noticed)
            self._lessons.opened.connect(self._allow_leaving)
            self._leave.triggered.connect(self._lessons.leave)
        return self._lessons
