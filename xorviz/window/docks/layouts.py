"""The layouts of the panels in each workspace, alone and in its passing modes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow

from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel

Outline = tuple[tuple[frozenset[str], ...], frozenset[str]]
Area = Qt.DockWidgetArea


@dataclass(frozen=True, slots=True)
class Mode:
    """A workspace with its passing modes: a second run, and pinned runs."""

    workspace: Workspace
    is_pair: bool = False
    """Whether a second run is shown beside the first."""
    has_runs: bool = False
    """Whether there are pinned runs, for which the panel of runs is shown."""

    @property
    def with_runs(self) -> "Mode":
        return replace(self, has_runs=True)

    @property
    def without_runs(self) -> "Mode":
        return replace(self, has_runs=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a mode as a person left it."""

    state: QByteArray
    """Of QMainWindow.saveState, with all sizes."""
    outline: tuple[Outline, Area] | None = None
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
        with_runs, without = self.get(mode.with_runs), self.get(mode.without_runs)
        if mode.has_runs:
            return mode if with_runs is not None else mode.without_runs
        if with_runs is None or (without is not None and without.outline == with_runs.outline):
            return mode
        return mode.with_runs

    def of(self, workspace: Workspace) -> Layout | None:
        """Return the layout of a workspace without its passing modes."""
        return self.get(self.source_of(Mode(workspace)))

    def forget(self, workspace: Workspace) -> None:
        """Forget all layouts of a workspace."""
        self._keep_if(lambda mode: mode.workspace is not workspace)

    def forget_runs(self, workspace: Workspace) -> None:
        """Forget those with the panel of runs: next time it comes to what is there then."""
        self._keep_if(lambda mode: mode.workspace is not workspace or not mode.has_runs)

    def _keep_if(self, is_kept: Callable[[Mode], bool]) -> None:
        for mode in [mode for mode in self if not is_kept(mode)]:
            del self[mode]


def outline(window: QMainWindow, panels: Iterable[Panel]) -> Outline:
    """Return the docked panels, each with those tabbed with it, by position; and the floating."""
    shown = [panel for panel in panels if panel.isVisible()]
    docked = [panel for panel in shown if panel.is_in_front and not panel.isFloating()]
    docked.sort(key=lambda panel: (panel.x(), panel.y()))
    stacks = [[panel, *window.tabifiedDockWidgets(panel)] for panel in docked]
    names = (frozenset(p.objectName() for p in stack if p.isVisible()) for stack in stacks)
    return tuple(names), frozenset(p.objectName() for p in shown if p.isFloating())
