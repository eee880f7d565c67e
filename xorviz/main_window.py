"""The one place where the parts meet: build, connect, take down."""

import random
import sys
from dataclasses import replace

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QStatusTipEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from xorviz import assets, look
from xorviz.actions import THEMES, Actions
from xorviz.assets import Preset
from xorviz.controls import Controls
from xorviz.core.config import RunConfig
from xorviz.core.rules import Choice, Switch
from xorviz.core.stopping import StopRules
from xorviz.core.trainer import Snapshot
from xorviz.dialogs import AboutDialog, HelpDialog, open_once
from xorviz.engine.commands import Failure
from xorviz.engine.pace import SPEED
from xorviz.engine.session import Activity, TrainingSession
from xorviz.menus import fill_menus
from xorviz.panels import Panels
from xorviz.settings import Settings
from xorviz.states import state_of
from xorviz.status_bar import StatusBar
from xorviz.tool_bar import DEFAULT_SPEED, DEFAULT_STEP_COUNT, STEP_COUNT, ToolBar
from xorviz.views.base import SnapshotView
from xorviz.views.decision_surface import DecisionSurface
from xorviz.views.loss_plot import LossPlot
from xorviz.views.palette import DARK, LIGHT, Theme
from xorviz.views.truth_table import TruthTable
from xorviz.views.weight_heatmap import WeightHeatmap
from xorviz.widgets.fields import NumberField

DEFAULT_SIZE = QSize(1280, 800)
_MARGIN = 10
LARGEST_DRAWN_SEED = 9999
"""Seeds that the window draws itself are short enough to be said across a classroom."""


