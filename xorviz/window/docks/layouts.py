"""Layouts of the panels, by the workspace and by what passes through it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel

Outline = tuple[tuple[frozenset[str], ...], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace, and what passes through it: a second run, pinned runs."""

    workspace: Workspace
    is_pair: bool = False
    """Whether a second run is shown beside the first."""
    has_runs: bool = False
    """Whether there are pinned runs, for which the panel of runs is shown."""

    @property
    def with_runs(self) -> "Place":
        return replace(self, has_runs=True)

    @property
    def without_runs(self) -> "Place":
        return replace(self, has_runs=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a place as a person left it."""

    state: QByteArray
    """Of QMainWindow.saveState, with all sizes."""
    outline: Outline | None = None
    """Which panels are shown where, without sizes; None if it is not known."""
    has_late: bool = True
    """Whether it includes the panels that are not made at the start."""
    shows_runs: bool = False


class Layouts(dict[Place, Layout]):
    """The layouts of the places that were shown."""

    def source_of(self, place: Place) -> Place:
        """Return the place whose layout a place begins with.

        With the panel of runs that is its own, if it was shown before. Without it, what was there
        before the panel came comes back, unless a person has since moved, shown or hidden panels.
        """
        with_runs, without = self.get(place.with_runs), self.get(place.without_runs)
        if place.has_runs:
            return place if with_runs is not None else place.without_runs
        if with_runs is None or (without is not None and without.outline == with_runs.outline):
            return place
        return place.with_runs

    def of(self, workspace: Workspace) -> Layout | None:
        """Return the layout of a workspace without what passes through it."""
        return self.get(self.source_of(Place(workspace)))

    def forget(self, workspace: Workspace) -> None:
        """Forget all layouts of a workspace."""
        self._keep_if(lambda place: place.workspace is not workspace)

    def forget_runs(self, workspace: Workspace) -> None:
        """Forget those with the panel of runs: next time it comes to what is there then."""
        self._keep_if(lambda place: place.workspace is not workspace or not place.has_runs)

    def _keep_if(self, is_kept: Callable[[Place], bool]) -> None:
        for place in [place for place in self if not is_kept(place)]:
            del self[place]


def outline(window: QMainWindow, panels: Iterable[Panel]) -> Outline:
    """Return the docked panels, each with those tabbed with it, by position; and the floating."""
    shown = [panel for panel in panels if panel.isVisible()]
    docked = [panel for panel in shown if panel.is_in_front and not panel.isFloating()]
    docked.sort(key=lambda panel: (panel.x(), panel.y()))
    stacks = [[panel, *window.tabifiedDockWidgets(panel)] for panel in docked]
    names = (frozenset(p.objectName() for p in stack if p.isVisible()) for stack in stacks)
    return tuple(names), frozenset(p.objectName() for p in shown if p.isFloating())
