"""Which theme is chosen, and the application dressed in it."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication

from xorviz.core.rules import Choice
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.actions import THEMES, Actions
from xorviz.window.document.settings import Settings


class Themes(QObject):
    """Follows the theme actions and, where they say so, the desktop.

    Colours are there from the beginning, the style sheet from when it is put on.
    """

    changed = Signal(object)  # Theme
    chosen = Signal(str)

    def __init__(self, actions: Actions, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._has_sheet = False
        self._actions = actions
        settings.keep("theme", Choice(THEMES), "system", self._check, self.chosen)
        actions.themes.triggered.connect(self._choose)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)

    def put_on_sheet(self) -> None:
        """Style what widgets there are, and those to come.

        A widget that is made or moved under a style sheet is looked up in it each time.
        """
        self._has_sheet = True
        look.put_on_sheet(_application(), self.theme)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._apply()
        self.chosen.emit(action.data())

    def _check(self, name: str) -> None:
        self._actions[f"theme_{name}"].setChecked(True)
        self._dress()

    @Slot()
    def _apply(self) -> None:
        self._dress()
        self.changed.emit(self.theme)

    def _dress(self) -> None:
        """Dress the application in the chosen theme, or in the desktop's."""
        application = _application()
        name = self._actions.themes.checkedAction().data()
        chosen = {"light": LIGHT, "dark": DARK}
        self.theme = chosen.get(name) or look.system_theme(application)
        apply_theme = look.apply_theme if self._has_sheet else look.colour
        apply_theme(application, self.theme)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
