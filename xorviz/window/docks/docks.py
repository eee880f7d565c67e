"""The panels of the window as docks, with a layout for each workspace."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QByteArray, QObject, QSize, Signal, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMainWindow, QTabBar, QWidget

from xorviz.panels import registry
from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel, hold_size, measure_again
from xorviz.ui.focus import focus_of
from xorviz.ui.theme.palette import Theme
from xorviz.window.docks.around import NOTHING, Around, restore_panels
from xorviz.window.docks.arrangements import (
    arrange,
    distribute,
    dock_behind,
    show_runs,
    widen_first,
)
from xorviz.window.docks.gate import Change, LayoutGate, gated
from xorviz.window.docks.layouts import RUNS, Layout, Layouts, Mode, Room, outline
from xorviz.window.docks.panel_set import PanelSet
from xorviz.window.docks.revealer import Revealer

Make = Callable[[], Iterable[View]]

LAYOUT_VERSION = 10
"""Increase it when panels change, so that older layouts are not applied."""


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
        self._panels = PanelSet(window)
        self._make_late, self._make_beside = make_late, make_beside
        self._late: list[str] = []
        """The panels that were made later, all at once."""
        self._beside: list[str] = []
        """Those of a second run."""
        self._panels.placed.connect(self._note_drag)
        self._panels.change_asked.connect(self._make)
        self._by_name = self._panels.by_name
        self._is_pair = self._has_pinned = self._is_projected = False
        self._layouts = Layouts()
        self._aside: tuple[Workspace, Layouts] | None = None
        self._mode = Mode(Workspace.LEARN)
        self._line = window.fontMetrics().height()
        """Height of a line of text that the panels' limits are made for, in pixels."""
        self._size = window.size()
        self._around = Around(window)
        self._revealer = Revealer(window)
        window.setDockNestingEnabled(True)
        self._panels.add(views)
        self._limit()

    @property
    def workspace(self) -> Workspace:
        return self._mode.workspace

    @property
    def all(self) -> list[Panel]:
        """All panels but those of a second run."""
        self.gate.make(self.need_all)
        return [panel for name, panel in self._by_name.items() if name not in self._beside]

    @property
    def made(self) -> list[Panel]:
        """The panels made so far."""
        return list(self._by_name.values())

    def __getitem__(self, name: str) -> Panel:
        return self._by_name[name]

    def layouts(self) -> dict[str, QByteArray]:
        """Return the layout of each workspace shown so far, as without a second or pinned run.

        By the keys of their modes.
        """
        if not self.gate.is_shut:  # else the last one is the one before the drag
            self._keep()
        return self._layouts.stored()

    @gated
    def start(self, workspace: Workspace, layouts: Mapping[str, QByteArray]) -> None:
        """Show a workspace in its saved or its default layout."""
        self._mode = self._mode_in(Workspace.LEARN)
        self._arrange()  # Qt restores layouts only of docks that have been added
        self._layouts = Layouts.restored(layouts, self._line)
        self._mode = self._mode_in(workspace)
        if workspace is not Workspace.LEARN:
            self.need_all()
        if workspace is not Workspace.LEARN or self._mode in self._layouts:
            self._show()
        if not self._mode.has_runs:
            self._by_name[RUNS].hide()
        self.workspace_changed.emit(self.workspace)

    @gated
    def switch(self, workspace: Workspace) -> None:
        """Show another workspace in its last layout."""
        self._revealer.forget()
        self._go(workspace)

    @gated
    def reveal(self, name: str, puts_back: bool = True) -> None:
        """Bring a panel to the front, in this workspace, and give it the focus.

        One that was brought to the front so, or has the focus, is put back instead, if wanted.
        """
        self.need_all()
        panel = self._by_name[name]
        if puts_back or not panel.is_in_front:
            self._revealer.reveal(panel, self._by_name.values())
        else:
            panel.content.setFocus()
        self._keep()

    @Slot()
    @gated
    def arrange(self) -> None:
        """Dock every panel at its default position; the panel of runs if there are any.

        This is also what comes back after pinned and second runs.
        """
        self._revealer.forget()
        room, is_projected = self._mode.room, self._mode.is_projected
        self._layouts.forget(workspace=self.workspace, room=room, is_projected=is_projected)
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
            self._beside = self._panels.add(self._make_beside())
            self._limit()
        self._go(Workspace.LEARN if is_pair else self.workspace)
        if is_pair:  # one of them may have been closed the last time
            for name in self._beside:
                self._by_name[name].show()

    @gated
    def show_projector(self, is_projected: bool) -> None:
        """Show only the panels for an audience, or the layout from before.

        Before the text is made larger: the layout that comes back is that of smaller text.
        """
        self._is_projected = is_projected
        self._go(self.workspace)

    @Slot(QWidget, QSize)
    @gated
    def show_around(self, widget: QWidget, taken: QSize) -> None:
        """Show a widget beside or above the panels as if the window were smaller by a size.

        Hide it for (0, 0). The layout from before comes back then.
        """
        before = self._around.size_of(widget)
        if before == taken:
            return
        if NOTHING in (before, taken):  # else it follows the window, whose layout is kept already
            self._keep()
        hold_size(self._window, True)
        self._around.show(widget, taken)
        self._limit()
        measure_again(self._window)
        self._fit_room()
        self._release_size()

    @property
    def _space(self) -> QSize:
        """The size that the window has for its panels and what is always around them."""
        return self._window.size() - self._around.taken

    @gated
    def set_aside(self) -> None:
        """Keep the workspace and all layouts as they are now, for bring_back."""
        self._keep()
        self._aside = self.workspace, Layouts(self._layouts)

    @gated
    def bring_back(self) -> None:
        """Show the workspace that was set aside; it and the others are as they were then."""
        if self._aside is None:
            return
        (workspace, self._layouts), self._aside = self._aside, None
        self._revealer.forget()
        self._mode = self._mode_in(workspace)
        self._limit()
        self._show()
        self.workspace_changed.emit(self.workspace)

    @Slot()
    @gated
    def fit(self) -> None:
        """Show the layout for the room that there is, after the window has a new size."""
        if self._window.fontMetrics().height() != self._line:  # the text is being changed
            return
        self._size = self._window.size()
        self._fit_room()

    def _fit_room(self) -> None:
        if self._mode_in(self.workspace) != self._mode:
            self._go(self.workspace, is_resized=True)
        elif self._by_name[RUNS].parent() is not None:  # else none was ever docked
            self._scale()

    @gated
    def _fit_text(self) -> None:
        """Limit the panels, and show the layout for the room, after text or style has changed."""
        before, mode = self._line, self._mode
        self._line = self._window.fontMetrics().height()
        measure_again(self._window)
        self._limit()
        measure_again(self._window)
        self._go(self.workspace, is_resized=True)
        if self._line != before and self._mode == mode:
            self._scale(self._line / before)
        self._release_size()

    def _release_size(self) -> None:
        """Let the panels enlarge the window again, by what they need in the layout of now."""
        measure_again(self._window)
        hold_size(self._window, False)

    # The layout of a mode.

    def _mode_in(self, workspace: Workspace) -> Mode:
        has_space = RUNS in registry.shown_in(workspace)
        is_pair = self._is_pair and workspace is Workspace.LEARN
        room = Room.within(workspace, self._space, self._line, is_pair)
        has_runs = self._has_pinned and has_space and not self._is_projected
        return Mode(workspace, is_pair, has_runs, room, self._is_projected)

    def _go(self, workspace: Workspace, is_resized: bool = False) -> None:
        """Show a workspace as it was, in the modes that hold now."""
        mode, before = self._mode_in(workspace), self._mode
        if mode == before:
            return
        if mode.workspace is not before.workspace:
            self.need_all()  # before the layout is kept, so that it includes them
        if not is_resized:  # else Qt has fitted it into another room
            self._keep()
        self._mode = mode
        self._limit()
        self._window.setUpdatesEnabled(False)
        try:
            self._show(before)
        finally:
            self._window.setUpdatesEnabled(True)
        if mode.workspace is not before.workspace:
            self.workspace_changed.emit(self.workspace)

    def _keep_made(self) -> None:
        """Keep the layout of this mode as the user has just changed it."""
        self._keep(is_made=True)

    def _keep(self, is_made: bool = False) -> None:
        """Keep the layout of this mode as it is."""
        before = self._layouts.get(self._layouts.source_of(self._mode))
        runs = self._by_name[RUNS]
        shows_late = any(self._by_name[name].isVisible() for name in self._late)
        state = self._window.saveState(LAYOUT_VERSION + shows_late)
        others = (panel for name, panel in self._by_name.items() if name != RUNS)
        places = outline(self._window, others), self._window.dockWidgetArea(runs)
        self._layouts[self._mode] = Layout(
            state,
            self._line,
            is_made or (before is not None and before.is_made),
            *places,
            has_late=bool(self._late),
            shows_runs=not runs.isHidden(),
            size=self._space,
            origin=None if is_made or before is None else before.made(self._space, self._line),
        )

    def _show(self, before: Mode | None = None) -> None:
        """Show the kept layout of this mode, else the default."""
        mode, source = self._mode, self._layouts.source_of(self._mode)
        layout = self._layouts.known(source, self._space, self._line)
        if source != before and (layout is None or not self._restore(layout)):
            self._arrange()  # a layout that does not fit may have moved some
        elif source != mode:
            self._show_runs()
        if not (mode.has_runs or mode.is_projected):
            # Next time the panel of runs comes to what is there then.
            self._layouts.forget(workspace=mode.workspace, has_runs=True)

    def _scale(self, text: float = 1.0) -> None:
        """Fit the layout of this mode to a window of a new size, or to text so many times as large.

        One that the user made is scaled by Qt, but as it was in a window of the same size.
        """
        source = self._layouts.source_of(self._mode)
        layout = self._layouts.known(source, self._space, self._line)
        if layout is None or not layout.is_made:
            distribute(self._window, self._by_name, self._mode, self._space)
        elif source == self._mode and layout.size == self._space:
            self._restore(layout)
        else:
            self._widen(text)

    def _widen(self, text: float) -> None:
        """Make the column of text wider, for text so many times as large."""
        if text != 1 and not self._mode.is_projected:
            widen_first(self._window, self._by_name.values(), text)

    def _restore(self, layout: Layout) -> bool:
        """Restore a layout; panels that it does not include stay hidden."""
        focused = focus_of(self._window)
        for panel in self._by_name.values():
            panel.hide()
        is_restored = restore_panels(self._window, layout.state, LAYOUT_VERSION)
        if not is_restored:  # it shows some of the panels that are not made at the start
            self.need_all()
            is_restored = restore_panels(self._window, layout.state, LAYOUT_VERSION + 1)
        if not layout.has_late:
            self._dock_late()
        if layout.is_made:
            self._widen(self._line / layout.line)
        elif (layout.size, layout.line) != (self._space, self._line):
            distribute(self._window, self._by_name, self._mode, self._space)
        if focused is not None and focused.isVisible():
            focused.setFocus()
        return is_restored

    def _arrange(self) -> None:
        """Show the default layout of this mode."""
        arrange(self._window, self._by_name, self._mode, self._space)
        self._show_runs()

    def _show_runs(self) -> None:
        """Show the panel of runs if there are any and the user has not hidden it."""
        mode = self._mode
        alone = self._layouts.get(replace(mode, is_pair=False)) if mode.is_pair else None
        if mode.has_runs and (alone is None or alone.shows_runs):
            show_runs(self._window, self._by_name, mode, self._space)
        else:
            self._by_name[RUNS].hide()

    def _limit(self) -> None:
        """Let no panel need more space than there is."""
        is_tight = self._mode.is_projected or self._mode.room is Room.NARROW
        self._panels.limit(self._line, is_tight, self._around.taken)

    # The panels.

    def need_all(self) -> None:
        """Make the other panels, hidden, unless they exist."""
        if not self._late:
            self._late = self._panels.add(self._make_late())
            self._limit()
            self._dock_late()

    def _dock_late(self) -> None:
        """Put the panels that are not made at the start behind others, hidden."""
        dock_behind(self._window, self._by_name, self._late, self._mode)

    def apply_theme(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours, and fit the panels to the size of text."""
        self._panels.apply_theme(theme)
        # Until the panels are limited again, larger text must not enlarge the window.
        hold_size(self._window, True)
        self._fit_text()

    @Slot(object)
    def _make(self, change: Change) -> None:
        """Make the user's change of the layout, and keep it."""
        self.gate.make(change)
        self.gate.make(self._keep_made)

    @Slot()
    def _note_drag(self) -> None:
        """Keep the layout at the end of a drag that changes panels; to choose a tab is none."""
        is_over_tabs = isinstance(QApplication.widgetAt(QCursor.pos()), QTabBar)
        if self._window.size() == self._size and self.gate.is_shut and not is_over_tabs:
            self.gate.make_once(self._keep_made)
