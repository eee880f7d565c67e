"""The views of the window, made from the registry."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
from xorviz.core.runs.project import Project
from xorviz.core.runs.recipe_text import own_part
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.analyst import Analyst
from xorviz.panels import registry
from xorviz.panels.base.draw_scheduler import DrawScheduler
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.ui.theme.palette import Theme

V = TypeVar("V", bound=View)
Wires = Mapping[str, Callable[..., object]]
"""Slots by the names of the views' signals; one name means the same in all views."""


class ViewSet(QObject):
    """One view of each kind, and twins for a second run.

    All share the selected hidden unit, and those that show a single row share that.

    Their questions go to an analyst, which answers in a thread of its own.

    Views that are not needed at the start are made later, since each takes time.
    """

    def __init__(self, parent: QObject, theme: Theme, names: Collection[str] | None = None) -> None:
        """Make the views of these panels, or those that are needed at the start."""
        super().__init__(parent)
        self.all: list[View] = []
        """The views made so far, in the order of the registry; twins at the end."""
        self._theme = theme
        self._snapshot: Snapshot | None = None
        self._project: Project | None = None
        self._heads = ("", ""), ("", "")
        """Of the pictures of A and B."""
        self._scheduler = DrawScheduler(self)
        self.analyst = Analyst(self)
        self._chosen_unit: int | None = None
        made = [e for e in registry.PANELS if (e.is_at_start if names is None else e.name in names)]
        self._add(entry.kind() for entry in made)
        if {NetworkDiagram, TruthTable} <= {type(view) for view in self.all}:
            diagram, table = self[NetworkDiagram], self[TruthTable]
            diagram.row.chosen.connect(table.show_row)
            table.row_chosen.connect(diagram.row.choose)
            table.show_row(diagram.row.value)

    def __getitem__(self, kind: type[V]) -> V:
        """Return the view of a class, which must have been made."""
        return next(view for view in self.all if isinstance(view, kind))

    def make_late(self) -> list[View]:
        """Make and return the views that are not made at the start."""
        from xorviz.panels.inside.step_explainer import StepExplainer

        views = self._add(entry.kind() for entry in registry.PANELS if not entry.is_at_start)
        diagram, explainer = self[NetworkDiagram], self[StepExplainer]
        diagram.row.chosen.connect(explainer.row.choose)
        explainer.row.chosen.connect(diagram.row.choose)
        explainer.follow(diagram.walk, diagram.slow_motion)
        return views

    def make_twins(self, *kinds: type[SnapshotView]) -> list[View]:
        """Make views of a second run, each a twin of the view of its class, and return them."""
        return self._add([kind(twin_of=self[kind]) for kind in kinds])  # type: ignore[call-arg]

    @property
    def of_snapshots(self) -> list[SnapshotView]:
        return [view for view in self.all if isinstance(view, SnapshotView)]

    def kept_options(self, views: Iterable[View]) -> list[QAction]:
        """Return the options of views that are saved; the lab's recipe is saved as a whole."""
        options = [a for view in views if not view.has_own_settings for a in view.options]
        slow_motion = self[NetworkDiagram].slow_motion  # a start must not begin it
        return [a for a in options if a.isCheckable() and a is not slow_motion]

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._scheduler.show_snapshot(snapshot)

    @Slot(object, object)
    def show_diagnosis(self, found: Diagnosis, seen: Snapshot) -> None:
        """Head the pictures of two runs side by side with what differs, and with the state."""
        self._heads, other = (("", ""), ("", "")), seen.beside
        if other is not None:
            a, b = (seen.config, seen.record), (other.config, other.record)
            first = f"A: {own_part(*a, *b)}", found.said.word
            second = f"B: {own_part(*b, *a)}", diagnose_seen(other).said.word
            self._heads = first, second
        for view in self.of_snapshots:
            self._head(view)

    def _head(self, view: SnapshotView) -> None:
        if not view.shows_both:
            view.show_heading(*self._heads[view.is_twin])

    @Slot(object)
    def show_preview(self, snapshot: Snapshot) -> None:
        """Show a weight that is tried, or the run again after it."""
        self._scheduler.show_preview(snapshot)

    def show_project(self, project: Project) -> None:
        """Show the pinned runs in all views that have them."""
        self._project = project
        for view in self.of_snapshots:
            view.show_project(project)

    def set_streaming(self, is_streaming: bool) -> None:
        """Note whether snapshots keep arriving: then views are redrawn in rotation."""
        self._scheduler.set_streaming(is_streaming)

    def apply_theme(self, theme: Theme) -> None:
        if theme is not self._theme:
            self._theme = theme
            for view in self.all:
                view.apply_theme(theme)

    def step_unit(self, by: int) -> None:
        """Choose the next hidden unit or the one before; beyond the last one there is none."""
        if self._snapshot is None:
            return
        positions = self._snapshot.config.width + 1
        position = -1 if self._chosen_unit is None else self._chosen_unit
        position = (position + 1 + by) % positions - 1
        self.choose_unit(None if position < 0 else position)

    @Slot(object)
    def choose_unit(self, unit: int | None) -> None:
        """Highlight a hidden unit in all views until another is chosen, or none."""
        self._chosen_unit = unit
        self.point_at_unit(None)

    @Slot(object)
    def point_at_unit(self, unit: int | None) -> None:
        """Highlight a hidden unit while the mouse is over it; then the chosen one again."""
        shown = self._chosen_unit if unit is None else unit
        for view in self.of_snapshots:
            view.show_unit(shown, is_chosen=unit is None)

    def _add(self, views: Iterable[View]) -> list[View]:
        """Connect views to what those of the current run share, and bring them up to date."""
        added = list(views)
        self.all += added
        for view in added:
            view.apply_theme(self._theme)
            if "question_asked" in dir(type(view)):  # the landscape, which is imported late
                asking: Any = view
                asking.question_asked.connect(self.analyst.ask)
                self.analyst.answered.connect(asking.take_answer)
                self.analyst.failed.connect(asking.take_failure)
            if isinstance(view, SnapshotView):
                self._scheduler.add(view)
                view.unit_pointed.connect(self.point_at_unit)
                view.unit_requested.connect(self.choose_unit)
                view.show_unit(self._chosen_unit)
                self._head(view)
                if self._project is not None:
                    view.show_project(self._project)
                if self._snapshot is not None:
                    view.show_snapshot(self._snapshot)
        return added


def connect(views: Iterable[View], wires: Wires) -> None:
    """Connect the signals of views that have wires; the others are for others."""
    for view in views:
        for name in wires.keys() & {*dir(type(view))}:
            getattr(view, name).connect(wires[name])
