"""The tool bar: run, step, reset, new weights and the speed; and what is chosen of a run."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QInputDialog, QLabel, QMenu, QSizePolicy, QToolBar, QWidget

from xorviz.core import numerals
from xorviz.core.rules import Whole
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.engine.pace import FASTEST, SLOWEST, SPEED
from xorviz.engine.session import TrainingSession
from xorviz.files import assets
from xorviz.files.assets import Preset
from xorviz.panels.settings.controls import Controls
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.sliders import LogSlider
from xorviz.ui.guard import guarded
from xorviz.ui.keys import explained_action
from xorviz.window.bars.actions import DEFAULT_STEP_COUNT, Actions
from xorviz.window.document.document import Document
from xorviz.window.document.settings import Settings

STEP_COUNT = Whole(1, 1_000_000)
DEFAULT_SPEED = 2000.0
_STEP_COUNTS = 10, 100, 1000

_SPEED_HELP = (
    "How many steps are taken in a second, from 1 to 100 000; at the right end, as many as the "
    "machine can. While a run plays, the speed that it reaches stands beside it."
)
_ITS_SPEED = "The program of a watched run sets its own speed, which stands beside this."
_NEAR = 0.1
"""A speed that is this near to the one chosen, as a share of it, is shown as that one."""

_WITH_TEXT = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly
_BUTTONS = ("run", "step", "explain_step", "reset", "new_weights")
_SHORTEST = ({*_BUTTONS}, {*_BUTTONS} - {"explain_step"}, {"run"})
"""The buttons that have texts: as many as there is room for."""


@guarded
class ToolBar(QToolBar):
    """The actions used most, and the speed. In a narrow window the buttons but Run lose their text.

    The menu of Step takes more steps at once; its last number is that of step_n and step_back_n.
    """

    steps_chosen = Signal(int)

    def __init__(self, actions: Actions) -> None:
        super().__init__("Tools", movable=False)
        self.setObjectName("tool_bar")
        self._actions = actions
        self.speed = LogSlider("speed", SLOWEST, FASTEST, unlimited=True)
        explain(self.speed, "Speed", _SPEED_HELP)
        self._speed_text = QLabel()
        self._speed_text.setObjectName("speed_text")
        actions["explain_step"].setIconText("Explain")  # on its button
        self._buttons = {name: ToolButton(action=actions[name]) for name in _BUTTONS}
        self.show_primary(True)
        self._buttons["step"].offer(self._make_step_menu(), beside=True)
        self._fill()
        self._fit_text()
        actions["step_other"].triggered.connect(self._ask_steps)
        self.speed.number_requested.connect(self._write_speed)
        self.speed.number_moved.connect(self._write_speed)
        self.show_speed(DEFAULT_SPEED)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_text()

    def _fit_text(self) -> None:
        """Set all sizes that follow from the font."""
        metrics = self.fontMetrics()
        icon = round(1.15 * metrics.height())
        self.setIconSize(QSize(icon, icon))
        self.speed.setMinimumWidth(4 * metrics.height())
        self.speed.setMaximumWidth(12 * metrics.height())
        self._speed_text.setMinimumWidth(metrics.horizontalAdvance("100 000 steps/s"))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_primary(self, is_primary: bool) -> None:
        """Show Run as the window's main button, or as one of several."""
        run = self._buttons["run"]
        run.setProperty("primary", is_primary)
        run.style().polish(run)

    def _fit(self) -> None:
        """Show the texts of all buttons where there is room, else that of Run."""
        for told in _SHORTEST:
            for name, button in self._buttons.items():
                button.setToolButtonStyle(_WITH_TEXT if name in told else _ICON_ONLY)
            layout = self.layout()
            assert layout is not None
            layout.invalidate()
            slack = self.fontMetrics().horizontalAdvance("Pause") // 2  # Run becomes it
            if layout.sizeHint().width() + slack <= self.width():
                break

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Disable the speed for a watched run: its program sets that itself."""
        is_watched = snapshot.record.source is not None
        if self.speed.isEnabled() == is_watched:
            self.speed.setEnabled(not is_watched)
            self._write_speed(self.speed.number)
            explain(self.speed, "Speed", _ITS_SPEED if is_watched else _SPEED_HELP)

    def show_speed(self, steps_per_second: float | None) -> None:
        self.speed.show_number(steps_per_second)
        self._write_speed(steps_per_second)

    def _fill(self) -> None:
        label = QLabel("Speed")
        label.setObjectName("quiet")
        label.setContentsMargins(12, 0, 0, 0)
        for part in (*self._buttons.values(), label, self.speed, self._speed_text):
            self.addWidget(part)

    def _make_step_menu(self) -> QMenu:
        menu, step_n = QMenu("Steps", self), self._actions["step_n"]
        menu.addActions([self._actions["step"], self._actions["explain_step"]])
        for count in _STEP_COUNTS:
            action = menu.addAction(f"Step {numerals.whole(count)}", partial(self._take, count))
            action.setObjectName(f"step_{count}")
            step_n.enabledChanged.connect(action.setEnabled)
        menu.addAction(self._actions["step_other"])
        return menu

    @Slot()
    def _ask_steps(self) -> None:
        """Ask for a number of steps, and take them."""
        dialog = QInputDialog(self.window())
        dialog.setObjectName("step_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Steps")
        dialog.setLabelText(f"How many steps, {STEP_COUNT.allowed}?")
        dialog.setIntRange(STEP_COUNT.low, STEP_COUNT.high)
        dialog.setIntValue(self._actions.steps)
        dialog.intValueSelected.connect(self._take)
        dialog.open()

    @Slot(int)
    def _take(self, steps: int) -> None:
        """Take as many steps, now and with step_n from now on."""
        self._actions.show_steps(steps)
        self.steps_chosen.emit(steps)
        self._actions["step_n"].trigger()

    def show_reached(self, steps_per_second: float | None) -> None:
        """Show the speed that a run reaches, unless it is about the one chosen; None at rest."""
        chosen = self.speed.number if self.speed.isEnabled() else 0.0
        reached = chosen if steps_per_second is None else float(f"{steps_per_second:.2g}")
        if chosen and reached and abs(reached - chosen) <= _NEAR * chosen:
            reached = chosen
        if not self.speed.isSliderDown():
            self._speed_text.setText(_speed_text(reached))

    def explain_kernel(self, about: str) -> None:
        """Say in a tip what takes the steps."""
        explain(self._speed_text, "Speed", about)

    @Slot(object)
    def _write_speed(self, chosen: float | None) -> None:
        self._speed_text.setText(_speed_text(chosen if self.speed.isEnabled() else 0.0))


class RunChoices(QObject):
    """Passes presets, speed and stop rules on to the session, shows and keeps them."""

    def __init__(
        self,
        session: TrainingSession,
        document: Document,
        actions: Actions,
        tools: ToolBar,
        controls: Controls,
        settings: Settings,
    ) -> None:
        super().__init__(document)
        self._session, self._document, self._settings = session, document, settings
        self._actions, self._tools, self._controls = actions, tools, controls
        self.presets = _presets_menu(tools)
        """Each action has its preset as data."""
        self.presets.triggered.connect(self.choose_preset)
        tools.speed.number_requested.connect(self.choose_speed)
        controls.rules_requested.connect(self.choose_rules)

    def restore(self) -> None:
        """Restore the last choices, and save each new one."""
        self.choose_speed(self._settings.choice("speed", SPEED, DEFAULT_SPEED))
        show, chosen = self._actions.show_steps, self._tools.steps_chosen
        self._settings.keep("step_count", STEP_COUNT, DEFAULT_STEP_COUNT, show, chosen)
        rules = self._settings.rules()
        self._controls.show_rules(rules)
        self._session.rules = rules

    @Slot(QAction)
    def choose_preset(self, action: QAction) -> None:
        """Start a run with the settings and the speed of a preset."""
        preset: Preset = action.data()
        self.choose_speed(preset.speed)
        self._document.restart(preset.config, f"preset {preset.name}")

    @Slot(object)
    def choose_speed(self, steps_per_second: float | None) -> None:
        """Train at a speed, and save it; None is unlimited."""
        self._settings.set_choice("speed", steps_per_second)
        self._tools.show_speed(steps_per_second)
        self._session.set_speed(steps_per_second)
        self._session.gauge.clear()

    @Slot(object)
    def choose_rules(self, rules: StopRules) -> None:
        """Stop by these rules, and save them."""
        self._session.rules = rules
        self._settings.set_rules(rules)


def _speed_text(steps_per_second: float | None) -> str:
    """Return a speed in at most 15 characters; 0 is none."""
    if steps_per_second is None:
        return "max"
    if steps_per_second >= 1e6:
        return f"{steps_per_second / 1e6:.3g} M steps/s"
    return f"{numerals.whole(steps_per_second)} steps/s" if steps_per_second else numerals.NOTHING


def _presets_menu(parent: QWidget) -> QMenu:
    menu = QMenu("&Presets", parent, toolTipsVisible=True)
    for preset in assets.presets():
        action = explained_action(menu, preset.name, preset.why)
        action.setData(preset)
        menu.addAction(action)
    return menu


class Strip(QToolBar):
    """A tool bar across the window for one widget, or for some below each other."""

    def __init__(self, *contents: QWidget, space_below: int = 2) -> None:
        super().__init__(contents[-1].accessibleName(), movable=False)
        self.setObjectName(f"{contents[-1].objectName()}_bar")
        spaced = QWidget()
        spaced.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column(spaced, *contents, margins=(0, 8, 0, space_below), gap=10)
        self.addWidget(spaced)


class WorkspaceTabs(QWidget):
    """A button for each workspace's action."""

    def __init__(self, actions: Iterable[QAction]) -> None:
        super().__init__()
        self.setObjectName("workspace_tabs")
        self.setAccessibleName("Workspaces")
        buttons = (ToolButton(action=action) for action in actions)
        row(self, *buttons, margins=(0, 0, 0, 0), gap=2)
