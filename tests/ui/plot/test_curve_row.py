"""One row of a plot of curves: lines, points, rules and labels; marks and bars over it."""

from collections.abc import Callable
from itertools import combinations
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPicture, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import near, shown
from tests.ui.plot.board import Board
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.bars import BarPlot
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, PlotLabel, PlotPoint, round_point, spread
from xorviz.ui.plot.step_marks import StepMark
from xorviz.ui.theme.palette import DARK, LIGHT

RED, BLUE, GREEN = "#C00000", "#0000C0", "#00A000"
DASHED = (6.0, 4.0)
THOUSAND = np.array([0, 1000])


@pytest.fixture
def fixed(board: Board) -> Board:
    """Return a plot of the steps 0 to 1000 and the values 0 to 1."""
    board.fix()
    return board


def level(value: float, color: str = RED, dash: tuple[float, ...] = ()) -> Curve:
    """Return a constant curve from step 0 to 1000."""
    return Curve(THOUSAND, np.full(2, value), color, dash)


# Curves


def test_curves_have_their_colours_and_dashes_the_first_on_top_of_still_ones(fixed: Board) -> None:
    for show in (fixed.row.show, fixed.row.show_still):
        show([level(0.25), level(0.75, BLUE, DASHED), level(0.25, GREEN)])
        assert fixed.share(RED, 0.25) > 0.95
        assert 0.4 < fixed.share(BLUE, 0.75) < 0.7
        show([])
        assert fixed.share(RED, 0.25) == fixed.share(BLUE, 0.75) == 0
    fixed.row.show_still([level(0.5, GREEN)])
    assert fixed.share(GREEN, 0.5) > 0.95
    fixed.row.show([level(0.5)])
    assert fixed.share(RED, 0.5) > 0.95


def test_still_curves_are_repainted_only_when_they_change(fixed: Board) -> None:
    curves = [level(0.3), level(0.7, BLUE, DASHED)]

    picture = fixed.row.still.picture
    assert picture is not None

    def repainted(change: Callable[[], object]) -> bool:
        before = picture.pixmap
        change()
        fixed.settle()
        assert before is not None
        return picture.pixmap is not before

    fixed.row.show_still(curves)
    fixed.settle()
    for change in (
        lambda: fixed.row.show_still(list(curves)),
        lambda: fixed.row.show([level(0.5)]),
    ):
        assert not repainted(change)
    for change in (
        lambda: fixed.row.show_still([level(0.4)]),
        lambda: fixed.fix(500),
        lambda: fixed.fix(500, 2),
        lambda: fixed.resize(500, 300),
        lambda: fixed.plot.apply_theme(DARK),
    ):
        assert repainted(change)


def test_the_fitted_ends_hold_all_that_is_known(board: Board) -> None:
    row = board.row
    assert row.fitted(1000) == (0, 1)
    row.show([Curve(THOUSAND, np.array([np.nan, 3.0]), RED)])
    row.show_still([level(7.0), level(np.nan)])
    bottom, top = row.fitted(1000)
    assert bottom == 0
    assert 7 <= top <= 10
    row.room = 1.0, 19.0
    assert 19 <= row.fitted(1000)[1] <= 25
    row.room = None
    assert row.fitted(1000) == (bottom, top)
    row.show_still([Curve(THOUSAND, np.array([5.0, 90.0]), RED)])
    assert row.fitted(999)[1] < 10, "what is beyond the last step does not count"
    assert row.fitted(1000)[1] > 90
    row.ends = (-1.0, 2.0)
    assert row.fitted(1000) == (-1, 2)


# Points, rules and texts


def test_points_are_painted_where_they_are_and_leave_nothing_behind(
    qtbot: QtBot, fixed: Board
) -> None:
    painted: list[tuple[float, float]] = []
    corner = fixed.area().topLeft()

    def note(painter: QPainter, at: QPointF) -> None:
        at = painter.worldTransform().map(at) - corner
        painted.append((at.x(), at.y()))

    fixed.row.point([PlotPoint(*at, note) for at in ((500, 0.5), (500, np.nan), (2000, 0.5))])
    fixed.settle()
    assert len({*painted}) == 1, "not the unknown, nor the one outside"
    first, painted[:] = painted[0], []
    fixed.row.point([PlotPoint(500, 0.5, note)])
    qtbot.waitUntil(lambda: painted == [first])
    assert first == pytest.approx(fixed.row.scales.at(500, 0.5), abs=1)
    fixed.row.point([round_point(300, 0.3, RED, BLUE), round_point(1000, 0, RED, BLUE)])
    assert fixed.is_at(RED, 300, 0.3)
    assert fixed.is_at(BLUE, 300, 0.3)
    assert fixed.is_at(RED, 1000, 0), "at the edge"
    seen = fixed.plot.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    fixed.row.point([])  # which repaints what the item covers
    area = fixed.plot.mapFromScene(fixed.row.pointers.sceneBoundingRect()).boundingRect()
    fixed.plot.viewport().render(seen, area.topLeft(), QRegion(area))
    assert not near(seen, RED, 60).any()
    assert not near(seen, BLUE, 60).any()


