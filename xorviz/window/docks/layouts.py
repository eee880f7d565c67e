"""The layouts of the panels in each workspace, alone and in its passing modes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel


@dataclass(frozen=True, slots=True)
class Mode:
    """A workspace with its passing modes: a second run, and pinned runs."""

    workspace: Workspace
    is_pair: bool = False
    """Whether a second run is shown beside the first."""
    has_runs: bool = False
    """Whether there are pinned runs, for which the panel of runs is shown."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a mode as a person left it."""

    state: QByteArray
    """Of QMainWindow.saveState, with all sizes."""
    outline: object = None
    """Which panels are shown where, without sizes, and the area of the panel of runs, shown or not;
    None if it is not known."""
    has_late: bool = True
    """Whether it includes the panels that are not made at the start."""
    shows_runs: bool = False


class Layouts(dict[Mode, Layout]):
    """The layouts of the modes that were shown."""

    def source_of(self, mode: Mode) -> Mode:
        """Return the mode whose layout a mode begins with.

        With the panel of runs that is its own, if it was shown before. Without it, what was there
        before the panel came comes back, unless a person has since moved, shown or hidden panels.
        """
        runs, no_runs = replace(mode, has_runs=True), replace(mode, has_runs=False)
        if mode.has_runs:
            return mode if mode in self else no_runs
        if runs not in self or (no_runs in self and self[no_runs].outline == self[runs].outline):
            return mode
        return runs

    def forget(self, workspace: Workspace, only_with_runs: bool = False) -> None:
        """Forget the layouts of a workspace, or those with the panel of runs."""
        for mode in list(self):
            if mode.workspace is workspace and (mode.has_runs or not only_with_runs):
                del self[mode]


def outline(window: QMainWindow, panels: Iterable[Panel]) -> object:
    """Return the docked panels, each with those tabbed with it, by position; and the floating."""
    shown = [panel for panel in panels if panel.isVisible()]
    docked = [panel for panel in shown if panel.is_in_front and not panel.isFloating()]
    docked.sort(key=lambda panel: (panel.x(), panel.y()))
    stacks = [[panel, *window.tabifiedDockWidgets(panel)] for panel in docked]
    names = [frozenset(p.objectName() for p in stack if p.isVisible()) for stack in stacks]
    return names, frozenset(p.objectName() for p in shown if p.isFloating())
