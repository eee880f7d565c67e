"""Where panels stand at first, in each workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

_HORIZONTAL, _VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_RUNS_HEIGHT = 150


class Workspace(StrEnum):
    """One arrangement of panels among which a person switches."""

    LEARN = "learn"
    INSIDE = "inside"
    LAB = "lab"


@dataclass(frozen=True, slots=True)
class Stack:
    """Panels one behind the other: the first in front, a tab for each that is shown."""

    height: int
    """In pixels at the default size of the window; other sizes share in proportion."""
    panels: tuple[str, ...]
    """By the object names of their contents."""


@dataclass(frozen=True, slots=True)
class DockColumn:
    """Stacks one above the other."""

    width: int
    """In pixels at the default size."""
    stacks: tuple[Stack, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Columns side by side, above the runs that are kept."""

    columns: tuple[DockColumn, ...]
    shown: tuple[str, ...]
    """Which panels are shown at first, in the order in which they are numbered."""

    def front_of(self, panel: str) -> str:
        """Return the panel that stands in front of this one at first."""
        stacks = (stack for column in self.columns for stack in column.stacks)
        return next(stack.panels[0] for stack in stacks if panel in stack.panels)


ARRANGEMENTS: Mapping[Workspace, Arrangement] = {
    Workspace.LEARN: Arrangement(
        (
            DockColumn(268, (Stack(440, ("controls",)),
                         Stack(200, ("truth_table", "diagnosis_details", "lab_recipe",
                                     "lab_published")))),
            DockColumn(616, (Stack(650, ("decision_surface", "units", "hidden_space",
                                     "network_diagram", "step_explainer", "lab_seeds",
                                     "lab_gallery")),)),
            DockColumn(376, (Stack(340, ("loss_plot", "outputs_plot", "landscape")),
                         Stack(290, ("weight_heatmap", "similarity", "hessian", "lab_map")))),
        ),
        ("controls", "truth_table", "decision_surface", "loss_plot", "weight_heatmap", "runs"),
    ),
    Workspace.INSIDE: Arrangement(
        (
            DockColumn(268, (Stack(320, ("controls", "truth_table", "lab_recipe")),
                         Stack(310, ("diagnosis_details", "lab_published")))),
            DockColumn(480, (Stack(290, ("units", "decision_surface")),
                         Stack(340, ("hidden_space", "step_explainer", "lab_seeds")))),
            DockColumn(512, (Stack(310, ("network_diagram", "weight_heatmap", "lab_map")),
                         Stack(320, ("outputs_plot", "hessian", "similarity", "landscape",
                                     "loss_plot", "lab_gallery")))),
        ),
        ("units", "hidden_space", "network_diagram", "outputs_plot", "hessian", "similarity",
         "landscape", "step_explainer", "diagnosis_details", "controls"),
    ),
    Workspace.LAB: Arrangement(
        (
            DockColumn(268, (Stack(400, ("lab_recipe", "controls", "truth_table")),
                         Stack(230, ("lab_published", "diagnosis_details")))),
            DockColumn(556, (Stack(650, ("lab_seeds", "loss_plot", "outputs_plot", "decision_surface",
                                     "units", "hidden_space", "network_diagram",
                                     "step_explainer")),)),
            DockColumn(436, (Stack(320, ("lab_map", "landscape", "weight_heatmap", "similarity")),
                         Stack(310, ("lab_gallery", "hessian")))),
        ),
        ("lab_recipe", "lab_seeds", "lab_map", "lab_gallery", "lab_published", "controls",
         "loss_plot", "landscape"),
    ),
}  # fmt: skip
PAIR = Arrangement(
    (
        DockColumn(268, (Stack(440, ("controls",)),
                     Stack(200, ("truth_table", "diagnosis_details", "lab_recipe",
                                 "lab_published")))),
        DockColumn(308, (Stack(400, ("decision_surface", "units", "hidden_space", "network_diagram",
                                 "step_explainer", "lab_seeds", "lab_gallery")),
                     Stack(200, ("weight_heatmap", "similarity", "hessian", "lab_map")))),
        DockColumn(308, (Stack(400, ("decision_surface_beside",)),
                     Stack(200, ("weight_heatmap_beside",)))),
        DockColumn(376, (Stack(650, ("loss_plot", "outputs_plot", "landscape")),)),
    ),
    (*ARRANGEMENTS[Workspace.LEARN].shown, "decision_surface_beside", "weight_heatmap_beside"),
)  # fmt: skip
"""Two runs in lock step: a column for each, and the loss of both in its own."""


def arrange(
    window: QMainWindow, panels: Mapping[str, QDockWidget], arrangement: Arrangement
) -> None:
    """Put these panels where they stand at first, docked; the first of each stack must be there.

    Panels that are not shown stand behind others, where they come up when they are wanted.
    """
    for panel in panels.values():
        if panel.parent() is not None:  # else it has never been anywhere
            panel.setFloating(False)
            window.removeDockWidget(panel)
    heads = [panels[column.stacks[0].panels[0]] for column in arrangement.columns]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, heads[0])
    for left, right in pairwise(heads):
        window.splitDockWidget(left, right, _HORIZONTAL)
    for column in arrangement.columns:
        _stack(window, panels, column)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, panels["runs"])
    for name, panel in panels.items():
        panel.setVisible(name in arrangement.shown)
    for column in arrangement.columns:
        for stack in column.stacks:
            panels[stack.panels[0]].raise_()
        _share_height(window, panels, column)
    window.resizeDocks(heads, [column.width for column in arrangement.columns], _HORIZONTAL)
    window.resizeDocks([panels["runs"]], [_RUNS_HEIGHT], _VERTICAL)


def _stack(window: QMainWindow, panels: Mapping[str, QDockWidget], column: DockColumn) -> None:
    fronts = [panels[stack.panels[0]] for stack in column.stacks]
    for upper, lower in pairwise(fronts):
        window.splitDockWidget(upper, lower, _VERTICAL)
    for front, stack in zip(fronts, column.stacks, strict=True):
        for name in stack.panels[1:]:
            if name in panels:
                window.tabifyDockWidget(front, panels[name])


def _share_height(
    window: QMainWindow, panels: Mapping[str, QDockWidget], column: DockColumn
) -> None:
    fronts = [panels[stack.panels[0]] for stack in column.stacks]
    window.resizeDocks(fronts, [stack.height for stack in column.stacks], _VERTICAL)
