"""Bars of eigenvalues on a logarithmic scale that rarely changes."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, move_pressed, pixel, shown
from xorviz.panels.inside.hessian.eigenvalue_bars import DECADES, EigenvalueBars
from xorviz.ui.theme.palette import LIGHT

SOME = np.array([0.5, 1e-2, 1e-4, 0.0, -1e-9, -1e-3])
"""Three positive, one zero, two negative."""


@pytest.fixture
def bars(qtbot: QtBot) -> EigenvalueBars:
    bars = EigenvalueBars()
    bars.apply_theme(LIGHT)
    bars.show_values(SOME, negative=2, positive=3)
    return shown(qtbot, bars, 400, 200)


def line_of(bars: EigenvalueBars) -> float:
    """Return the position of the zero line."""
    return bars.rects()[0].bottom()


def test_positive_bars_are_above_the_zero_line_and_negative_ones_below(
    bars: EigenvalueBars,
) -> None:
    rects, line = bars.rects(), line_of(bars)
    assert [rect.bottom() for rect in rects[:3]] == [line] * 3
    assert [rect.top() for rect in rects[4:]] == [line + 1] * 2
    assert abs(rects[3].center().y() - line) <= 1


def test_heights_are_logarithmic(bars: EigenvalueBars) -> None:
    rects = bars.rects()
    a_decade = (rects[1].height() - rects[2].height()) / 2
    assert rects[0].height() - rects[1].height() == pytest.approx(a_decade * math.log10(50))
    assert rects[5].height() == pytest.approx(rects[1].height() - a_decade)
    assert rects[1].height() == pytest.approx(a_decade * (DECADES - 2))
    assert bars.rects()[4].height() == 2


@pytest.mark.parametrize("count", some([257, 1, 9, 65], 1))
@pytest.mark.parametrize("width", some([200, 400, 860], 1))
def test_any_number_of_bars_fits(bars: EigenvalueBars, count: int, width: int) -> None:
    bars.resize(width, 90)
    bars.show_values(np.linspace(1, -0.01, count), 1, count - 1)
    rects = bars.rects()
    assert len(rects) == count
    assert all(rect.width() >= 1 for rect in rects)
    assert rects[-1].right() <= width
    assert all(0 <= rect.top() <= rect.bottom() <= 90 for rect in rects)


def test_bars_have_the_colour_of_their_sign(bars: EigenvalueBars) -> None:
    rects = bars.rects()
    assert is_near(pixel(bars, rects[0].center().toPoint()), LIGHT.plus)
    assert is_near(pixel(bars, rects[5].center().toPoint()), LIGHT.minus)
    assert is_near(pixel(bars, rects[3].center().toPoint()), LIGHT.quiet)


def test_one_negative_eigenvalue_among_many_is_visible(bars: EigenvalueBars) -> None:
    bars.resize(240, 90)
    bars.show_values(np.array([*np.linspace(1, 0.1, 256), -0.1]), 1, 256)
    last = bars.rects()[-1]
    inside = QPoint(math.floor(last.left()), round(last.center().y()))
    assert is_near(pixel(bars, inside), LIGHT.minus)


def test_the_scale_ends_at_powers_of_ten(bars: EigenvalueBars) -> None:
    assert bars.top == 0
    bars.show_values(np.array([31.0]), 0, 1)
    assert bars.top == 2
    bars.show_values(np.array([1e-7]), 0, 1)
    assert bars.top == -7
    bars.show_values(np.array([1e200]), 0, 1)
    assert bars.top == 200


def test_the_scale_does_not_follow_every_change(bars: EigenvalueBars) -> None:
    tops = []
    for largest in (0.9, 1.1, 0.9, 1.1, 0.09, 0.11, 0.009):
        bars.show_values(np.array([largest]), 0, 1)
        tops.append(bars.top)
    assert tops == [0, 1, 1, 1, -1, 0, -2]


def test_zeros_keep_the_scale(bars: EigenvalueBars) -> None:
    bars.show_values(np.zeros(9), 0, 0)
    assert bars.top == 0
    assert {rect.height() for rect in bars.rects()} == {3}


def test_the_bar_under_the_mouse_is_reported(bars: EigenvalueBars) -> None:
    pointed: list[int | None] = []
    bars.pointed_at.connect(pointed.append)
    for rect in bars.rects():
        # Above low bars too: the whole column belongs to a bar.
        move_pressed(bars, QPointF(rect.center().x(), line_of(bars) - 20).toPoint())
    assert pointed == [0, 1, 2, 3, 4, 5]
    move_pressed(bars, QPoint(2, 2))
    assert pointed[-1] is None
    move_pressed(bars, bars.rects()[0].center().toPoint())
    QApplication.sendEvent(bars, QEvent(QEvent.Type.Leave))
    assert pointed[-2:] == [0, None]


def test_the_marked_bar_is_framed(bars: EigenvalueBars) -> None:
    before = bars.grab().toImage()
    bars.mark(2)
    assert bars.grab().toImage() != before
    bars.mark(99)  # out of range
    assert bars.grab().toImage() == before
    bars.mark(None)
    assert bars.grab().toImage() == before


def test_a_note_is_written_above_the_bars_if_it_fits(bars: EigenvalueBars) -> None:
    before = bars.grab().toImage()
    bars.set_note("at step 7")
    assert bars.grab().toImage() != before
    assert "at step 7" in bars.toolTip()
    bars.resize(400, 40)
    low = bars.grab().toImage()
    bars.set_note("at step 8")
    assert bars.grab().toImage() == low


@pytest.mark.thorough
@pytest.mark.parametrize("height", some([12, 24, 40, 60, 120, 500], 1))
def test_it_can_be_painted_at_any_height(bars: EigenvalueBars, height: int) -> None:
    bars.resize(200, height)
    bars.set_note("at step 123 456 789, run before")
    assert not bars.grab().isNull()


def test_without_values_it_is_empty(qtbot: QtBot) -> None:
    empty = EigenvalueBars()
    empty.apply_theme(LIGHT)
    shown(qtbot, empty, 200, 100)
    image = empty.grab().toImage()
    assert image.pixelColor(100, 50) == image.pixelColor(5, 5)
    assert empty.count == 0
    empty.set_note("at step 7")
    empty.set_note("at step 7")
