"""The menu of lessons, with a tick by each that is done."""

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from xorviz.ui.keys import explain_action
from xorviz.window.document.settings import Settings

_DONE = "Done"


class LessonMenu(QMenu):
    """The lessons that come with the program, read when the menu is first opened."""

    chosen = Signal(object)  # NamedLesson

    def __init__(self, settings: Settings, actions: Iterable[QAction], window: QWidget) -> None:
        """Take the actions that follow the lessons."""
        super().__init__("&Lessons", window)
        self.setObjectName("lesson_menu")
        self.setToolTipsVisible(True)
        self._settings = settings
        self._below = self.addSeparator()
        self.addActions(list(actions))
        self._lessons: list[QAction] = []
        self.aboutToShow.connect(self._fill)
        self.triggered.connect(self._choose)

    @Slot()
    def _fill(self) -> None:
        from xorviz.lessons.library import bundled

        if not self._lessons:
            for number, named in enumerate(bundled(), start=1):
                action = QAction(self)
                action.setObjectName(f"lesson_{number}")
                action.setData(named)
                self._lessons.append(action)
            self.insertActions(self._below, self._lessons)
        done = self._settings.lessons_done()
        for number, action in enumerate(self._lessons, start=1):
            is_done = action.data().key in done
            title = action.data().lesson.title.replace("&", "&&")
            # That it is done is said in words, too, for screen readers.
            action.setText(f"&{number}  {title}" + f"\t{_DONE}" * is_done)
            action.setCheckable(is_done)  # an empty box would ask for a tick
            action.setChecked(is_done)
            explain_action(action, f"Begin lesson {number}{' again' * is_done}")

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if action in self._lessons:
            self.chosen.emit(action.data())
