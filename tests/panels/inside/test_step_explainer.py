"""The panel that explains one step: stages, lines, row and slow motion."""

from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child
from tests.support.snapshots import trained
from xorviz.core.analysis.explanation import STAGES, Explanation
from xorviz.core.settings import RunConfig
from xorviz.panels.base.walk import Walk
from xorviz.panels.inside.step_explainer import StepExplainer, StepSheet

SNAPSHOT = trained(RunConfig(biases=True, rate=0.5), 50)


@pytest.fixture
def page(qtbot: QtBot) -> Page[StepExplainer]:
    page = Page(qtbot, StepExplainer(), SNAPSHOT, (480, 360))
    page.host()
    return page


def sheet_of(page: Page[StepExplainer]) -> StepSheet:
    return child(page.view, StepSheet)


def lines(page: Page[StepExplainer]) -> list[Any]:
    return [(line.formula, line.value) for line in sheet_of(page).lines]


def expected(row: int, stage: int) -> list[Any]:
    explanation = Explanation(SNAPSHOT.weights, SNAPSHOT.config, row, SNAPSHOT.memory)
    return [(line.formula, line.value) for line in explanation.lines(stage)]


def button(page: Page[StepExplainer], name: str) -> QToolButton:
    return child(page.view, QToolButton, name)


def test_a_key_or_button_goes_through_all_stages_and_the_other_back(
    page: Page[StepExplainer],
) -> None:
    last = len(STAGES) - 1
    for stage in (*range(len(STAGES)), last):
        assert lines(page) == expected(page.view.row.value, stage)
        assert button(page, "stage_back").isEnabled() == (stage > 0)
        assert button(page, "stage_forward").isEnabled() == (stage < last)
        assert page.view.walk.place in page.view.description()
        page.press(Qt.Key.Key_Right) if stage % 2 else button(page, "stage_forward").click()
    for stage in range(last, -1, -1):
        assert page.view.walk.stage == stage
        button(page, "stage_back").click() if stage % 2 else page.press(Qt.Key.Key_Left)
    assert page.view.walk.stage == 0


def test_up_and_down_go_through_the_lines_and_escape_leaves_them(page: Page[StepExplainer]) -> None:
    button(page, "stage_forward").click()
    sheet = sheet_of(page)
    plain = page.picture()
    assert page.press(Qt.Key.Key_Down, Qt.Key.Key_Down) == "line 2 of 6"
    assert sheet.accessibleName().startswith("h1 = σ(z1) = σ(")
    assert page.picture() != plain
    page.press(Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert sheet.marked == 0
    assert page.press(*[Qt.Key.Key_Down] * 9) == "line 6 of 6"
    assert page.press(Qt.Key.Key_Escape) == ""
    assert page.picture() == plain
    assert page.press(Qt.Key.Key_Up) == "line 6 of 6"


def test_the_row_is_chosen_by_an_option_and_the_stage_stays(page: Page[StepExplainer]) -> None:
    page.choose("explain_row_11")
    assert page.view.row.value == 3
    assert lines(page) == expected(3, 0)
    button(page, "stage_forward").click()
    page.show(trained(SNAPSHOT.config, 51))
    assert page.view.walk.stage == 1
    assert lines(page) != expected(3, 1)


def test_the_walk_of_another_view_is_shared(page: Page[StepExplainer]) -> None:
    own, walk, slow_motion = page.view.walk, Walk(page.view), QAction("Slow motion", page.view)
    page.view.follow(walk, slow_motion)
    assert walk.is_watched
    page.show(SNAPSHOT)
    walk.go_to(1, 3)
    own.go_to(4)
    assert (lines(page), sheet_of(page).marked) == (expected(page.view.row.value, 1), 3)
    page.press(Qt.Key.Key_Right, Qt.Key.Key_Down)
    assert (walk.stage, walk.line) == (2, 0)
    clicked: list[bool] = []
    slow_motion.triggered.connect(lambda: clicked.append(True))
    button(page, "stage_slow").click()
    assert len(clicked) == 1


def test_a_line_points_at_its_unit_and_a_click_chooses_it_or_clears_it(
    page: Page[StepExplainer],
) -> None:
    button(page, "stage_forward").click()
    sheet, plain = sheet_of(page), page.picture()
    for index in (2, 4):
        page.point(sheet.rects[index].center(), sheet)
        assert sheet.marked is None  # slow motion marks the line that it is at
        assert page.picture() != plain, "the lines of the unit are lit"
    page.point(QPoint(1, 1), sheet)
    assert page.heard["unit_pointed"] == [1, 2, None]
    for index in (2, 4, 4):
        page.click(sheet.rects[index].center(), sheet)
    assert page.heard["unit_requested"] == [1, 2, None]


def test_each_stage_begins_at_its_top_and_the_marked_line_is_scrolled_into_sight(
    page: Page[StepExplainer],
) -> None:
    page.view.resize(240, 180)
    page.show(trained(RunConfig(width=9, biases=True)))
    sheet, scroll = sheet_of(page), child(page.view, QScrollArea)
    for _ in STAGES[:3]:
        page.picture()
        assert scroll.verticalScrollBar().value() == 0
        assert all(above.bottom() < below.top() for above, below in pairwise(sheet.rects))
        page.press(Qt.Key.Key_Up)
        middle = sheet.mapTo(scroll.viewport(), sheet.rects[-1].center())
        assert scroll.viewport().rect().contains(middle)
        button(page, "stage_forward").click()
