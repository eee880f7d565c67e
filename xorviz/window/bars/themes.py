"""The choice of a theme."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from xorviz.core.rules import Choice
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.actions import THEMES, Actions
from xorviz.window.document.settings import Settings


class ThemeSwitcher(QObject):
    """Applies the theme that is chosen, or the desktop's.

    The palette is set at once, the style sheet from put_on_sheet on.
    """

    changed = Signal(object)  # Theme

    def __init__(self, actions: Actions, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._has_sheet = False
        self._names = names = actions.themes
        settings.keep("theme", Choice(THEMES), "system", names.choose, names.chosen)
        self._colour()
        names.chosen.connect(self._apply)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)

    def put_on_sheet(self) -> None:
        """Set the style sheet, after all widgets are made: each lookup in it costs time."""
        self._has_sheet = True
        look.put_on_sheet(_application(), self.theme)

    @Slot()
    def _apply(self) -> None:
        self._colour()
        self.changed.emit(self.theme)

    def _colour(self) -> None:
        """Apply the chosen theme, or the desktop's."""
        application = _application()
        chosen = {"light": LIGHT, "dark": DARK}
        self.theme = chosen.get(self._names.value) or look.system_theme(application)
        apply_theme = look.apply_theme if self._has_sheet else look.colour
        apply_theme(application, self.theme)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
