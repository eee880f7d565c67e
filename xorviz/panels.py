"""The panels, and where they stand at first."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow

from xorviz.controls import Controls
from xorviz.views.base import SnapshotView
from xorviz.widgets.panel import Panel

_WIDTHS = (268, 616, 376)
"""Of the three columns, in pixels at the default size; other sizes share in proportion."""
_LEFT_HEIGHTS, _RIGHT_HEIGHTS = (440, 200), (340, 290)
_PAIR_HEIGHTS = (400, 200)
_RUNS_HEIGHT = 150
_HEIGHT_FOR_ALL = 780
"""Of the window, from which the kept runs have room below two runs in lock step."""


class Panels:
    """Frames around controls and views, as docks of a window."""

    def __init__(
        self,
        window: QMainWindow,
        controls: Controls,
        views: Iterable[SnapshotView],
        make_beside: Callable[[], Iterable[SnapshotView]],
    ) -> None:
        """Frame these views; make those of a second run when there is one."""
        self._window = window
        self._network = Panel("Network", controls)
        self._of_views = {view.objectName(): _framed(view) for view in views}
        self._make_beside = make_beside
        self._beside: list[Panel] = []
        self._has_kept = False
        self._runs_are_wanted = False  # when there is one run on the bench again
        self._before_pair: QByteArray | None = None
        self.all = [self._network, *self._of_views.values()]
        """Those that a person shows and hides, each with a key."""
        for number, panel in enumerate(self.all, start=1):
            toggle = panel.toggleViewAction()
            toggle.setShortcut(f"Ctrl+{number}")
            toggle.setStatusTip(f"Show or hide the panel {panel.windowTitle()}")
        window.setDockNestingEnabled(True)

    def arrange(self) -> None:
        """Put every panel where it stands at first, docked; the runs once there are some."""
        is_pair, self._before_pair = self._before_pair is not None, None
        for panel in (*self.all, *self._beside):
            if panel.parent() is not None:  # else it has never been anywhere
                panel.setFloating(False)
                self._window.removeDockWidget(panel)
        network, views = self._network, self._of_views
        surface, loss = views["decision_surface"], views["loss_plot"]
        truth, weights, runs = views["truth_table"], views["weight_heatmap"], views["runs"]
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, network)
        self._window.splitDockWidget(network, surface, horizontal)
        self._window.splitDockWidget(surface, loss, horizontal)
        self._window.splitDockWidget(network, truth, vertical)
        self._window.splitDockWidget(loss, weights, vertical)
        self._window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, runs)
        for panel in self.all:
            panel.setVisible(panel is not runs or self._has_kept)
        self._window.resizeDocks([network, surface, loss], _WIDTHS, horizontal)
        self._window.resizeDocks([network, truth], _LEFT_HEIGHTS, vertical)
        self._window.resizeDocks([loss, weights], _RIGHT_HEIGHTS, vertical)
        self._window.resizeDocks([runs], [_RUNS_HEIGHT], vertical)
        self.show_beside(is_pair)

    def show_runs(self, has_kept: bool) -> None:
        """Show the panel of kept runs when there is the first one, hide it after the last."""
        if has_kept != self._has_kept:
            self._runs_are_wanted = has_kept
            self._of_views["runs"].setVisible(has_kept)
        self._has_kept = has_kept

    def show_beside(self, is_pair: bool) -> None:
        """Show a second run beside the first; or all as it was before."""
        before, self._before_pair = self._before_pair, None
        if not is_pair and before is not None:
            for panel in self._beside:
                panel.hide()
            self._window.restoreState(before)
            self._of_views["runs"].setVisible(self._runs_are_wanted)
        if is_pair:
            if not self._beside:
                self._beside = [_framed(view) for view in self._make_beside()]
            self._before_pair = before or self._window.saveState()
            self._arrange_pair()

    def _arrange_pair(self) -> None:
        """Give each run a column, its weights below its surface, and the loss of both its own."""
        views, (surface_beside, weights_beside) = self._of_views, self._beside
        surface, weights, loss = (
            views[name] for name in ("decision_surface", "weight_heatmap", "loss_plot")
        )
        self._runs_are_wanted = views["runs"].isVisible()
        if self._window.height() < _HEIGHT_FOR_ALL:
            views["runs"].hide()
        widths = [self._network.width(), surface.width() // 2, surface.width() // 2, loss.width()]
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.removeDockWidget(weights)
        self._window.splitDockWidget(surface, surface_beside, horizontal)
        self._window.splitDockWidget(surface, weights, vertical)
        self._window.splitDockWidget(surface_beside, weights_beside, vertical)
        for panel in (surface_beside, weights, weights_beside):
            panel.show()
        self._window.resizeDocks([self._network, surface, surface_beside, loss], widths, horizontal)
        for pair in ((surface, weights), (surface_beside, weights_beside)):
            self._window.resizeDocks(list(pair), _PAIR_HEIGHTS, vertical)


def _framed(view: SnapshotView) -> Panel:
    """Return a view in its frame, which shows the view's read-out and options."""
    panel = Panel(view.title, view)
    view.readout_changed.connect(panel.readout.setText)
    if view.options:
        panel.set_options(view.options, view.options_text)
        view.options_changed.connect(lambda: panel.set_options(view.options, view.options_text))
    return panel
