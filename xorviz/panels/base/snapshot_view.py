"""Base class of the panels that show the current run."""

from typing import Any

from PySide6.QtCore import Signal, Slot

from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels import registry
from xorviz.panels.base.export import Cells
from xorviz.panels.base.view import View
from xorviz.panels.base.words import PREVIEW, at_step, outputs_text


class SnapshotView(View):
    """A view of one snapshot; live and replay look the same.

    The twin of a view shows the second of two runs side by side, with the first view's options.

    In all views a click on a hidden unit selects it, a click on the selected one or beside all
    units clears the selection, arrow keys select units, Enter acts as a click, and Esc clears
    cursor and selection.
    """

    unit_pointed = Signal(object)  # int | None: the hidden unit under the mouse, from 0
    unit_requested = Signal(object)  # int | None: the one selected by a click or a key

    shows_both = False
    """Whether it shows both of two runs side by side."""

    has_previews = True
    """Whether it shows previews: not if it is about the whole run, or takes long to compute."""

    draws_every_frame = False
    """Whether it is drawn for each snapshot, or in rotation with other views while many arrive."""

    def __init__(self, name: str, twin_of: "SnapshotView | None" = None) -> None:
        self.is_twin = twin_of is not None
        if self.is_twin:
            first, rest = self.explanation[:1], self.explanation[1:]
            self.explanation = f"Of run B, trained side by side: {first.lower()}{rest}"
            super().__init__(f"{name}_beside", f"{registry.entry(name).title} B")
        else:
            super().__init__(name)
        self.unit: int | None = None
        """The unit highlighted in all views, selected or pointed at. May be beyond the width."""
        self._chosen_unit: int | None = None
        """The selected one, without units that are only pointed at."""
        self._pointed_unit: int | None = None
        self.resting_text = ""
        """The read-out while nothing is pointed at: whether it is a preview."""
        self._both: tuple[Snapshot, ...] = ()
        """The current run, and the one beside it if there is one."""
        self._snapshot: Snapshot | None = None

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw a snapshot, now or as soon as the view is visible."""
        self.note_snapshot(snapshot)
        self.redraw()

    def note_snapshot(self, snapshot: Snapshot) -> None:
        """Store a snapshot for the next redraw."""
        if snapshot.is_preview and not self.has_previews:
            return
        self._snapshot = snapshot.beside if self.is_twin else snapshot
        self._both = (snapshot,) if snapshot.beside is None else (snapshot, snapshot.beside)
        is_tried = self._snapshot is not None and self._snapshot.tried is not None
        self.resting_text = PREVIEW if is_tried else ""
        self._is_drawn = False

    @Slot(object)
    def show_unit(self, unit: int | None, is_chosen: bool = True) -> None:
        """Highlight a hidden unit, or none; a unit may be only pointed at, not selected."""
        before = self.unit, self._chosen_unit
        self.unit = unit
        if is_chosen:
            self._chosen_unit = unit
        if (self.unit, self._chosen_unit) != before:
            self._show_unit()

    def show_project(self, project: Project) -> None:
        """Show the pinned runs, in views that have them."""

    def describe(self, snapshot: Snapshot) -> str:
        """Return in a sentence or two what is shown of a snapshot, with its step."""
        return f"{at_step(snapshot)}, {outputs_text(snapshot)}."

    def description(self) -> str:
        return self.explanation if self._snapshot is None else self.describe(self._snapshot)

    def table(self) -> Cells | None:
        return None if self._snapshot is None else self._table_of(self._snapshot)

    def answer_at_once(self) -> None:
        """Compute and show everything at once from now on: for exports."""
        self._is_pictured = True

    @property
    def _shares(self) -> bool:
        return len(self._both) > 1 and not self._is_pictured

    def _draw_latest(self) -> None:
        if self._snapshot is None:
            self._draw_nothing()
        else:
            self._draw(self._snapshot)

    def _draw(self, snapshot: Snapshot) -> None:
        raise NotImplementedError

    def _table_of(self, snapshot: Snapshot) -> Cells | None:  # noqa: ARG002
        """Return what is shown of a snapshot as a table, in views that have one."""
        return None

    def _draw_nothing(self) -> None:
        """Clear the view: there is no snapshot, or no second run."""

    def _show_unit(self) -> None:
        """Highlight self.unit, in views that show hidden units."""

    def _unit_of(self, spot: Any) -> int | None:  # noqa: ARG002
        """Return the hidden unit that a spot belongs to, in views whose spots have one."""
        return None

    @Slot(object)
    def _point_at(self, spot: Any) -> None:
        self._point_at_unit(self._unit_of(spot))
        super()._point_at(spot)

    @Slot(object)
    def _click(self, spot: Any) -> None:
        self._click_unit(self._unit_of(spot))

    def _point_at_unit(self, unit: int | None) -> None:
        """Emit unit_pointed if the hidden unit under the mouse has changed."""
        if unit != self._pointed_unit:
            self._pointed_unit = unit
            self.unit_pointed.emit(unit)

    def _choose_unit(self, unit: int | None) -> None:
        """Request that a hidden unit be selected, or none."""
        if unit != self._chosen_unit:
            self.unit_requested.emit(unit)

    def _click_unit(self, unit: int | None) -> None:
        """Handle a click on a hidden unit, or beside all of them."""
        self._choose_unit(None if unit == self._chosen_unit else unit)

    def _escape(self) -> None:
        super()._escape()
        self._choose_unit(None)


class TargetsView(SnapshotView):
    """A view of the four rows that requests to flip a target."""

    targets_requested = Signal(object)  # tuple[int, int, int, int] in the order of ROWS

    are_targets_free = True
    """Whether they may be changed now: a lesson sets it."""

    def _flip(self, row: int) -> None:
        """Request the targets with that of a row, an index into ROWS, flipped."""
        if self._snapshot is not None:
            targets = list(self._snapshot.config.targets)
            targets[row] = 1 - targets[row]
            self.targets_requested.emit(tuple(targets))
