"""The layouts of the panels in each workspace, alone and in its passing modes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QMainWindow

from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel

RUNS = "runs"
"""The panel that is shown while there are pinned runs."""

_FULL = {
    Workspace.LEARN: QSize(56, 36),
    Workspace.INSIDE: QSize(64, 39),
    Workspace.LAB: QSize(64, 39),
}
"""Sizes of the window in lines of text, from which the room is full."""
_FULL_FOR_PAIR = QSize(80, 45)
"""The same while two runs are side by side, in four columns."""
_LEAST_WIDTH = 50
"""The width from which it is not narrow."""

_NOT_MADE = "_default"
"""Ends the keys of stored layouts that no person has made: they have default sizes."""


class Room(StrEnum):
    """How much room there is for panels; each is arranged for itself."""

    FULL = "full"
    SMALL = "small"
    """Only one panel above the other: each column is a stack of tabs."""
    NARROW = "narrow"
    """Only two columns."""

    @classmethod
    def within(cls, workspace: Workspace, size: QSize, line: int, is_pair: bool = False) -> "Room":
        """Return the room in a window of a size where lines of text have a height, in pixels."""
        least = (_FULL_FOR_PAIR if is_pair else _FULL[workspace]) * line
        if size.expandedTo(least) == size:
            return cls.FULL
        return cls.SMALL if size.width() >= _LEAST_WIDTH * line else cls.NARROW


@dataclass(frozen=True, slots=True)
class Mode:
    """A workspace with its passing modes: a second run, pinned runs, less room, a projector."""

    workspace: Workspace
    is_pair: bool = False
    """Whether a second run is shown beside the first."""
    has_runs: bool = False
    """Whether there are pinned runs, for which the panel of runs is shown."""
    room: Room = Room.FULL
    is_projected: bool = False
    """Whether only the panels for an audience are shown."""

    @property
    def key(self) -> str:
        """The name under which its layout is stored."""
        return self.workspace if self.room is Room.FULL else f"{self.workspace}_{self.room}"


_MODES = [Mode(space, room=room) for space, room in product(Workspace, Room)]
"""The modes whose layouts are stored."""

Outline = tuple[list[frozenset[str]], frozenset[str]]
"""Which panels are tabbed together, from the left and from the top; and those that float."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a mode as the user left it."""

    state: QByteArray
    """Of QMainWindow.saveState, with all sizes."""
    line: int
    """Height of a line of text in it, in pixels."""
    is_made: bool
    """Whether the user has made it, rather than chosen tabs in the default one at most."""
    outline: Outline | None = None
    """Without sizes and the panel of runs; None if it is not known."""
    runs_area: Qt.DockWidgetArea | None = None
    """Where the panel of runs is, shown or not."""
    has_late: bool = True
    """Whether it includes the panels that are not made at the start."""
    shows_runs: bool = False
    size: QSize | None = None
    """Of the window; None if it is not known."""
    origin: "Layout | None" = None
    """The one that the user made last, if this is it in a window or with text of another size."""

    def made(self, size: QSize, line: int) -> "Layout | None":
        """Return what the user made, if it is for a window or a line of text of another size."""
        made = self.origin or self
        is_here = (made.size, made.line) == (size, line)
        return None if is_here or not made.is_made else made

    def is_like(self, other: "Layout") -> bool:
        """Return whether both have all panels in the same places, of whatever sizes."""
        return (self.outline, self.runs_area) == (other.outline, other.runs_area)


class Layouts(dict[Mode, Layout]):
    """The layouts of the modes that were shown."""

    @classmethod
    def restored(cls, states: Mapping[str, QByteArray], line: int) -> "Layouts":
        """Return stored layouts, made for lines of text of a height in pixels."""
        kinds = ((_NOT_MADE, False), ("", True))
        keys = ((mode, mode.key + end, is_made) for mode in _MODES for end, is_made in kinds)
        return cls(
            {m: Layout(states[key], line, is_made) for m, key, is_made in keys if key in states}
        )

    def stored(self) -> dict[str, QByteArray]:
        """Return what is stored, by the keys of the modes."""
        known = {mode.key: self.get(self.source_of(mode)) for mode in _MODES}
        return {
            key if layout.is_made else key + _NOT_MADE: layout.state
            for key, layout in known.items()
            if layout is not None
        }

    def source_of(self, mode: Mode) -> Mode:
        """Return the mode whose layout a mode begins with.

        With the panel of runs that is its own, if it was shown before. Without it, what was there
        before the panel came comes back, unless the user has since moved, shown or hidden panels.
        """
        runs, no_runs = replace(mode, has_runs=True), replace(mode, has_runs=False)
        if mode.has_runs:
            return mode if mode in self else no_runs
        if runs not in self or (no_runs in self and self[no_runs].is_like(self[runs])):
            return mode
        return runs

    def known(self, mode: Mode, size: QSize, line: int) -> Layout | None:
        """Return the layout of a mode, if there is one: the user's own where it was made.

        That is for a window and a line of text.
        """
        layout = self.get(mode)
        origin = None if layout is None else layout.origin
        if origin is None or (origin.size, origin.line) != (size, line):
            return layout
        # Since then, panels may have been shown or hidden.
        return origin if origin.is_like(self[mode]) else layout

    def forget(self, **values: object) -> None:
        """Forget the layouts of the modes whose fields have these values."""
        for mode in list(self):
            if all(getattr(mode, name) == value for name, value in values.items()):
                del self[mode]


def outline(window: QMainWindow, panels: Iterable[Panel]) -> Outline:
    """Return the outline of the panels that are shown among these."""
    shown = {panel.objectName(): panel for panel in panels if panel.isVisible()}
    places = {}
    for panel in shown.values():
        if not panel.isFloating():
            stack = (panel, *window.tabifiedDockWidgets(panel))
            names = frozenset(one.objectName() for one in stack if one.objectName() in shown)
            # Qt moves those behind the front one out of the window, to the left.
            places[names] = max((one.x(), one.y()) for one in stack)
    floating = frozenset(name for name, panel in shown.items() if panel.isFloating())
    return sorted(places, key=lambda names: places[names]), floating
