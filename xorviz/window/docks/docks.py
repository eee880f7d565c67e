"""The panels of the window as docks, with a layout for each workspace."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar

from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel
from xorviz.window.docks.arrangements import ARRANGEMENTS, PAIR, arrange
from xorviz.window.docks.gate import LayoutGate, gated
from xorviz.window.docks.layouts import Layout, Layouts, Mode, outline

LAYOUT_VERSION = 5
"""Increase it when panels change, so that older layouts are not applied."""

_HEIGHT_FOR_ALL = 780
"""The window's height from which the panel of runs fits below two runs side by side."""
_MOST_NUMBERED = 9

_MAXIMIZED, _FULL_SCREEN = Qt.WindowState.WindowMaximized, Qt.WindowState.WindowFullScreen

Make = Callable[[], Iterable[View]]


class Docks(QObject):
    """The panels as docks of a window; each workspace has its own layout.

    The layout with pinned runs and the one with two runs side by side are their own too: those
    before them come back to the pixel. All changes go through the gate. The views that are not
    made at the start are all made when the first of them is needed.
    """

    workspace_changed = Signal(object)  # Workspace

    def __init__(
        self, window: QMainWindow, views: Iterable[View], make_late: Make, make_beside: Make
    ) -> None:
        """Add these views; make the others, and those of a second run, when needed."""
        super().__init__(window)
        self._window = window
        self.gate = LayoutGate(window)
        self._by_name: dict[str, Panel] = {}
        self._late: list[str] = []
        self._beside: list[str] = []
        """The panels of a second run."""
        self._make_late, self._make_beside = make_late, make_beside
        self._is_pair = self._has_pinned = False
        self._layouts = Layouts()
        self._mode = Mode(Workspace.LEARN)
        self._own_size: QSize | None = None
        """The window's size without what panels needed more."""
        self._way_back: Callable[[], None] | None = None
        """Undoes the last reveal."""
        window.setDockNestingEnabled(True)
        self._add(views)

    @property
    def workspace(self) -> Workspace:
        return self._mode.workspace

    @property
    def all(self) -> list[Panel]:
        """All panels but those of a second run."""
        self.gate.make(self._need_all)
        return [panel for name, panel in self._by_name.items() if name not in self._beside]

    def __getitem__(self, name: str) -> Panel:
        return self._by_name[name]

    def layouts(self) -> dict[Workspace, QByteArray]:
        """Return the layout of each workspace shown so far, as without a second or pinned run."""
        if not self.gate.is_shut:  # else the last one is the one before the drag
            self._keep()
        sources = {space: self._layouts.source_of(Mode(space)) for space in Workspace}
        known = {space: self._layouts.get(source) for space, source in sources.items()}
        return {space: layout.state for space, layout in known.items() if layout is not None}

    @gated
    def start(self, workspace: Workspace, layouts: Mapping[Workspace, QByteArray]) -> None:
        """Show a workspace in its saved or its default layout."""
        self._mode = self._mode_in(Workspace.LEARN)
        self._arrange()  # Qt restores layouts only of docks that have been added
        self._layouts = Layouts({Mode(space): Layout(state) for space, state in layouts.items()})
        self._mode = self._mode_in(workspace)
        if workspace is not Workspace.LEARN:
            self._need_all()
        if workspace is not Workspace.LEARN or workspace in layouts:
            self._show()
        if not self._mode.has_runs:
            self._by_name["runs"].hide()
        self._note_workspace()

    @gated
    def switch(self, workspace: Workspace) -> None:
        """Show another workspace in its last layout."""
        self._way_back = None
        self._go(workspace)

    @gated
    def reveal(self, name: str) -> None:
        """Bring a panel to the front, in this workspace if it is part of it, else in Inside.

        If it was revealed and is in front, return to what was shown before.
        """
        self._need_all()
        panel, back = self._by_name[name], self._way_back
        self._way_back = None
        if panel.is_in_front and back is not None:
            back()
            return
        before = self.workspace
        if name not in ARRANGEMENTS[before].shown:
            self._go(Workspace.INSIDE)
        if self.workspace is not before or not panel.is_in_front:
            tabbed = self._window.tabifiedDockWidgets(panel)
            front = next((p for p in self._by_name.values() if p in tabbed and p.is_in_front), None)
            self._way_back = partial(self._return, before, panel, panel.isHidden(), front)
        panel.show_in_front()
        panel.content.setFocus()

    @Slot()
    @gated
    def arrange(self) -> None:
        """Dock every panel at its default position; the panel of runs if there are any.

        This is also what comes back after pinned and second runs.
        """
        self._way_back = None
        self._layouts.forget(self.workspace)
        self._arrange()

    @gated
    def show_runs(self, has_pinned: bool) -> None:
        """Show the panel of runs with the first pinned run, and hide it after the last."""
        self._has_pinned = has_pinned
        self._go(self.workspace)

    @gated
    def show_beside(self, is_pair: bool) -> None:
        """Show a second run beside the first, or the layout from before."""
        self._is_pair = is_pair
        if is_pair and not self._beside:
            self._beside = self._add(self._make_beside())
        self._go(Workspace.LEARN if is_pair else self.workspace)
        if is_pair:  # one of them may have been closed the last time
            for name in self._beside:
                self._by_name[name].show()

    def _return(
        self, workspace: Workspace, panel: Panel, was_hidden: bool, front: QDockWidget | None
    ) -> None:
        """Hide a revealed panel or put it behind the one in front before, and go back."""
        if was_hidden:
            panel.hide()
        if front is not None:
            front.raise_()
        self._go(workspace)
        self._window.setFocus()

    # The layout of a mode.

    def _mode_in(self, workspace: Workspace) -> Mode:
        has_space = "runs" in ARRANGEMENTS[workspace].shown
        is_pair = self._is_pair and workspace is Workspace.LEARN
        return Mode(workspace, is_pair, self._has_pinned and has_space)

    def _go(self, workspace: Workspace) -> None:
        """Show a workspace as it was, in the modes that hold now."""
        mode, before = self._mode_in(workspace), self._mode
        if mode == before:
            return
        if mode.workspace is not before.workspace:
            self._need_all()  # before the layout is kept, so that it includes them
        self._keep()
        self._mode = mode
        self._note_size()
        self._window.setUpdatesEnabled(False)
        try:
            self._show(before)
            self._fit_window()
        finally:
            self._window.setUpdatesEnabled(True)
        if mode.workspace is not before.workspace:
            self._note_workspace()

    def _keep(self) -> None:
        """Keep the layout of this mode."""
        runs = self._by_name["runs"]
        others = [panel for panel in self._by_name.values() if panel is not runs]
        shape = outline(self._window, others), self._window.dockWidgetArea(runs)
        state = self._window.saveState(LAYOUT_VERSION)
        self._layouts[self._mode] = Layout(state, shape, bool(self._late), not runs.isHidden())

    def _show(self, before: Mode | None = None) -> None:
        """Show the kept layout of this mode, else the default."""
        mode, source = self._mode, self._layouts.source_of(self._mode)
        layout = self._layouts.get(source)
        if source != before and (layout is None or not self._restore(layout)):
            self._arrange()  # a layout that does not fit may have moved some
        elif source != mode:
            self._show_runs()
        if not mode.has_runs:
            # Next time the panel of runs comes to what is there then.
            self._layouts.forget(mode.workspace, only_with_runs=True)

    def _restore(self, layout: Layout) -> bool:
        """Restore a layout; panels that it does not include stay hidden."""
        is_restored = self._apply(layout)
        if is_restored and self._fit_window():
            self._apply(layout)  # its sizes are those in the window's own size
        return is_restored

    def _apply(self, layout: Layout) -> bool:
        for panel in self._by_name.values():
            panel.hide()
        is_restored = self._window.restoreState(layout.state, LAYOUT_VERSION)
        for bar in self._window.findChildren(QToolBar):  # a layout has no say in them
            bar.show()
        if not layout.has_late:
            self._dock_late()
        return is_restored

    def _note_size(self) -> None:
        """Note the window's own size: panels that need more enlarge it to just its minimum."""
        size, least = self._window.size(), self._window.minimumSize()
        own = self._own_size or size
        is_wider = size.width() == least.width() > own.width()
        is_higher = size.height() == least.height() > own.height()
        self._own_size = QSize(
            own.width() if is_wider else size.width(), own.height() if is_higher else size.height()
        )

    def _fit_window(self) -> bool:
        """Give the window its own size again if panels enlarged it; return whether it changed."""
        window, size = self._window, self._window.size()
        layout = window.layout()
        if layout is None or not window.isVisible():
            return False
        layout.activate()  # Qt enlarges it now, not later, for panels that need more
        is_free = not window.windowState() & (_MAXIMIZED | _FULL_SCREEN)
        if is_free and self._own_size is not None:
            window.resize(self._own_size)  # or as near as they allow
        return window.size() != size

    def _arrange(self) -> None:
        """Show the default layout of this mode."""
        here = PAIR if self._mode.is_pair else ARRANGEMENTS[self.workspace]
        arrange(self._window, self._by_name, here)
        self._show_runs()

    def _show_runs(self) -> None:
        """Show the panel of runs if there are any, it fits, and a person has not hidden it."""
        mode, panel = self._mode, self._by_name["runs"]
        fits = not mode.is_pair or self._window.height() >= _HEIGHT_FOR_ALL
        alone = self._layouts.get(Mode(mode.workspace, has_runs=True)) if mode.is_pair else None
        is_hidden = alone is not None and not alone.shows_runs
        panel.setVisible(mode.has_runs and fits and not is_hidden)

    def _note_workspace(self) -> None:
        """Assign Alt+1 to Alt+9 to the panels of this workspace, and tell of it."""
        for panel in self._by_name.values():
            panel.action.setShortcut("")
        shown = ARRANGEMENTS[self.workspace].shown[:_MOST_NUMBERED]
        for number, name in enumerate(shown, start=1):
            action = self._by_name[name].action
            action.setShortcut(f"Alt+{number}")
            self._window.addAction(action)  # so that its key works
        self.workspace_changed.emit(self.workspace)

    # The panels.

    def _need_all(self) -> None:
        """Make the other panels, hidden, unless they exist."""
        if not self._late:
            self._late = self._add(self._make_late())
            self._dock_late()

    def _dock_late(self) -> None:
        """Put the panels that are not made at the start behind others, hidden."""
        for name in self._late:
            panel = self._by_name[name]
            panel.hide()
            self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, panel)
            front = ARRANGEMENTS[self.workspace].front_of(name)
            self._window.tabifyDockWidget(self._by_name[front], panel)
            panel.hide()

    def _add(self, views: Iterable[View]) -> list[str]:
        """Add the panels of views, and return their names."""
        panels = {view.objectName(): _framed(view) for view in views}
        for panel in panels.values():
            self._connect(panel)
        self._by_name |= panels
        return list(panels)

    def _connect(self, panel: Panel) -> None:
        make = self.gate.make
        panel.action.triggered.connect(lambda: make(panel.toggle))
        panel.float_action.triggered.connect(lambda: make(panel.toggle_floating))
        panel.close_action.triggered.connect(lambda: make(panel.close))


def _framed(view: View) -> Panel:
    """Return the panel of a view, which shows its read-out and options."""
    panel = Panel(view.title, view)
    view.readout_changed.connect(panel.readout.setText)
    panel.visibilityChanged.connect(view.redraw)

    def offer() -> None:
        panel.set_options(view.options, view.options_text, view.exports)

    offer()
    view.options_changed.connect(offer)
    return panel
