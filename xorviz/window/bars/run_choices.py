"""Presets, speed and stop rules, wherever in the window they are chosen."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from xorviz.core.runs.stopping import StopRules
from xorviz.engine.pace import SPEED
from xorviz.engine.session import TrainingSession
from xorviz.files.assets import Preset
from xorviz.panels.settings.controls import Controls
from xorviz.window.bars.tool_bar import DEFAULT_SPEED, ToolBar
from xorviz.window.document.document import Document
from xorviz.window.document.settings import Settings


class RunChoices(QObject):
    """Passes choices on to the session, shows them, and keeps them for the next start."""

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
