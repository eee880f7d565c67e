"""The menus: every action of the window, where people look for it."""

from collections.abc import Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWhatsThis

from xorviz.actions import THEMES, Actions


def fill_menus(
    window: QMainWindow,
    actions: Actions,
    presets: QMenu,
    panels: Iterable[QDockWidget],
    options: Iterable[list[QAction]],
) -> None:
    """Fill a window's menu bar; options are those of each view in turn."""
    bar = window.menuBar()
    bar.addMenu("&File").addAction(actions["quit"])
    run = bar.addMenu("&Run")
    run.addActions([actions[name] for name in ("run", "step", "step_n")])
    run.addSeparator()
    run.addActions([actions["reset"], actions["new_seed"]])
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
