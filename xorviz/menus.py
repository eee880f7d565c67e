"""The menus: every action of the window, where people look for it."""

from collections.abc import Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWhatsThis

from xorviz.actions import THEMES, Actions

_FILE = (("save", "save_as"), ("export",), ("quit",))
_EDIT = (("undo", "redo"), ("copy_command", "paste_settings"))
_RUN = (
    ("run", "step", "step_n"),
    ("step_back", "step_back_n", "to_start", "to_live"),
    ("reset", "new_seed"),
    ("pin", "lock_step"),
)
"""Actions by name; a line stands between two groups."""


def fill_menus(
    window: QMainWindow,
    actions: Actions,
    presets: QMenu,
    recent: QMenu,
    panels: Iterable[QDockWidget],
    options: Iterable[list[QAction]],
) -> None:
    """Fill a window's menu bar; options are those of each view in turn."""
    bar = window.menuBar()
    file = bar.addMenu("&File")
    file.addActions([actions["new"], actions["open"]])
    file.addMenu(recent)
    _add(file, actions, _FILE)
    _add(bar.addMenu("&Edit"), actions, _EDIT)
    _add(bar.addMenu("&Run"), actions, _RUN)
    bar.addMenu(presets)
    view = bar.addMenu("&View")
    view.addActions([panel.toggleViewAction() for panel in panels])
    for group in options:
        view.addSeparator()
        view.addActions(group)
    view.addSeparator()
    view.addMenu("&Theme").addActions([actions[f"theme_{name}"] for name in THEMES])
    view.addActions([actions["full_screen"], actions["reset_layout"]])
    about = bar.addMenu("&Help")
    about.addActions([actions["help"], QWhatsThis.createAction(window), actions["about"]])


def _add(menu: QMenu, actions: Actions, groups: Iterable[Iterable[str]]) -> None:
    for names in groups:
        menu.addSeparator()
        menu.addActions([actions[name] for name in names])
