"""The menus."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QWhatsThis

from xorviz.ui.chrome.panel import Panel
from xorviz.window.bars.actions import THEMES, Actions

_FILE = (("save", "save_as"), ("export",), ("quit",))
_EDIT = (("undo", "redo"), ("copy_command", "paste_settings"))
_VIEW = (("diagnose", "next_unit", "previous_unit"),)
_RUN = (
    ("run", "step", "step_n"),
    ("step_back", "step_back_n", "to_start", "to_live"),
    ("reset", "new_seed"),
    ("pin", "lock_step"),
    ("lab_run", "lab_cancel"),
)
"""Actions by name; a separator between groups."""


def fill_menus(
    window: QMainWindow,
    actions: Actions,
    presets: QMenu,
    recent: QMenu,
    panels: Callable[[], Iterable[Panel]],
    options: Iterable[list[QAction]],
) -> None:
    """Fill a window's menu bar; ``panels`` is called when the menu of panels opens."""
    bar = window.menuBar()
    file = bar.addMenu("&File")
    file.addActions([actions["new"], actions["open"], actions["own_network"]])
    file.addMenu(recent)
    _add(file, actions, _FILE)
    _add(bar.addMenu("&Edit"), actions, _EDIT)
    _add(bar.addMenu("&Run"), actions, _RUN)
    bar.addMenu(presets)
    view = bar.addMenu("&View")
    view.addActions(actions.workspaces.actions())
    _add(view, actions, _VIEW)
    view.addMenu(_PanelsMenu(panels, view))
    for group in options:
        view.addSeparator()
        view.addActions(group)
    view.addSeparator()
    view.addMenu("&Theme").addActions([actions[f"theme_{name}"] for name in THEMES])
    view.addActions([actions["full_screen"], actions["reset_layout"]])
    about = bar.addMenu("&Help")
    about.addActions([actions["help"], QWhatsThis.createAction(window), actions["about"]])


class _PanelsMenu(QMenu):
    """The menu of all panels, which brings each to the front or hides it."""

    def __init__(self, panels: Callable[[], Iterable[Panel]], parent: QMenu) -> None:
        super().__init__("&Panels", parent)
        self._panels = panels
        self.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        self.clear()
        self.addActions([panel.action for panel in self._panels()])


def _add(menu: QMenu, actions: Actions, groups: Iterable[Iterable[str]]) -> None:
    for names in groups:
        menu.addSeparator()
        menu.addActions([actions[name] for name in names])
