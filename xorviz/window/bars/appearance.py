"""The look of the window: theme, size of text, motion."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from xorviz.core.rules import Choice
from xorviz.ui.keys import allow
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.actions import THEMES, ZOOMS, Actions
from xorviz.window.document.settings import Settings

PROJECTED_ZOOM, PROJECTED_STROKE = "150", 1.8
"""Least size of text, in percent, and factor of all line widths in projector mode."""
_LARGEST, _SMALLEST = "This is the largest text", "This is the smallest text"


class Appearance(QObject):
    """Applies the theme that is chosen, or the desktop's, with the size of text and the motion.

    Palette and font are set at once, the style sheet from put_on_sheet on.
    """

    changed = Signal(object)  # Theme: it, the size of text or both are new

    def __init__(self, actions: Actions, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._has_sheet = False
        self.themes, self.zooms = actions.themes, actions.zooms
        self.still = actions["reduced_motion"]
        settings.keep("theme", Choice(THEMES), "system", self.themes.choose, self.themes.chosen)
        self._settings = settings
        self._before_projector: str | None = None
        """The size of text that was chosen before projector mode; None outside of it."""
        self.zooms.choose(settings.choice("zoom", Choice(ZOOMS), "100"))
        settings.keep_switches([self.still])
        self._zoom_in, self._zoom_out = actions["zoom_in"], actions["zoom_out"]
        self._zoom_in.triggered.connect(lambda: self._zoom_by(1))
        self._zoom_out.triggered.connect(lambda: self._zoom_by(-1))
        self._set()
        self.zooms.chosen.connect(self._keep_zoom)
        scheme = QGuiApplication.styleHints().colorSchemeChanged
        for changed in (self.themes.chosen, self.zooms.chosen, self.still.toggled, scheme):
            changed.connect(self._apply)

    def put_on_sheet(self) -> None:
        """Set the style sheet, after all widgets are made: each lookup in it costs time."""
        self._has_sheet = True
        look.put_on_sheet(_application(), self.theme)

    def project(self, is_on: bool) -> None:
        """Make text and lines larger for an audience, or as they were before."""
        before, self._before_projector = self._before_projector, None
        zoom = before or self.zooms.value
        if is_on:
            self._before_projector, zoom = zoom, max(zoom, PROJECTED_ZOOM)
        if zoom == self.zooms.value:
            self._apply()
        self.zooms.choose(zoom)

    @property
    def _is_projected(self) -> bool:
        return self._before_projector is not None

    @Slot(object)
    def _keep_zoom(self, zoom: str) -> None:
        if not self._is_projected:
            self._settings.set_choice("zoom", zoom)

    @Slot()
    def _apply(self) -> None:
        self._set()
        self.changed.emit(self.theme)

    def _set(self) -> None:
        """Set all that was chosen, and the desktop's theme if it is followed."""
        application = _application()
        chosen = {"light": LIGHT, "dark": DARK}
        theme = chosen.get(self.themes.value) or look.system_theme(application)
        stroke = PROJECTED_STROKE if self._is_projected else 1.0
        self.theme = replace(theme, stroke=stroke, reduced_motion=self.still.isChecked())
        apply_theme = look.apply_theme if self._has_sheet else look.colour
        apply_theme(application, self.theme, int(self.zooms.value) / 100)
        allow(self._zoom_in, _LARGEST * (self.zooms.value == ZOOMS[-1]))
        allow(self._zoom_out, _SMALLEST * (self.zooms.value == ZOOMS[0]))

    def _zoom_by(self, steps: int) -> None:
        self.zooms.choose(ZOOMS[ZOOMS.index(self.zooms.value) + steps])


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
