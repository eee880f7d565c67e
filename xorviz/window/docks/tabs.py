"""The bars of tabs that Qt makes for panels in one place."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMainWindow, QTabBar
from shiboken6 import isValid

from xorviz.ui.chrome.panel import Panel

_NAME = "panel_tabs"
_ABOUT = (
    "Panels that share one place. Click a tab, or move between them with the arrow keys, to bring "
    "one to the front; drag a tab to give its panel another place."
)


def prepare_tabs(window: QMainWindow, panels: Iterable[Panel]) -> None:
    """Name the new bars of tabs, and let a right click on a tab open its panel's menu."""
    if not isValid(window):  # its panels are hidden once more when it is deleted
        return
    for bar in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if bar.objectName() != _NAME:
            bar.setObjectName(_NAME)
            bar.setElideMode(Qt.TextElideMode.ElideNone)  # it scrolls
            bar.setAccessibleName("Panels in this place")
            bar.setWhatsThis(_ABOUT)
            bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            bar.customContextMenuRequested.connect(partial(_open_menu, bar, panels))


def _open_menu(bar: QTabBar, panels: Iterable[Panel], at: QPoint) -> None:
    title = bar.tabText(bar.tabAt(at))
    for panel in panels:
        if panel.windowTitle() == title:
            panel.menu.popup(bar.mapToGlobal(at))
