"""Drawing an expected loss on the plot, by mouse and keys, and comparing it with the run."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.panels.learn.loss_page import LossPage
from tests.support.screen import (
    active_window,
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
from xorviz.ui.said import told_of
from xorviz.ui.theme.palette import LIGHT

KEY = Qt.Key
START = trained(RunConfig())


class Board(LossPage):
    """A loss plot at the start of a run."""

    @property
    def curve(self) -> DrawnCurve:
        """The one that was drawn last."""
        curve = self.heard["drawn"][-1]
        assert isinstance(curve, DrawnCurve)
        return curve

    @property
    def handle(self) -> float:
        """The pixel across of the point that keys change: the last one that is marked."""
        point = self.losses.pointers.points[-1]
        return self.losses.scales.at(point.step, point.value)[0]

    def loss_at(self, step: int) -> float:
        return dict(zip(self.curve.steps, self.curve.losses, strict=True))[step]

    def drag(self, *places: tuple[float, float]) -> None:
        """Drag quickly over steps and losses: the mouse is seen at these places alone."""
        at = [self.on_plot(*place) for place in places]
        press_left(self.part, at[0])
        for place in at[1:]:
            move_pressed(self.part, place)
        release_left(self.part, at[-1])


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return Board(qtbot, LossPlot(), START)


@pytest.mark.parametrize(("log_loss", "log_step"), [(True, False), (False, True)])
def test_a_quick_drag_draws_a_straight_line_either_way(
    board: Board, log_loss: bool, log_step: bool
) -> None:
    board.scale(log_loss, log_step)
    board.view.begin_drawing(30_000, 1e-4, 1)
    for (first, high), (last, low) in [((0, 0.7), (30_000, 0.2)), ((25_000, 0.1), (5000, 0.4))]:
        before = board.heard["drawn"][-1:]
        board.drag((first, high), (last, low))
        scales, curve = board.losses.scales, board.curve
        x = scales.x_of(np.array(curve.steps, dtype=float))
        y = scales.y_of(np.array(curve.losses))
        left, right = sorted(scales.at(step, 1)[0] for step in (first, last))
        inside = (left - 1 <= x) & (x <= right + 1)
        at, up = np.array([scales.at(*end) for end in ((first, high), (last, low))]).T
        order = np.argsort(at)
        np.testing.assert_allclose(y[inside], np.interp(x[inside], at[order], up[order]), atol=2)
        if before:
            outside = (x < left - 12) | (x > right + 12)
            kept = np.array(before[0].losses)[outside]
            assert len(kept)
            np.testing.assert_array_equal(np.array(curve.losses)[outside], kept)
    board.press(KEY.Key_Home)
    places = [board.handle]
    board.press(KEY.Key_Right)
    while board.handle > places[-1] or board.plot.marked == 1:  # where step 0 is
        places.append(board.handle)
        board.press(KEY.Key_Right)
    assert 40 <= len(places) <= 64
    assert board.plot.marked == 30_000
    # Step 2 is far from step 1 on a logarithmic axis.
    assert max(np.diff(places)) <= (places[-1] - places[0]) / (10 if log_step else 58)
    board.press(KEY.Key_Left)
    assert board.handle < places[-1]


def test_the_curve_begins_flat_with_room_and_the_mouse_reads_and_changes_the_nearest_point(
    board: Board,
) -> None:
    turn_wheel(board.part, 3)
    how = told_of(board.view)
    board.view.begin_drawing(30_000, 1e-3, 2)
    left, right, bottom, top = before = board.ends
    assert -1000 < left <= 0, "also after zooming"
    assert right == 30_000
    assert bottom < 1e-3
    assert top > 2
    read, step = board.point(board.on_plot(12_000, 0.1), board.part), board.losses.pointers.pointed
    assert step is not None
    assert step == pytest.approx(12_000, abs=100)
    assert read == f"at {numerals.whole(step)}: {numerals.real(START.loss)}"
    assert (board.heard["drawn"], board.named) == ([], ["current run", NAME])
    assert HOW.startswith(told_of(board.view)[0])
    assert spoken(board.view).startswith(HOW)
    board.press_at(board.on_plot(15_020, 0.1))
    points = zip(board.curve.steps, board.curve.losses, strict=True)
    assert [step for step, loss in points if loss != START.loss] == [15_000]
    assert board.loss_at(15_000) == pytest.approx(0.1, rel=0.03)
    at = board.on_plot(15_020, 0.01)
    QTest.mouseDClick(board.part, Qt.MouseButton.LeftButton, pos=at)
    release_mouse()
    assert board.loss_at(15_000) == pytest.approx(0.01, rel=0.05), "does not fit"
    board.drag((15_000, 0.5), (15_000, 1e-9), (99_000, 1e-9))
    assert board.loss_at(15_000) == board.loss_at(30_000) == 1e-3
    assert board.loss_at(14_000) == START.loss
    assert board.ends == before
    board.view.end_drawing()
    assert told_of(board.view) == how
    first, last = numerals.real(START.loss), numerals.real(1e-3)
    assert f"{NAME} goes from {first} at step 0 to {last} at 30" in spoken(board.view)
    board.press(KEY.Key_Left)
    assert board.view._at_cursor().endswith(f", {NAME} {first}")
    assert board.heard["step_requested"] == []


def test_what_is_not_drawn_yet_follows_a_drag_to_the_right_and_backspace_takes_drags_back(
    board: Board,
) -> None:
    board.view.begin_drawing(30_000, 1e-3, 1)
    board.press(KEY.Key_Down)
    by_key = board.curve
    board.press(KEY.Key_Backspace)
    board.drag((10_000, START.loss), (15_000, 0.1))
    first = board.curve
    assert board.loss_at(9000) == START.loss
    for later in ((25_000, 0.01), (20_000, 0.02)), ((5000, 0.5), (8000, 0.3)):
        assert board.loss_at(15_500) == board.loss_at(30_000) == pytest.approx(0.1, rel=0.05)
        board.view.clearFocus()
        board.drag(*later)
        assert board.view.hasFocus()
    assert board.loss_at(15_500) == board.loss_at(30_000) == pytest.approx(0.1, rel=0.05)
    board.press(KEY.Key_Backspace, KEY.Key_Backspace)
    assert board.curve == first
    board.press(KEY.Key_Backspace)
    assert {*board.curve.losses} == {START.loss}
    count = len(board.heard["drawn"])
    board.press(KEY.Key_Backspace)
    assert len(board.heard["drawn"]) == count
    board.press(KEY.Key_Home, KEY.Key_Down)
    assert board.curve == by_key
    board.press(*[KEY.Key_Down] * 25, KEY.Key_Backspace)
    assert max(board.curve.losses) > 1e-3, "keys that changed nothing are passed over"
    board.press(*[KEY.Key_PageDown] * 5)
    board.view.end_drawing()


def test_keys_draw_a_fall_and_reach_no_shortcut(
    qtbot: QtBot, board: Board, announced: list[str]
) -> None:
    window = active_window(qtbot, board.view, "Left", "Home", "End", "Up", "PgDown", "Backspace")
    board.view.begin_drawing(30_000, 1e-4, 1)
    for key in [KEY.Key_Right] * 44 + [KEY.Key_PageDown, KEY.Key_Down]:
        press(key)
    assert board.loss_at(21_500) == START.loss
    span = math.log10(START.loss / 1e-4)  # of the room
    lower = START.loss * 10 ** (-span * 6 / 20)
    for step in (22_000, 26_000, 30_000):
        assert board.loss_at(step) == pytest.approx(lower)
    assert board.read() == f"at {numerals.whole(22_000)}: {numerals.real(lower)}"

    for key in (KEY.Key_End, KEY.Key_Left):
        press(key)
    press(KEY.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert board.loss_at(29_500) == pytest.approx(lower * 10 ** (span / 20))
    assert board.loss_at(29_000) == board.loss_at(30_000) == pytest.approx(lower)
    for key in [KEY.Key_Home] + [KEY.Key_PageDown] * 5 + [KEY.Key_Return]:
        press(key)
    assert {*board.curve.losses} == {1e-4}
    assert announced[-1] == board.read() == "at 0: 0.0001000"
    assert (board.heard["step_requested"], window.used) == ([], [])
    board.view.end_drawing()
    press(KEY.Key_Backspace)
    assert window.used == ["Backspace"]


def test_the_run_is_compared_with_the_drawn_curve_from_the_first_step_on(board: Board) -> None:
    board.view.begin_drawing(1000, 1e-4, 1)
    board.drag((0, 0.8), (1000, 0.02))
    board.view.end_drawing()
    frozen, before = board.curve, board.ends
    for run in (START, trained(QUICK, 60), trained(QUICK, 800)):
        board.show(run)
        assert board.ends == before
    assert board.named == ["current run", NAME]
    board.point(board.on_plot(500, 0.9), board.part)
    step = int(board.read().partition(":")[0].removeprefix("at "))
    between = 10 ** np.interp(step, frozen.steps, np.log10(frozen.losses))
    assert board.values[1] == numerals.real(float(between))
    board.press(KEY.Key_Left)
    board.drag((400, 0.5), (300, 0.1))
    assert board.curve == frozen
    assert board.heard["step_requested"][0] == pytest.approx(400, abs=4)
    assert near(board.plot.grab().toImage(), DRAWN.color(LIGHT)).sum() > 40
    assert board.legend.rows[1].pen.color().name() == DRAWN.color(LIGHT).lower()
    table = board.view.table()
    assert table is not None
    points = [row[1:3] for row in table[1] if row[0] == NAME]
    assert points == [*zip(frozen.steps, frozen.losses, strict=True)]


@pytest.mark.parametrize("loss", [np.inf, 0.0])
def test_a_run_of_any_loss_can_be_drawn_over_and_curves_are_given_at_even_steps(
    board: Board, loss: float
) -> None:
    noted = notes_painted()
    board.show(replace(START, loss=loss))
    board.view.begin_drawing(1, 1e-3, 1)
    board.press(KEY.Key_PageDown)
    assert np.isfinite(board.curve.losses).all()
    board.drag((0, 0.5), (1, 0.1))
    assert np.isfinite(board.curve.losses).all()
    assert notes_painted() == noted
    losses = DrawnCurve((0, 6, 60), (1.0, 0.4, 0.4)).even()
    assert losses == pytest.approx((1.0, 0.9, 0.8, 0.7, 0.6, 0.5, *[0.4] * 55))
