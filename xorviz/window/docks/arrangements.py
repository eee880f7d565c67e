"""Default positions of the panels, by workspace and by the room that there is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from xorviz.panels import registry
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel
from xorviz.window.docks.layouts import RUNS, Mode, Room

_HORIZONTAL, _VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical

_LINE, _WIDTH = 14, 1260
"""Height of a line of text and width of all columns, in pixels, that the columns are made for."""
_MOST_TEXT, _OF_MORE = 0.4, 0.1
"""Shares of a column of text: its most of all, and of what a window has more than the above."""
_LEAST_TEXT = 252
"""Width in pixels of a column of text that it may have beyond its share: fields are whole."""
_RUNS_LINES, _LINES_WITH_RUNS = 10, 50
"""Height of the panel of runs, and of a window with room for it below all others."""


Stack = tuple[str, ...]
"""Names of the panels that are tabbed together, the front one first."""


@dataclass(frozen=True, slots=True)
class DockColumn:
    """Stacks of docks from the top, in pixels; other sizes scale."""

    width: int
    stacks: Mapping[Stack, int]
    """Their heights."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Columns of stacks, and which of their panels are shown."""

    columns: tuple[DockColumn, ...]
    shown: frozenset[str]
    has_text: bool = True
    """Whether the first column's width goes by the size of text rather than of the window."""

    @property
    def stacks(self) -> tuple[Stack, ...]:
        return tuple(chain.from_iterable(column.stacks for column in self.columns))

    def front_of(self, panel: str) -> str:
        """Return the front panel of this one's stack; of the last one if it has none."""
        return next((one for one in self.stacks if panel in one), self.stacks[-1])[0]

    def widths(self, total: int, line: int) -> list[int]:
        """Return the widths of the columns, for all of them and for a line of text, in pixels."""
        first, *others = (column.width for column in self.columns)
        if not self.has_text:
            return [total * width // (first + sum(others)) for width in (first, *others)]
        more = max(0, total - _WIDTH * line // _LINE)
        most = max(int(_MOST_TEXT * total), _LEAST_TEXT)
        text = min(first * line // _LINE + int(_OF_MORE * more), most)
        return [text, *((total - text) * width // sum(others) for width in others)]


_SPACES: Mapping[Workspace, Sequence[tuple[int, Mapping[str, int]]]] = {
    Workspace.LEARN: (
        (280, {"A1": 410, "A2": 210}),
        (540, {"B1": 650}),
        (452, {"C1": 350, "C2": 280}),
    ),
    Workspace.INSIDE: (
        (280, {"A1": 345, "A2": 285}),
        (480, {"B1": 210, "B2": 420}),
        (512, {"C1": 310, "C2": 320}),
    ),
    Workspace.LAB: (
        (280, {"A1": 400, "A2": 230}),
        (532, {"B1": 650}),
        (460, {"C1": 320, "C2": 310}),
    ),
}
"""Columns of each workspace: a width, and the heights of stacks by their names in the registry."""

_PAIR = (
    DockColumn(280, {("controls",): 420, ("truth_table",): 200}),
    DockColumn(320, {("decision_surface", "weight_heatmap"): 650}),
    DockColumn(320, {("decision_surface_beside", "weight_heatmap_beside"): 650}),
    DockColumn(352, {("loss_plot", "network_diagram"): 650}),
)
"""Two runs side by side: a column for each, and one for the losses of both."""

_PAIR_ALONE = (
    _PAIR[0],
    DockColumn(320, {("decision_surface",): 420, ("weight_heatmap",): 200}),
    DockColumn(320, {("decision_surface_beside",): 420, ("weight_heatmap_beside",): 200}),
    _PAIR[3],
)
"""The same without the panel of runs, which needs the room below the surfaces."""

_TABBED: Mapping[tuple[Room, bool], Sequence[Sequence[int]]] = {
    (Room.SMALL, False): ((0,), (1,), (2,)),
    (Room.NARROW, False): ((0,), (1, 2)),
    (Room.SMALL, True): ((3, 0), (1,), (2,)),
    (Room.NARROW, True): ((3, 0), (1,), (2,)),
}
"""Which columns are one stack of tabs, by the room and whether there are two runs."""


def arrangement(mode: Mode) -> Arrangement:
    """Return the default arrangement of a mode."""
    pair = _PAIR if mode.has_runs or mode.is_projected else _PAIR_ALONE
    columns = pair if mode.is_pair else _columns(mode.workspace)
    if mode.is_projected:
        columns = _projected(columns) if mode.workspace is Workspace.LEARN else columns[1:]
        fronts = frozenset(stack[0] for column in columns for stack in column.stacks)
        # The surface is to be seen from afar: the truth table is a tab behind it.
        tabbed = columns[:1] if mode.room is Room.FULL else columns
        columns = *(_tabbed([column]) for column in tabbed), *columns[len(tabbed) :]
        return Arrangement(columns, fronts, has_text=False)
    if groups := _TABBED.get((mode.room, mode.is_pair)):
        columns = tuple(_tabbed([columns[number] for number in group]) for group in groups)
    shown = {name for column in columns for stack in column.stacks for name in stack}
    if not mode.is_pair:
        shown &= set(registry.shown_in(mode.workspace))
    return Arrangement(columns, frozenset(shown))


def _projected(columns: Sequence[DockColumn]) -> tuple[DockColumn, ...]:
    """Return columns without the first, but for its last stack, which goes to the second."""
    last, height = list(columns[0].stacks.items())[-1]
    first = columns[1]
    return DockColumn(first.width, {**first.stacks, last: height}), *columns[2:]


def _columns(workspace: Workspace) -> tuple[DockColumn, ...]:
    named = _SPACES[workspace]
    return tuple(
        DockColumn(width, {registry.stack(workspace, name): heights[name] for name in heights})
        for width, heights in named
    )


def _tabbed(columns: Sequence[DockColumn]) -> DockColumn:
    """Return columns as one, whose stacks are one."""
    stacks = [stack for column in columns for stack in column.stacks]
    return DockColumn(sum(column.width for column in columns), {tuple(chain(*stacks)): 1})


def arrange(
    window: QMainWindow, panels: Mapping[str, QDockWidget], mode: Mode, space: QSize
) -> None:
    """Dock these panels at their default positions; they must include the front of each stack.

    The space is the size that the window has for them and what is always around them.
    Panels not shown by default are docked behind others, where they appear when shown.
    """
    here = arrangement(mode)
    for panel in panels.values():
        if panel.parent() is not None:  # else it was never docked
            panel.setFloating(False)
            window.removeDockWidget(panel)
    columns = [[panels[stack[0]] for stack in column.stacks] for column in here.columns]
    _dock(window, columns)
    for name in dict.fromkeys((*chain(*here.stacks), *panels)):
        if name in panels and name not in {here.front_of(name), RUNS}:
            window.tabifyDockWidget(panels[here.front_of(name)], panels[name])
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, panels[RUNS])
    for name, panel in panels.items():
        panel.setVisible(name in here.shown)
    if mode.has_runs:  # before the sizes of the others, so that it has its own at the end
        show_runs(window, panels, mode, space)
    for front in chain(*columns):
        front.raise_()
    distribute(window, panels, mode, space)


def distribute(
    window: QMainWindow, panels: Mapping[str, QDockWidget], mode: Mode, space: QSize
) -> None:
    """Give panels in their default positions the default sizes, for this space."""
    here, line, runs = arrangement(mode), window.fontMetrics().height(), panels[RUNS]
    if _is_below(window, runs) and runs.isVisible():
        window.resizeDocks([runs], [_RUNS_LINES * line], _VERTICAL)
    for column in here.columns:
        fronts = [panels[stack[0]] for stack in column.stacks]
        window.resizeDocks(fronts, list(column.stacks.values()), _VERTICAL)
    heads = [panels[next(iter(column.stacks))[0]] for column in here.columns]
    margins = window.contentsMargins()
    total = space.width() - margins.left() - margins.right()
    window.resizeDocks(heads, here.widths(total, line), _HORIZONTAL)


def dock_behind(
    window: QMainWindow, panels: Mapping[str, QDockWidget], names: Iterable[str], mode: Mode
) -> None:
    """Dock the panels with these names behind the front ones of their stacks, hidden."""
    here = arrangement(mode)
    for name in names:
        panels[name].hide()
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, panels[name])
        window.tabifyDockWidget(panels[here.front_of(name)], panels[name])
        panels[name].hide()


def show_runs(
    window: QMainWindow, panels: Mapping[str, QDockWidget], mode: Mode, space: QSize
) -> None:
    """Show the panel of runs; behind the last panel where there is no room for it below all."""
    runs, line = panels[RUNS], window.fontMetrics().height()
    if not _is_below(window, runs):
        runs.show()
    elif space.height() < _LINES_WITH_RUNS * line:
        front = panels[arrangement(mode).stacks[-1][0]]
        window.tabifyDockWidget(front, runs)
        runs.show()
        front.raise_()
    else:
        runs.show()
        window.resizeDocks([runs], [_RUNS_LINES * line], _VERTICAL)


def _is_below(window: QMainWindow, runs: QDockWidget) -> bool:
    """Return whether the panel of runs is below all others."""
    return window.dockWidgetArea(runs) == Qt.DockWidgetArea.BottomDockWidgetArea


def widen_first(window: QMainWindow, panels: Iterable[Panel], factor: float) -> None:
    """Make the first column of the panels in sight, which is of text, as many times as wide."""
    docked = [panel for panel in panels if panel.is_in_front and not panel.isFloating()]
    if docked:
        first = min(docked, key=lambda panel: panel.x())
        window.resizeDocks([first], [round(first.width() * factor)], _HORIZONTAL)


def _dock(window: QMainWindow, columns: list[list[QDockWidget]]) -> None:
    heads = [fronts[0] for fronts in columns]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, heads[0])
    for left, right in pairwise(heads):
        window.splitDockWidget(left, right, _HORIZONTAL)
    for fronts in columns:
        for upper, lower in pairwise(fronts):
            window.splitDockWidget(upper, lower, _VERTICAL)
