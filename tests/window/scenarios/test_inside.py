"""The workspaces, the panels of Inside and the diagnosis line in the whole window."""

import pytest

from tests.support.windows import Do, action, find
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.step_explainer import StepExplainer
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.window.main_window import MainWindow


@pytest.fixture
def inside(window: MainWindow, do: Do) -> MainWindow:
    do("workspace_inside")
    return window


@pytest.mark.thorough
def test_all_views_share_the_selected_unit(inside: MainWindow) -> None:
    views = {view.objectName(): view for view in inside.findChildren(SnapshotView)}

    def shared() -> int | None:
        (unit,) = {view.unit for view in views.values()}
        return unit

    for unit in (0, 1, 2, None):
        action(inside, "next_unit").trigger()
        assert shared() == unit
    action(inside, "previous_unit").trigger()
    assert shared() == 2
    views["units"].unit_pointed.emit(0)
    assert shared() == 0
    views["units"].unit_pointed.emit(None)
    assert shared() == 2
    views["network_diagram"].unit_requested.emit(1)
    assert shared() == 1


@pytest.mark.thorough
def test_all_views_share_the_row_and_the_stage_of_a_step(inside: MainWindow) -> None:
    diagram = find(inside, NetworkDiagram, "network_diagram")
    explainer = find(inside, StepExplainer, "step_explainer")
    diagram.row.choose(3)
    assert explainer.row.value == 3
    explainer.row.choose(0)
    assert diagram.row.value == 0
    assert explainer.walk is diagram.walk
    find(inside, TruthTable, "truth_table").row_chosen.emit(2)
    assert (diagram.row.value, explainer.row.value) == (2, 2)
