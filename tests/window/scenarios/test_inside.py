"""The workspaces, the panels of Inside and the diagnosis line in the whole window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.windows import Open, action, find, settle, text
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.outputs_plot import OutputsPlot
from xorviz.panels.inside.step_explainer import StepExplainer
from xorviz.panels.learn.network.network_diagram import NetworkDiagram
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel
from xorviz.window.docks.arrangements import arrangement
from xorviz.window.docks.layouts import Mode
from xorviz.window.main_window import MainWindow

INSIDE = (
    "units", "hidden_space", "outputs_plot", "diagnosis_details", "hessian",
    "similarity", "landscape", "step_explainer",
)  # fmt: skip
LAB = ("lab_recipe", "lab_seeds", "lab_map", "lab_gallery", "lab_published")
KEYS = {Workspace.LEARN: Qt.Key.Key_1, Workspace.INSIDE: Qt.Key.Key_2, Workspace.LAB: Qt.Key.Key_3}


def press(window: MainWindow, workspace: Workspace) -> None:
    QTest.keyClick(window, KEYS[workspace], Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


@pytest.fixture
def inside(qtbot: QtBot, window: MainWindow) -> MainWindow:
    press(window, Workspace.INSIDE)
    settle(qtbot, window)
    return window


def shown(window: MainWindow) -> set[str]:
    """Return the names of the panels that are shown, in front or with a tab."""
    docks = [dock for dock in window.findChildren(QDockWidget) if dock.isVisible()]
    return {dock.objectName().removesuffix("_panel") for dock in docks}


def in_front(window: MainWindow) -> set[str]:
    """Return the names of the panels in front."""
    panels = window.findChildren(Panel)
    return {p.objectName().removesuffix("_panel") for p in panels if p.is_in_front}


def view(window: MainWindow, name: str) -> SnapshotView:
    return find(window, SnapshotView, name)


def test_the_views_inside_are_not_made_at_the_start(open_window: Open) -> None:
    window = open_window()
    assert not [v for v in window.findChildren(SnapshotView) if v.objectName() in INSIDE]


@pytest.mark.thorough
@pytest.mark.parametrize("workspace", some([Workspace.INSIDE, Workspace.LAB, Workspace.LEARN], 1))
def test_a_key_shows_a_workspace(qtbot: QtBot, window: MainWindow, workspace: Workspace) -> None:
    other = Workspace.INSIDE if workspace is Workspace.LEARN else Workspace.LEARN
    press(window, other)
    press(window, workspace)
    settle(qtbot, window)
    here = arrangement(Mode(workspace))
    qtbot.waitUntil(lambda: shown(window) == here.shown)
    assert action(window, f"workspace_{workspace}").isChecked()
    assert not action(window, f"workspace_{other}").isChecked()
    qtbot.waitUntil(lambda: in_front(window) == {stack[0] for stack in here.stacks})


@pytest.mark.thorough
def test_each_workspace_restores_its_layout(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    press(window, Workspace.INSIDE)
    window._docks["units"].hide()
    press(window, Workspace.LEARN)
    window._docks["truth_table"].hide()
    press(window, Workspace.INSIDE)
    assert "units" not in shown(window)
    window.close()
    again = open_window()
    assert again._docks.workspace is Workspace.INSIDE
    assert "units" not in shown(again)
    assert "hidden_space" in shown(again)
    press(again, Workspace.LEARN)
    assert "truth_table" not in shown(again)
    assert "decision_surface" in shown(again)
    action(again, "reset_layout").trigger()
    assert shown(again) == arrangement(Mode(Workspace.LEARN)).shown


@pytest.mark.thorough
def test_hidden_and_covered_views_draw_nothing(
    qtbot: QtBot, inside: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    for name in (*INSIDE, "decision_surface", "loss_plot"):
        monkeypatch.setattr(view(inside, name), "_draw", lambda _, name=name: drawn.append(name))
    inside.session.step(3)
    settle(qtbot, inside)
    qtbot.waitUntil(lambda: "hidden_space" in drawn)
    assert not {"hessian", "similarity", "landscape", "step_explainer"} & set(drawn)
    assert not {"decision_surface", "loss_plot"} & set(drawn)
    press(inside, Workspace.LEARN)
    drawn.clear()
    inside.session.step(3)
    settle(qtbot, inside)
    assert not set(drawn) & set(INSIDE)


@pytest.mark.thorough
def test_all_views_share_the_selected_unit(qtbot: QtBot, inside: MainWindow) -> None:
    views = inside.findChildren(SnapshotView)
    chosen: list[int | None] = []
    for _ in range(4):
        action(inside, "next_unit").trigger()
        (unit,) = {v.unit for v in views}
        chosen.append(unit)
    assert chosen == [0, 1, 2, None]
    action(inside, "previous_unit").trigger()
    assert {v.unit for v in views} == {2}
    view(inside, "units").unit_pointed.emit(0)
    assert {v.unit for v in views} == {0}
    view(inside, "units").unit_pointed.emit(None)
    assert {v.unit for v in views} == {2}
    view(inside, "network_diagram").unit_requested.emit(1)
    assert {v.unit for v in views} == {1}
    settle(qtbot, inside)


def test_key_d_and_a_click_show_the_diagnosis_details(qtbot: QtBot, window: MainWindow) -> None:
    window.document.restart(RunConfig(init="zero"))
    window.session.step(1)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: text(window, "diagnosis").startswith("Symmetric units"))
    for is_shown in (True, False, True, False):
        QTest.keyClick(window, Qt.Key.Key_D)
        assert ("diagnosis_details" in in_front(window)) == is_shown
    for is_shown in (True, False):
        QTest.mouseClick(window._strip, Qt.MouseButton.LeftButton)
        assert ("diagnosis_details" in in_front(window)) == is_shown
    assert window._docks.workspace is Workspace.LEARN


def test_curvature_and_landscape_are_computed(qtbot: QtBot, window: MainWindow) -> None:
    answers: list[str] = []
    press(window, Workspace.LAB)
    for name in ("landscape", "hessian"):
        window._docks[name].show_in_front()
    window._views.analyst.answered.connect(lambda _, a: answers.append(type(a).__name__))
    window.session.step(300)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: {"Curvature", "Landscape"} <= set(answers), timeout=10_000)


def test_what_the_views_ask_for_is_done(qtbot: QtBot, inside: MainWindow) -> None:
    def seen() -> Snapshot:
        settle(qtbot, inside)
        return inside._display.seen()

    inside.session.step(200)
    settle(qtbot, inside)
    find(inside, OutputsPlot, "outputs_plot").step_requested.emit(120)
    assert seen().step == 120
    diagram = find(inside, NetworkDiagram, "network_diagram")
    diagram.weight_requested.emit("w1", (0, 2), 1.5)
    assert seen().weights.w1[0, 2] == 1.5
    explainer = find(inside, StepExplainer, "step_explainer")
    inside.session.play()
    diagram.pause_requested.emit()
    step = seen().step
    diagram.next_step_requested.emit()
    assert (seen().step, inside.session.playing) == (step + 1, False)
    diagram.row.choose(3)
    assert explainer.row.value == 3
    explainer.row.choose(0)
    assert diagram.row.value == 0
    assert explainer.walk is diagram.walk
    table = find(inside, TruthTable, "truth_table")
    table.row_chosen.emit(2)
    assert (diagram.row.value, explainer.row.value) == (2, 2)


@pytest.mark.thorough
def test_the_menu_checks_panels_with_a_tab(qtbot: QtBot, inside: MainWindow) -> None:
    panels = inside._docks
    qtbot.waitUntil(lambda: "outputs_plot" in in_front(inside))
    assert panels["hessian"].action.isChecked()
    panels["hessian"].action.trigger()
    qtbot.waitUntil(lambda: "hessian" in in_front(inside))
    assert panels["hessian"].action.isChecked()
    panels["hessian"].action.trigger()
    assert not panels["hessian"].action.isChecked()
    assert not panels["decision_surface"].action.isChecked()


def test_diagnosis_line_and_panel_agree(qtbot: QtBot, inside: MainWindow) -> None:
    told = find(inside, QTextBrowser, "diagnosis_text")
    for config in (RunConfig(init="zero"), RunConfig(width=5, rate=1, biases=True)):
        inside.document.restart(config)
        inside.session.step(400)
        settle(qtbot, inside)
        head, _, detail = text(inside, "diagnosis").partition(": ")
        plain = " ".join(told.toPlainText().split()).casefold()
        assert head.casefold() in plain
        assert " ".join(detail.split()).casefold() in plain


def check_that_all_is_of_one_step(window: MainWindow) -> None:
    """Compare each visible view, the diagnosis and the status bar with the last snapshot."""
    seen = window._display.seen()
    visible = [v for v in window.findChildren(SnapshotView) if v.is_seen]
    assert len(visible) > 3
    assert all(v._is_drawn and v._snapshot is seen for v in visible)
    assert text(window, "status_step") == f"step {numerals.whole(seen.step)}"
    assert window._strip.diagnosis == diagnose_seen(seen)
    sentence = diagnose_seen(seen).sentence
    assert text(window, "diagnosis") == sentence
    table = find(window, QTextBrowser, "diagnosis_text").toPlainText()
    assert f"At step\n{numerals.whole(seen.step)}" in table.replace("\u202f", "\u202f")


def test_after_a_pause_a_step_and_a_stop_by_rule_all_is_of_one_step(
    qtbot: QtBot, inside: MainWindow
) -> None:
    session = inside.session
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
    session.rules = StopRules(at_step=inside._display.seen().step + 3000)
    session.play()
    qtbot.waitUntil(lambda: session.activity is Activity.PAUSED, timeout=20_000)
    check_that_all_is_of_one_step(inside)
