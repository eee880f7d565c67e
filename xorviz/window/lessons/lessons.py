"""Lessons, from the main window: opened by their menu or from a file, in a window of their own."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QMenu

from xorviz.files.atomic import FileError
from xorviz.ui.keys import explain_action
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.appearance import Appearance
from xorviz.window.document.document import Document
from xorviz.window.document.file_dialogs import LESSONS, ask_to_open
from xorviz.window.document.settings import Settings

if TYPE_CHECKING:  # not loaded at the start
    from xorviz.lessons.library import NamedLesson
    from xorviz.window.lessons.lesson_window import LessonWindow


class Lessons(QObject):
    """Opens one lesson at a time: another one takes its place. Remembers which are done."""

    noticed = Signal(str)
    began = Signal()

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        settings: Settings,
        actions: Actions,
        appearance: Appearance,
        kernel: Callable[[], str],
    ) -> None:
        """Take parts of the main window; ``kernel`` names the kernel that trains there."""
        super().__init__(window)
        self._window, self._document, self._settings = window, document, settings
        self._actions, self._appearance, self._kernel = actions, appearance, kernel
        self.open_window: LessonWindow | None = None
        """The window of the lesson that is open."""
        self.menu = QMenu("&Lessons", window, toolTipsVisible=True)
        """The lessons that come with the program, read when it is opened."""
        self.menu.setObjectName("lesson_menu")
        self.menu.aboutToShow.connect(self._fill_menu)
        self._fill_below()
        actions["open_lesson"].triggered.connect(self.ask)
        actions["forget_lessons"].triggered.connect(self.forget)
        self._folder = Path.home()

    @Slot(object)
    def begin(self, named: "NamedLesson") -> None:
        """Open a lesson in its window, in place of the one that is open."""
        from xorviz.window.lessons.lesson_window import LessonWindow

        self.began.emit()
        before = None if self.open_window is None else self.open_window.saveGeometry()
        self.close()
        following = _after(named)
        title = "" if following is None else following.lesson.title
        window = LessonWindow(named, title, self._kernel(), self._appearance.theme)
        if before is not None:
            window.restoreGeometry(before)
        self.open_window = window
        window.addActions([self._actions[name] for name in ("zoom_in", "zoom_out", "help")])
        self._appearance.changed.connect(window.apply_theme)
        self._actions["letter_keys"].toggled.connect(window.letter_keys.setChecked)
        window.letter_keys.setChecked(self._actions["letter_keys"].isChecked())
        window.closed.connect(self._forget_window)
        window.guide.done.connect(partial(self._note_done, named.key))
        window.lesson_actions["keep"].triggered.connect(self._keep)
        if following is not None:
            window.view.wishes.next_requested.connect(partial(self.begin, following))
        window.show()
        window.activateWindow()

    @Slot()
    def close(self) -> None:
        """Close the window of the lesson, if one is open."""
        if self.open_window is not None:
            self.open_window.close()

    @Slot()
    def ask(self) -> None:
        """Ask for the file of a lesson."""
        ask_to_open(self._window, "Open lesson", self._folder, LESSONS, self.open_path)

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Open the lesson in a file; a broken one changes nothing."""
        from xorviz.lessons import library

        self._folder = path.parent
        try:
            named = library.opened(path)
        except FileError as error:
            self.noticed.emit(f"Could not open {path.name}: {error}")
        else:
            self.begin(named)

    @Slot()
    def forget(self) -> None:
        """Forget which lessons are done."""
        is_any = bool(self._settings.lessons_done())
        self._settings.set_lessons_done(())
        self.noticed.emit(f"No lesson {'is marked as done now' if is_any else 'was done yet'}.")

    @Slot()
    def _fill_menu(self) -> None:
        """Show the lessons, with a tick by each that is done."""
        from xorviz.lessons.library import bundled

        self.menu.clear()
        done = self._settings.lessons_done()
        for number, named in enumerate(bundled(), start=1):
            is_done = named.key in done
            # That it is done is said in words, too, for screen readers.
            title = named.lesson.title.replace("&", "&&") + "\tDone" * is_done
            action = self.menu.addAction(f"&{number}  {title}", partial(self.begin, named))
            action.setObjectName(f"lesson_{number}")
            action.setCheckable(is_done)  # an empty box would ask for a tick
            action.setChecked(is_done)
            explain_action(action, f"Begin lesson {number}{' again' * is_done}")
        self._fill_below()

    def _fill_below(self) -> None:
        self.menu.addSeparator()
        self.menu.addActions([self._actions[name] for name in ("open_lesson", "forget_lessons")])

    @Slot()
    def _forget_window(self) -> None:
        window, self.open_window = self.open_window, None
        if window is not None and not any(one.isRunning() for one in window.findChildren(QThread)):
            window.deleteLater()

    def _note_done(self, key: str) -> None:
        if key:
            self._settings.set_lessons_done({*self._settings.lessons_done(), key})

    @Slot()
    def _keep(self) -> None:
        """Pin a copy of the lesson's run in the user's own project."""
        if (window := self.open_window) is not None:
            project, name = window.document.project, window.named.lesson.title
            is_kept = self._document.keep(project.record, project.step, name)
            told = "is pinned in your own work." if is_kept else "couldn't be pinned: delete one."
            window.show_notice(f"This run {told}")


def _after(named: "NamedLesson") -> "NamedLesson | None":
    """Return the lesson after this one, of those that come with the program."""
    from xorviz.lessons.library import bundled

    return next((then for now, then in pairwise(bundled()) if now is named), None)
