"""What the panels have in common that show the run on the bench."""

from PySide6.QtCore import Signal, Slot

from xorviz.core.runs.project import Project
from xorviz.core.runs.recipe_text import own_settings
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels import registry
from xorviz.panels.base.view import View


class SnapshotView(View):
    """A picture of one snapshot. It cannot tell live from replay.

    The twin of a view draws the second of two runs in lock step, by the options of the first view.

    In all views a click on a hidden unit chooses it, a click on the chosen one or beside all of
    them lets it go, arrow keys choose the unit that they come to, Enter does what a click does,
    and Esc points at nothing and lets the unit go.
    """

    unit_pointed = Signal(object)  # int | None: the hidden unit under the mouse, from 0
    unit_requested = Signal(object)  # int | None: the one that was clicked, or gone to by key

    draws_every_frame = False
    """Whether it is drawn for each snapshot, or in rotation with others while many arrive."""

    def __init__(self, name: str, twin_of: "SnapshotView | None" = None, title: str = "") -> None:
        self.is_twin = twin_of is not None
        if self.is_twin:
            title = f"{registry.entry(name).title} B"
            self.explanation = f"The same of run B, the second in lock step. {self.explanation}"
            super().__init__(f"{name}_beside", title)
        else:
            super().__init__(name, title)
        self.unit: int | None = None
        """The hidden unit that stands out in all views. It may be beyond the network's width."""
        self._chosen_unit: int | None = None
        """The same, but for units that stand out only while the mouse is over them."""
        self._pointed_unit: int | None = None
        self.resting_text = ""
        """What the read-out says while nothing is pointed at: in lock step, whose view this is."""
        self._snapshot: Snapshot | None = None

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw a snapshot, now or as soon as the view is seen."""
        self.note_snapshot(snapshot)
        self.redraw()

    def note_snapshot(self, snapshot: Snapshot) -> None:
        """Take a snapshot over, to be drawn when it is this view's turn."""
        self._snapshot = self._picture_of(snapshot)
        self.resting_text = self._own_settings(snapshot)
        self._is_drawn = False

    @Slot(object)
    def show_unit(self, unit: int | None, is_chosen: bool = True) -> None:
        """Let this hidden unit stand out from now on, or none; it may be only pointed at."""
        before = self.unit, self._chosen_unit
        self.unit = unit
        if is_chosen:
            self._chosen_unit = unit
        if (self.unit, self._chosen_unit) != before:
            self._show_unit()

    def show_project(self, project: Project) -> None:
        """Take over the pinned runs, where the view shows them."""

    def answer_at_once(self) -> None:
        """Show what belongs to each snapshot itself from now on, as pictures need it."""

    def _draw_latest(self) -> None:
        if self._snapshot is None:
            self._draw_nothing()
        else:
            self._draw(self._snapshot)

    def _picture_of(self, snapshot: Snapshot) -> Snapshot | None:
        """Return what this view draws of a snapshot: the second run where it is a twin."""
        return snapshot.beside if self.is_twin else snapshot

    def _draw(self, snapshot: Snapshot) -> None:
        """Bring the picture up to date."""
        raise NotImplementedError

    def _own_settings(self, snapshot: Snapshot) -> str:
        """Return what the run of this view does otherwise than the other one in lock step."""
        if snapshot.beside is None:
            return ""
        pair = (snapshot.config, snapshot.beside.config)
        mine, other = reversed(pair) if self.is_twin else pair
        return own_settings(mine, other)

    def _draw_nothing(self) -> None:
        """Empty the picture: there is no snapshot, or no second run."""

    def _show_unit(self) -> None:
        """Let self.unit stand out, as far as this view shows hidden units."""

    def _point_at_unit(self, unit: int | None) -> None:
        """Say which hidden unit is under the mouse."""
        if unit != self._pointed_unit:
            self._pointed_unit = unit
            self.unit_pointed.emit(unit)

    def _choose_unit(self, unit: int | None) -> None:
        """Wish that a hidden unit be the chosen one, or none."""
        if unit != self._chosen_unit:
            self.unit_requested.emit(unit)

    def _click_unit(self, unit: int | None) -> None:
        """Do what a click on a hidden unit means, or one beside all of them."""
        self._choose_unit(None if unit == self._chosen_unit else unit)

    def _let_go(self) -> None:
        super()._let_go()
        self._choose_unit(None)
