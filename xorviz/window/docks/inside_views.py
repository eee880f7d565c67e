"""The views that look inside the network."""

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
        self.diagram.row_chosen.connect(self.explainer.show_row)
        self.explainer.row_chosen.connect(self.diagram.show_row)
