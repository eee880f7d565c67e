"""The window of a lesson, with a session, a document and panels of its own."""

from functools import partial

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from xorviz.core.runs.project import Project
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.lessons.library import NamedLesson
from xorviz.panels.base.snapshot_view import TargetsView
from xorviz.panels.lab.lab_seeds import LabSeeds
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.lesson.lesson_view import LessonView
from xorviz.panels.registry import Workspace
from xorviz.ui.forms.boxes import row
from xorviz.ui.guard import guarded
from xorviz.ui.keys import explained_action
from xorviz.ui.said import WhatsThis
from xorviz.ui.theme.palette import Theme
from xorviz.window.bars.actions import Keys
from xorviz.window.document.document import Document
from xorviz.window.layout.desk import Desk
from xorviz.window.layout.view_set import ViewSet, Wires, connect
from xorviz.window.lessons.guide import LOSS, RUNS, SEEDS, Guide, panels_of, tree_of

SIZE = QSize(1100, 720)
_WIDEST = 70
"""Characters of a line that stands alone."""
_MARGIN = 8
_ACTIONS = (
    ("run", "&Run", "Space", "Train until the step is over, or until you press Pause"),
    ("lab_run", "Run &lab", "", "Train the networks that the lesson asks for, on all cores"),
    ("step", "&Step", "S", "Take one step"),
    ("reset", "Rese&t", "R", "Return to step 0 and the same initial weights"),
    ("new_weights", "New &weights", "N", "Return to step 0 with other random initial weights"),
    ("keep", "&Keep this run", "P", "Pin a copy of this run in your own work"),
    ("close", "&Close", "Ctrl+W", "Close this window"),
)
"""Names, texts, keys and tips."""


@guarded
class LessonWindow(QMainWindow):
    """One lesson, from its beginning to its end. It writes nothing, and touches no other run."""

    closed = Signal()

    def __init__(self, named: NamedLesson, following: str, kernel: str, theme: Theme) -> None:
        """Take a lesson, and the title of the one after it; "" for none."""
        super().__init__()
        self.setObjectName("lesson_window")
        self.named = named
        self.setWindowTitle(f"{named.lesson.title} – xorviz")
        self.resize(SIZE.boundedTo(self.screen().availableSize()))
        lesson = named.lesson
        self.session = TrainingSession(self, kernel=kernel)
        self.document = Document(self.session)
        self.lesson_actions = {
            name: explained_action(self, text, tip, name, key) for name, text, key, tip in _ACTIONS
        }
        self.addActions(list(self.lesson_actions.values()))
        self.letter_keys = QAction(self, checkable=True)
        """Whether keys that are one letter act."""
        Keys(self.actions(), self.letter_keys, self)
        names = panels_of(lesson)
        self._views = ViewSet(self, theme, names)
        self.desk = Desk(self._views.all, list, list)
        self.desk.start(Workspace.LEARN, {Workspace.LEARN: tree_of(names)})
        buttons = list(self.lesson_actions.values())
        self.view = LessonView(named.place, following, buttons)
        plot = self._views[LossPlot] if LOSS in names else None
        seeds = self._views[LabSeeds] if SEEDS in names else None
        parts = (self.session, self.document, self.lesson_actions, plot, seeds)
        WhatsThis(self, self._open_guide)
        self._lay_out()
        self.guide = Guide(lesson, self.view, *parts)
        self._connect()
        self._connect_views()
        self._show_panels()
        self.apply_theme(theme)
        self.view.setFocus()

    def _lay_out(self) -> None:
        for panel in self.desk.made:
            panel.hide_action.setVisible(False)  # nothing here would bring it back
        inside = QWidget()
        row(inside, self.view, (self.desk, 1), margins=4 * (_MARGIN,), gap=_MARGIN)
        self.setCentralWidget(inside)

    def _connect(self) -> None:
        session, document, guide = self.session, self.document, self.guide
        slots = {
            "run": session.toggle,
            "lab_run": guide.run_lab,
            "step": partial(session.step, 1),
            "reset": document.reset,
            "new_weights": document.draw_seed,
            "close": self.close,
        }
        for name, slot in slots.items():
            self.lesson_actions[name].triggered.connect(slot)
        session.snapshot_arrived.connect(self._views.show_snapshot)
        session.previewed.connect(self._views.show_preview)
        session.activity_changed.connect(self._show_activity)
        session.failed.connect(lambda failure: self.show_notice(failure.message))
        session.preparation.fell_back.connect(self.show_notice)
        document.project_changed.connect(self._show_project)
        for refusing in (document.refused, document.noticed):
            refusing.connect(self.show_notice)
        wishes = self.view.wishes
        wishes.left.connect(self.close)
        wishes.draw_requested.connect(lambda: self.desk.reveal(LOSS))
        guide.shown.connect(self._show_panels)
        guide.failed.connect(self.show_notice)

    def _connect_views(self) -> None:
        session, guide = self.session, self.guide
        set_weight, try_weight = map(
            guide.with_weights, (self.document.set_weight, session.try_weight)
        )
        wires: Wires = {
            "step_requested": session.seek,
            "pause_requested": session.pause,
            "weight_requested": set_weight,
            "weight_tried": try_weight,
            "trial_ended": session.end_trial,
            "targets_requested": guide.choose_targets,
            "shown_requested": self.document.show_run,
        }
        connect(self._views.all, wires)

    def _open_guide(self, section: str) -> None:
        from xorviz.window.dialogs.help import HelpDialog

        dialog = self.findChild(HelpDialog) or HelpDialog(self, self._theme)
        dialog.show()
        dialog.go_to(section)

    @Slot(str)
    def show_notice(self, text: str) -> None:
        self.view.show_notice(text)

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._views.apply_theme(theme)
        self.desk.apply_theme(theme)
        self.view.refit()

    @Slot(object)
    def _show_activity(self, activity: Activity) -> None:
        self._views.set_streaming(activity.is_training)
        self.lesson_actions["run"].setText("Pause" if activity.is_training else "&Run")

    @Slot(object)
    def _show_project(self, project: Project) -> None:
        self._views.show_project(project)
        if RUNS in panels_of(self.named.lesson):
            self.desk.show_runs(bool(project.pinned))

    @Slot()
    def _show_panels(self) -> None:
        """Show the panels once there is something in them: the lab's are empty before it runs."""
        guide, views = self.guide, self._views.all
        is_empty = guide.lab is not None and not guide.has_lab_begun and len(views) == 1
        self.desk.setVisible(not is_empty)
        for view in views:
            if isinstance(view, TargetsView):
                view.are_targets_free = guide.is_free("targets")
        self.view.setMaximumWidth(_WIDEST * self.fontMetrics().averageCharWidth())

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the threads; nothing is asked, and nothing is saved."""
        self.session.close()
        self._views.analyst.close()
        if self.guide.lab is not None:
            self.guide.lab.close()
        super().closeEvent(event)
        self.closed.emit()
