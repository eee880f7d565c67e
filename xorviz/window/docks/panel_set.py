"""The panels of the window, made for their views."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMainWindow

from xorviz.files import assets
from xorviz.panels.base.view import View
from xorviz.ui.chrome.icons import tinted
from xorviz.ui.chrome.panel import ICONS, Panel
from xorviz.ui.theme.palette import Theme, mixed
from xorviz.window.docks.frames import framed
from xorviz.window.docks.layouts import RUNS
from xorviz.window.docks.tabs import prepare_tabs

_LEAST, _LEAST_TIGHT = QSize(14, 12), QSize(8, 3)
"""The most lines of text that the content of a panel may insist on, by the room."""
_LEAST_BESIDE, _LEAST_BELOW = 5, 2
"""The same in tight rooms, in width beside a bar and in height below a line that takes space."""


class PanelSet(QObject):
    """The panels by name."""

    placed = Signal()
    """A panel has another size or place."""
    change_asked = Signal(object)  # Change, of the layout by the user

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._icons: dict[str, QIcon] = {}
        self.by_name: dict[str, Panel] = {}

    def add(self, views: Iterable[View]) -> list[str]:
        """Make and add the panels of views, and return their names."""
        panels = {view.objectName(): framed(view) for view in views}
        for panel in panels.values():
            self._connect(panel)
        self.by_name |= panels
        return list(panels)

    def limit(self, line: int, is_tight: bool, taken: QSize) -> None:
        """Let no panel need more space than there is: each scrolls what is larger.

        That goes by the height of a line of text, and by what is shown around the panels: a bar
        beside them must leave the window free to become smaller.
        """
        is_tight |= taken.width() > 0
        width = _LEAST_BESIDE if taken.width() else _LEAST_TIGHT.width()
        height = _LEAST_BELOW if taken.height() else _LEAST_TIGHT.height()
        for name, panel in self.by_name.items():  # runs come to panels that fill the window
            least = QSize(width, height) if is_tight or name == RUNS else _LEAST
            panel.limit(least * line)

    def apply_theme(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        faint = mixed(theme.quiet, theme.panel)
        for name in ICONS:
            svg = assets.read_text(f"icons/{name}.svg")
            self._icons[name] = tinted(svg, theme.quiet, faint)
        for panel in self.by_name.values():
            panel.set_icons(self._icons)

    def _connect(self, panel: Panel) -> None:
        ask = self.change_asked.emit
        panel.action.triggered.connect(lambda: ask(panel.toggle))
        panel.float_action.triggered.connect(lambda: ask(panel.toggle_floating))
        panel.close_action.triggered.connect(lambda: ask(panel.close))
        panel.placed.connect(self.placed)
        # With it, Qt makes bars of tabs.
        panel.visibilityChanged.connect(self._prepare_tabs)
        panel.set_icons(self._icons)

    @Slot()
    def _prepare_tabs(self) -> None:
        prepare_tabs(self._window, self.by_name.values())