class MainWindow(QMainWindow):
    """The instrument. Controls wish, the session trains, every view shows the snapshot."""

    theme_chosen = Signal(str)

    def __init__(self, config: RunConfig, store: QSettings) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("xorviz")
        self.session = TrainingSession(self)
        self.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        self._settings = Settings(store)
        self._snapshot: Snapshot | None = None
        self._theme: Theme = LIGHT
        self._actions = Actions(self)
        # Before there are widgets: each would be polished anew.
        self._settings.keep("theme", Choice(THEMES), "system", self._check_theme, self.theme_chosen)
        self._controls = Controls()
        self._surface, self._loss = DecisionSurface(), LossPlot()
        self._weights, self._truth = WeightHeatmap(), TruthTable()
        in_reading_order = (self._truth, self._surface, self._loss, self._weights)
        self._views: dict[str, SnapshotView] = {v.objectName(): v for v in in_reading_order}
        self._panels = Panels(self, self._controls, self._views)
        self._tools = ToolBar(self._actions)
        self._status = StatusBar()
        self.addToolBar(self._tools)
        self.setStatusBar(self._status)
        options = [view.options for view in self._views.values()]
        fill_menus(self, self._actions, self._tools.presets_menu, self._panels.all, options)
        self._connect_actions()
        self._connect_session()
        self._connect_controls()
        self._restore_window()
        self._restore_choices()
        self._recolour()
        self._begin(config)
        self.setFocus()  # so that no button looks chosen before a person has pressed Tab

    def show_fault(self, message: str) -> None:
        """Say that something went wrong that should not have."""
        self._status.show_notice(f"{message} (details on standard error)")

    def _connect_actions(self) -> None:
        slots = {
            "run": self.session.toggle,
            "step": lambda: self.session.step(),  # noqa: PLW0108 - triggered passes a bool
            "step_n": self._step_n,
            "reset": self._reset,
            "new_seed": self._draw_seed,
            "full_screen": self._toggle_full_screen,
            "reset_layout": self._panels.arrange,
            "help": self._show_help,
            "about": self._show_about,
            "quit": self.close,
        }
        for name, slot in slots.items():
            self._actions[name].triggered.connect(self._take_typed)
            self._actions[name].triggered.connect(slot)
        self._actions.themes.triggered.connect(self._choose_theme)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)

    def _connect_session(self) -> None:
        session = self.session
        session.snapshot_arrived.connect(self._note_snapshot)
        for view in self._views.values():
            session.snapshot_arrived.connect(view.show_snapshot)
        session.activity_changed.connect(self._show_activity)
        session.stepping_progressed.connect(self._status.show_progress)
        session.failed.connect(self._show_failure)
        self._status.cancelled.connect(session.pause)

    def _connect_controls(self) -> None:
        self._controls.config_chosen.connect(self._restart)
        self._controls.change_chosen.connect(self._change)
        self._controls.rules_chosen.connect(self._choose_rules)
        self._truth.targets_chosen.connect(self._choose_targets)
        self._tools.speed_chosen.connect(self._choose_speed)
        self._tools.preset_chosen.connect(self._choose_preset)
        for source in (self._controls, self._tools.step_count):
            source.refused.connect(self._status.show_notice)

    def _restore_window(self) -> None:
        """Give the window its last size and layout; show the first layout if there is none."""
        self.resize(DEFAULT_SIZE.boundedTo(self.screen().availableSize()))
        self._panels.arrange()
        if not self._settings.restore_layout(self):
            self._panels.arrange()

    def _restore_choices(self) -> None:
        keep, tools, controls = self._settings.keep, self._tools, self._controls
        keep("speed", SPEED, DEFAULT_SPEED, self._choose_speed, tools.speed_chosen)
        count = tools.step_count
        keep("step_count", STEP_COUNT, DEFAULT_STEP_COUNT, count.setValue, count.valueChanged)
        keep("more", Switch(), False, controls.show_more, controls.more_chosen)
        options = [action for view in self._views.values() for action in view.options]
        self._settings.keep_switches([a for a in options if a.isCheckable()])
        rules = self._settings.rules()
        controls.show_rules(rules)
        self.session.rules = rules

    # Training: wishes become commands.

    def _begin(self, config: RunConfig) -> None:
        self._show_config(config)
        self.session.reset(config)

    @Slot(object)
    def _restart(self, config: RunConfig) -> None:
        """Begin another run, and go on running if one was."""
        was_playing = self.session.playing
        self._begin(config)
        if was_playing:
            self.session.play()

    @Slot(str, float)
    def _change(self, name: str, value: float) -> None:
        """Change the run; one that has begun is no preset's any more."""
        self.session.change(name, value)
        has_begun = self._snapshot is not None and self._snapshot.step > 0
        self._show_config(self.session.config, is_preset=not has_begun)

    @Slot(object)
    def _choose_targets(self, targets: tuple[int, ...]) -> None:
        self._restart(replace(self.session.config, targets=targets))

    @Slot(object)
    def _choose_preset(self, preset: Preset) -> None:
        self._choose_speed(preset.speed)
        self._restart(preset.config)

    @Slot()
    def _draw_seed(self) -> None:
        """Draw another seed than the one that is there."""
        old = self.session.config.seed
        seed = random.choice([s for s in range(LARGEST_DRAWN_SEED + 1) if s != old])
        self._restart(replace(self.session.config, seed=seed))

    @Slot()
    def _reset(self) -> None:
        self._begin(self.session.config)

    @Slot()
    def _take_typed(self) -> None:
        """Take a number that is still being typed: what is pressed next must not ignore it."""
        field = QApplication.focusWidget()
        if isinstance(field, NumberField):
            field.interpretText()

    @Slot()
    def _step_n(self) -> None:
        self.session.step(round(self._tools.step_count.value()))

    @Slot(object)
    def _choose_speed(self, steps_per_second: float | None) -> None:
        self._tools.show_speed(steps_per_second)
        self.session.set_speed(steps_per_second)

    @Slot(object)
    def _choose_rules(self, rules: StopRules) -> None:
        self.session.rules = rules
        self._settings.set_rules(rules)

    # What the window says of itself.

    def _show_config(self, config: RunConfig, is_preset: bool = True) -> None:
        presets = assets.presets() if is_preset else ()
        preset = next((p for p in presets if p.config == config), None)
        self._controls.show_config(config, f"{preset.name}. {preset.why}" if preset else "")

    @Slot(object)
    def _note_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._status.show_snapshot(snapshot)
        self._status.show_speed(self.session.gauge.steps_per_second)
        self._show_state()

    @Slot(object)
    def _show_activity(self, activity: Activity) -> None:
        self._actions.show_active(activity in {Activity.PLAYING, Activity.STEPPING})
        if activity is not Activity.STEPPING:
            self._status.hide_progress()
        for name in ("run", "step", "step_n"):
            self._actions[name].setEnabled(activity is not Activity.FAILED)
        if activity is not Activity.PLAYING:
            self._status.show_speed(None)
        self._show_state()

    def _show_state(self) -> None:
        if self._snapshot is not None and self.session.activity is not Activity.FAILED:
            state = state_of(self.session.activity, self._snapshot)
            self._status.show_state(state.word, state.is_active)
            self._status.show_text(state.sentence)

    @Slot(object)
    def _show_failure(self, failure: Failure) -> None:
        sys.stderr.write(failure.details)
        self._status.show_state("Failed", is_active=False)
        sentence = f"Training failed: {failure.message}. Reset begins again."
        self._status.show_text(sentence, failure.details)

    @Slot()
    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def _show_help(self) -> None:
        open_once(HelpDialog, self)

    @Slot()
    def _show_about(self) -> None:
        open_once(AboutDialog, self)

    @Slot(QAction)
    def _choose_theme(self, action: QAction) -> None:
        self._apply_theme()
        self.theme_chosen.emit(action.data())

    def _check_theme(self, name: str) -> None:
        self._actions[f"theme_{name}"].setChecked(True)
        self._dress()

    @Slot()
    def _apply_theme(self) -> None:
        self._dress()
        self._recolour()

    def _dress(self) -> None:
        """Dress the application in the chosen theme, or in the desktop's."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        chosen = {"light": LIGHT, "dark": DARK}
        name = self._actions.themes.checkedAction().data()
        self._theme = chosen.get(name) or look.system_theme(application)
        look.dress(application, self._theme)

    def _recolour(self) -> None:
        """Recolour what neither palette nor style sheet reaches."""
        for view in self._views.values():
            view.apply_theme(self._theme)
        self._status.apply_theme(self._theme)
        self._actions.apply_theme(self._theme)

    def event(self, event: QEvent) -> bool:
        """Show status tips beside the state, where Qt would cover it."""
        if isinstance(event, QStatusTipEvent):
            self._status.show_tip(event.tip())
            return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember what was chosen and end the training thread."""
        self._take_typed()
        self._settings.save_layout(self)
        self._settings.set_config(self.session.config)
        self.session.close()
        super().closeEvent(event)
