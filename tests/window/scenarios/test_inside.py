"""The workspaces, the panels of Inside and the diagnosis line in the whole window."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.windows import action, find, settle, shown_step, text
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.step_explainer import StepExplainer
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.panels.why.why import Why
from xorviz.window.main_window import MainWindow

COVERED = {"why", "landscape", "step_explainer"}


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


@pytest.fixture
def inside(qtbot: QtBot, window: MainWindow) -> MainWindow:
    action(window, "workspace_inside").trigger()
    settle(qtbot, window)
    return window


@pytest.mark.thorough
def test_hidden_and_covered_views_draw_nothing(
    qtbot: QtBot, inside: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    for view in inside.findChildren(SnapshotView):
        name = view.objectName()
        monkeypatch.setattr(view, "_draw", lambda _, name=name: drawn.append(name))
    inside.session.step(3)
    settle(qtbot, inside)
    qtbot.waitUntil(lambda: "hidden_space" in drawn)
    assert not (COVERED | {"decision_surface", "loss_plot"}) & set(drawn)
    action(inside, "workspace_learn").trigger()
    drawn.clear()
    inside.session.step(3)
    settle(qtbot, inside)
    qtbot.waitUntil(lambda: "loss_plot" in drawn)
    assert not (COVERED | {"hidden_space", "units", "outputs_plot"}) & set(drawn)


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


def check_that_all_is_of_one_step(window: MainWindow) -> None:
    """Compare each visible view, the diagnosis and the status bar with the last snapshot."""
    seen = window._display.seen()
    visible = [v for v in window.findChildren(SnapshotView) if v.is_seen]
    assert len(visible) > 3
    assert all(v._is_drawn and v._snapshot is seen for v in visible)
    assert shown_step(window) == seen.step
    assert window._strip.diagnosis == diagnose_seen(seen)
    assert text(window, "diagnosis") == diagnose_seen(seen).said.line
    assert f"Step {numerals.whole(seen.step)} · " in " ".join(_texts(find(window, Why, "why")))


def _texts(view: Why) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel)]


@pytest.mark.thorough
def test_after_a_pause_a_step_and_a_stop_by_rule_all_is_of_one_step(
    qtbot: QtBot, inside: MainWindow
) -> None:
    session = inside.session
    inside._why.open()
    inside.document.restart(RunConfig(rate=0.5, biases=True))
    settle(qtbot, inside)
    session.set_speed(None)
    session.rules = StopRules(at_step=None)
    session.play()
    qtbot.waitUntil(lambda: inside._display.seen().step > 400)
    session.pause()
    check_that_all_is_of_one_step(inside)  # at once, and again with the frame under way
    settle(qtbot, inside)
    check_that_all_is_of_one_step(inside)
    session.step(7)
    qtbot.waitUntil(lambda: session.activity is Activity.PAUSED)
    check_that_all_is_of_one_step(inside)
    session.rules = StopRules(at_step=inside._display.seen().step + 1000)
    session.play()
    qtbot.waitUntil(lambda: session.activity is Activity.PAUSED)
    check_that_all_is_of_one_step(inside)
