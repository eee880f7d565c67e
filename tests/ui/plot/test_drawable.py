"""A plot that is drawn on: what the left button does, and what it no longer does."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import (
    move_mouse,
    move_pressed,
    press_left,
    release_left,
    release_mouse,
    shown,
)
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.drawable import DrawablePlot
from xorviz.ui.plot.step_marks import StepMark, StepMarks
from xorviz.ui.theme.palette import LIGHT

LEFT, SHAPES = Qt.MouseButton.LeftButton, Qt.CursorShape
Stroke = tuple[QPointF | None, QPointF]


@dataclass
class Board:
    """A plot of two rows that is drawn on, with a mark at step 50, and what it emits."""

    window: QWidget
    plot: DrawablePlot
    marks: StepMarks
    strokes: list[Stroke] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)

    @property
    def viewport(self) -> QWidget:
        viewport = self.plot.viewport()
        assert isinstance(viewport, QWidget)
        return viewport

    @property
    def steps_in_sight(self) -> list[float]:
        return list(self.plot.rows[0].box.viewRange()[0])

    def place(self, step: float, value: float = 0.5, row: int = 0) -> QPoint:
        scales = self.plot.rows[row].scales
        found: QPoint = self.plot.mapFromScene(scales.box.mapToScene(*scales.at(step, value)))
        return found

    def press(self, place: QPoint) -> None:
        press_left(self.viewport, place)
        release_left(self.viewport, place)


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    plot = DrawablePlot("Curves", ScaledAxis("left"), ScaledAxis("left"), titles=["", "Lower"])
    plot.apply_theme(LIGHT)
    # On its own, QTest warns of presses that it leaves to others.
    window = QWidget()
    QVBoxLayout(window).addWidget(plot)
    shown(qtbot, window, 480, 420)
    top = plot.rows[0]
    made = Board(window, plot, StepMarks(top.scales, top.moving))
    top.overlays.append(made.marks)
    made.marks.show_marks([StepMark(50, "rate", tip="Click to go there.")])
    plot.show_steps(np.arange(101), 100, None)
    plot.fit_curves()
    for _ in range(3):  # painting sets the widths of the axes
        plot.grab()
        QApplication.processEvents()
    plot.stroked.connect(lambda start, end: made.strokes.append((start, end)))
    plot.step_requested.connect(made.chosen.append)
    plot.draw_on(True)
    return made


def test_a_drag_is_told_piece_by_piece_also_beyond_the_axes(board: Board) -> None:
    places = board.place(20), board.place(40), QPoint(5000, -100)
    press_left(board.viewport, places[0])
    for place in places[1:]:
        move_pressed(board.viewport, place)
    release_left(board.viewport, places[-1])
    move_mouse(board.viewport, board.place(60))
    starts, ends = zip(*board.strokes, strict=True)
    assert starts == (None, *ends[:-1])
    assert [end.x() for end in ends[:2]] == pytest.approx([20, 40], abs=1)
    assert ends[2].x() > 100
    assert ends[2].y() > 1
    assert board.chosen == []


def test_after_a_release_that_went_elsewhere_a_press_begins_anew(board: Board) -> None:
    press_left(board.viewport, board.place(20))
    move_pressed(board.viewport, board.place(40))
    move_mouse(board.viewport, board.place(50))
    board.press(board.place(80))
    assert [start is None for start, _ in board.strokes] == [True, False, True]


def test_neither_marks_nor_the_lower_row_answer_while_the_top_one_is_drawn_on(board: Board) -> None:
    board.plot.draw_on(False)
    move_mouse(board.viewport, board.place(50))
    assert board.marks.toolTip() != ""
    assert board.viewport.cursor().shape() == SHAPES.PointingHandCursor
    board.plot.draw_on(True)
    assert board.marks.toolTip() == ""
    for place, shape in (
        (board.place(50), SHAPES.CrossCursor),
        (board.place(50, row=1), SHAPES.ArrowCursor),
    ):
        move_mouse(board.viewport, place)
        assert board.marks.toolTip() == ""
        assert board.viewport.cursor().shape() == shape
        board.press(place)
    before = board.steps_in_sight
    press_left(board.viewport, board.place(20, row=1))
    move_pressed(board.viewport, board.place(60, row=1))
    release_left(board.viewport, board.place(60, row=1))
    assert board.steps_in_sight == before
    assert len(board.strokes) == 1
    assert board.chosen == []


def test_a_quick_second_press_draws_and_shift_and_the_wheel_still_move(board: Board) -> None:
    QTest.mouseDClick(board.viewport, LEFT, pos=board.place(30))
    release_mouse()
    release_left(board.viewport, board.place(30))
    assert [start for start, _ in board.strokes] == [None] * len(board.strokes)
    count, before = len(board.strokes), board.steps_in_sight
    assert count >= 1
    board.plot.zoom_by(1)
    assert board.steps_in_sight != before
    QTest.mousePress(board.viewport, LEFT, Qt.KeyboardModifier.ShiftModifier, board.place(30))
    QTest.mouseRelease(board.viewport, LEFT, Qt.KeyboardModifier.ShiftModifier, board.place(30))
    assert len(board.strokes) == count
    assert board.chosen == []


def test_afterwards_a_press_goes_to_a_step_again(board: Board) -> None:
    press_left(board.viewport, board.place(20))
    board.plot.draw_on(False)
    move_pressed(board.viewport, board.place(40))
    assert len(board.strokes) == 1
    release_left(board.viewport, board.place(40))
    board.press(board.place(70))
    assert board.chosen == pytest.approx([70], abs=1)
    assert len(board.strokes) == 1
