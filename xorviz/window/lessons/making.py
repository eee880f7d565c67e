"""Makes what leads through lessons, with its bar and its frame, and connects it to the window."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from xorviz.engine.session import TrainingSession
from xorviz.window.bars.actions import Actions
from xorviz.window.bars.appearance import Appearance
from xorviz.window.docks.docks import Docks
from xorviz.window.docks.view_set import ViewSet
from xorviz.window.document.document import Document
from xorviz.window.document.settings import Settings
from xorviz.window.lab.lab_controller import LabController
from xorviz.window.lessons.lesson_bar import LessonBar
from xorviz.window.lessons.lesson_desk import LessonDesk
from xorviz.window.lessons.lesson_frame import LessonFrame
from xorviz.window.lessons.lessons import Lessons


def lessons_in(
    window: QMainWindow,
    session: TrainingSession,
    document: Document,
    settings: Settings,
    actions: Actions,
    views: ViewSet,
    docks: Docks,
    appearance: Appearance,
    choose_speed: Callable[[float | None], None],
    lab: Callable[[], LabController | None],
) -> Lessons:
    """Return what leads through lessons in a window; ``lab`` returns its lab, if it is made."""
    desk = LessonDesk(session, document, settings, docks, views, choose_speed, lab)
    bar, frame = LessonBar(window, docks), LessonFrame(window, actions, docks)
    for part in (bar.view, frame):
        part.apply_theme(appearance.theme)
        appearance.changed.connect(part.apply_theme)
    docks.workspace_changed.connect(frame.refresh)
    lessons = Lessons(document, settings, bar, desk, frame)
    appearance.changed.connect(lessons.refit)
    later = Qt.ConnectionType.QueuedConnection  # once the panels of that mode are shown
    actions["projector"].toggled.connect(lessons.show_again, later)
    return lessons
