"""The menus."""

from collections.abc import Callable, Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QWhatsThis

from xorviz.ui.chrome.panel import Panel
from xorviz.window.bars.actions import THEMES, ZOOMS, Actions

_FILE = (("save", "save_as"), ("export",), ("quit",))
_EDIT = (("undo", "redo"), ("copy_command", "paste_settings"), ("preferences",))
_VIEW = (("diagnose", "next_unit", "previous_unit"),)
_RUN = (
    ("run", "step", "step_n"),
    ("step_back", "step_back_n", "to_start", "to_live"),
    ("reset", "new_weights"),
    ("pin", "side_by_side"),
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
    all_panels = view.addMenu("&Panels")

    def show_panels() -> None:
        """Fill the menu of all panels, which brings each to the front or hides it."""
        all_panels.clear()
        all_panels.addActions([panel.action for panel in panels()])

    all_panels.aboutToShow.connect(show_panels)
    for group in options:
        view.addSeparator()
        view.addActions(group)
    view.addSeparator()
    view.addMenu("&Theme").addActions([actions[f"theme_{name}"] for name in THEMES])
    zoom = view.addMenu("&Zoom")
    zoom.addActions([actions["zoom_in"], actions["zoom_out"]])
    zoom.addSeparator()
    zoom.addActions([actions[f"zoom_{name}"] for name in ZOOMS])
    view.addAction(actions["reduced_motion"])
    view.addActions([actions["projector"], actions["full_screen"], actions["reset_layout"]])
    about = bar.addMenu("&Help")
    about.addActions([actions["help"], actions["introduction"]])
    about.addActions([QWhatsThis.createAction(window), actions["about"]])


def _add(menu: QMenu, actions: Actions, groups: Iterable[Iterable[str]]) -> None:
    for names in groups:
        menu.addSeparator()
        menu.addActions([actions[name] for name in names])
