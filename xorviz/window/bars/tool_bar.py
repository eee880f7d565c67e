"""The tool bar: run, step, speed, presets."""

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from xorviz.core import numerals
from xorviz.core.rules import Whole
from xorviz.engine.pace import FASTEST, SLOWEST
from xorviz.files import assets
from xorviz.ui.forms.fields import NumberField, explain, field_width
from xorviz.ui.forms.log_slider import LogSlider
from xorviz.ui.guard import guarded
from xorviz.window.bars.actions import Actions

STEP_COUNT = Whole(1, 1_000_000)
DEFAULT_STEP_COUNT = 100
DEFAULT_SPEED = 2000.0

_STEP_COUNT_HELP = f"How many steps Step x takes. Allowed: {STEP_COUNT.allowed}."
_SPEED_HELP = (
    "How many steps are taken in a second, from 1 to 100 000; at the right end, as many as the "
    "machine can. The speed reached stands at the foot of the window."
)


@guarded
class ToolBar(QToolBar):
    """The actions used most, the step count, the speed and the presets."""

    def __init__(self, actions: Actions) -> None:
        super().__init__("Tools")
        self.setObjectName("tool_bar")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # Qt's context menu could hide it for good.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.step_count = NumberField("step_count", STEP_COUNT, grouped=True)
        self.step_count.setValue(DEFAULT_STEP_COUNT)
        explain(self.step_count, "Steps of Step x", _STEP_COUNT_HELP)
        self.speed = LogSlider("speed", SLOWEST, FASTEST, unlimited=True)
        explain(self.speed, "Speed", _SPEED_HELP)
        self._speed_text = QLabel()
        self._speed_text.setObjectName("speed_text")
        self._fit_text()
        self.presets_menu = self._make_presets_menu()
        """Each action has its preset as data."""
        self._preset = QToolButton()
        self._fill(actions)
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

    @property
    def steps(self) -> int:
        return round(self.step_count.value())

    def show_speed(self, steps_per_second: float | None) -> None:
        self.speed.show_number(steps_per_second)
        self._write_speed(steps_per_second)

    def _fill(self, actions: Actions) -> None:
        for name in ("run", "step", "step_n"):
            self.addAction(actions[name])
        self.addWidget(self.step_count)
        self.addSeparator()
        for name in ("reset", "new_weights"):
            self.addAction(actions[name])
        self.addSeparator()
        label = QLabel("Speed")
        label.setObjectName("quiet")
        for widget in (label, self.speed, self._speed_text, _stretch(), self._preset):
            self.addWidget(widget)
        for action in self.actions():
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        run_button = self.widgetForAction(actions["run"])
        run_button.setObjectName("run_button")
        self._preset.setObjectName("preset")
        self._preset.setText("Presets")
        self._preset.setMenu(self.presets_menu)
        self._preset.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._preset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        explain(self._preset, "Presets", "Runs worth looking at, good and bad ones, with why.")

    def _make_presets_menu(self) -> QMenu:
        menu = QMenu("&Presets", self)
        menu.setToolTipsVisible(True)
        for preset in assets.presets():
            action = QAction(preset.name, menu)
            action.setToolTip(preset.why)
            action.setStatusTip(preset.why)
            action.setWhatsThis(preset.why)
            action.setData(preset)
            menu.addAction(action)
        return menu

    @Slot(object)
    def _write_speed(self, steps_per_second: float | None) -> None:
        text = "max" if steps_per_second is None else numerals.whole(steps_per_second) + " steps/s"
        self._speed_text.setText(text)


def _stretch() -> QWidget:
    stretch = QWidget()
    stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return stretch
