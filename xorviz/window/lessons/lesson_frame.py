"""Which control of a lesson is framed, and when."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QMainWindow

from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lessons.course import Course, Stage
from xorviz.lessons.evidence import LabSeen
from xorviz.panels.lab.recipe import FIELDS as LAB_FIELDS
from xorviz.ui.theme.palette import Theme
from xorviz.window.bars.actions import Actions
from xorviz.window.docks.docks import Docks
from xorviz.window.lessons.control_finder import ControlFinder
from xorviz.window.lessons.control_frame import ControlFrame


class LessonFrame(QObject):
    """Frames the control that a lesson speaks of, wherever it is; it goes while one waits."""

    def __init__(self, window: QMainWindow, actions: Actions, docks: Docks) -> None:
        super().__init__(window)
        self._finder = ControlFinder(window, actions, docks)
        self._frame = ControlFrame(window)
        self._control = ""
        self._is_new = False
        """Whether the control is still to be scrolled to."""
        # Only then buttons and panels have their places.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._place)

    def show(self, control: str) -> None:
        """Frame a control, and bring it to sight if it is another one; "" for none."""
        if control == self._control:
            return
        self._control = control
        if control:
            self._finder.reveal(control)
        self._is_new = True
        self.refresh()

    def show_again(self) -> None:
        """Bring the control to sight."""
        control, self._control = self._control, ""
        self.show(control)

    @Slot()
    def refresh(self) -> None:
        """Frame the control where it is now."""
        self._later.start()

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        self._frame.apply_theme(theme)
        self.refresh()

    @Slot()
    def _place(self) -> None:
        if self._is_new and self._control:
            self._finder.scroll_to(self._control)
        self._is_new = False
        self._frame.put_around(self._finder.find(self._control) if self._control else None)


def control_of(course: Course, recipe: RunConfig) -> str:
    """Return the name of the control to use now, where the run or the lab has a recipe.

    A setting is to be changed first; then what trains is to be pressed.
    """
    task = course.task
    if task is None:
        return ""
    if course.stage is Stage.EXERCISE:
        tried = [
            one.recipe if isinstance(one, LabSeen) else one.recipe_now for one in course.attempts
        ]
        is_set = recipe not in (task.recipe, *tried)
    else:
        control = task.control
        is_set = control in SETTINGS and getattr(recipe, control) == getattr(task.recipe, control)
    if is_set:
        return "run" if task.lab is None else "lab_run"
    return f"lab_{task.control}" if task.lab and task.control in LAB_FIELDS else task.control
