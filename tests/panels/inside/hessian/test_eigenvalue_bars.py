"""Bars of eigenvalues on a logarithmic scale that rarely changes."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import move_pressed, shown
from xorviz.panels.inside.hessian.eigenvalue_bars import DECADES, EigenvalueBars
from xorviz.ui.theme.palette import LIGHT

SOME = np.array([0.5, 1e-2, 1e-4, 0.0, -1e-9, -1e-3])
"""Three positive, one zero, two negative."""


@pytest.fixture
def bars(qtbot: QtBot) -> EigenvalueBars:
    bars = EigenvalueBars()
    bars.apply_theme(LIGHT)
    shown(qtbot, bars, 400, 200)
    bars.show_values(SOME, negative=2, positive=3)
    settle(bars)
    return bars


def settle(bars: EigenvalueBars) -> None:
    """Paint until the axis has its final width."""
    for _ in range(3):
        bars.grab()
        QApplication.processEvents()


def rects(bars: EigenvalueBars) -> list[QRectF]:
    return bars.bars.rects()


def test_bars_have_the_side_and_the_colour_of_their_sign(bars: EigenvalueBars) -> None:
    line = rects(bars)[0].bottom()
    assert [rect.bottom() for rect in rects(bars)[:3]] == [line] * 3
    assert [rect.top() for rect in rects(bars)[4:]] == [line + 1] * 2
    assert abs(rects(bars)[3].center().y() - line) <= 1
    assert bars.bars.colors == [LIGHT.plus] * 3 + [LIGHT.quiet] + [LIGHT.minus] * 2


def test_heights_are_logarithmic(bars: EigenvalueBars) -> None:
    high = [rect.height() for rect in rects(bars)]
    a_decade = (high[1] - high[2]) / 2
    assert high[0] - high[1] == pytest.approx(a_decade * math.log10(50), abs=0.1)
    assert high[5] == pytest.approx(high[1] - a_decade, abs=2)
    assert high[1] == pytest.approx(a_decade * (DECADES - 2), abs=2)
    assert high[4] == 2


@pytest.mark.parametrize("count", some([257, 3, 9, 65], 1))
@pytest.mark.parametrize("width", some([200, 400, 860], 1))
def test_any_number_of_bars_fits(bars: EigenvalueBars, count: int, width: int) -> None:
    bars.resize(width, 90)
    bars.show_values(np.linspace(1, -0.01, count), 1, count - 1)
    settle(bars)
    area = bars.bars.scales.area
    assert len(rects(bars)) == len(bars.values) == count
    assert all(area.adjusted(-1, -1, 2, 1).contains(rect) for rect in rects(bars))


def test_another_number_of_bars_is_fitted_after_zooming(bars: EigenvalueBars) -> None:
    bars.zoom_by(3)
    bars.show_values(SOME / 2, negative=2, positive=3)
    assert bars.rows[0].box.viewRange()[0][1] < 6
    bars.show_values(np.linspace(1, -1, 20), 10, 10)
    assert bars.rows[0].box.viewRange()[0] == [0, 20]


def test_the_scale_ends_at_powers_of_ten_and_does_not_follow_every_change(
    bars: EigenvalueBars,
) -> None:
    def tops(*largest: float) -> list[int]:
        found = []
        for value in largest:
            bars.show_values(np.array([value]), 0, 1)
            found.append(bars._axis.top)
        return found

    assert bars._axis.top == 0
    assert tops(31.0, 1e-7, 1e200, 0.9) == [2, -7, 200, 0]
    assert tops(0.9, 1.1, 0.9, 1.1, 0.09, 0.11, 0.009) == [0, 1, 1, 1, -1, 0, -2]
    bars.show_values(np.zeros(9), 0, 0)
    assert bars._axis.top == -2
    assert {rect.height() for rect in rects(bars)} == {3}


def test_the_bar_under_the_mouse_is_reported(bars: EigenvalueBars) -> None:
    pointed: list[int | None] = []
    bars.pointed_at.connect(lambda place: pointed.append(bars.bar_at(place)))
    viewport, box = bars.viewport(), bars.rows[0].box

    def move(bar: int) -> None:
        # Above low bars too: the whole column belongs to a bar.
        at = QPointF(rects(bars)[bar].center().x(), rects(bars)[0].bottom() - 20)
        move_pressed(viewport, bars.mapFromScene(box.mapToScene(at)))

    for bar in range(6):
        move(bar)
    assert pointed == [0, 1, 2, 3, 4, 5]
    move_pressed(viewport, QPoint(2, 2))
    move(0)
    QApplication.sendEvent(bars, QEvent(QEvent.Type.Leave))
    assert pointed[-3:] == [None, 0, None]


def test_the_cursor_starts_at_an_end_and_stays_within(bars: EigenvalueBars) -> None:
    assert (bars.neighbour(1, 0), bars.neighbour(-1, 0)) == (0, 5)
    bars.mark(5)
    assert (bars.neighbour(1, 0), bars.neighbour(-1, 0)) == (5, 4)
    empty = EigenvalueBars()
    assert empty.neighbour(1, 0) is None


def test_a_note_says_of_which_step_they_are(bars: EigenvalueBars) -> None:
    before = bars.grab().toImage()
    bars.set_note("at step 7")
    assert bars.grab().toImage() != before
    assert "at step 7" in bars.toolTip()


@pytest.mark.thorough
@pytest.mark.parametrize("height", [12, 24, 40, 60, 120, 500])
def test_it_can_be_painted_at_any_height(bars: EigenvalueBars, height: int) -> None:
    bars.resize(200, height)
    bars.set_note("at step 123 456 789, run before")
    assert not bars.grab().isNull()
