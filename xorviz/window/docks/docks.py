"""The panels of the window as docks, with a layout for each workspace."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from xorviz.panels import registry
from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel
from xorviz.window.docks.arrangements import ARRANGEMENTS, PAIR, arrange

LAYOUT_VERSION = 4
"""Increase it when panels change, so that older layouts are not applied."""

_HEIGHT_FOR_ALL = 780
"""The window's height from which the panel of runs fits below two runs side by side."""
_MOST_NUMBERED = 9

Make = Callable[[], Iterable[View]]


class Docks(QObject):
    """The panels as docks of a window; each workspace has its own layout.

    The views that are not made at the start are all made when the first of them is needed.
    """

    workspace_changed = Signal(object)  # Workspace

    def __init__(
        self, window: QMainWindow, views: Iterable[View], make_late: Make, make_beside: Make
    ) -> None:
        """Add these views; make the others, and those of a second run, when needed."""
        super().__init__(window)
        self._window = window
        self._by_name: dict[str, Panel] = {}
        self._add(_framed(views))
        self._make_late, self._make_beside = make_late, make_beside
        self._has_all = False
        self._beside: list[Panel] = []
        self._has_pinned = False
        self._wants_runs = False  # in the workspaces that have space for them
        self._before_pair: QByteArray | None = None
        self._layouts: dict[Workspace, QByteArray] = {}
        self.workspace = Workspace.LEARN
        window.setDockNestingEnabled(True)

    @property
    def all(self) -> list[Panel]:
        """All panels but those of a second run."""
        self._need_all()
        return list(self._by_name.values())

    def __getitem__(self, name: str) -> Panel:
        return self._by_name[name]

    def layouts(self) -> dict[Workspace, QByteArray]:
        """Return the layout of each workspace shown so far."""
        return self._layouts | {self.workspace: self._window.saveState(LAYOUT_VERSION)}

    def start(self, workspace: Workspace, layouts: Mapping[Workspace, QByteArray]) -> None:
        """Show a workspace in its saved or its default layout."""
        self.arrange()  # Qt restores layouts only of docks that have been added
        self._layouts = dict(layouts)
        self.workspace = workspace
        if workspace is not Workspace.LEARN or workspace in layouts:
            self._show_workspace()
        else:
            self._note_workspace()

    def switch(self, workspace: Workspace) -> None:
        """Show another workspace in its last layout."""
        if workspace is not self.workspace:
            self._need_all()  # before the layout is saved, so that it includes them
            self._layouts = self.layouts()
            self._wants_runs = self._by_name["runs"].isVisible() or (
                self._wants_runs and not self._has_space_for_runs
            )
            self.workspace = workspace
            self._show_workspace()

    def reveal(self, name: str) -> None:
        """Bring a panel to the front, in this workspace if it is part of it, else in Inside."""
        self._need_all()
        if name not in ARRANGEMENTS[self.workspace].shown:
            self.switch(Workspace.INSIDE)
        self._by_name[name].show_in_front()
        self._by_name[name].content.setFocus()

    def arrange(self) -> None:
        """Dock every panel at its default position; the panel of runs if there are any."""
        is_pair = self._has_pair_here
        if is_pair:
            self._before_pair = None  # the default layout is what comes back
        for panel in self._beside:
            panel.setFloating(False)
            self._window.removeDockWidget(panel)
        arrange(self._window, self._by_name, ARRANGEMENTS[self.workspace])
        self._wants_runs = self._has_pinned
        self._show_runs_if_wanted()
        if is_pair:
            self.show_beside(True)

    def show_runs(self, has_pinned: bool) -> None:
        """Show the panel of runs with the first pinned run, and hide it after the last."""
        if has_pinned != self._has_pinned:
            self._wants_runs = has_pinned
            self._show_runs_if_wanted()
        self._has_pinned = has_pinned

    def show_beside(self, is_pair: bool) -> None:
        """Show a second run beside the first, or the layout from before."""
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
            self.arrange()  # a layout that does not fit may have moved some
        else:
            self._show_runs_if_wanted()
        self._window.setUpdatesEnabled(True)
        self._note_workspace()

    def _restore(self, layout: QByteArray) -> bool:
        """Restore a layout; panels that it does not include stay hidden."""
        for panel in (*self._by_name.values(), *self._beside):
            panel.hide()
        is_restored = self._window.restoreState(layout, LAYOUT_VERSION)
        if not self._has_pair_here:  # the layout may have been saved during one
            for panel in self._beside:
                panel.hide()
        return is_restored

    def _note_workspace(self) -> None:
        self._number()
        self.workspace_changed.emit(self.workspace)

    def _need_all(self) -> None:
        """Make the other panels, hidden, unless they exist."""
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

    def _show_runs_if_wanted(self) -> None:
        self._by_name["runs"].setVisible(self._has_space_for_runs and self._wants_runs)

    @property
    def _has_pair_here(self) -> bool:
        """Whether this workspace shows a second run beside the first."""
        return self.workspace is Workspace.LEARN and self._before_pair is not None

    @property
    def _has_space_for_runs(self) -> bool:
        """Whether the panel of runs is part of this workspace and fits."""
        fits = not self._has_pair_here or self._window.height() >= _HEIGHT_FOR_ALL
        return "runs" in ARRANGEMENTS[self.workspace].shown and fits

    def _number(self) -> None:
        """Assign Alt+1 to Alt+9 to the panels of this workspace."""
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
        self._show_runs_if_wanted()

    def _arrange_pair(self) -> None:
        """Give each run a column with its surface above its weights."""
        self._wants_runs = self._by_name["runs"].isVisible()
        beside = {panel.objectName().removesuffix("_panel"): panel for panel in self._beside}
        arrange(self._window, self._by_name | beside, PAIR)
        self._show_runs_if_wanted()


def _framed(views: Iterable[View]) -> dict[str, Panel]:
    """Return the panels of views, which show their read-outs and options."""
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
