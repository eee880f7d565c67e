"""The tool bar: run, step, speed, presets; and what is chosen of a run."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QToolBar, QWidget

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
from xorviz.ui.forms.fields import NumberField, explain, field_width
from xorviz.ui.forms.sliders import LogSlider
from xorviz.ui.guard import guarded
from xorviz.ui.keys import explain_action
from xorviz.window.bars.actions import Actions
from xorviz.window.document.document import Document
from xorviz.window.document.settings import Settings

STEP_COUNT = Whole(1, 1_000_000)
DEFAULT_STEP_COUNT = 100
DEFAULT_SPEED = 2000.0

_STEP_COUNT_HELP = f"How many steps Step x takes. Allowed: {STEP_COUNT.allowed}."
_SPEED_HELP = (
    "How many steps are taken in a second, from 1 to 100 000; at the right end, as many as the "
    "machine can. The status bar shows the speed that is reached."
)
_ITS_SPEED = "The program of a watched run sets its own speed, which the status bar shows."

_WITH_TEXT = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly
_BUTTONS = ("run", "step", "step_n", "reset", "new_weights")
_STAGES = (
    *("text of new_weights", "text of reset", "text of step_n", "text of step"),
    *("speed_label", "speed_text", "text of run", "new_weights", "reset", "step", "step_n"),
)
"""What a narrow window goes without, the first one first: texts of buttons, then parts."""


@guarded
class ToolBar(QToolBar):
    """The actions used most, the step count, the speed and the presets.

    In a narrow window buttons lose their texts, then some move into a menu. Run, the speed and the
    presets stay in sight.
    """

    def __init__(self, actions: Actions) -> None:
        super().__init__("Tools", movable=False)
        self.setObjectName("tool_bar")
        self.step_count = NumberField("step_count", STEP_COUNT, grouped=True)
        self.step_count.setValue(DEFAULT_STEP_COUNT)
        explain(self.step_count, "Steps of Step x", _STEP_COUNT_HELP)
        self.speed = LogSlider("speed", SLOWEST, FASTEST, unlimited=True)
        explain(self.speed, "Speed", _SPEED_HELP)
        self._speed_text = QLabel()
        self._speed_text.setObjectName("speed_text")
        self.presets_menu = self._make_presets_menu()
        """Each action has its preset as data."""
        self._buttons = {name: ToolButton(action=actions[name]) for name in _BUTTONS}
        self._parts: dict[str, QAction] = {}
        """What can be left out, by the names in _STAGES."""
        self._preset, self._rest = ToolButton("preset"), ToolButton("rest")
        self._fill()
        self._fit_text()
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
        self.step_count.setFixedWidth(field_width(metrics, 8))
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
        """Leave out as little as possible for all to fit."""
        for left_out in range(len(_STAGES) + 1):
            self._show_without(_STAGES[:left_out])
            if self._needed() <= self.width():
                break

    def _show_without(self, left_out: Sequence[str]) -> None:
        for name, button in self._buttons.items():
            button.setToolButtonStyle(_ICON_ONLY if f"text of {name}" in left_out else _WITH_TEXT)
        for name, part in self._parts.items():
            part.setVisible(name not in left_out)
        self._parts["steps"].setVisible("step_n" not in left_out)
        moved = [name for name in _BUTTONS if name in left_out]
        menu = self._rest.menu()
        menu.clear()
        menu.addActions([self._buttons[name].defaultAction() for name in moved])
        self._parts["rest"].setVisible(bool(moved))

    def _needed(self) -> int:
        """Return the width that all shown parts need, in pixels; Run becomes Pause."""
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        slack = self.fontMetrics().horizontalAdvance("Pause") // 2
        return layout.sizeHint().width() + slack

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Disable the speed for a watched run: its program sets that itself."""
        is_watched = snapshot.record.source is not None
        if self.speed.isEnabled() == is_watched:
            self.speed.setEnabled(not is_watched)
            self._write_speed(self.speed.number)
            explain(self.speed, "Speed", _ITS_SPEED if is_watched else _SPEED_HELP)

    @property
    def steps(self) -> int:
        return round(self.step_count.value())

    def show_speed(self, steps_per_second: float | None) -> None:
        self.speed.show_number(steps_per_second)
        self._write_speed(steps_per_second)

    def _fill(self) -> None:
        add, parts, buttons = self.addWidget, self._parts, self._buttons
        label = QLabel("Speed")
        label.setObjectName("quiet")
        add(buttons["run"])
        for name in ("step", "step_n"):
            parts[name] = add(buttons[name])
        parts["steps"] = add(self.step_count)
        self.addSeparator()
        for name in ("reset", "new_weights"):
            parts[name] = add(buttons[name])
        self.addSeparator()
        parts["speed_label"] = add(label)
        add(self.speed)
        parts["speed_text"] = add(self._speed_text)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        add(stretch)
        parts["rest"] = add(self._rest)
        add(self._preset)
        self._preset.setText("Presets")
        self._preset.offer(self.presets_menu)
        self._rest.setText("»")
        self._rest.offer(QMenu(self._rest))
        explain(self._preset, "Presets", "Settings that succeed or fail, each with the reason.")
        explain(self._rest, "More buttons", "The buttons that do not fit here.")

    def _make_presets_menu(self) -> QMenu:
        menu = QMenu("&Presets", self, toolTipsVisible=True)
        for preset in assets.presets():
            action = QAction(preset.name, menu)
            explain_action(action, preset.why)
            action.setData(preset)
            menu.addAction(action)
        return menu

    @Slot(object)
    def _write_speed(self, steps_per_second: float | None) -> None:
        text = "max" if steps_per_second is None else numerals.whole(steps_per_second) + " steps/s"
        text = text if self.speed.isEnabled() else numerals.NOTHING
        self._speed_text.setText(text)


