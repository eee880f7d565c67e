"""The main window: builds, connects and closes all parts."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Qt, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QMainWindow

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.files.run_file import SUFFIX
from xorviz.lessons import SUFFIX as LESSON
from xorviz.panels.base.view import View
from xorviz.panels.learn.decision_surface import DecisionSurface
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.panels.learn.welcome import Welcome
from xorviz.panels.registry import Workspace
from xorviz.panels.settings.controls import Controls
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.ui.guard import guarded
from xorviz.ui.keys import end_typing
from xorviz.ui.said import WhatsThis, tell
from xorviz.ui.theme.palette import Theme
from xorviz.watching.places import SUFFIX as STATES
from xorviz.window.bars.actions import Actions, Keys, fill_menus
from xorviz.window.bars.appearance import Appearance, Presentation
from xorviz.window.bars.run_display import RunDisplay
from xorviz.window.bars.state_line import DiagnosisStrip, StateLine
from xorviz.window.bars.status_bar import StatusBar
from xorviz.window.bars.timeline import Timeline
from xorviz.window.bars.tool_bar import RunChoices, Strip, ToolBar, WorkspaceTabs
from xorviz.window.dialogs.dialog_opener import DialogOpener
from xorviz.window.document.document import Document
from xorviz.window.document.file_dialogs import taken_file
from xorviz.window.document.project_file import ProjectFile
from xorviz.window.document.settings import CURRENT_RUN, Settings
from xorviz.window.layout.desk import Desk, saved_tree
from xorviz.window.layout.view_set import ViewSet, connect
from xorviz.window.lessons.lessons import Lessons
from xorviz.window.watch.programs import Programs
from xorviz.window.watch.watch_line import WatchLine
from xorviz.window.why_key import WhyKey
from xorviz.window.wiring import wires

if TYPE_CHECKING:  # not loaded at the start
    from xorviz.window.lab.lab_controller import LabController

DEFAULT_SIZE = QSize(1280, 800)
_OF_SCREEN = 0.85
"""Share of a large screen that the first window takes."""
_MARGIN = 10
_FULL_SCREEN = Qt.WindowState.WindowFullScreen
_WELCOME, _NETWORK = "welcome", "network_diagram"


@guarded
class MainWindow(QMainWindow):
    """The main window: controls request, document and session act, views show snapshots."""

    def __init__(self, config: RunConfig, store: QSettings, kernel: str = NUMPY) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.resize(first_size(self.screen().availableSize()))
        self.session = TrainingSession(self, kernel=kernel)
        self.document = Document(self.session)
        self._settings = Settings(store, self)
        self._actions = Actions(self)
        self._keys = Keys(self.actions(), self._actions["letter_keys"], self)
        # Before any widget exists: each would be recoloured.
        self._appearance = Appearance(self._actions, self._settings, self)
        self._views = ViewSet(self, self._appearance.theme)
        self._controls = self._views[Controls]
        self._lab: LabController | None = None
        self._desk = Desk(self._views.all, self._make_late, self._make_beside)
        self._tabs = WorkspaceTabs(self._actions.workspaces.actions())
        self._tools = ToolBar(self._actions)
        choosing = (self._actions, self._tools, self._controls, self._settings)
        self._choices = RunChoices(self.session, self.document, *choosing)
        self._timeline = Timeline(self._actions["step_back"], self._actions["to_live"])
        self._notices = NoticeBar()
        self._strip = DiagnosisStrip()
        self._line = StateLine(self._strip, self.session, self.document)
        told = self._line, self._strip, self.session, self._actions["try_by_itself"]
        self._why = WhyKey(self._desk, *told)
        self._status = StatusBar()
        self.file = ProjectFile(self, self.document, self._settings, self._notices, kernel)
        shown_in = self._tools, self._status, self._actions, self._controls, self._desk, self.file
        self._watched = WatchLine(self.session, self.document, self._actions, self._views.analyst)
        self.programs = Programs(self.session, self.document, self._notices)
        self._display = RunDisplay(self.session, self.document, *shown_in)
        parts = (self.session, self.document, self._display, self._views, self._appearance)
        self._dialogs = DialogOpener(self, *parts, self._actions, self._settings)
        WhatsThis(self, self._dialogs.help_on)
        tell(self, "", "start-here")
        self._put_together()
        self.document.put(Project(Record(config), 0))
        self.file.autosave.offer()
        self._appearance.put_on_sheet()
        self._recolour(self._appearance.theme)
        self.setFocus()  # so that no button is highlighted before Tab is pressed

    def _put_together(self) -> None:
        self._lay_out()
        self._connect_actions()
        self._connect_parts()
        self._restore_settings()
        shown = (self._desk, self._appearance, self._keys, self._status)
        Presentation(self, self._actions["present"], *shown)

    def show_fault(self, message: str) -> None:
        """Show an unexpected error in the status bar."""
        self._status.show_notice(f"{message} (details on standard error)")

    def leave_out(self, keys: Iterable[str]) -> None:
        """Say that these entries of the settings are broken, with those that the window reads."""
        self._settings.leave_out(*keys)

    @Slot()
    def introduce(self) -> None:
        """Show what a newcomer must know, until training begins or it is closed."""
        self._desk.open_aside(_WELCOME)

    @Slot()
    def end_introduction(self) -> None:
        if self._desk.aside == _WELCOME:
            self._desk.close_aside()

    def await_program(self, path: Path | None = None) -> None:
        """Show a program, and each that begins once it has ended; say so until there is one."""
        self.programs.are_shown = True
        self._display.await_program()
        if path is not None:
            self.programs.show(path)

    def end(self) -> None:
        """Close without asking; unsaved work is left as a copy for the next start."""
        self.file.leave_copy()
        self.close()

    @property
    def lab(self) -> "LabController":
        """What trains in the lab; its panels must exist."""
        assert self._lab is not None
        return self._lab

    def _make_late(self) -> list[View]:
        """Make and connect the views that are not made at the start."""
        from xorviz.panels.why.why import Why
        from xorviz.window.lab.lab_controller import LabController

        views = self._views.make_late()
        self._connect_views(views)
        self._settings.keep_switches(self._views.kept_options(views))
        parts = (self.session, self.document, self._settings, self._actions, self._views)
        self._lab = LabController(*parts)
        self._lab.noticed.connect(self._status.show_notice)
        self._why.follow(self._views[Why], self._lab.trials)
        return views

    def _make_beside(self) -> list[View]:
        """Make and connect the views of a second run."""
        twins = self._views.make_twins(DecisionSurface, WeightHeatmap)
        self._connect_views(twins, beside=True)
        return twins

    def _connect_views(self, views: Sequence[View], beside: bool = False) -> None:
        """Connect what views request, and what they export."""
        connect(views, wires(self.session, self.document, self._status.show_notice, beside))
        for view in views:
            view.export_requested.connect(partial(self._dialogs.export_panel, view))

    def _lay_out(self) -> None:
        self.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        self.setCentralWidget(self._desk)
        # Qt's own menu could hide tool bars for good.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        kept = self.document, self._settings, self._actions, self._appearance
        self.lessons = Lessons(self, *kept, lambda: self.session.preparation.kernel)
        self.addToolBar(self._tools)
        self.addToolBarBreak()
        top = Strip(self._notices, self._watched, self._line, space_below=8)
        self.addToolBar(top)
        self.menuBar().setCornerWidget(self._tabs)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, Strip(self._timeline))
        self.setStatusBar(self._status)
        menus = (self._choices.presets, self.lessons.menu, self.file.recent)
        fill_menus(self, self._actions, *menus, lambda: self._desk.all)

    def _connect_actions(self) -> None:
        session, document, file = self.session, self.document, self.file
        slots = {
            "new": file.new,
            "open": file.open,
            "save": file.save,
            "save_as": file.save_as,
            "export": self._dialogs.export,
            "save_page": self._dialogs.save_page,
            "undo": document.undo,
            "redo": document.redo,
            "own_network": self._dialogs.own_network,
            "watch_program": self._dialogs.watch,
            "copy_command": document.copy_command,
            "paste_settings": document.paste_settings,
            "preferences": self._dialogs.preferences,
            "run": self._watched.toggle,
            "step": lambda: session.step(1),
            "explain_step": self._explain_step,
            "step_n": lambda: session.step(self._actions.steps),
            "step_back": lambda: session.seek(session.step_wanted - 1),
            "step_back_n": lambda: session.seek(session.step_wanted - self._actions.steps),
            "to_start": lambda: session.seek(0),
            "to_live": lambda: session.seek(document.project.record.newest),
            "reset": document.reset,
            "new_weights": document.draw_seed,
            "pin": document.pin,
            "side_by_side": self._dialogs.side_by_side,
            "fit_runs": self._views[LossPlot].fit.trigger,
            "lab_run": self._run_lab,
            "why": self._why.toggle,
            "next_unit": lambda: self._views.step_unit(1),
            "previous_unit": lambda: self._views.step_unit(-1),
            "full_screen": lambda: self.setWindowState(self.windowState() ^ _FULL_SCREEN),
            "reset_layout": self._desk.reset,
            "fold_settings": self._desk.toggle_settings,
            "help": lambda: self._dialogs.help_on(""),
            "palette": self._dialogs.palette,
            "introduction": self.introduce,
            "about": self._dialogs.about,
            "quit": self.close,
        }
        for name, slot in slots.items():
            self._actions[name].triggered.connect(self._status.forget_notice)
            self._actions[name].triggered.connect(slot)

    def _follow_run(self) -> None:
        """Show each snapshot, and what a weight that is tried makes of it."""
        # The views before the layout: the space that they need follows from what they show.
        parts = (self._strip, self._views, self._display, self._timeline, self._tools)
        for part in (*parts, self._watched):
            self.session.snapshot_arrived.connect(part.show_snapshot)
        for showing in (self._strip.show_snapshot, self._status.show_snapshot):
            self.session.previewed.connect(showing)
        self.session.previewed.connect(self._views.show_preview)
        self._strip.diagnosed.connect(self._views.show_diagnosis)
        self._strip.faulty_step = self._watched.faulty_step
        self._watched.checked.connect(self._strip.diagnose_again)

    def _connect_parts(self) -> None:
        session, document = self.session, self.document
        self._follow_run()
        session.activity_changed.connect(self._note_activity)
        self._connect_views(self._views.all)
        self._status.cancelled.connect(session.pause)
        self._line.lab_requested.connect(lambda: self._run_lab(as_here=True))
        self._timeline.step_requested.connect(session.seek)
        self.lessons.began.connect(session.pause)
        self._views[Welcome].lessons.setMenu(self.lessons.menu)
        slow_motion = self._views[NetworkDiagram].slow_motion
        slow_motion.toggled.connect(self._note_explained)
        # Later: it ends in the middle of a change of the layout, too.
        slow_motion.toggled.connect(self._take_column_back, Qt.ConnectionType.QueuedConnection)
        self._desk.aside_changed.connect(self._note_aside)
        self._dialogs.imported.connect(self._why.try_imported)
        self._dialogs.step_checked.connect(self._why.show_imported)
        self._watched.check_clicked.connect(self._why.open_check)
        self._dialogs.alike_found.connect(self._notices.show_notice)
        self._settings.noticed.connect(self._notices.show_notice)
        self._dialogs.program_chosen.connect(self.programs.show)
        self.programs.other_found.connect(self._dialogs.other_network)
        self.programs.other_found.connect(self._display.end_waiting)
        self._watched.checked.connect(self._why.keep_check)
        self.file.began_anew.connect(self._choices.choose_speed)
        document.began.connect(self._status.forget_notice)
        document.project_changed.connect(self._show_project)
        self._appearance.changed.connect(self._recolour)
        choose_workspace = self._actions.workspaces.triggered
        choose_workspace.connect(lambda: self._desk.switch(self._actions.workspaces.value))
        self._desk.workspace_changed.connect(self._note_workspace)
        self.openers: dict[str, Callable[[Path], object]] = {
            SUFFIX: self.file.open_path,
            LESSON: self.lessons.open_path,
            STATES: self.programs.show,
        }
        """What opens a file that is dropped, by its suffix."""
        self.setAcceptDrops(True)
        saver = self._dialogs.saver
        for refusing in (self._timeline, document, saver):
            refusing.refused.connect(self._status.show_notice)
        told_by = (self._timeline, self._watched, self.programs, self.lessons)
        for noticing in (document, self.file, saver, *told_by):
            noticing.noticed.connect(self._status.show_notice)

    def _restore_settings(self) -> None:
        """Restore size, layouts and choices, each the default where it was not saved."""
        self._settings.restore_geometry(self)
        self._desk.start(self._settings.workspace(), self._settings.layouts(saved_tree))
        self._choices.restore()
        self._settings.keep_switches(self._views.kept_options(self._views.all))
        kept = ("try_by_itself", "letter_keys")
        self._settings.keep_switches([self._actions[name] for name in kept])

    @Slot(bool)
    def _explain_step(self, is_on: bool) -> None:
        """Explain the next step in Network, which has its column to itself for that."""
        if is_on:
            self.end_introduction()
            if not self._desk.is_placed(_NETWORK):
                self._desk.switch(Workspace.LEARN)
            self._desk.reveal(_NETWORK)
            self._desk.give_column(_NETWORK)
        self._views[NetworkDiagram].slow_motion.setChecked(is_on)

    @Slot()
    def _note_explained(self) -> None:
        is_on = self._views[NetworkDiagram].slow_motion.isChecked()
        self._actions["explain_step"].setChecked(is_on)

    @Slot()
    def _take_column_back(self) -> None:
        if not self._views[NetworkDiagram].slow_motion.isChecked():
            self._desk.give_column("")

    @Slot(object)
    def _note_activity(self, activity: Activity) -> None:
        """Update views and diagnosis less often during a run, and all of them after it."""
        is_busy = activity not in {Activity.PAUSED, Activity.FAILED}
        self._views.set_streaming(is_busy)
        if is_busy:
            self.end_introduction()
        self._strip.set_running(activity.is_training)
        if activity is Activity.PLAYING:
            self._views[NetworkDiagram].slow_motion.setChecked(False)

    @Slot(object)
    def _show_project(self, project: Project) -> None:
        self._views.show_project(project)
        if project.record.newest:  # opened as a file, or undone
            self.end_introduction()
        self._desk.show_runs(bool(project.pinned))
        self.file.show_title()

    @Slot(str)
    def _note_aside(self, name: str) -> None:
        """Remember that the welcome was seen once it has gone."""
        if name != _WELCOME:
            self._settings.set_choice("introduced", True)

    @Slot(object)
    def _note_workspace(self, workspace: Workspace) -> None:
        self._actions.workspaces.choose(workspace)
        self._settings.set_choice("workspace", workspace)
        # In the Lab, its own button is the main one.
        is_lab = workspace is Workspace.LAB
        for part in (self._tools, self._actions):
            part.show_primary(not is_lab)
        self._line.show_about(is_lab)
        if is_lab:
            self.end_introduction()

    @Slot()
    def _run_lab(self, as_here: bool = False) -> None:
        """Train the lab's recipe, or the current run's, once there are the panels."""
        self._desk.switch(Workspace.LAB)
        (self.lab.run_current if as_here else self.lab.run)()

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        """Recolour what neither palette nor style sheet reaches."""
        self._views.apply_theme(theme)
        self._actions.apply_theme(theme)
        self._desk.apply_theme(theme)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        taken_file(event, self.openers)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        taken_file(event, self.openers)

    def dropEvent(self, event: QDropEvent) -> None:
        if path := taken_file(event, self.openers):
            self.openers[path.suffix](path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask if work would be lost; save the settings; end the thread."""
        end_typing()
        if self.file.would_lose:
            event.ignore()
            self.file.ask_unsaved(self._close_unsaved)
            return
        for dialog in self.findChildren(QDialog):  # a field there may commit what was typed
            dialog.close()
        self._settings.save_window(self, self._desk.layouts())
        if self.document.watched is None:
            self._settings.set_config(CURRENT_RUN, self.session.config)
        self.lessons.close()
        self.programs.close()
        self.session.close()
        self._views.analyst.close()
        if self._lab is not None:
            self._lab.runner.close()
        self.file.autosave.close()
        super().closeEvent(event)

    @Slot()
    def _close_unsaved(self) -> None:
        self.file.discard_changes()
        self.close()


def first_size(screen: QSize) -> QSize:
    """Return the size of the first window on a screen: larger than the default on a large one."""
    return (screen * _OF_SCREEN).expandedTo(DEFAULT_SIZE).boundedTo(screen)
