"""A weight in the hand: what is dragged or typed shows its effect everywhere at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child, move_pressed, press_left, release_left
from tests.support.windows import Do, action, find, settle, shown_step, text
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.network.canvas import DiagramCanvas
from xorviz.panels.learn.network.graph import Edge
from xorviz.panels.learn.weight_grid import WeightGrid
from xorviz.window.main_window import MainWindow

FOLLOWING = ("truth_table", "decision_surface", "weight_heatmap", "network_diagram", "loss_plot")
Hold = Callable[[int], None]
NAME = "w1[x1→h1]"


@pytest.fixture
def window(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """Return the shared window, painted, at step 40."""
    window.setUpdatesEnabled(True)
    window.session.step(40)
    settle(qtbot, window)
    return window


def seen(window: MainWindow, name: str) -> Snapshot:
    snapshot = find(window, SnapshotView, name)._snapshot
    assert snapshot is not None
    return snapshot


def held(window: MainWindow, way: str) -> tuple[Hold, Callable[[], None]]:
    """Return what moves a weight that is dragged or typed, and what lets it go."""
    if way == "typed":
        grid = child(find(window, QWidget, "weight_heatmap"), WeightGrid)
        at = grid.rect_of((0, 0)).center().toPoint()
        for click in (QTest.mouseClick, QTest.mouseDClick):
            click(grid, Qt.MouseButton.LeftButton, pos=at)
        field = child(grid, QLineEdit)

        def hold(by: int) -> None:
            field.selectAll()
            QTest.keyClicks(field, str(by))

        return hold, lambda: QTest.keyClick(field, Qt.Key.Key_Return)
    if way == "heat map":
        cells = child(find(window, QWidget, "weight_heatmap"), WeightGrid)
        at = cells.rect_of((0, 0)).center().toPoint()
        canvas: QWidget = cells
    else:
        diagram = child(find(window, QWidget, "network_diagram"), DiagramCanvas)
        assert diagram.plan is not None
        edge = next(e for e in diagram.plan.paths if isinstance(e, Edge) and e.name == NAME)
        canvas, at = diagram, diagram.plan.paths[edge].pointAtPercent(0.3).toPoint()
    press_left(canvas, at)
    return (
        lambda by: move_pressed(canvas, at - QPoint(0, 20 * by)),
        lambda: release_left(canvas, at),
    )


@pytest.mark.parametrize("way", ["typed", "heat map", "network"])
def test_a_weight_in_the_hand_shows_its_effect_in_the_same_frame(
    window: MainWindow, do: Do, way: str
) -> None:
    before, project = seen(window, "truth_table"), window.document.project
    surface = find(window, QWidget, "decision_surface")
    hold, release = held(window, way)
    pictures = [surface.grab().toImage()]
    for by in (2, 4):
        hold(by)
        shown = {name: seen(window, name) for name in FOLLOWING}
        value = shown["truth_table"].weights.w1[0, 0]
        assert value > before.weights.w1[0, 0] + 0.5
        assert {one.weights.w1[0, 0] for one in shown.values()} == {value}
        assert text(window, "status_loss") != f"loss {before.loss:.4g}"
        pictures.append(surface.grab().toImage())
        assert pictures[-1] != pictures[-2]
        assert text(window, "diagnosis").startswith("Preview")
    assert window.document.project is project
    do(release)
    made = seen(window, "truth_table")
    assert not made.is_preview
    assert [one.name for one in made.interventions] == [NAME]
    assert made.weights.w1[0, 0] == value
    do("undo")
    assert seen(window, "truth_table").weights.w1[0, 0] == before.weights.w1[0, 0]


def test_a_weight_is_let_go_when_its_panel_is_hidden(
    qtbot: QtBot, window: MainWindow, do: Do
) -> None:
    window.session.play()
    hold, _ = held(window, "network")
    hold(3)
    step = seen(window, "truth_table").step
    qtbot.waitUntil(lambda: not window.session.unanswered)
    assert seen(window, "truth_table").is_preview
    action(window, "workspace_lab").trigger()
    qtbot.waitUntil(lambda: shown_step(window) > step + 10)
    do(window.session.pause)
    assert window.document.project.record.interventions == ()


def test_a_weight_of_the_second_run_is_previewed_beside_the_first(
    window: MainWindow, do: Do
) -> None:
    window.document.start_side_by_side(replace(window.session.config, rate=0.5))
    do(window.session.step, 20)
    before = seen(window, "weight_heatmap")
    grid = child(find(window, QWidget, "weight_heatmap_beside"), WeightGrid)
    at = grid.rect_of((0, 0)).center().toPoint()
    press_left(grid, at)
    move_pressed(grid, at - QPoint(0, 60))
    of_b, of_a = seen(window, "decision_surface_beside"), seen(window, "decision_surface")
    assert before.beside is not None
    assert of_b.weights.w1[0, 0] == pytest.approx(before.beside.weights.w1[0, 0] + 3, abs=1e-3)
    assert (of_a.tried, of_a.weights.w1[0, 0]) == (None, before.weights.w1[0, 0])
    assert "of B" in text(window, "diagnosis")
    do(release_left, grid, at)
    project = window.document.project
    assert project.beside is not None
    made = [len(record.interventions) for record in (project.record, project.beside)]
    assert made == [0, 1]
