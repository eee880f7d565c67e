"""Finds the control that a lesson names, and brings it to sight."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QScrollArea, QToolButton, QWidget

from xorviz.core.settings import SETTINGS
from xorviz.ui.chrome.panel import Panel, is_in_sight
from xorviz.window.bars.actions import Actions
from xorviz.window.docks.docks import Docks

CONTROLS, LAB = "controls", "lab_recipe"
"""The panels that have fields of settings, of the run and of the lab."""


class ControlFinder:
    """Finds fields by their settings, those of the lab with lab_ before, and buttons by actions.

    What has no button in sight is in a menu: that of the tool bar, or one of the window.
    """

    def __init__(self, window: QMainWindow, actions: Actions, docks: Docks) -> None:
        self._window, self._actions, self._docks = window, actions, docks
        self._title = QWidget(window.menuBar())
        """Lies where the title of a menu is."""
        self._title.setObjectName("lesson_menu_title")
        self._title.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def reveal(self, control: str) -> None:
        """Bring the panel of a control to the front, and open what it is in."""
        name = _panel_of(control)
        panel = self._panel(name)
        if name and (panel is None or not panel.is_in_front):
            self._docks.reveal(name, puts_back=False)
        if (field := self._field(control)) is not None:
            view = self._docks[name].content
            more = view.findChild(QAction, "more")
            if more is not None and not field.isVisibleTo(view):
                more.setChecked(True)

    def scroll_to(self, control: str) -> None:
        """Scroll to a control, once it has its place."""
        around = found = self.find(control)
        while found is not None and around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(found)
            around = around.parentWidget()

    def find(self, control: str) -> QWidget | None:
        """Return the widget of a control that is in sight, or None."""
        if (found := self._field(control)) is not None:
            return found if is_in_sight(found) else None
        buttons = self._window.findChildren(QAbstractButton, f"{control}_button")
        folded = self._window.findChildren(QToolButton, "rest")
        has_it = [one for one in folded if self._actions[control] in one.menu().actions()]
        shown = (one for one in (*buttons, *has_it) if is_in_sight(one))
        return next(shown, None) or self._menu_of(self._actions[control])

    def _field(self, control: str) -> QWidget | None:
        """Return the field of a setting, if its panel is made."""
        panel = self._panel(_panel_of(control))
        if panel is None or control.removeprefix("lab_") not in SETTINGS:
            return None
        return panel.content.findChild(QWidget, control)

    def _panel(self, name: str) -> Panel | None:
        """Return the panel with a name, if it is made."""
        return next((one for one in self._docks.made if one.content.objectName() == name), None)

    def _menu_of(self, action: QAction) -> QWidget | None:
        """Return the title of the menu that has an action."""
        bar = self._window.menuBar()
        for title in bar.actions():
            menu = title.menu()
            if menu is not None and action in menu.actions():  # type: ignore[attr-defined]
                self._title.setGeometry(bar.actionGeometry(title))
                self._title.show()
                return self._title
        return None


def _panel_of(control: str) -> str:
    """Return the panel that has the field or the button of a control; "" for the window."""
    if control.startswith("lab_"):
        return LAB
    return CONTROLS if control in SETTINGS else ""
