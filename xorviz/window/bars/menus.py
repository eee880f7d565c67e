"""The menus."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QWhatsThis

from xorviz.ui.chrome.panel import Panel
from xorviz.window.bars.actions import THEMES, WATCHED, ZOOMS, Actions

_FILE = (("save", "save_as"), ("export",), ("quit",))
_EDIT = (("undo", "redo"), ("copy_command", "paste_settings"), ("preferences",))
_UNITS = (("diagnose", "what_helps", "try_by_itself", "check_step"), ("next_unit", "previous_unit"))
_SCREEN = (("projector", "full_screen"), ("reset_layout",))
_RUN = (
    ("run", "step", "step_n"),
    ("step_back", "step_back_n", "to_start", "to_live"),
    ("reset", "new_weights"),
    ("pin", "side_by_side"),
    WATCHED,
    ("lab_run", "lab_cancel"),
)
"""Actions by name; a separator between groups."""


def fill_menus(
    window: QMainWindow,
    actions: Actions,
    presets: QMenu,
    lessons: QMenu,
    recent: QMenu,
    panels: Callable[[], Iterable[Panel]],
) -> None:
    """Fill a window's menu bar; ``panels`` makes those that are not made, when menus ask for it."""
    bar = window.menuBar()
    file = bar.addMenu("&File")
    file.addActions([actions["new"], actions["open"], actions["own_network"]])
    file.addMenu(recent)
    _add(file, actions, _FILE)
    _add(bar.addMenu("&Edit"), actions, _EDIT)
    _fill_view(bar.addMenu("&View"), actions, panels)
    _add(bar.addMenu("&Run"), actions, _RUN)
    bar.addMenu(presets)
    bar.addMenu(lessons)
    about = bar.addMenu("&Help")
    whats_this = QWhatsThis.createAction(window)
    whats_this.setIconVisibleInMenu(False)  # Qt's own icon, in no colour of the theme
    whats_this.setShortcut("")  # Shift+F1 then explains what has the focus
    about.addActions([actions[name] for name in ("help", "palette", "introduction")])
    about.addActions([whats_this, actions["about"]])


def _fill_view(view: QMenu, actions: Actions, panels: Callable[[], Iterable[Panel]]) -> None:
    view.addActions(actions.workspaces.actions())
    view.addSeparator()
    # Each panel's action brings it to the front or hides it; its menu has its options.
    _refill(view.addMenu("&Panels"), lambda: [panel.action for panel in panels()])
    options = view.addMenu("Panel &options")
    _refill(options, lambda: [panel.menu.menuAction() for panel in panels()])
    _add(view, actions, _UNITS)
    view.addSeparator()
    zoom = view.addMenu("&Zoom")
    zoom.addActions([actions["zoom_in"], actions["zoom_out"]])
    zoom.addSeparator()
    zoom.addActions([actions[f"zoom_{name}"] for name in ZOOMS])
    view.addMenu("&Theme").addActions([actions[f"theme_{name}"] for name in THEMES])
    view.addAction(actions["reduced_motion"])
    _add(view, actions, _SCREEN)


def _refill(menu: QMenu, actions: Callable[[], Sequence[QAction]]) -> None:
    """Fill a menu each time that it is opened."""

    def fill() -> None:
        menu.clear()
        menu.addActions(actions())

    menu.aboutToShow.connect(fill)


def _add(menu: QMenu, actions: Actions, groups: Iterable[Iterable[str]]) -> None:
    for names in groups:
        menu.addSeparator()
        menu.addActions([actions[name] for name in names])