class RunChoices(QObject):
    """Passes presets, speed and stop rules on to the session, shows and keeps them."""

    def __init__(
        self,
        session: TrainingSession,
        document: Document,
        tools: ToolBar,
        controls: Controls,
        settings: Settings,
    ) -> None:
        super().__init__(document)
        self._session, self._document, self._settings = session, document, settings
        self._tools, self._controls = tools, controls
        tools.presets_menu.triggered.connect(self.choose_preset)
        tools.speed.number_requested.connect(self.choose_speed)
        controls.rules_requested.connect(self.choose_rules)

    def restore(self) -> None:
        """Restore the last choices, and save each new one."""
        requested = self._tools.speed.number_requested
        self._settings.keep("speed", SPEED, DEFAULT_SPEED, self.choose_speed, requested)
        rules = self._settings.rules()
        self._controls.show_rules(rules)
        self._session.rules = rules

    def save_speed(self) -> None:
        """Save the speed, which a preset may have chosen."""
        self._settings.set_choice("speed", self._session.speed)

    @Slot(QAction)
    def choose_preset(self, action: QAction) -> None:
        """Start a run with the settings and the speed of a preset."""
        preset: Preset = action.data()
        if not self._document.refuses(preset.config):
            self.choose_speed(preset.speed)
            self._document.restart(preset.config, f"preset {preset.name}")

    @Slot(object)
    def choose_speed(self, steps_per_second: float | None) -> None:
        """Train at a speed; None is unlimited."""
        self._tools.show_speed(steps_per_second)
        self._session.set_speed(steps_per_second)

    @Slot(object)
    def choose_rules(self, rules: StopRules) -> None:
        """Stop by these rules, and save them."""
        self._session.rules = rules
        self._settings.set_rules(rules)


class Strip(QToolBar):
    """A tool bar across the window for one widget, or for some below each other."""

    def __init__(self, *contents: QWidget, space_below: int = 2) -> None:
        super().__init__(contents[-1].accessibleName(), movable=False)
        self.setObjectName(f"{contents[-1].objectName()}_bar")
        spaced = QWidget()
        spaced.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column(spaced, *contents, margins=(0, 8, 0, space_below), gap=10)
        self.addWidget(spaced)


class SideBar(QToolBar):
    """A tool bar at the left of the panels for one widget, hidden at first."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content.accessibleName(), movable=False)
        self.setObjectName(f"{content.objectName()}_bar")
        self.setOrientation(Qt.Orientation.Vertical)
        content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.addWidget(content)
        self.hide()


class WorkspaceTabs(QWidget):
    """A button for each workspace's action."""

    def __init__(self, actions: Iterable[QAction]) -> None:
        super().__init__()
        self.setObjectName("workspace_tabs")
        self.setAccessibleName("Workspaces")
        buttons = (ToolButton(action=action) for action in actions)
        row(self, *buttons, margins=(0, 0, 0, 0), gap=2)
