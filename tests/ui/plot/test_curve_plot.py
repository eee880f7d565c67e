"""Rows of curves over one step axis: ranges, gestures and the cursor."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.support.cases import some
from tests.support.screen import (
    drag,
    move_mouse,
    move_pressed,
    press_left,
    release_left,
    release_mouse,
    turn_wheel,
)
from tests.ui.plot.board import Board
from xorviz.ui.plot.curve_plot import newest_end
from xorviz.ui.plot.curve_row import Curve
from xorviz.ui.plot.step_marks import StepMark
from xorviz.ui.theme.palette import LIGHT

BUTTONS, SHAPES = Qt.MouseButton, Qt.CursorShape
LEFT, MIDDLE, RIGHT = BUTTONS.LeftButton, BUTTONS.MiddleButton, BUTTONS.RightButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier

scales = pytest.mark.parametrize(
    ("log_value", "log_step"), some([(False, False), (True, False), (False, True), (True, True)])
)


# Ranges


def test_the_end_of_the_steps_is_round_and_not_far() -> None:
    ends = {0: 100, 99: 100, 101: 120, 5000: 5000, 5001: 6000, 10**9: 10**9}
    assert {newest: newest_end(newest) for newest in ends} == pytest.approx(ends)


@scales
def test_the_range_grows_in_jumps_never_cuts_a_curve_and_is_only_set_anew(
    board: Board, log_value: bool, log_step: bool
) -> None:
    board.scale(log_value, log_step)
    seen = []
    for newest in range(0, 3000, 67):
        board.show(newest)
        board.assert_whole_curve_is_shown()
        seen.append(board.ranges[0])
    assert 3 <= sum(before != after for before, after in pairwise(seen)) <= 35
    changes: list[object] = []
    board.show(2010)
    board.row.box.sigRangeChanged.connect(changes.append)
    for newest in range(2011, 2040):
        board.show(newest)
    assert changes == []
    rights = [right for (_, right), _ in seen]
    assert rights == sorted(rights)


def test_still_curves_and_curves_beside_are_fitted_too(board: Board) -> None:
    board.show(50)
    alone = board.ranges
    board.row.show_still([Curve(np.array([0, 5000]), np.array([7.0, 0.001]), LIGHT.accent)])
    board.plot.newest_still = 5000
    board.plot.fit_curves()
    assert board.ranges[0][0] == alone[0][0], "a longer still curve does not flatten the run"
    assert 7 <= board.ranges[0][1][1] <= 10
    board.plot.fit_in_turn()
    ((left, right), (_, top)), lower = board.ranges
    assert left < 0
    assert 5000 <= right < 8000
    assert 7 <= top <= 10
    assert lower[1] == alone[1][1]
    board.plot.step_ends = (-3.0, 44.0)
    board.plot.fit_curves()
    assert [ends[0] for ends in board.ranges] == [(-3, 44)] * 2


@scales
def test_extreme_values_keep_a_finite_range(board: Board, log_value: bool, log_step: bool) -> None:
    board.scale(log_value, log_step)
    for values in ([0.0, 0.0], [5e-324, 0.0], [1.0, 1e308], [1.7e308, 0.0], [np.nan] * 2):
        board.show(1, values=np.array(values))
        board.row.show_still(board.row.moving.curves)
        board.plot.grab()
        board.row.show_still([])
        assert np.isfinite(board.ranges).all()
        if not np.isnan(values).any():
            board.assert_whole_curve_is_shown()
        board.show(1, values=np.array([1.0, 0.9]))
        (_, (bottom, top)), _ = board.ranges
        assert top - bottom < 10, "the range is small again"


def test_zooming_out_is_limited(board: Board) -> None:
    board.run(600)
    for is_log in (False, True):
        board.scale(is_log, is_log)
        for row in board.plot.rows:
            for _ in range(120):
                row.box.scaleBy((1e3, 1e3))
            (low, high), (bottom, top) = row.box.viewRange()
            assert np.isfinite([low, high, bottom, top]).all()
            assert not is_log or max(top - bottom, high - low) < 400


# A range of one's own


def zoom(board: Board) -> None:
    turn_wheel(board.viewport, 3, board.at(100))


def pan(board: Board, button: Qt.MouseButton, modifier: Qt.KeyboardModifier = NONE) -> None:
    start, viewport = board.at(100), board.viewport
    QTest.mousePress(viewport, button, modifier, start)
    for share in range(1, 5):
        QTest.mouseMove(viewport, start + QPoint(60, 30) * share / 4)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, button, modifier, start + QPoint(60, 30))


def test_a_range_chosen_by_the_user_stays_until_another_run(board: Board) -> None:
    ways: list[Callable[[], object]] = [
        lambda: zoom(board),
        lambda: board.plot.zoom_by(1),
        lambda: pan(board, MIDDLE),
        lambda: pan(board, LEFT, SHIFT),
    ]
    for run, choose in enumerate(ways, 1):
        board.run(250)
        fitted = board.ranges
        choose()
        chosen = board.ranges
        assert chosen != fitted, run
        board.show(1000)
        assert board.ranges == chosen
        assert (board.chosen, board.fits) == ([], 0)
        board.plot.show_steps(np.arange(1001), 1000, None, run)
        board.plot.fit_curves()
        board.assert_whole_curve_is_shown()


def test_a_double_click_anywhere_or_another_scale_fits_again(board: Board) -> None:
    def twice(at: QPoint) -> None:
        QTest.mouseDClick(board.viewport, LEFT, pos=at)
        release_mouse()

    board.run(500)
    zoom(board)
    QTest.mouseDClick(board.viewport, RIGHT, pos=board.at(60))
    release_mouse()
    assert board.fits == 0
    ways: list[Callable[[], object]] = [
        lambda: twice(board.at(60)),
        lambda: twice(board.at(60, 1)),
        lambda: twice(board.axes[0]),
        lambda: twice(board.axes[1]),
        board.plot.fit,
        lambda: board.plot.set_log_steps(True),
        lambda: board.scale(True, False),
    ]
    for fit in ways:
        board.run(500)
        zoom(board)
        before = board.fits
        fit()
        assert board.fits > before
        board.assert_whole_curve_is_shown()
        board.show(1300)
        board.assert_whole_curve_is_shown()


def test_wheel_and_keys_zoom_steps_around_mouse_and_cursor_and_values_over_their_axis(
    board: Board,
) -> None:
    board.run(400)
    for row in (0, 1):
        place, before = board.at(200, row), board.ranges
        turn_wheel(board.viewport, 3, place)
        (left, right), (old_left, old_right) = board.ranges[0][0], before[0][0]
        assert board.ranges[1][0] == board.ranges[0][0]
        assert right - left < 0.8 * (old_right - old_left)
        assert [ends[1] for ends in board.ranges] == [ends[1] for ends in before], "values stay"
        assert board.x_of(200, row) == pytest.approx(place.x(), abs=1)
        board.plot.fit()
    for is_log, marked in ((False, 100), (False, None), (True, 100)):
        board.plot.set_log_steps(is_log)
        board.plot.mark(marked)
        before = board.ranges
        (left, right), _ = before[0]
        axis = board.row.scales.step_axis
        still = 100 if marked else axis.from_view((left + right) / 2)
        place_of = board.x_of(still)
        board.plot.zoom_by(2)
        for (ends, values), (old, old_values) in zip(board.ranges, before, strict=True):
            assert ends[1] - ends[0] == pytest.approx(0.64 * (old[1] - old[0]))
            assert values == old_values
        assert board.x_of(still) == pytest.approx(place_of, abs=1)
        board.plot.zoom_by(-2)
        np.testing.assert_allclose(board.ranges, before)
    turn_wheel(board.viewport, 3, board.axes[0])
    assert board.ranges[0][0] == pytest.approx(before[0][0])
    assert board.ranges[0][1] != before[0][1]


def test_a_double_click_shows_the_step_that_was_shown(board: Board) -> None:
    for shown in (150, None):
        board.run(400)
        board.show(400, shown)
        QTest.mouseClick(board.viewport, LEFT, pos=board.at(60))
        QTest.mouseDClick(board.viewport, LEFT, pos=board.at(60))
        release_mouse()
        assert board.chosen[-2:] == [pytest.approx(60, abs=1), shown or 400]


# Rows


def test_steps_are_below_each_other_after_every_change(board: Board) -> None:
    board.run(400)
    font = QFont(board.plot.font())
    font.setPointSize(17)
    changes: list[Callable[[], object]] = [
        lambda: board.resize(300, 300),
        lambda: board.show(400, values=np.linspace(123.456, 0.001, 401)),
        lambda: board.plot.leave_beside(["a long label"]),
        lambda: board.plot.setFont(font),
    ]
    for change in changes:
        change()
        board.assert_aligned()
    for axis in (board.row.scales.value_axis, board.row.scales.step_axis):
        assert axis.style["tickFont"].pointSize() == 17
    assert board.area().right() < 300 - board.plot.fontMetrics().horizontalAdvance("a long label")


# The cursor


def test_the_recorded_step_nearest_to_the_cursor_is_pointed_at_and_requested(board: Board) -> None:
    plot = board.plot
    plot.mark(5)
    assert plot.pointed is None, "there is no run"
    plot.show_steps(np.array([0, 10, 40]), 45, None)
    for at, step in [(-3, 0), (5, 0), (5.1, 10), (24.9, 10), (26, 40), (1000, 40), (None, None)]:
        plot.mark(at)
        assert plot.pointed == step
        assert [row.pointers.pointed for row in plot.rows] == [step, step]
        plot.request_pointed()
    assert board.chosen == [0, 0, 10, 10, 40, 40]


def test_moving_the_mouse_points_until_it_leaves_the_axes(board: Board) -> None:
    board.run(400)
    for row in (0, 1):
        move_mouse(board.viewport, board.at(200, row))
        assert board.pointed[-1] == pytest.approx(200, abs=2)
        move_mouse(board.viewport, board.axes[0])
        assert board.pointed[-1] is None
        move_mouse(board.viewport, board.at(200, row))
        QApplication.sendEvent(board.plot, QEvent(QEvent.Type.Leave))
        assert board.pointed[-1] is None
    assert board.chosen == []


def test_the_cursor_goes_along_the_recorded_steps_and_stops_at_both_ends(board: Board) -> None:
    plot = board.plot
    assert plot.neighbour(1, 0) is None
    plot.show_steps(np.arange(0, 2000, 2), 1998, None)
    for at, dx, step in [
        (100, 1, 120),
        (101, -1, 80),
        (5, -1, 0),
        (1990, 3, 1998),
        (None, -1, 1978),
    ]:
        plot.mark(at)
        assert plot.neighbour(dx, 0) == step
    plot.show_steps(plot.steps, 1998, 600)
    assert plot.neighbour(1, 0) == 620, "it starts at the step shown"
    plot.show_steps(np.array([3]), 3, None)
    assert plot.neighbour(1, 0) == 3


# The left button


@pytest.mark.parametrize("is_log", [False, True])
def test_a_click_requests_the_step_under_it(board: Board, is_log: bool) -> None:
    board.press(board.viewport.rect().center())
    assert board.chosen == [], "there is no run"
    board.plot.set_log_steps(is_log)
    board.run(400)
    for row in (0, 1):
        axis, (left, right) = board.plot.rows[row].scales.step_axis, board.ranges[row][0]
        pixel = (right - left) / board.plot.rows[row].box.width()
        for step in (0, 1, 37, 400):
            board.press(board.at(step, row) + QPoint({0: -3, 1: 1}.get(step, 0), 0))
            chosen = board.chosen.pop()
            assert type(chosen) is int
            (at,) = axis.to_view(np.array([float(step)]))
            low, high = (axis.from_view(at + side * 2 * pixel) for side in (-1, 1))
            assert (chosen == 0) if step == 0 else low - 0.5 <= chosen <= high + 0.5
    for at in board.axes:
        board.press(at)
    for button in (MIDDLE, RIGHT):
        QTest.mouseClick(board.viewport, button, pos=board.at(100))
    QTest.mouseClick(board.viewport, LEFT, SHIFT, board.at(100))
    assert board.chosen == []
    assert QApplication.activePopupWidget() is None


def test_a_drag_requests_each_step_once_within_the_run(board: Board) -> None:
    board.run(60)
    fitted = board.ranges
    for row in (0, 1):
        board.chosen.clear()
        drag(board.viewport, board.at(20, row), board.at(90, row))
        assert board.chosen[0] == pytest.approx(20, abs=1)
        assert board.chosen == sorted(set(board.chosen))
        assert len(board.chosen) > 3
        assert board.chosen[-1] == 60
        assert board.pointed[-1] == pytest.approx(90, abs=1), "beyond the run, others can be read"
        drag(board.viewport, board.at(20, row), QPoint(2, 50))
        assert board.chosen[-1] == 0, "a drag goes on outside of the axes"
    assert board.ranges == fitted
    board.chosen.clear()
    board.press(board.at(10))
    move_pressed(board.viewport, board.at(30))
    assert len(board.chosen) == 1, "it is released"
    press_left(board.viewport, board.at(20))
    move_mouse(board.viewport, board.at(40))  # the release went to another widget
    move_pressed(board.viewport, board.at(30))
    assert len(board.chosen) == 2


class Drawing:
    """A plot that is drawn on, with a mark at step 50, and the strokes."""

    def __init__(self, board: Board) -> None:
        self.strokes: list[tuple[QPointF | None, QPointF]] = []
        self.marks = board.row.marks
        self.marks.show_marks([StepMark(50, "rate", tip="Click to go there.")])
        board.run(100)
        board.plot.stroked.connect(lambda start, end: self.strokes.append((start, end)))


@pytest.fixture
def drawing(board: Board) -> Drawing:
    return Drawing(board)


def test_neither_marks_nor_the_lower_row_answer_while_the_top_one_is_drawn_on(
    board: Board, drawing: Drawing
) -> None:
    move_mouse(board.viewport, board.at(50))
    assert drawing.marks.toolTip() == "Click to go there."
    assert board.viewport.cursor().shape() == SHAPES.PointingHandCursor
    board.press(board.at(50) + QPoint(2, 0))
    assert board.chosen == [50], "a click on a mark goes to its step"
    board.plot.draw_on(True)
    assert drawing.marks.toolTip() == ""
    before = board.ranges[0][0]
    for place in (board.at(50), board.at(50, row=1)):
        move_mouse(board.viewport, place)
        assert drawing.marks.toolTip() == ""
        board.press(place)
    drag(board.viewport, board.at(20, row=1), board.at(60, row=1))
    assert board.ranges[0][0] == before
    assert (len(drawing.strokes), board.chosen) == (1, [50])
    press_left(board.viewport, board.at(20))
    board.plot.draw_on(False)
    move_pressed(board.viewport, board.at(40))
    assert len(drawing.strokes) == 2
    release_left(board.viewport, board.at(40))
    board.press(board.at(70))
    assert board.chosen[1:] == pytest.approx([70], abs=1)
    assert len(drawing.strokes) == 2
