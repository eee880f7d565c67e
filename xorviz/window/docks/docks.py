"""The panels of the window, and the workspaces that arrange them."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from xorviz.panels import registry
from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel
from xorviz.window.docks.arrangements import ARRANGEMENTS, PAIR, arrange

LAYOUT_VERSION = 4
"""Counts up when panels change, so that a layout of older panels is not applied."""

_HEIGHT_FOR_ALL = 780
"""Of the window, from which the kept runs have room below two runs in lock step."""
_MOST_NUMBERED = 9

Make = Callable[[], Iterable[View]]


class Panels(QObject):
    """Frames around the views, as docks of a window; each workspace has its own layout.

    Views that a window does not begin with are made when the first of them is needed.
    """

    workspace_changed = Signal(object)  # Workspace

    def __init__(
        self,
        window: QMainWindow,
        views: Iterable[View],
        make_late: Make,
        make_beside: Make,
    ) -> None:
        """Frame these views; make the others, and those of a second run, when needed."""
        super().__init__(window)
        self._window = window
        self._by_name: dict[str, Panel] = {}
        self._add(_framed(views))
        self._make_late, self._make_beside = make_late, make_beside
        self._has_all = False
        self._beside: list[Panel] = []
        self._has_pinned = False
        self._runs_are_wanted = False  # where they have a place
        self._before_pair: QByteArray | None = None
        self._layouts: dict[Workspace, QByteArray] = {}
        self.workspace = Workspace.LEARN
        window.setDockNestingEnabled(True)

    @property
    def all(self) -> list[Panel]:
        """Those that a person can show and hide."""
        self._need_all()
        return list(self._by_name.values())

    def __getitem__(self, name: str) -> Panel:
        return self._by_name[name]

    def layouts(self) -> dict[Workspace, QByteArray]:
        """Return how the panels stand in each workspace that was seen."""
        return self._layouts | {self.workspace: self._window.saveState(LAYOUT_VERSION)}

    def start(self, workspace: Workspace, layouts: Mapping[Workspace, QByteArray]) -> None:
        """Show a workspace as it was left, or as it stands at first."""
        self.arrange()  # a layout can only be given to panels that have a place already
        self._layouts = dict(layouts)
        self.workspace = workspace
        if workspace is not Workspace.LEARN or workspace in layouts:
            self._show_workspace()
        else:
            self._note_workspace()

    def switch(self, workspace: Workspace) -> None:
        """Show another workspace as it was left."""
        if workspace is not self.workspace:
            self._need_all()  # before the layout is noted, so that it knows them
            self._layouts = self.layouts()
            self._runs_are_wanted = self._by_name["runs"].isVisible() or (
                self._runs_are_wanted and not self._runs_have_place
            )
            self.workspace = workspace
            self._show_workspace()

    def reveal(self, name: str) -> None:
        """Bring a panel to the front: in this workspace if it has a place here, else inside."""
        self._need_all()
        if name not in ARRANGEMENTS[self.workspace].shown:
            self.switch(Workspace.INSIDE)
        self._by_name[name].show_in_front()
        self._by_name[name].content.setFocus()

    def arrange(self) -> None:
        """Put every panel where it stands at first, docked; the runs once there are some."""
        is_pair = self._has_pair_here
        if is_pair:
            self._before_pair = None  # what is arranged here is what comes back
        for panel in self._beside:
            panel.setFloating(False)
            self._window.removeDockWidget(panel)
        arrange(self._window, self._by_name, ARRANGEMENTS[self.workspace])
        self._runs_are_wanted = self._has_pinned
        self._place_runs()
        if is_pair:
            self.show_beside(True)

    def show_runs(self, has_pinned: bool) -> None:
        """Show the panel of kept runs when there is the first one, hide it after the last."""
        if has_pinned != self._has_pinned:
            self._runs_are_wanted = has_pinned
            self._place_runs()
        self._has_pinned = has_pinned

    def show_beside(self, is_pair: bool) -> None:
        """Show a second run beside the first; or all as it was before."""
        if is_pair:
            self.switch(Workspace.LEARN)
        before, self._before_pair = self._before_pair, None
        if not is_pair and before is not None:
            self._end_pair(before)
        if is_pair:
            if not self._beside:
                self._beside = list(_framed(self._make_beside()).values())
            self._before_pair = before or self._window.saveState(LAYOUT_VERSION)
            self._arrange_pair()

    def _show_workspace(self) -> None:
        if self.workspace is not Workspace.LEARN:
            self._need_all()
        layout = self._layouts.get(self.workspace)
        self._window.setUpdatesEnabled(False)
        if layout is None or not self._restore(layout):
            self.arrange()  # what did not fit may have moved some
        else:
            self._place_runs()
        self._window.setUpdatesEnabled(True)
        self._note_workspace()

    def _restore(self, layout: QByteArray) -> bool:
        """Give the panels a layout; those that it does not know stay hidden."""
        for panel in (*self._by_name.values(), *self._beside):
            panel.hide()
        is_restored = self._window.restoreState(layout, LAYOUT_VERSION)
        if not self._has_pair_here:  # a layout may have been noted while there was one
            for panel in self._beside:
                panel.hide()
        return is_restored

    def _note_workspace(self) -> None:
        self._number()
        self.workspace_changed.emit(self.workspace)

    def _need_all(self) -> None:
        """Make the other panels, hidden, unless they are there."""
        if self._has_all:
            return
        panels = _framed(self._make_late())
        self._has_all = True
        self._add(panels)
        for name, panel in panels.items():
            panel.hide()
            self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, panel)
            front = ARRANGEMENTS[self.workspace].front_of(name)
            self._window.tabifyDockWidget(self._by_name[front], panel)
            panel.hide()

    def _add(self, panels: Mapping[str, Panel]) -> None:
        self._by_name |= panels
        for panel in panels.values():
            self._window.addAction(panel.action)  # so that its key works

    def _place_runs(self) -> None:
        """Show the kept runs where the workspace has a place for them."""
        self._by_name["runs"].setVisible(self._runs_have_place and self._runs_are_wanted)

    @property
    def _has_pair_here(self) -> bool:
        """Whether this workspace shows a second run beside the first."""
        return self.workspace is Workspace.LEARN and self._before_pair is not None

    @property
    def _runs_have_place(self) -> bool:
        """Whether the kept runs have a place in this workspace, and room there."""
        has_room = not self._has_pair_here or self._window.height() >= _HEIGHT_FOR_ALL
        return "runs" in ARRANGEMENTS[self.workspace].shown and has_room

    def _number(self) -> None:
        """Give the panels of this workspace their keys."""
        for panel in self._by_name.values():
            panel.action.setShortcut("")
        shown = ARRANGEMENTS[self.workspace].shown[:_MOST_NUMBERED]
        for number, name in enumerate(shown, start=1):
            self._by_name[name].action.setShortcut(f"Alt+{number}")

    def _end_pair(self, before: QByteArray) -> None:
        for panel in self._beside:
            panel.hide()
        if self.workspace is not Workspace.LEARN:
            self._layouts[Workspace.LEARN] = before
            return
        self._restore(before)
        self._place_runs()

    def _arrange_pair(self) -> None:
        """Give each run a column, its weights below its surface, and the loss of both its own."""
        self._runs_are_wanted = self._by_name["runs"].isVisible()
        beside = {panel.objectName().removesuffix("_panel"): panel for panel in self._beside}
        arrange(self._window, self._by_name | beside, PAIR)
        self._place_runs()


def _framed(views: Iterable[View]) -> dict[str, Panel]:
    """Return views in their frames, which show each view's read-out and options."""
    return {view.objectName(): _frame(view) for view in views}


def _frame(view: View) -> Panel:
    name = view.objectName()
    tab = next((entry.tab for entry in registry.PANELS if entry.name == name), view.title)
    panel = Panel(view.title, view, tab)
    view.readout_changed.connect(panel.readout.setText)
    panel.visibilityChanged.connect(view.show_in_front)
    if view.options:
        panel.set_options(view.options, view.options_text)
        view.options_changed.connect(lambda: panel.set_options(view.options, view.options_text))
    return panel
