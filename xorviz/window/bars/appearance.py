"""The look of the window: theme, size of text, motion; and what is larger for an audience."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

from xorviz.core.rules import Choice
from xorviz.ui.keys import allow, plain_text, written
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.actions import THEMES, ZOOMS, Actions, Keys
from xorviz.window.bars.status_bar import StatusBar
from xorviz.window.document.settings import Settings
from xorviz.window.layout.desk import Desk

PRESENTED_ZOOM, PRESENTED_STROKE = "150", 1.8
"""Least size of text, in percent, and factor of all line widths for an audience."""
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
        self._own_zoom: str | None = None
        """The size of text that was chosen before presenting; None at other times."""
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

    def present(self, is_on: bool) -> None:
        """Make text and lines larger for an audience, or as they were before."""
        before, self._own_zoom = self._own_zoom, None
        zoom = before or self.zooms.value
        if is_on:
            self._own_zoom, zoom = zoom, max(zoom, PRESENTED_ZOOM)
        if zoom == self.zooms.value:
            self._apply()
        self.zooms.choose(zoom)

    @Slot(object)
    def _keep_zoom(self, zoom: str) -> None:
        if self._own_zoom is None:
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
        stroke = 1.0 if self._own_zoom is None else PRESENTED_STROKE
        self.theme = replace(theme, stroke=stroke, reduced_motion=self.still.isChecked())
        zoom = int(self.zooms.value) / 100
        if not look.is_applied(application, theme, zoom):
            apply_theme = look.apply_theme if self._has_sheet else look.colour
            apply_theme(application, theme, zoom)
        allow(self._zoom_in, _LARGEST * (self.zooms.value == ZOOMS[-1]))
        allow(self._zoom_out, _SMALLEST * (self.zooms.value == ZOOMS[0]))

    def _zoom_by(self, steps: int) -> None:
        self.zooms.choose(ZOOMS[ZOOMS.index(self.zooms.value) + steps])


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application


SHOWN_MS = 2000
_HEIGHT = 0.92
"""Where the middle of the label is, in heights of the window: over the timeline, not the panels."""


class Presentation(QObject):
    """Shows the window to an audience: the whole screen, large text, the keys that are used.

    In place of the status bar, whose height the pictures get, notices are shown as the keys are. It
    is not saved: a new window starts without it.
    """

    def __init__(
        self,
        window: QMainWindow,
        action: QAction,
        desk: Desk,
        appearance: Appearance,
        keys: Keys,
        status: StatusBar,
    ) -> None:
        super().__init__(window)
        self._window, self._action, self._status = window, action, status
        self._desk, self._appearance = desk, appearance
        self._was_full = False
        self._label = QLabel(window, textFormat=Qt.TextFormat.PlainText)
        self._label.setObjectName("key_label")
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label.hide()
        # It goes without fading: nothing moves, whatever is chosen about motion.
        self._hide_late = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._hide_late.timeout.connect(self._label.hide)
        action.toggled.connect(self._switch)
        keys.used.connect(self._show_key)
        status.noticed.connect(self._show)
        desk.left.connect(lambda: action.setChecked(False))

    @Slot(bool)
    def _switch(self, is_on: bool) -> None:
        state, full = self._window.windowState(), Qt.WindowState.WindowFullScreen
        if is_on:
            self._was_full = bool(state & full)
        self._status.setHidden(is_on)
        self._desk.present(is_on)
        self._appearance.present(is_on)
        self._window.setWindowState(state | full if is_on or self._was_full else state & ~full)
        if not is_on:
            self._label.hide()

    @Slot(QAction)
    def _show_key(self, action: QAction) -> None:
        """Show the key of an action that is used, and what it does."""
        if key := written(action.shortcut()):
            self._show(f"{key}: {plain_text(action).removesuffix('…')}")

    @Slot(str)
    def _show(self, text: str) -> None:
        """Show a text over the timeline for a time, to an audience."""
        if not self._action.isChecked():
            return
        self._label.setText(text)
        self._label.adjustSize()
        size, room = self._label.size(), self._window.size()
        top = round(_HEIGHT * room.height()) - size.height() // 2
        self._label.move((room.width() - size.width()) // 2, top)
        self._label.raise_()
        self._label.show()
        self._hide_late.start()
