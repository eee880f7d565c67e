"""The views of the window: of the run on the bench, and those that are made when needed."""

from xorviz.views.base import SnapshotView
from xorviz.views.decision_surface import DecisionSurface
from xorviz.views.loss_plot import LossPlot
from xorviz.views.runs import Runs
from xorviz.views.truth_table import TruthTable
from xorviz.views.weight_heatmap import WeightHeatmap
from xorviz.wording import FUNCTIONS


class ViewSet:
    """One view of each kind, and twins for a second run in lock step."""

    def __init__(self) -> None:
        self.truth, self.surface, self.loss = TruthTable(), DecisionSurface(), LossPlot()
        self.weights, self.runs = WeightHeatmap(), Runs(FUNCTIONS)
        self.surface_beside: DecisionSurface | None = None
        self.weights_beside: WeightHeatmap | None = None

    @property
    def all(self) -> list[SnapshotView]:
        """Those that there are, in reading order."""
        of_bench = [self.truth, self.surface, self.loss, self.weights, self.runs]
        beside = (self.surface_beside, self.weights_beside)
        return of_bench + [view for view in beside if view is not None]

    def make_beside(self) -> tuple[DecisionSurface, WeightHeatmap]:
        """Make the twins: most people never train two runs, and they would slow each start."""
        surface, weights = DecisionSurface(self.surface), WeightHeatmap(self.weights)
        self.surface_beside, self.weights_beside = surface, weights
        return surface, weights
