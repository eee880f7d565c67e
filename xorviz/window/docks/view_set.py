"""The views of the window: of the run on the bench, and those that are made when needed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.draw_scheduler import DrawScheduler
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.diagram.network_diagram import NetworkDiagram
from xorviz.panels.inside.hessian.hessian import HessianView
from xorviz.panels.inside.hidden_space.hidden_space import HiddenSpace
from xorviz.panels.inside.landscape.landscape import LandscapeView
from xorviz.panels.inside.outputs.outputs_plot import OutputsPlot
from xorviz.panels.inside.similarity.similarity import Similarity
from xorviz.panels.inside.step.step_explainer import StepExplainer
from xorviz.panels.inside.units.units import Units
from xorviz.panels.learn.diagnosis import DiagnosisView
from xorviz.panels.learn.loss.loss_plot import LossPlot
from xorviz.panels.learn.runs.runs import Runs
from xorviz.panels.learn.surface.decision_surface import DecisionSurface
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.panels.learn.weights.weight_heatmap import WeightHeatmap
from xorviz.panels.settings.wording import FUNCTIONS
from xorviz.ui.theme.palette import LIGHT, Theme


class InsideViews:
    """One view of each kind; the row of the truth table that one shows, the others show too."""

    def __init__(self) -> None:
        self.units, self.hidden_space, self.diagram = Units(), HiddenSpace(), NetworkDiagram()
        self.outputs, self.similarity = OutputsPlot(), Similarity()
        self.diagnosis, self.hessian, self.landscape = (
            DiagnosisView(), HessianView(), LandscapeView(),
        )  # fmt: skip
        self.explainer = StepExplainer()
        self.all: list[SnapshotView] = [
            *(self.units, self.hidden_space, self.diagram, self.outputs, self.diagnosis),
            *(self.hessian, self.similarity, self.landscape, self.explainer),
        ]
        self.diagram.row_requested.connect(self.explainer.show_row)
        self.explainer.row_requested.connect(self.diagram.show_row)


if TYPE_CHECKING:
    from xorviz.window.docks.view_set import InsideViews


class ViewSet(QObject):
    """One view of each kind, and twins for a second run; what one selects, all show."""

    def __init__(self, parent: QObject | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent)
        self.truth, self.surface, self.loss = TruthTable(), DecisionSurface(), LossPlot()
        self.weights, self.runs = WeightHeatmap(), Runs(FUNCTIONS)
        self.inside: InsideViews | None = None
        self.surface_beside: DecisionSurface | None = None
        self.weights_beside: WeightHeatmap | None = None
        self.all: list[SnapshotView] = []
        """Those that there are, in reading order."""
        self._theme = theme
        self._snapshot: Snapshot | None = None
        self._scheduler = DrawScheduler(self)
        self._chosen_unit: int | None = None
        self._add([self.truth, self.surface, self.loss, self.weights, self.runs])
        self._scheduler.add([self.truth, self.weights, self.runs])

    def make_beside(self) -> tuple[DecisionSurface, WeightHeatmap]:
        """Make the twins: most people never train two runs, and they would slow each start."""
        surface, weights = DecisionSurface(self.surface), WeightHeatmap(self.weights)
        self.surface_beside, self.weights_beside = surface, weights
        self._scheduler.add([surface, weights])
        self._add([surface, weights])
        return surface, weights

    def make_inside(self) -> "InsideViews":
        """Make the views that look inside: each costs a start some time."""
        from xorviz.window.docks.view_set import InsideViews

        self.inside = InsideViews()
        self._scheduler.add(self.inside.all)
        self._add(self.inside.all)
        return self.inside

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show where things stand in all views."""
        self._snapshot = snapshot
        for view in (self.surface, self.loss):  # which the eye follows
            view.show_snapshot(snapshot)
        self._scheduler.show_snapshot(snapshot)

    def set_streaming(self, is_streaming: bool) -> None:
        """Note whether snapshots keep coming: then views take turns to draw them."""
        self._scheduler.is_streaming = is_streaming

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        if theme is not self._theme:
            self._theme = theme
            for view in self.all:
                view.apply_theme(theme)

    def step_unit(self, by: int) -> None:
        """Choose the next hidden unit or the one before; beyond the last one there is none."""
        if self._snapshot is None:
            return
        places = self._snapshot.config.width + 1
        place = -1 if self._chosen_unit is None else self._chosen_unit
        place = (place + 1 + by) % places - 1
        self.choose_unit(None if place < 0 else place)

    @Slot(object)
    def choose_unit(self, unit: int | None) -> None:
        """Let a hidden unit stand out in all views until another is chosen, or none."""
        self._chosen_unit = unit
        self.point_at_unit(None)

    @Slot(object)
    def point_at_unit(self, unit: int | None) -> None:
        """Let a hidden unit stand out while the mouse is over it; then the chosen one again."""
        shown = self._chosen_unit if unit is None else unit
        for view in self.all:
            view.show_unit(shown, is_chosen=unit is None)

    def _add(self, views: Iterable[SnapshotView]) -> None:
        for view in views:
            self.all.append(view)
            view.unit_pointed.connect(self.point_at_unit)
            view.unit_requested.connect(self.choose_unit)
            view.apply_theme(self._theme)
            view.show_unit(self._chosen_unit)
            if self._snapshot is not None:
                view.show_snapshot(self._snapshot)
