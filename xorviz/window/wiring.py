"""The wiring of the panels: what answers the requests of each view, a row for each signal."""

from collections.abc import Callable
from functools import partial

from xorviz.engine.session import TrainingSession
from xorviz.panels.base.snapshot_view import TargetsView
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.runs.runs import Runs
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.panels.settings.controls import Controls
from xorviz.window.document.document import Document
from xorviz.window.layout.view_set import Wires

Notice = Callable[[str], object]


def wires(session: TrainingSession, document: Document, notice: Notice) -> Wires:
    """Return the wires of the views that are made at the start."""
    return {
        Controls.config_requested: document.change_settings,
        Controls.change_requested: document.change_setting,
        Controls.refused: notice,
        TargetsView.targets_requested: document.choose_targets,
        NetworkDiagram.weight_requested: document.set_weight,
        NetworkDiagram.weight_tried: session.try_weight,
        NetworkDiagram.trial_ended: session.end_trial,
        NetworkDiagram.next_step_requested: lambda: session.step(1),
        NetworkDiagram.pause_requested: session.pause,
        NetworkDiagram.refused: notice,
        LossPlot.step_requested: session.seek,
        WeightHeatmap.weight_requested: document.set_weight,
        WeightHeatmap.weight_tried: session.try_weight,
        WeightHeatmap.trial_ended: session.end_trial,
        WeightHeatmap.refused: notice,
        Runs.rename_requested: document.rename,
        Runs.shown_requested: document.show_run,
        Runs.delete_requested: document.delete,
        Runs.recall_requested: document.recall,
    }


def late_wires(session: TrainingSession, notice: Notice) -> Wires:
    """Return the wires of the views that are made later; loads them."""
    from xorviz.panels.inside.outputs_plot import OutputsPlot
    from xorviz.panels.lab.lab_map import LabMap
    from xorviz.panels.lab.recipe import LabRecipe

    return {
        OutputsPlot.step_requested: session.seek,
        LabRecipe.refused: notice,
        LabMap.refused: notice,
    }


def twin_wires(of_first: Wires, session: TrainingSession, document: Document) -> Wires:
    """Return the wires of the views of a second run, which differ where they change it."""
    return {
        **of_first,
        TargetsView.targets_requested: document.choose_targets_beside,
        WeightHeatmap.weight_requested: partial(document.set_weight, beside=True),
        WeightHeatmap.weight_tried: partial(session.try_weight, beside=True),
    }
