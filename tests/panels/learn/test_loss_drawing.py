"""Drawing an expected loss on the plot, by mouse and keys, and comparing it with the run."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import (
    ShortcutWindow,
    active_window,
    child,
    move_mouse,
    move_pressed,
    near,
    press,
    press_left,
    release_left,
    release_mouse,
    spoken,
    turn_wheel,
)
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.settings import RunConfig
from xorviz.panels.base.curves import DRAWN
from xorviz.panels.learn.loss_drawing import HOW, NAME, DrawnCurve
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.ui.guard import notes_painted
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key
log_steps = pytest.mark.parametrize("is_log", [False, True])
START = trained(RunConfig())


@dataclass
class Board:
    """A loss plot in an active window, at the start of a run, and what it emits."""

    view: LossPlot
    window: ShortcutWindow
    drawn: list[DrawnCurve] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)

    @property
    def plot(self) -> CurvePlot:
        return child(self.view, CurvePlot)

    @property
    def viewport(self) -> QWidget:
        viewport = self.plot.viewport()
        assert isinstance(viewport, QWidget)
        return viewport

    @property
    def curve(self) -> DrawnCurve:
        return self.drawn[-1]

    @property
    def ends(self) -> tuple[float, float, float, float]:
        """The ends of both axes, as values."""
        scales = self.plot.rows[0].scales
        (left, right), (bottom, top) = scales.box.viewRange()
        across, up = scales.step_axis.from_view, scales.value_axis.from_view
        return across(left), across(right), up(bottom), up(top)

    @property
    def handle(self) -> QPointF:
        """The pixel of the point that keys change: the last one that is marked."""
        row = self.plot.rows[0]
        point = row.pointers.points[-1]
        return QPointF(*row.scales.at(point.step, point.value))

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def loss_at(self, step: int) -> float:
        return dict(zip(self.curve.steps, self.curve.losses, strict=True))[step]

    def place(self, step: float, loss: float) -> QPoint:
        for _ in range(3):  # painting sets the widths of the axes
            self.plot.grab()
            QApplication.processEvents()
        scales = self.plot.rows[0].scales
        at = scales.box.mapToScene(QPointF(*scales.at(step, loss)))
        found: QPoint = self.plot.mapFromScene(at)
        return found

    def drag(self, *places: QPoint) -> None:
        """Drag quickly: the mouse is seen at these places alone."""
        press_left(self.viewport, places[0])
        for place in places[1:]:
            move_pressed(self.viewport, place)
        release_left(self.viewport, places[-1])


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    view = LossPlot()
    view.apply_theme(LIGHT)
    window = active_window(qtbot, view, "Left", "Home", "End", "Up", "PgDown", "Backspace")
    window.resize(520, 460)
    made = Board(view, window)
    view.show_snapshot(START)
    view.drawn.connect(made.drawn.append)
    view.readout_changed.connect(made.readouts.append)
    view.step_requested.connect(made.chosen.append)
    return made


@pytest.mark.parametrize(
    ("log_loss", "log_step"), some([(True, False), (False, True), (True, True), (False, False)], 2)
)
def test_a_quick_drag_draws_a_straight_line_either_way(
    board: Board, log_loss: bool, log_step: bool
) -> None:
    board.option("log_loss").setChecked(log_loss)
    board.option("log_step").setChecked(log_step)
    board.view.begin_drawing(30_000, 1e-4, 1)
    for (first, high), (last, low) in [((0, 0.7), (30_000, 0.2)), ((25_000, 0.1), (5000, 0.4))]:
        before = board.drawn[-1:]
        ends = board.place(first, high), board.place(last, low)
        board.drag(*ends)
        scales, curve = board.plot.rows[0].scales, board.curve
        x = scales.x_of(np.array(curve.steps, dtype=float))
        y = scales.y_of(np.array(curve.losses))
        (left, right) = sorted(scales.at(step)[0] for step in (first, last))
        inside = (left - 1 <= x) & (x <= right + 1)
        at, up = np.array([scales.at(*end) for end in ((first, high), (last, low))]).T
        order = np.argsort(at)
        np.testing.assert_allclose(y[inside], np.interp(x[inside], at[order], up[order]), atol=2)
        if before:
            outside = (x < left - 12) | (x > right + 12)
            kept = np.array(before[0].losses)[outside]
            assert len(kept)
            np.testing.assert_array_equal(np.array(curve.losses)[outside], kept)
    assert board.chosen == []


def test_the_curve_begins_flat_with_room_and_is_read_out_where_the_mouse_is(board: Board) -> None:
    turn_wheel(board.viewport, 3)
    board.view.begin_drawing(30_000, 1e-3, 2)
    left, right, bottom, top = board.ends
    assert -1000 < left <= 0, "also after zooming"
    assert right == 30_000
    assert bottom < 1e-3
    assert top > 2
    move_mouse(board.viewport, board.place(12_000, 0.1))
    assert board.readouts[-1].startswith("at 12")
    assert board.readouts[-1].endswith(numerals.real(START.loss))
    assert board.plot.rows[0].pointers.pointed == pytest.approx(12_000, abs=100)
    assert board.viewport.cursor().shape() == Qt.CursorShape.CrossCursor
    assert board.drawn == []

    before = board.ends
    board.drag(board.place(15_000, 0.5), board.place(15_000, 1e-9), board.place(99_000, 1e-9))
    assert board.loss_at(15_000) == board.loss_at(30_000) == 1e-3
    assert board.loss_at(14_000) == START.loss
    assert board.ends == before


def test_a_press_changes_the_nearest_point_and_two_quick_ones_do_not_fit(board: Board) -> None:
    board.view.begin_drawing(30_000, 1e-3, 1)
    place = board.place(15_020, 0.1)
    press_left(board.viewport, place)
    release_left(board.viewport, place)
    changed = {
        step for step, loss in zip(board.curve.steps, board.curve.losses, strict=True)
        if loss != START.loss
    }  # fmt: skip
    assert changed == {15_000}
    assert board.loss_at(15_000) == pytest.approx(0.1, rel=0.03)
    QTest.mouseDClick(board.viewport, LEFT, pos=board.place(15_020, 0.01))
    release_mouse()
    assert board.loss_at(15_000) == pytest.approx(0.01, rel=0.05)
    assert board.chosen == []


def test_keys_draw_a_fall_and_reach_no_shortcut(board: Board, announced: list[str]) -> None:
    board.view.begin_drawing(30_000, 1e-4, 1)
    for _ in range(44):
        press(KEY.Key_Right)
    for key in (KEY.Key_PageDown, KEY.Key_Down):
        press(key)
    assert board.loss_at(21_500) == START.loss
    span = math.log10(START.loss / 1e-4)  # of the room
    lower = START.loss * 10 ** (-span * 6 / 20)
    for step in (22_000, 26_000, 30_000):
        assert board.loss_at(step) == pytest.approx(lower)
    assert board.readouts[-1] == f"at {numerals.whole(22_000)}: {numerals.real(lower)}"

    press(KEY.Key_End)
    press(KEY.Key_Left)
    press(KEY.Key_Up, SHIFT)
    assert board.loss_at(29_500) == pytest.approx(lower * 10 ** (span / 20))
    assert board.loss_at(29_000) == board.loss_at(30_000) == pytest.approx(lower)
    press(KEY.Key_Home)
    for _ in range(5):
        press(KEY.Key_PageDown)
    assert {*board.curve.losses} == {1e-4}
    press(KEY.Key_Return)
    assert board.chosen == []
    assert board.window.used == []
    assert announced[-1] == board.readouts[-1] == "at 0: 0.0001000"


@log_steps
def test_the_handle_moves_in_even_parts_of_either_axis(board: Board, is_log: bool) -> None:
    board.option("log_step").setChecked(is_log)
    board.view.begin_drawing(30_000, 1e-4, 1)
    places = [board.handle.x()]
    press(KEY.Key_Right)
    while board.handle.x() > places[-1] or board.plot.marked == 1:
        places.append(board.handle.x())
        press(KEY.Key_Right)
    assert 40 <= len(places) <= 64
    assert board.plot.marked == 30_000
    width = places[-1] - places[0]
    assert max(np.diff(places)) <= width / (10 if is_log else 58)  # step 2 is far from step 1
    press(KEY.Key_Left)
    assert board.handle.x() < places[-1]


def test_what_is_not_drawn_yet_follows_a_drag_to_the_right_alone(board: Board) -> None:
    board.view.begin_drawing(30_000, 1e-3, 1)
    board.drag(board.place(10_000, START.loss), board.place(15_000, 0.1))
    assert board.loss_at(9000) == START.loss
    assert board.loss_at(15_500) == board.loss_at(30_000) == pytest.approx(0.1, rel=0.05)
    board.drag(board.place(25_000, 0.01), board.place(20_000, 0.02))
    board.drag(board.place(5000, 0.5), board.place(8000, 0.3))
    assert board.loss_at(30_000) == board.loss_at(15_500) == pytest.approx(0.1, rel=0.05)


def test_backspace_takes_back_a_key_or_a_whole_drag(board: Board) -> None:
    board.view.begin_drawing(1000, 1e-4, 1)
    press(KEY.Key_Down)
    by_key = board.curve
    board.view.clearFocus()
    board.drag(*(board.place(step, 0.1) for step in (200, 500, 700)))
    assert board.view.hasFocus()
    press(KEY.Key_Backspace)
    assert board.curve == by_key
    press(KEY.Key_Backspace)
    assert {*board.curve.losses} == {START.loss}
    count = len(board.drawn)
    press(KEY.Key_Backspace)
    assert len(board.drawn) == count
    press(KEY.Key_Down)
    press(KEY.Key_Home)
    for _ in range(25):
        press(KEY.Key_Down)
    press(KEY.Key_Backspace)
    assert max(board.curve.losses) > 1e-4, "keys that changed nothing are passed over"


def test_the_run_is_compared_with_the_drawn_curve_from_the_first_step_on(board: Board) -> None:
    alone = board.ends
    legend = board.view._legend
    board.view.begin_drawing(1000, 1e-4, 1)
    board.drag(board.place(0, 0.8), board.place(1000, 0.02))
    assert not any(legend.rows)
    board.view.end_drawing()
    frozen, before = board.curve, board.ends
    for run in (START, trained(QUICK, 60), trained(QUICK, 800)):
        board.view.show_snapshot(run)
        assert board.ends == before
    assert [row.name for row in legend.rows] == ["current run", NAME]
    move_mouse(board.viewport, board.place(500, 0.9))
    assert [row.value for row in legend.rows][1] == numerals.real(board.loss_at(500))
    board.view.show_drawn(DrawnCurve((0, 500), (1.0, 0.1)))
    move_mouse(board.viewport, board.place(790, 0.9))
    assert legend.rows[1].value == numerals.NOTHING
    board.view.show_drawn(frozen)
    press(KEY.Key_Left)
    board.drag(board.place(400, 0.5), board.place(300, 0.1))
    assert board.curve == frozen
    assert board.chosen[0] == pytest.approx(400, abs=4)
    assert near(board.plot.grab().toImage(), DRAWN.color(LIGHT)).sum() > 40
    board.view.apply_theme(DARK)
    assert near(board.plot.grab().toImage(), DRAWN.color(DARK)).sum() > 40
    assert legend.rows[1].pen.color().name() == DRAWN.color(DARK).lower()

    table = board.view.table()
    assert table is not None
    rows = [row for row in table[1] if row[0] == NAME]
    assert rows == [(NAME, *point, None) for point in zip(frozen.steps, frozen.losses, strict=True)]
    board.view.show_snapshot(START)
    board.view.show_drawn(None)
    assert not any(legend.rows)
    assert board.ends == alone
    board.view.show_drawn(frozen)
    assert board.ends[1] == 1000


def test_legend_and_marks_keep_off_a_drawn_curve(board: Board) -> None:
    board.view.begin_drawing(1000, 1e-4, 1)
    for _ in range(5):
        press(KEY.Key_PageDown)
    board.view.end_drawing()
    assert board.view._legend.is_at_top
    assert board.view._marks.stays_high


@pytest.mark.parametrize("loss", [np.nan, np.inf, 1e308, 0.0])
def test_a_run_of_any_loss_can_be_drawn_over(board: Board, loss: float) -> None:
    board.view.show_snapshot(replace(START, loss=loss))
    board.view.begin_drawing(1, 1e-3, 1)
    press(KEY.Key_PageDown)
    assert np.isfinite(board.curve.losses).all()
    board.drag(board.place(0, 0.5), board.place(1, 0.1))
    assert np.isfinite(board.curve.losses).all()
    assert notes_painted() == 0


def test_a_curve_is_given_at_even_steps() -> None:
    losses = DrawnCurve((0, 6, 60), (1.0, 0.4, 0.4)).even()
    assert losses == pytest.approx((1.0, 0.9, 0.8, 0.7, 0.6, 0.5, *[0.4] * 55))


def test_screen_readers_and_help_say_that_a_curve_is_being_drawn(board: Board) -> None:
    before = board.view.whatsThis()
    board.view.begin_drawing(1000, 1e-4, 1)
    assert board.view.whatsThis().startswith(HOW)
    assert spoken(board.view).startswith(HOW)
    press(KEY.Key_End)
    press(KEY.Key_Down)
    board.view.end_drawing()
    last = numerals.real(board.loss_at(1000))
    assert board.view.whatsThis() == before
    assert f"{NAME} goes from {numerals.real(START.loss)} at step 0 to {last} at 1" in spoken(
        board.view
    )
    press(KEY.Key_Left)
    assert board.view._at_cursor().endswith(f", {NAME} {numerals.real(START.loss)}")
