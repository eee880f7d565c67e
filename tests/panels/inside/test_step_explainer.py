"""The panel that explains one step: stages, lines, row and slow motion."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, move_mouse, press_left, shown
from tests.support.snapshots import trained
from xorviz.core.analysis.explanation import STAGES, Explanation
from xorviz.core.settings import RunConfig
from xorviz.panels.base.walk import Walk
from xorviz.panels.inside.step_explainer import StepExplainer, StepSheet

SNAPSHOT = trained(RunConfig(biases=True, rate=0.5), 50)


@pytest.fixture
def view(qtbot: QtBot) -> StepExplainer:
    view = shown(qtbot, StepExplainer(), 480, 360)
    view.show_snapshot(SNAPSHOT)
    return view


def formulas(view: StepExplainer) -> list[str]:
    return [line.formula for line in sheet_of(view).lines]


def expected(row: int, stage: int) -> list[str]:
    explanation = Explanation(SNAPSHOT.weights, SNAPSHOT.config, row, SNAPSHOT.velocity)
    return [line.formula for line in explanation.lines(stage)]


def sheet_of(view: StepExplainer) -> StepSheet:
    return child(view, StepSheet)


def button(view: StepExplainer, name: str) -> QToolButton:
    return child(view, QToolButton, name)


def test_arrow_keys_move_through_all_stages_and_back(view: StepExplainer) -> None:
    view.setFocus()
    for stage in range(len(STAGES)):
        assert (view.walk.stage, formulas(view)) == (stage, expected(view.row.value, stage))
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.walk.stage == len(STAGES) - 1
    for _ in range(len(STAGES)):
        QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.walk.stage == 0


def test_buttons_move_through_the_stages(view: StepExplainer) -> None:
    assert not button(view, "stage_back").isEnabled()
    button(view, "stage_forward").click()
    assert view.walk.stage == 1
    assert button(view, "stage_back").isEnabled()
    for _ in STAGES:
        button(view, "stage_forward").click()
    assert view.walk.stage == len(STAGES) - 1
    assert not button(view, "stage_forward").isEnabled()
    button(view, "stage_back").click()
    assert view.walk.stage == len(STAGES) - 2


def test_up_and_down_move_through_the_lines(view: StepExplainer) -> None:
    view.setFocus()
    view.forward()
    read: list[str] = []
    view.readout_changed.connect(read.append)
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert sheet_of(view).marked == 1
    assert read[-1] == "line 2 of 6"
    assert sheet_of(view).accessibleName().startswith("h1 = σ(z1) = σ(")
    QTest.keyClick(view, Qt.Key.Key_Up)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert sheet_of(view).marked == 0
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert sheet_of(view).marked is None


def test_an_option_chooses_the_row(view: StepExplainer) -> None:
    chosen: list[int] = []
    view.row.chosen.connect(chosen.append)
    by_name = {action.objectName(): action for action in view.options}
    by_name["explain_row_11"].trigger()
    assert (chosen, view.row.value, view.options_text) == ([3], 3, "row 11")
    assert sheet_of(view).lines[0].value == 1
    view.row.choose(1)
    assert by_name["explain_row_00"].isChecked()
    assert [line.value for line in sheet_of(view).lines] == [0, 0, 0]


def test_a_new_snapshot_keeps_the_stage(view: StepExplainer) -> None:
    view.forward()
    before = [line.value for line in sheet_of(view).lines]
    view.show_snapshot(trained(SNAPSHOT.config, 51))
    assert view.walk.stage == 1
    assert [line.value for line in sheet_of(view).lines] != before


def test_the_walk_of_another_view_is_shared(view: StepExplainer) -> None:
    walk, slow_motion = Walk(view), QAction("Slow motion", view)
    view.follow(walk, slow_motion)
    view.show_snapshot(SNAPSHOT)
    walk.go_to(1, 3)
    assert (formulas(view), sheet_of(view).marked) == (expected(view.row.value, 1), 3)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert (walk.stage, walk.line) == (2, 0)
    clicked: list[bool] = []
    slow_motion.triggered.connect(lambda: clicked.append(True))
    button(view, "stage_slow").click()
    assert len(clicked) == 1


def test_pointing_at_a_line_points_at_its_unit(view: StepExplainer) -> None:
    view.forward()
    pointed: list[int | None] = []
    view.unit_pointed.connect(pointed.append)
    sheet = sheet_of(view)
    for index in (2, 4):
        move_mouse(sheet, sheet.rects[index].center())
        assert sheet.marked is None  # slow motion marks the line that it is at
    move_mouse(sheet, QPoint(1, 1))
    assert pointed == [1, 2, None]


def test_a_click_on_a_line_selects_its_unit_and_again_clears_it(view: StepExplainer) -> None:
    view.forward()
    chosen: list[int | None] = []
    view.unit_requested.connect(chosen.append)
    view.unit_requested.connect(view.show_unit)
    sheet = sheet_of(view)
    for index in (2, 4, 4):
        press_left(sheet, sheet.rects[index].center())
    assert chosen == [1, 2, None]


@pytest.mark.parametrize("width", some([3, 1, 64], 1))
@pytest.mark.parametrize("size", some([QSize(240, 180), QSize(900, 700)], 1))
def test_lines_are_fully_visible_and_do_not_overlap(qtbot: QtBot, width: int, size: QSize) -> None:
    view = shown(qtbot, StepExplainer(), size.width(), size.height())
    view.show_snapshot(trained(RunConfig(width=width, biases=True)))
    sheet = sheet_of(view)
    for _ in STAGES:
        rects = [sheet.rects[index] for index in range(len(sheet_of(view).lines))]
        least = 1 if view.walk.stage == 0 else 2
        assert all(room.height() >= least * sheet.fontMetrics().height() - 2 for room in rects)
        for upper, lower in pairwise(rects):
            assert upper.bottom() < lower.top()
        assert rects[-1].bottom() < sheet.sizeHint().height()
        view.forward()
