"""Dashed lines with texts at steps."""

import gc
from collections.abc import Iterator
from itertools import combinations
from unittest.mock import patch

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QGraphicsItem
from pytestqt.qtbot import QtBot

from tests.support.screen import near, plot_of, shown
from xorviz.core.arrays import Array, Mask
from xorviz.ui.plot.axes import ScaledAxis, step_text
from xorviz.ui.plot.curve_row import Curve, Curves
from xorviz.ui.plot.overlay import Scales
from xorviz.ui.plot.step_marks import StepMark, StepMarks
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


class Board:
    """A plot with marks on it, over the steps 0 to 1000."""

    def __init__(self, qtbot: QtBot) -> None:
        self.axis = ScaledAxis("bottom", step_text, 1.0)
        self.plot = shown(qtbot, plot_of(bottom=self.axis))
        self.box = self.plot.frames[0].box
        self.box.setRange(xRange=(0, 1000), yRange=(0, 1), padding=0)
        scales = Scales(self.box, self.axis, ScaledAxis("left"))
        self.curves = Curves(scales)
        self.marks = StepMarks(scales, self.curves)
        self.apply_theme(LIGHT)

    def apply_theme(self, theme: Theme) -> None:
        self.plot.apply_theme(theme)
        self.marks.apply_theme(theme)

    def inked(self, color: str) -> Mask:
        """Return which pixels (H, W) below the texts, inside of the axes, have a colour."""
        for _ in range(3):  # painting sets the width of the axis
            self.plot.grab()
            QApplication.processEvents()
        image = self.plot.viewport().grab().toImage()
        area = self.box.sceneBoundingRect().toRect().adjusted(2, 80, -2, -2)
        found = near(image, color, 1)
        return found[area.top() : area.bottom(), area.left() : area.right()]

    def shares(self, color: str) -> list[float]:
        """Return where dashed lines in a colour are, as shares of the width."""
        inked = self.inked(color)
        return [x / inked.shape[1] for x in np.flatnonzero(inked.mean(axis=0) > 0.3)]

    def texts(self) -> list[QRectF]:
        """Return the rectangles of the texts."""
        written: list[QRectF] = []
        with patch.object(QPainter, "fillRect", lambda _, rect, color: written.append(rect)):
            self.plot.viewport().grab()
        return [rect for rect in written if min(rect.width(), rect.height()) > 5]


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[Board]:
    made = Board(qtbot)
    yield made
    made.plot.hide()


def test_marks_are_at_their_steps_on_both_scales(board: Board) -> None:
    board.marks.show_marks([StepMark(100, "rate 2"), StepMark(500, "rate 3")])
    assert board.shares(LIGHT.quiet) == pytest.approx([0.1, 0.5], abs=0.01)
    board.axis.set_log(True)
    board.box.setRange(xRange=(0, 3), padding=0)
    assert board.shares(LIGHT.quiet) == pytest.approx([2 / 3, np.log10(500) / 3], abs=0.01)
    board.box.setRange(xRange=(2.5, 3), padding=0)
    assert len(board.shares(LIGHT.quiet)) == 1, "outside of the range there is none"


def test_success_is_in_the_accent_and_a_change_in_the_quiet_colour(board: Board) -> None:
    for theme in (LIGHT, DARK):
        board.apply_theme(theme)
        for marks, colors in (
            ([], set()),
            ([StepMark(500, "rate 2")], {theme.quiet}),
            ([StepMark(300, "all four correct", is_success=True)], {theme.accent}),
        ):
            board.marks.show_marks(marks)
            assert {c for c in (theme.quiet, theme.accent) if board.inked(c).any()} == colors


def test_neighbouring_texts_alternate_and_stay_inside(board: Board) -> None:
    steps = (500, 502, 504, 506, 998)
    board.marks.show_marks([StepMark(step, f"rate {step}") for step in steps])
    *cluster, last = sorted(board.texts(), key=lambda rect: (rect.left(), rect.top()))
    assert len({rect.top() for rect in cluster}) == len(cluster) == 4
    assert not any(a.intersects(b) for a, b in combinations([*cluster, last], 2))
    assert last.right() < board.box.rect().width() < last.right() + 20
    assert last.top() == cluster[0].top()


def test_texts_that_would_cover_one_another_are_written_when_they_are_pointed_at(
    board: Board,
) -> None:
    marks = [StepMark(step, f"rate {step}") for step in range(500, 506)]
    board.marks.show_marks(marks)
    for pointed in (None, *marks):
        board.marks.point_at(pointed)
        rects = board.texts()
        assert len(rects) == 4
        assert not any(a.intersects(b) for a, b in combinations(rects, 2))
        assert pointed is None or board.marks.mark_at(rects[0].center()) is pointed


def test_a_text_is_beside_its_line_where_no_curve_is(board: Board) -> None:
    board.marks.show_marks([StepMark(500, "rate 3")])
    high, low = np.full(101, 0.98), np.full(101, 0.02)
    middle, bottom = board.box.rect().width() / 2, board.box.rect().height() / 2
    steps = np.arange(0, 1010, 10)
    cases: list[tuple[list[Array], bool, bool]] = [
        ([low], True, True),
        ([np.where(steps > 510, high, np.nan)], False, True),
        ([high], True, False),
        ([high, np.where(steps > 510, low, 0.5)], False, False),
        ([high, low], True, True),  # nowhere is better
    ]
    for values, is_right, is_high in cases:
        board.curves.curves = [Curve(steps, value, "#000000") for value in values]
        (rect,) = board.texts()
        assert (rect.left() > middle, rect.top() < bottom) == (is_right, is_high)
    board.curves.curves = [Curve(steps, high, "#000000")]
    board.marks.stays_high = True
    (rect,) = board.texts()
    assert rect.top() == 0


def test_in_a_low_plot_one_text_is_written_that_of_the_last_mark_or_the_one_pointed_at(
    board: Board,
) -> None:
    marks = [StepMark(step, f"rate {step}") for step in (300, 310)]
    board.marks.show_marks(marks)
    assert len(board.texts()) == 2
    board.plot.resize(400, 70)
    board.plot.grab()
    QApplication.processEvents()
    (last,) = board.texts()
    board.marks.point_at(marks[0])
    (pointed,) = board.texts()
    assert pointed.left() < last.left()


def test_new_marks_leave_no_garbage_for_another_thread(board: Board) -> None:
    gc.collect()
    before = sum(issubclass(type(thing), QGraphicsItem) for thing in gc.get_objects())
    for step in range(100):
        board.marks.show_marks([StepMark(step, f"rate {step}")])
    after = sum(issubclass(type(thing), QGraphicsItem) for thing in gc.get_objects())
    assert after <= before