def test_the_step_shown_has_a_solid_line_and_the_one_read_out_a_dotted_line(fixed: Board) -> None:
    theme = DARK
    fixed.plot.apply_theme(theme)
    fixed.plot.show_steps(np.arange(1001), 1000, 600)
    fixed.plot.mark(300)
    for row in fixed.plot.rows:
        solid, dotted = fixed.near(theme.accent, 3, row), fixed.near(theme.quiet, 3, row)
        x, at = (round(row.scales.at(step)[0]) for step in (600, 300))
        assert solid[:, x - 2 : x + 3].mean(axis=0).max() > 0.95
        assert 0.3 < dotted[:, at - 2 : at + 3].mean(axis=0).max() < 0.9
    fixed.row.box.setRange(xRange=(0, 500), padding=0)
    assert not fixed.near(theme.accent, 3).any(), "it is out of sight"


def test_labels_move_apart_but_stay_inside_and_in_order() -> None:
    area = QRectF(0, 0, 10, 100)
    placed = spread(np.array([98.0, 99.0, np.nan, 97.0]), 14, area)
    np.testing.assert_array_equal(placed, [86.0, 100.0, np.nan, 72.0])
    assert spread(np.array([10.0, 50.0, 80.0, 30.0]), 14, area) == [10.0, 50.0, 80.0, 30.0]


def written(board: Board) -> dict[str, Any]:
    """Return the texts that pointers write, and where their base lines begin."""
    found: dict[str, Any] = {}
    with patch.object(QPainter, "drawText", lambda _, at, *rest: found.update({rest[-1]: at})):
        for row in board.plot.rows:
            painter = QPainter(picture := QPicture())
            painter.setFont(board.plot.font())
            row.pointers.paint(painter, None)
            painter.end()
            assert picture.size()
    return {text: rect for text, rect in found.items() if text}


def test_labels_are_beside_their_points_and_a_reading_is_shortened(fixed: Board) -> None:
    named = (("00", 0.5), ("01", 0.5), ("10", 0.9), ("11", np.nan), ("20", 7.0))
    metrics = QFontMetricsF(fixed.plot.font())
    size = QSizeF(metrics.horizontalAdvance("10"), metrics.height() - 1)
    for step in (300, 1000):
        fixed.row.label([PlotLabel(step, value, name) for name, value in named])
        fixed.settle()
        texts = written(fixed)
        assert {*texts} == {"00", "01", "10", "Lower"}
        x, y = fixed.row.scales.at(step, 0.9)
        rects = {
            text: QRectF(at - QPointF(0, metrics.ascent()), size) for text, at in texts.items()
        }
        assert rects["10"].center().y() == pytest.approx(y)
        assert (rects["10"].left() > x, rects["10"].right() < x) == (step == 300, step == 1000)
        one, other = sorted((rects["00"], rects["01"]), key=QRectF.top)
        assert one.bottom() <= other.top() + 1e-6
    fixed.row.label([])
    for reading, shown_one in (("0.211 at 12 000", "0.211 at 12 000"), ("0.211 at " * 99, "0.211")):
        fixed.lower.point([], reading, "0.211")
        assert {*written(fixed)} == {"Lower", shown_one}
    long = "loss, by a formula that is far too long for the height of this axis, " * 2
    for names, fits in (((long, "loss", "l"), "loss"), ((long, long + long), long + long)):
        fixed.row.label_axis(*names)
        assert fixed.row.scales.value_axis.labelText == fits


# Marks


class Marked:
    """Marks on the upper row."""

    def __init__(self, board: Board) -> None:
        board.fix()
        self.board, self.marks = board, board.row.marks

    def show(self, *steps: int, is_success: bool = False) -> list[StepMark]:
        marks = [StepMark(step, f"rate {step}", is_success, f"tip {step}") for step in steps]
        self.marks.show_marks(marks)
        return marks

    def lines(self, color: str) -> list[float]:
        """Return where dashed lines in a colour are, as shares of the width."""
        inked = self.board.near(color, 1)[80:]
        return [x / inked.shape[1] for x in np.flatnonzero(inked.mean(axis=0) > 0.3)]


@pytest.fixture
def marked(board: Board) -> Marked:
    return Marked(board)


