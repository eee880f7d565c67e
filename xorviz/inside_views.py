"""The views that look inside the network."""

from xorviz.views.base import SnapshotView
from xorviz.views.diagnosis import DiagnosisView
from xorviz.views.hessian import HessianView
from xorviz.views.hidden_space import HiddenSpace
from xorviz.views.landscape import LandscapeView
from xorviz.views.network_diagram import NetworkDiagram
from xorviz.views.outputs_plot import OutputsPlot
from xorviz.views.similarity import Similarity
from xorviz.views.step_explainer import StepExplainer
from xorviz.views.units import Units


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
