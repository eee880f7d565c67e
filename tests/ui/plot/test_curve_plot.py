"""Rows of curves over one step axis: ranges, gestures and the cursor."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import (
    drag,
    is_near,
    move_mouse,
    move_pressed,
    press_left,
    release_left,
    release_mouse,
    shown,
    turn_wheel,
)
from xorviz.core.arrays import Array
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot, newest_end
from xorviz.ui.plot.curve_row import Curve
from xorviz.ui.plot.step_marks import StepMark, StepMarks
from xorviz.ui.theme.palette import DARK, LIGHT

LEFT, MIDDLE, RIGHT = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
Ends = tuple[float, float]

scales = pytest.mark.parametrize(
    ("log_value", "log_step"), some([(False, False), (True, False), (False, True), (True, True)])
)
log_steps = pytest.mark.parametrize("is_log", [False, True])
rows = pytest.mark.parametrize("row", [0, 1])


class Harness:
    """A visible plot of two rows, and what it has emitted. Curves fall from 1 to 0.1."""

    def __init__(self, qtbot: QtBot) -> None:
        axes = ScaledAxis("left"), ScaledAxis("left", least_ratio=10.0)
        axes[1].set_log(True)
        self.plot = CurvePlot("Curves", *axes, titles=["", "Lower"])
        self.plot.apply_theme(LIGHT)
        self.chosen: list[int] = []
        self.pointed: list[float | None] = []
        self.fits = 0
        self.plot.step_requested.connect(self.chosen.append)
        self.plot.pointed_at.connect(self.pointed.append)
        self.plot.pointed_at.connect(self.plot.mark)
        self.plot.fitted.connect(self._note_fit)
        # On its own, QTest warns of presses that it leaves to others.
        self.window = QWidget()
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.resize(480, 420)
        shown(qtbot, self.window, 480, 420)

    def resize(self, width: int, height: int) -> None:
        self.plot.setFixedSize(width, height)
        self.window.resize(width, height)
        QApplication.processEvents()

    def _note_fit(self) -> None:
        self.fits += 1
        self.plot.fit_curves()

    def show(self, newest: int, shown: int | None = None, values: Array | None = None) -> None:
        """Show a run of this many steps, each recorded, with one value a step."""
        steps = np.arange(newest + 1)
        values = 0.1 + 0.9 * np.exp(-steps / 200) if values is None else values
        for row in self.plot.rows:
            row.show([Curve(steps, values, LIGHT.text)])
        self.plot.show_steps(steps, newest, shown)
        self.plot.fit_curves()

    def run(self, newest: int) -> None:
        """Show a run, and paint until the axes have their final widths."""
        self.show(newest)
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.plot.grab()
            QApplication.processEvents()

    @property
    def viewport(self) -> QWidget:
        viewport = self.plot.viewport()
        assert isinstance(viewport, QWidget)
        return viewport

    @property
    def ranges(self) -> list[tuple[Ends, Ends]]:
        """The ends of the step axis and the value axis of each row, in view coordinates."""
        return [tuple(tuple(ends) for ends in row.box.viewRange()) for row in self.plot.rows]  # type: ignore[misc]

    def scale(self, log_value: bool, log_step: bool) -> None:
        self.plot.rows[0].scales.value_axis.set_log(log_value)
        self.plot.rescale()
        self.plot.set_log_steps(log_step)

    def x_of(self, step: float, row: int = 0) -> float:
        """Return the position of a step in the picture."""
        drawn = self.plot.rows[row]
        inside = QPointF(drawn.scales.at(step)[0], 0)
        return float(self.plot.viewportTransform().map(drawn.box.mapToScene(inside)).x())

    def at(self, step: float, row: int = 0) -> QPoint:
        """Return the pixel of a step, half way up a row."""
        area = self.plot.rows[row].box.sceneBoundingRect()
        return QPoint(round(self.x_of(step, row)), round(area.center().y()))

    @property
    def axes(self) -> list[QPoint]:
        """Pixels of the value axis and of the step axis."""
        middle = self.at(50)
        return [QPoint(8, middle.y()), QPoint(middle.x(), self.plot.height() - 6)]

    def assert_whole_curve_is_shown(self) -> None:
        for row, ((left, right), (bottom, top)) in zip(self.plot.rows, self.ranges, strict=True):
            for curve in row.moving.curves:
                x = row.scales.step_axis.to_view(curve.steps.astype(float))
                y = row.scales.value_axis.to_view(curve.values)
                assert left < x.min() <= x.max() <= right
                assert bottom <= y.min() <= y.max() <= top

    def assert_aligned(self) -> None:
        """Assert that each step is straight below the same step of the upper row."""
        for step in (1.0, 50.0, 400.0):
            assert self.x_of(step, 1) == pytest.approx(self.x_of(step, 0), abs=0.01)


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pyqtgraph drop none of the mouse's moves; it does when they come fast."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    made = Harness(qtbot)
    yield made
    release_mouse()
    made.window.hide()


# Ranges


def test_the_end_of_the_steps_is_round_and_not_far() -> None:
    ends = {0: 100, 99: 100, 101: 120, 5000: 5000, 5001: 6000, 10**9: 10**9}
    assert {newest: newest_end(newest) for newest in ends} == pytest.approx(ends)


@scales
def test_the_range_grows_in_jumps_and_never_cuts_a_curve(
    harness: Harness, log_value: bool, log_step: bool
) -> None:
    harness.scale(log_value, log_step)
    seen = []
    for newest in range(0, 3000, 37):
        harness.show(newest)
        harness.assert_whole_curve_is_shown()
        seen.append(harness.ranges[0])
    assert 3 <= sum(before != after for before, after in pairwise(seen)) <= 35
    rights = [right for (_, right), _ in seen]
    assert rights == sorted(rights)


def test_nothing_is_set_while_the_range_stays(harness: Harness) -> None:
    harness.run(350)
    changes: list[object] = []
    for row in harness.plot.rows:
        row.box.sigRangeChanged.connect(changes.append)
    for newest in range(351, 380):
        harness.run(newest)
    assert changes == []


def test_still_curves_and_curves_beside_are_fitted_too(harness: Harness) -> None:
    harness.show(50)
    alone = harness.ranges
    steps = np.array([0, 5000])
    harness.plot.rows[0].show_still([Curve(steps, np.array([7.0, 0.001]), LIGHT.accent)])
    harness.plot.newest_still = 5000
    harness.plot.fit_curves()
    ((left, right), (_, top)), lower = harness.ranges
    assert left < 0
    assert 5000 <= right < 8000
    assert 7 <= top <= 10
    assert lower[1] == alone[1][1]
    harness.plot.rows[0].show_still([])
    harness.plot.newest_still = 0
    harness.plot.fit_curves()
    assert harness.ranges == alone


@scales
def test_extreme_values_keep_a_finite_range(
    harness: Harness, log_value: bool, log_step: bool
) -> None:
    harness.scale(log_value, log_step)
    for values in (
        [0.0, 0.0],
        [1.0, 0.0],
        [5e-324, 0.0],
        [1.0, 1e308],
        [1.7e308, 0.0],
        [np.nan] * 2,
    ):
        harness.show(1, values=np.array(values))
        harness.settle()
        assert np.isfinite(harness.ranges).all()
        if not np.isnan(values).any():
            harness.assert_whole_curve_is_shown()
        harness.show(1, values=np.array([1.0, 0.9]))
        (_, (bottom, top)), _ = harness.ranges
        assert top - bottom < 10, "the range is small again"


def test_zooming_out_is_limited(harness: Harness) -> None:
    harness.run(600)
    for row in harness.plot.rows:
        for is_log in (False, True):
            row.scales.value_axis.set_log(is_log)
            harness.plot.rescale()
            for _ in range(2000):
                row.box.scaleBy((2, 2))
            (low, high), (bottom, top) = row.box.viewRange()
            assert np.isfinite([low, high, bottom, top]).all()
            assert not is_log or top - bottom < 400
            ((_, ticks),) = row.scales.value_axis.tickValues(bottom, top, 300)
            assert len(ticks) < 20


# A range of one's own


def zoom(harness: Harness) -> None:
    turn_wheel(harness.viewport, 3, harness.at(100))


def pan(harness: Harness, button: Qt.MouseButton, modifier: Qt.KeyboardModifier = NONE) -> None:
    start, viewport = harness.at(100), harness.viewport
    QTest.mousePress(viewport, button, modifier, start)
    for share in range(1, 5):
        QTest.mouseMove(viewport, start + QPoint(60, 30) * share / 4)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, button, modifier, start + QPoint(60, 30))


@pytest.mark.parametrize(
    "choose",
    [
        zoom,
        lambda harness: harness.plot.zoom_by(1),
        lambda harness: pan(harness, MIDDLE),
        lambda harness: pan(harness, LEFT, SHIFT),
    ],
    ids=["wheel", "keys", "middle", "shift"],
)
def test_a_range_chosen_by_the_user_stays_until_another_run(
    harness: Harness, choose: Callable[[Harness], None]
) -> None:
    harness.run(250)
    fitted = harness.ranges
    choose(harness)
    chosen = harness.ranges
    assert chosen != fitted
    harness.show(1000)
    assert harness.ranges == chosen
    assert (harness.chosen, harness.fits) == ([], 0)
    harness.plot.show_steps(np.arange(1001), 1000, None, run=7)
    harness.plot.fit_curves()
    harness.assert_whole_curve_is_shown()


@rows
def test_the_wheel_zooms_steps_of_all_rows_around_the_mouse(harness: Harness, row: int) -> None:
    harness.run(400)
    place, before = harness.at(200, row), harness.ranges
    turn_wheel(harness.viewport, 3, place)
    after = harness.ranges
    assert after[0][0] == after[1][0]
    (left, right), (old_left, old_right) = after[0][0], before[0][0]
    assert right - left < 0.8 * (old_right - old_left)
    assert [ends[1] for ends in after] == [ends[1] for ends in before], "values stay"
    assert harness.x_of(200, row) == pytest.approx(place.x(), abs=1)


def test_keys_zoom_around_the_cursor_and_back(harness: Harness) -> None:
    harness.run(400)
    before = harness.ranges
    harness.plot.mark(100)
    place = harness.x_of(100, 0)
    harness.plot.zoom_by(2)
    for (ends, values), (old, old_values) in zip(harness.ranges, before, strict=True):
        assert ends[1] - ends[0] == pytest.approx(0.64 * (old[1] - old[0]))
        assert values == old_values
    assert harness.x_of(100, 0) == pytest.approx(place, abs=1)
    harness.plot.zoom_by(-2)
    np.testing.assert_allclose(harness.ranges, before)


def test_the_wheel_over_the_value_axis_zooms_the_values(harness: Harness) -> None:
    harness.run(400)
    before = harness.ranges
    turn_wheel(harness.viewport, 3, harness.axes[0])
    assert harness.ranges[0][0] == before[0][0]
    assert harness.ranges[0][1] != before[0][1]


def test_a_double_click_shows_the_step_that_was_shown(harness: Harness) -> None:
    harness.run(400)
    harness.show(400, 150)
    at = harness.at(60)
    QTest.mouseClick(harness.viewport, LEFT, pos=at)
    QTest.mouseDClick(harness.viewport, LEFT, pos=at)
    release_mouse()
    assert harness.chosen[-1] == 150


def test_standard_cursors_say_what_a_press_does(harness: Harness) -> None:
    harness.run(400)
    shapes, at = Qt.CursorShape, harness.at(100)
    inside, value_axis = at, harness.axes[0]
    for place, buttons, keys, shape in (
        (inside, Qt.MouseButton.NoButton, NONE, shapes.CrossCursor),
        (inside, Qt.MouseButton.NoButton, SHIFT, shapes.OpenHandCursor),
        (inside, MIDDLE, NONE, shapes.ClosedHandCursor),
        (value_axis, Qt.MouseButton.NoButton, NONE, shapes.ArrowCursor),
    ):
        kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
        there = QPointF(place), harness.viewport.mapToGlobal(QPointF(place))
        QApplication.sendEvent(harness.viewport, QMouseEvent(kind, *there, none, buttons, keys))
        assert harness.viewport.cursor().shape() == shape


@pytest.mark.parametrize("place", ["inside", "below", "value axis", "step axis"])
def test_a_double_click_anywhere_fits_again(harness: Harness, place: str) -> None:
    harness.run(50)
    zoom(harness)
    harness.run(1000)
    points = [harness.at(60), harness.at(60, 1), *harness.axes]
    at = dict(zip(["inside", "below", "value axis", "step axis"], points, strict=True))[place]
    QTest.mouseDClick(harness.viewport, LEFT, pos=at)
    release_mouse()
    assert harness.fits >= 1
    harness.assert_whole_curve_is_shown()
    harness.show(1300)
    harness.assert_whole_curve_is_shown()


@pytest.mark.parametrize(
    "fit",
    [
        lambda harness: harness.plot.fit(),
        lambda harness: harness.plot.set_log_steps(True),
        lambda harness: harness.scale(True, False),
    ],
    ids=["fit", "steps", "values"],
)
def test_it_can_be_fitted_again(harness: Harness, fit: Callable[[Harness], None]) -> None:
    harness.run(500)
    zoom(harness)
    fit(harness)
    assert harness.fits >= 1
    harness.assert_whole_curve_is_shown()


# Rows


def test_steps_are_below_each_other_after_every_change(harness: Harness) -> None:
    harness.run(400)
    harness.assert_aligned()
    changes: list[Callable[[], object]] = [
        lambda: harness.plot.set_log_steps(True),
        lambda: turn_wheel(harness.viewport, 3, harness.at(200)),
        lambda: pan(harness, MIDDLE),
        lambda: harness.resize(300, 300),
        harness.plot.fit,
        lambda: harness.show(400, values=np.linspace(123.456, 0.001, 401)),
        lambda: harness.plot.rows[0].label_axis("value"),
        harness.plot.fit,
    ]
    for change in changes:
        change()
        harness.settle()
        harness.assert_aligned()


def test_a_lower_row_is_shown_where_it_is_wanted_and_there_is_space(harness: Harness) -> None:
    upper, lower = harness.plot.rows

    def state() -> tuple[bool, bool, bool]:
        harness.settle()
        below = upper.frame.bottom.isVisible()
        return lower.is_shown, lower.frame.isVisible(), below

    harness.run(400)
    assert state() == (True, True, False)
    harness.plot.offer_row(1, is_wanted=False)
    assert state() == (False, False, True)
    harness.resize(480, 100)
    harness.plot.offer_row(1, is_wanted=True)
    assert state() == (False, False, True), "too low"
    for height in (110, 420):
        harness.resize(480, height)
        harness.show(400)
        assert state() == (True, True, False)
        harness.assert_aligned()


@pytest.mark.parametrize(("width", "height"), some([(120, 60), (224, 140), (880, 660)], 2))
@log_steps
def test_rows_fit_at_every_size(harness: Harness, width: int, height: int, is_log: bool) -> None:
    harness.plot.set_log_steps(is_log)
    for newest in (0, 1, 400):
        harness.resize(width, height)
        harness.run(newest)
        for row in harness.plot.rows:
            if row.is_shown:
                area = row.box.sceneBoundingRect()
                assert area.height() >= 15
                assert area.width() >= 30
                assert QPointF(width, height).toTuple() >= area.bottomRight().toTuple()


def test_the_look_is_that_of_the_theme_and_of_the_font(harness: Harness) -> None:
    harness.run(100)
    place = harness.at(50) + QPoint(0, 40)
    for theme in (DARK, LIGHT):
        harness.plot.apply_theme(theme)
        harness.settle()
        image = harness.plot.grab().toImage()
        assert is_near(image.pixelColor(2, 2), theme.panel)
        assert is_near(image.pixelColor(place), theme.panel, 30)
    font = QFont(harness.plot.font())
    font.setPointSize(17)
    harness.plot.setFont(font)
    for row in harness.plot.rows:
        for axis in (row.frame.left, row.frame.bottom):
            assert axis.style["tickFont"].pointSize() == 17
    harness.run(101)
    harness.assert_aligned()


# The cursor


def test_the_recorded_step_nearest_to_the_cursor_is_pointed_at(harness: Harness) -> None:
    assert harness.plot.pointed is None
    harness.plot.mark(5)
    assert harness.plot.pointed is None, "there is no run"
    harness.plot.show_steps(np.array([0, 10, 40]), 45, None)
    for at, step in [(-3, 0), (5, 0), (5.1, 10), (24.9, 10), (26, 40), (1000, 40)]:
        harness.plot.mark(at)
        assert harness.plot.pointed == step
        assert [row.pointers.pointed for row in harness.plot.rows] == [step, step]
    harness.plot.mark(None)
    assert harness.plot.pointed is None
    assert harness.plot.rows[0].pointers.pointed is None


def test_moving_the_mouse_points_until_it_leaves_the_axes(harness: Harness) -> None:
    harness.run(400)
    for row in (0, 1):
        move_mouse(harness.viewport, harness.at(200, row))
        assert harness.pointed[-1] == pytest.approx(200, abs=2)
        move_mouse(harness.viewport, harness.axes[0])
        assert harness.pointed[-1] is None
        move_mouse(harness.viewport, harness.at(200, row))
        QApplication.sendEvent(harness.plot, QEvent(QEvent.Type.Leave))
        assert harness.pointed[-1] is None
    assert harness.chosen == []


def test_the_cursor_goes_along_the_recorded_steps_and_stops_at_both_ends(harness: Harness) -> None:
    plot = harness.plot
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


def test_the_pointed_step_can_be_requested(harness: Harness) -> None:
    harness.run(60)
    harness.plot.request_pointed()
    assert harness.chosen == []
    harness.plot.mark(57.2)
    harness.plot.request_pointed()
    assert harness.chosen == [57]


# The left button


@pytest.mark.parametrize("step", some([0, 1, 37, 250, 400], 3))
@log_steps
@rows
def test_a_click_requests_the_step_under_it(
    harness: Harness, step: int, is_log: bool, row: int
) -> None:
    harness.plot.set_log_steps(is_log)
    harness.run(400)
    place = harness.at(step, row) + QPoint({0: -3, 1: 1}.get(step, 0), 0)
    QTest.mouseClick(harness.viewport, LEFT, pos=place)
    (chosen,) = harness.chosen
    assert type(chosen) is int
    if step == 0:
        assert chosen == 0
    else:
        axis, (left, right) = harness.plot.rows[row].scales.step_axis, harness.ranges[row][0]
        pixel = (right - left) / harness.plot.rows[row].box.width()
        (at,) = axis.to_view(np.array([float(step)]))
        ends = axis.from_view(at - 2 * pixel) - 0.5, axis.from_view(at + 2 * pixel) + 0.5
        assert ends[0] <= chosen <= ends[1]


@rows
def test_a_drag_requests_each_step_once_within_the_run(harness: Harness, row: int) -> None:
    harness.run(60)
    fitted = harness.ranges
    drag(harness.viewport, harness.at(20, row), harness.at(90, row))
    assert harness.chosen[0] == pytest.approx(20, abs=1)
    assert harness.chosen == sorted(set(harness.chosen))
    assert len(harness.chosen) > 3
    assert harness.chosen[-1] == 60
    assert harness.pointed[-1] == pytest.approx(90, abs=1), "beyond the run, others can be read"
    drag(harness.viewport, harness.at(20, row), QPoint(2, 50))
    assert harness.chosen[-1] == 0, "a drag goes on outside of the axes"
    assert harness.ranges == fitted


def test_moves_after_a_release_request_nothing(harness: Harness) -> None:
    harness.run(400)
    press_left(harness.viewport, harness.at(100))
    release_left(harness.viewport, harness.at(100))
    move_pressed(harness.viewport, harness.at(300))
    assert len(harness.chosen) == 1

    press_left(harness.viewport, harness.at(100))
    move_mouse(harness.viewport, harness.at(200))  # the release went to another widget
    move_pressed(harness.viewport, harness.at(300))
    assert len(harness.chosen) == 2
    assert harness.pointed[-1] != pytest.approx(100, abs=2)


def test_presses_elsewhere_or_with_another_button_request_nothing(harness: Harness) -> None:
    place = harness.viewport.rect().center()
    QTest.mouseClick(harness.viewport, LEFT, pos=place)
    assert harness.chosen == [], "there is no run"
    harness.run(400)
    for at in harness.axes:
        QTest.mouseClick(harness.viewport, LEFT, pos=at)
    for button in (MIDDLE, RIGHT):
        QTest.mouseClick(harness.viewport, button, pos=harness.at(100))
    QTest.mouseClick(harness.viewport, LEFT, SHIFT, harness.at(100))
    assert harness.chosen == []
    assert QApplication.activePopupWidget() is None


SHAPES = Qt.CursorShape
Stroke = tuple[QPointF | None, QPointF]


class Board(Harness):
    """A plot that is drawn on, with a mark at step 50, and the strokes."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self.strokes: list[Stroke] = []
        top = self.plot.rows[0]
        self.marks = StepMarks(top.scales, top.moving)
        self.marks.show_marks([StepMark(50, "rate", tip="Click to go there.")])
        top.overlays.append(self.marks)
        self.run(100)
        self.plot.stroked.connect(lambda start, end: self.strokes.append((start, end)))
        self.plot.draw_on(True)

    def press(self, place: QPoint) -> None:
        press_left(self.viewport, place)
        release_left(self.viewport, place)


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return Board(qtbot)


