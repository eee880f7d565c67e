"""The panels, and where they stand at first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from xorviz.controls import Controls
from xorviz.views.base import SnapshotView
from xorviz.widgets.panel import Panel

_WIDTHS = (268, 616, 376)
"""Of the three columns, in pixels at the default size; other sizes share in proportion."""
_LEFT_HEIGHTS, _RIGHT_HEIGHTS = (460, 200), (380, 290)


class Panels:
    """Frames around controls and views, as docks of a window."""

    def __init__(
        self, window: QMainWindow, controls: Controls, views: dict[str, SnapshotView]
    ) -> None:
        self._window = window
        self._network = Panel("Network", controls)
        self._of_views = {name: _framed(view) for name, view in views.items()}
        self.all = [self._network, *self._of_views.values()]
        for number, panel in enumerate(self.all, start=1):
            toggle = panel.toggleViewAction()
            toggle.setShortcut(f"Ctrl+{number}")
            toggle.setStatusTip(f"Show or hide the panel {panel.windowTitle()}")
        window.setDockNestingEnabled(True)

    def arrange(self) -> None:
        """Put every panel where it stands at first, shown and docked."""
        for panel in self.all:
            panel.setFloating(False)
            self._window.removeDockWidget(panel)
        network, views = self._network, self._of_views
        surface, loss = views["decision_surface"], views["loss_plot"]
        truth, weights = views["truth_table"], views["weight_heatmap"]
        self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, network)
        self._window.splitDockWidget(network, surface, Qt.Orientation.Horizontal)
        self._window.splitDockWidget(surface, loss, Qt.Orientation.Horizontal)
        self._window.splitDockWidget(network, truth, Qt.Orientation.Vertical)
        self._window.splitDockWidget(loss, weights, Qt.Orientation.Vertical)
        for panel in self.all:
            panel.show()
        self._window.resizeDocks([network, surface, loss], _WIDTHS, Qt.Orientation.Horizontal)
        self._window.resizeDocks([network, truth], _LEFT_HEIGHTS, Qt.Orientation.Vertical)
        self._window.resizeDocks([loss, weights], _RIGHT_HEIGHTS, Qt.Orientation.Vertical)


def _framed(view: SnapshotView) -> Panel:
    """Return a view in its frame, which shows the view's read-out and options."""
    panel = Panel(view.title, view)
    view.readout_changed.connect(panel.readout.setText)
    if view.options:
        panel.set_options(view.options, view.options_text)
        view.options_changed.connect(lambda: panel.set_options(view.options, view.options_text))
    return panel