def test_marks_are_at_their_steps_on_both_scales_success_in_the_accent(marked: Marked) -> None:
    box, axis, theme = marked.board.row.box, marked.board.row.scales.step_axis, LIGHT
    for is_log, places in ((False, [0.1, 0.5]), (True, [2 / 3, np.log10(500) / 3])):
        axis.set_log(is_log)
        box.setRange(xRange=(0, 3 if is_log else 1000), padding=0)
        for is_success, color, other in (
            (False, theme.quiet, theme.accent),
            (True, theme.accent, theme.quiet),
        ):
            marked.show(100, 500, is_success=is_success)
            assert marked.lines(color) == pytest.approx(places, abs=0.01)
            assert marked.lines(other) == []
    box.setRange(xRange=(2.5, 3), padding=0)
    assert len(marked.lines(theme.accent)) == 1, "outside of the range there is none"


@pytest.mark.parametrize("has_lane", [False, True])
def test_texts_stand_in_a_row_apart_and_all_are_in_tool_tips(qtbot: QtBot, has_lane: bool) -> None:
    plot = shown(qtbot, CurvePlot("Curves", ScaledAxis("left"), has_lane=has_lane), 480, 300)
    scales, marks = plot.rows[0].scales, plot.rows[0].marks
    scales.box.setRange(xRange=(0, 1000), padding=0)
    shows = [StepMark(step, f"rate {step}", tip=f"tip {step}") for step in (2, 500, 501, 502, 998)]
    marks.show_marks(shows)
    QApplication.processEvents()
    plot.grab()
    texts = {mark.text: text for mark, _, text in marks._places if not text.isEmpty()}
    assert [*texts] == ["rate 2", "rate 501", "rate 502", "rate 998"], "the newest have room first"
    assert not any(a.intersects(b) for a, b in combinations(texts.values(), 2))
    for text, rect in texts.items():
        assert (rect.bottom() <= 0) == has_lane
        assert (rect.top() == 0) == (not has_lane)
        assert plot.sceneRect().contains(marks.mapRectToScene(rect))
        assert marks.tip_at(rect.center()) == text.replace("rate", "tip")
    line = QPointF(scales.at(501)[0], 100)
    assert marks.tip_at(line) == "tip 502\ntip 501\ntip 500"
    assert marks.tip_at(line - QPointF(40, 0)) == ""


# Bars

EDGES, HEIGHTS = np.arange(6.0), np.array([4.0, 1e-4, 0.0, -1e-4, -2.0])
COLORS = [LIGHT.plus, LIGHT.plus, LIGHT.quiet, LIGHT.minus, LIGHT.minus]


@pytest.fixture
def bars(qtbot: QtBot) -> BarPlot:
    plot = shown(qtbot, BarPlot("Bars", ScaledAxis("left", "{:g}".format), "Bars"), 300, 200)
    plot.apply_theme(LIGHT)
    plot.rows[0].ends, plot.step_ends = (-4.0, 4.0), (0.0, 5.0)
    plot.fit_curves()
    for _ in range(2):
        plot.grab()
        QApplication.processEvents()
    plot.bars.show_bars(EDGES, HEIGHTS, COLORS, shows_zeros=True)
    return plot


def test_bars_are_to_scale_from_zero_and_small_ones_and_zeros_are_visible(bars: BarPlot) -> None:
    rects, area = bars.bars.rects(), bars.bars.scales.area
    zero = rects[0].bottom()
    assert zero == pytest.approx(area.height() / 2, abs=1)
    assert rects[0].top() == pytest.approx(0, abs=1)
    assert rects[4].bottom() == pytest.approx(area.height() * 0.75, abs=1)
    assert [rect.left() for rect in rects] == pytest.approx(np.arange(5) * area.width() / 5, abs=1)
    assert min(rect.height() for rect in rects) >= 2
    bars.bars.show_bars(EDGES, HEIGHTS, COLORS)
    assert bars.bars.rects()[2].isEmpty()
    bars.bars.show_bars(np.linspace(0, 5, 401), np.ones(400), [LIGHT.plus] * 400)
    assert min(rect.width() for rect in bars.bars.rects()) >= 1


def test_each_bar_has_its_colour_and_is_framed_and_walked_to(bars: BarPlot) -> None:
    plain = bars.grab().toImage()
    for color in (LIGHT.plus, LIGHT.minus):
        assert near(plain, color).sum() > 500
    bars.mark(1.5)
    framed = bars.grab().toImage()
    assert near(framed, LIGHT.text).sum() > near(plain, LIGHT.text).sum() + 200
    for place, bar in ((None, None), (-0.1, None), (0, 0), (1.99, 1), (4.99, 4), (5, None)):
        assert bars.bar_at(place) == bar
    seen = []
    for start, dx in ((None, 1), (None, -1), (1.5, 1), (1.5, -1), (0.5, -1), (4.5, 1)):
        bars.mark(start)
        seen.append(bars.neighbour(dx, 0))
    assert seen == [0, 4, 2, 0, 0, 4]
    bars.bars.mark(99)  # of a run that had more
    assert bars.grab().toImage() == plain
    bars.bars.show_bars(np.zeros(1), np.zeros(0), [])
    assert bars.neighbour(1, 0) is None
