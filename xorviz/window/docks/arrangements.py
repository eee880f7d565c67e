"""Default positions of the panels in each workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from xorviz.panels import registry
from xorviz.panels.registry import Workspace

_HORIZONTAL, _VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_RUNS_HEIGHT = 150
_PAIRED = {
    "weights_a": ("weight_heatmap", "network_diagram"),
    "surface_b": ("decision_surface_beside",),
    "weights_b": ("weight_heatmap_beside",),
}
"""Stacks of two runs side by side; those of the second one end in b."""


@dataclass(frozen=True, slots=True)
class DockColumn:
    """Stacks of docks, in pixels at the window's default size; other sizes scale."""

    width: int
    heights: Mapping[str, int]
    """By the names of the stacks, from the top."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The columns of a workspace, above the panel of runs."""

    workspace: Workspace
    columns: tuple[DockColumn, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The panels shown by default, in the order of their keys; those of a second run last."""
        stacks = {name for column in self.columns for name in column.heights}
        beside = (name for key, names in _PAIRED.items() if key in stacks for name in names)
        return tuple(dict.fromkeys((*registry.shown_in(self.workspace), *beside)))

    def stack(self, name: str) -> tuple[str, ...]:
        """Return the panels of a stack, the front one first."""
        return _PAIRED.get(name) or registry.stack(self.workspace, name)

    def front_of(self, panel: str) -> str:
        """Return the front panel of this one's stack."""
        return self.stack(registry.entry(panel).stacks[self.workspace])[0]


ARRANGEMENTS: Mapping[Workspace, Arrangement] = {
    workspace: Arrangement(workspace, columns)
    for workspace, columns in {
        Workspace.LEARN: (
            DockColumn(268, {"A1": 440, "A2": 200}),
            DockColumn(520, {"B1": 650}),
            DockColumn(472, {"C1": 340, "C2": 290}),
        ),
        Workspace.INSIDE: (
            DockColumn(268, {"A1": 320, "A2": 310}),
            DockColumn(480, {"B1": 290, "B2": 340}),
            DockColumn(512, {"C1": 310, "C2": 320}),
        ),
        Workspace.LAB: (
            DockColumn(268, {"A1": 400, "A2": 230}),
            DockColumn(556, {"B1": 650}),
            DockColumn(436, {"C1": 320, "C2": 310}),
        ),
    }.items()
}
PAIR = Arrangement(
    Workspace.LEARN,
    (
        DockColumn(268, {"A1": 440, "A2": 200}),
        DockColumn(308, {"B1": 400, "weights_a": 200}),
        DockColumn(308, {"surface_b": 400, "weights_b": 200}),
        DockColumn(376, {"C2": 650}),
    ),
)
"""Two runs side by side: a column for each, and one for the losses of both."""


def arrange(
    window: QMainWindow, panels: Mapping[str, QDockWidget], arrangement: Arrangement
) -> None:
    """Dock these panels at their default positions; they must include the front of each stack.

    Panels not shown by default are docked behind others, where they appear when shown.
    """
    for panel in panels.values():
        if panel.parent() is not None:  # else it was never docked
            panel.setFloating(False)
            window.removeDockWidget(panel)
    columns = [
        [panels[arrangement.stack(name)[0]] for name in column.heights]
        for column in arrangement.columns
    ]
    _dock(window, columns)
    for stack in (name for column in arrangement.columns for name in column.heights):
        front, *others = (panels[name] for name in arrangement.stack(stack) if name in panels)
        for behind in others:
            window.tabifyDockWidget(front, behind)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, panels["runs"])
    for name, panel in panels.items():
        panel.setVisible(name in arrangement.shown)
    for fronts, column in zip(columns, arrangement.columns, strict=True):
        for front in fronts:
            front.raise_()
        window.resizeDocks(fronts, list(column.heights.values()), _VERTICAL)
    heads = [fronts[0] for fronts in columns]
    window.resizeDocks(heads, [column.width for column in arrangement.columns], _HORIZONTAL)
    window.resizeDocks([panels["runs"]], [_RUNS_HEIGHT], _VERTICAL)


def _dock(window: QMainWindow, columns: list[list[QDockWidget]]) -> None:
    heads = [fronts[0] for fronts in columns]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, heads[0])
    for left, right in pairwise(heads):
        window.splitDockWidget(left, right, _HORIZONTAL)
    for fronts in columns:
        for upper, lower in pairwise(fronts):
            window.splitDockWidget(upper, lower, _VERTICAL)