def test_a_drag_is_told_piece_by_piece_also_beyond_the_axes(board: Board) -> None:
    places = board.at(20), board.at(40), QPoint(5000, -100)
    press_left(board.viewport, places[0])
    for place in places[1:]:
        move_pressed(board.viewport, place)
    release_left(board.viewport, places[-1])
    move_mouse(board.viewport, board.at(60))
    starts, ends = zip(*board.strokes, strict=True)
    assert starts == (None, *ends[:-1])
    assert [end.x() for end in ends[:2]] == pytest.approx([20, 40], abs=1)
    assert ends[2].x() > 100
    assert ends[2].y() > 1
    assert board.chosen == []


def test_after_a_release_that_went_elsewhere_a_press_begins_anew(board: Board) -> None:
    press_left(board.viewport, board.at(20))
    move_pressed(board.viewport, board.at(40))
    move_mouse(board.viewport, board.at(50))
    board.press(board.at(80))
    assert [start is None for start, _ in board.strokes] == [True, False, True]


def test_neither_marks_nor_the_lower_row_answer_while_the_top_one_is_drawn_on(board: Board) -> None:
    board.plot.draw_on(False)
    move_mouse(board.viewport, board.at(50))
    assert board.marks.toolTip() != ""
    assert board.viewport.cursor().shape() == SHAPES.PointingHandCursor
    board.plot.draw_on(True)
    assert board.marks.toolTip() == ""
    for place, shape in (
        (board.at(50), SHAPES.CrossCursor),
        (board.at(50, row=1), SHAPES.ArrowCursor),
    ):
        move_mouse(board.viewport, place)
        assert board.marks.toolTip() == ""
        assert board.viewport.cursor().shape() == shape
        board.press(place)
    before = board.ranges[0][0]
    press_left(board.viewport, board.at(20, row=1))
    move_pressed(board.viewport, board.at(60, row=1))
    release_left(board.viewport, board.at(60, row=1))
    assert board.ranges[0][0] == before
    assert len(board.strokes) == 1
    assert board.chosen == []


def test_a_quick_second_press_draws_and_shift_and_the_wheel_still_move(board: Board) -> None:
    QTest.mouseDClick(board.viewport, LEFT, pos=board.at(30))
    release_mouse()
    release_left(board.viewport, board.at(30))
    assert [start for start, _ in board.strokes] == [None] * len(board.strokes)
    count, before = len(board.strokes), board.ranges[0][0]
    assert count >= 1
    board.plot.zoom_by(1)
    assert board.ranges[0][0] != before
    QTest.mousePress(board.viewport, LEFT, Qt.KeyboardModifier.ShiftModifier, board.at(30))
    QTest.mouseRelease(board.viewport, LEFT, Qt.KeyboardModifier.ShiftModifier, board.at(30))
    assert len(board.strokes) == count
    assert board.chosen == []


def test_afterwards_a_press_goes_to_a_step_again(board: Board) -> None:
    press_left(board.viewport, board.at(20))
    board.plot.draw_on(False)
    move_pressed(board.viewport, board.at(40))
    assert len(board.strokes) == 1
    release_left(board.viewport, board.at(40))
    board.press(board.at(70))
    assert board.chosen == pytest.approx([70], abs=1)
    assert len(board.strokes) == 1
