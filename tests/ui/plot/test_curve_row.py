"""One row of a plot of curves: lines, points, rules and labels."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPicture, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import near, shown
from xorviz.core.arrays import Mask
from xorviz.ui.plot.axes import ScaledAxis
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve, PlotLabel, PlotPoint, Row, round_point, spread
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

RED, BLUE, GREEN = "#C00000", "#0000C0", "#00A000"
DASHED = (6.0, 4.0)
THOUSAND = np.array([0, 1000])


class Board:
    """Two rows over the steps 0 to 1000 and the values 0 to 1; most tests look at the upper one."""

    def __init__(self, qtbot: QtBot) -> None:
        axes = ScaledAxis("left"), ScaledAxis("left")
        self.plot = shown(qtbot, CurvePlot("Curves", *axes, titles=["", "Lower"]), 400, 400)
        self.plot.apply_theme(LIGHT)
        self.row, self.lower = self.plot.rows
        self.show_range(1000, 1)

    def show_range(self, right: int, top: float) -> None:
        """Show the steps to a round one, and the values from 0."""
        for row in self.plot.rows:
            row.ends = (0.0, top)
        self.plot.newest_still = right
        self.plot.fit_curves()

    def settle(self) -> None:
        """Paint until the axes have their final widths."""
        for _ in range(3):
            self.plot.grab()
            QApplication.processEvents()

    def near(self, color: str, tolerance: int = 60, row: Row | None = None) -> Mask:
        """Return which pixels (H, W) of a row's axes nearly have a colour."""
        self.settle()
        area = self.area(row or self.row)
        found = near(self.plot.viewport().grab().toImage(), color, tolerance)
        return found[area.top() : area.bottom() + 1, area.left() : area.right() + 1]

    def area(self, row: Row) -> QRect:
        area: QRect = row.box.sceneBoundingRect().toAlignedRect()
        return area

    def share(self, color: str, value: float) -> float:
        """Return the share of the row of pixels at a value that nearly has a colour."""
        found = self.near(color)
        middle = round((1 - value) * found.shape[0] - 0.5)
        return float(found[max(middle - 1, 0) : middle + 2].mean(axis=1).max())

    def is_at(self, color: str, step: float, value: float, row: Row | None = None) -> bool:
        """Tell whether a pixel beside a step and a value nearly has a colour."""
        found = self.near(color, row=row)
        x, y = (round(at) for at in (row or self.row).scales.at(step, value))
        return bool(found[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4].any())


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[Board]:
    made = Board(qtbot)
    yield made
    made.plot.hide()


def level(value: float, color: str = RED, dash: tuple[float, ...] = ()) -> Curve:
    """Return a constant curve from step 0 to 1000."""
    return Curve(THOUSAND, np.full(2, value), color, dash)


# Curves


@pytest.mark.parametrize("is_still", [False, True])
def test_curves_have_their_colours_and_dashes(board: Board, is_still: bool) -> None:
    show = board.row.show_still if is_still else board.row.show
    show([level(0.25), level(0.75, BLUE, DASHED)])
    assert board.share(RED, 0.25) > 0.95
    assert board.share(BLUE, 0.75) == pytest.approx(0.6, abs=0.1)
    show([])
    assert board.share(RED, 0.25) == board.share(BLUE, 0.75) == 0


def test_the_first_curve_is_on_top_and_still_ones_are_below(board: Board) -> None:
    board.row.show_still([level(0.5, GREEN)])
    board.row.show([level(0.5), level(0.5, BLUE)])
    assert board.share(RED, 0.5) > 0.95
    board.row.show([])
    assert board.share(GREEN, 0.5) > 0.95


def test_curves_pass_through_their_points_on_every_scale(board: Board) -> None:
    steps = np.arange(1, 1001)
    curve = Curve(steps, 0.9 * np.exp(-steps / 400), RED)
    board.row.show([curve])
    for is_log in (False, True):
        board.row.scales.step_axis.set_log(is_log)
        board.row.scales.value_axis.set_log(is_log)
        ends = {"xRange": (0, 3), "yRange": (-2, 0)} if is_log else {"yRange": (0, 1)}
        board.row.box.setRange(**ends, padding=0)
        for place in (20, 200, 800):
            assert board.is_at(RED, float(steps[place]), float(curve.values[place]))
        assert not board.is_at(RED, 200, 0.9)


def test_points_alone_are_drawn_without_lines(board: Board) -> None:
    board.row.show([Curve(THOUSAND // 2, np.full(2, 0.5), RED, is_line=False)])
    assert board.is_at(RED, 0, 0.5)
    assert board.is_at(RED, 500, 0.5)
    assert not board.is_at(RED, 250, 0.5)


def test_still_curves_are_repainted_only_when_they_change(board: Board) -> None:
    curves = [level(0.3), level(0.7, BLUE, DASHED)]
    board.row.show_still(curves)
    board.settle()
    before = board.row.still.picture.pixmap
    assert before is not None
    for _ in range(5):
        board.row.show_still(list(curves))
        board.row.show([level(0.5)])
        board.settle()
    assert board.row.still.picture.pixmap is before
    for change in (
        lambda: board.row.show_still([level(0.4)]),
        lambda: board.row.show_still([level(0.4, BLUE)]),
        lambda: board.show_range(500, 1),
        lambda: board.show_range(500, 2),
        lambda: board.plot.resize(500, 300),
        lambda: board.plot.apply_theme(DARK),
    ):
        before = board.row.still.picture.pixmap
        change()
        board.settle()
        assert board.row.still.picture.pixmap is not before


def test_a_vector_drawing_gets_lines(board: Board) -> None:
    values = np.random.default_rng(1).random(500)
    board.row.show_still([Curve(np.arange(500), values, RED)])
    board.settle()
    before = board.row.still.picture.pixmap
    drawing = QPicture()
    painter = QPainter(drawing)
    board.plot.scene().render(painter)
    painter.end()
    assert board.row.still.picture.pixmap is before
    assert drawing.size() > 300 * 4 * 4  # numbers for each of the lines


@pytest.mark.parametrize("dash", [(), DASHED])
def test_extreme_curves_are_painted(board: Board, dash: tuple[float, ...]) -> None:
    board.row.box.setRange(xRange=(0, 1e-3), yRange=(0, 1e-9), padding=0)
    for values in ([0.0, 1e308, 5e-324], [1.7e308, 1.7e308], [np.nan, np.nan], [0.5], []):
        curve = Curve(np.arange(len(values)), np.array(values), RED, dash)
        board.row.show([curve])
        board.row.show_still([curve])
        board.settle()


def test_the_fitted_ends_hold_all_that_is_known(board: Board) -> None:
    board.row.ends = None
    assert board.row.fitted() == (0, 1)
    board.row.show([Curve(THOUSAND, np.array([np.nan, 3.0]), RED)])
    board.row.show_still([level(7.0), level(np.nan)])
    bottom, top = board.row.fitted()
    assert bottom == 0
    assert 7 <= top <= 10
    board.row.room = 1.0, 19.0
    assert 19 <= board.row.fitted()[1] <= 25
    board.row.room = None
    assert board.row.fitted() == (bottom, top)
    board.row.scales.value_axis.set_log(True)
    board.row.scales.value_axis.zero = -5.0
    board.row.show([Curve(THOUSAND, np.array([0.0, 0.5]), RED)])
    assert board.row.fitted()[0] > -1, "an exact zero has a place of its own"
    board.row.ends = (-1.0, 2.0)
    assert board.row.fitted() == (-1, 2)


# Points, rules and texts


def test_a_mark_that_has_moved_leaves_nothing_behind(board: Board) -> None:
    board.plot.apply_theme(replace(LIGHT, stroke=3.0))
    board.settle()
    board.row.point([round_point(300, 0.0, RED, BLUE)])
    seen = board.plot.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert near(seen, RED, 60).any()
    board.row.point([])  # which repaints what the item covers
    area = board.plot.mapFromScene(board.row.pointers.sceneBoundingRect()).boundingRect()
    board.plot.viewport().render(seen, area.topLeft(), QRegion(area))
    assert not near(seen, RED, 60).any()
    assert not near(seen, BLUE, 60).any()


def test_points_are_painted_where_they_are(board: Board) -> None:
    painted: list[tuple[float, float]] = []
    corner = board.area(board.row).topLeft()

    def note(painter: QPainter, at: QPointF) -> None:
        at = painter.worldTransform().map(at) - corner
        painted.append((at.x(), at.y()))

    board.row.point([PlotPoint(*at, note) for at in ((500, 0.5), (500, np.nan), (2000, 0.5))])
    board.settle()
    assert len({*painted}) == 1, "not the unknown, nor the one outside"
    assert painted[0] == pytest.approx(board.row.scales.at(500, 0.5), abs=1)
    board.row.point([round_point(300, 0.3, RED, BLUE), round_point(1000, 0, RED, BLUE)])
    assert board.is_at(RED, 300, 0.3)
    assert board.is_at(BLUE, 300, 0.3)
    assert board.is_at(RED, 1000, 0), "at the edge"


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_the_step_shown_has_a_solid_line_with_a_handle_and_the_one_read_out_a_dotted_line(
    board: Board, theme: Theme
) -> None:
    board.plot.apply_theme(theme)
    board.plot.show_steps(np.arange(1001), 1000, 600)
    board.plot.mark(300)
    for row in board.plot.rows:
        assert (row.pointers.shown, row.pointers.pointed) == (600, 300)
        solid, dotted = board.near(theme.accent, 3, row), board.near(theme.quiet, 3, row)
        x, at = (round(row.scales.at(step)[0]) for step in (600, 300))
        assert solid[:, x - 2 : x + 3].mean(axis=0).max() > 0.95
        assert 0.3 < dotted[:, at - 2 : at + 3].mean(axis=0).max() < 0.9
    image = board.plot.viewport().grab().toImage()
    handle = board.row.box.mapToScene(QPointF(*board.row.scales.at(600)).x(), -2.0).toPoint()
    assert near(image, theme.accent, 3)[handle.y(), handle.x() - 3 : handle.x() + 4].all()
    board.row.box.setRange(xRange=(0, 500), padding=0)
    assert not board.near(theme.accent, 3).any(), "it is out of sight"
    board.row.box.setRange(xRange=(0, 1000), padding=0)
    assert board.near(theme.accent, 3).any()
    board.plot.show_steps(np.arange(1001), 1000, None)
    assert not board.near(theme.accent, 3).any()


def test_labels_move_apart_but_stay_inside_and_in_order() -> None:
    area = QRectF(0, 0, 10, 100)
    placed = spread(np.array([98.0, 99.0, np.nan, 97.0]), 14, area)
    assert placed[:2] == [86.0, 100.0]
    assert placed[3] == 72.0
    assert np.isnan(placed[2])
    assert spread(np.array([10.0, 50.0, 80.0, 30.0]), 14, area) == [10.0, 50.0, 80.0, 30.0]


def written(board: Board, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the texts that pointers write, and where their base lines begin."""
    found: dict[str, Any] = {}
    with monkeypatch.context() as patch:
        patch.setattr(QPainter, "drawText", lambda _, place, *rest: found.update({rest[-1]: place}))
        for row in board.plot.rows:
            painter = QPainter(picture := QPicture())
            painter.setFont(board.plot.font())
            row.pointers.paint(painter, None)
            painter.end()
            assert picture.size()
    return {text: rect for text, rect in found.items() if text}


def test_labels_are_beside_their_points(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    board.settle()
    for step in (300, 1000):
        for more in ("", "  0.1234"):
            named = (("00", 0.5), ("01", 0.5), ("10", 0.9), ("11", np.nan))
            board.row.label([PlotLabel(step, value, name + more) for name, value in named])
            texts = written(board, monkeypatch)
            assert len(texts) == 4, "with the title of the lower row"
            x, y = board.row.scales.at(step, 0.9)
            metrics = QFontMetricsF(board.plot.font())
            size = QSizeF(metrics.horizontalAdvance(f"10{more}"), metrics.height() - 1)
            base = QPointF(0, metrics.ascent())
            rects = {text: QRectF(at - base, size) for text, at in texts.items()}
            place = rects[f"10{more}"]
            assert place.center().y() == pytest.approx(y)
            assert (place.left() > x) == (step == 300), "at the end there is no space"
            assert (place.right() < x) == (step == 1000)
            one, other = sorted((rects[f"0{n}{more}"] for n in (0, 1)), key=QRectF.top)
            assert one.bottom() <= other.top() + 1e-6
    board.row.label([])
    assert "10" not in written(board, monkeypatch)


def test_a_lower_row_has_a_title_and_the_longest_reading_that_fits(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.settle()
    board.lower.point([], "0.211 at 12 000", "0.211")
    assert {"Lower", "0.211 at 12 000"} <= {*written(board, monkeypatch)}
    board.lower.point([], "0.211 at a step whose number has far too many digits" * 3, "0.211")
    texts = written(board, monkeypatch)
    assert "0.211" in texts
    assert texts["Lower"].y() <= 0


def test_the_axis_is_named(board: Board) -> None:
    board.row.label_axis("loss (y - t)²")
    assert board.row.frame.left.labelText == "loss (y - t)²"
    for name in ("loss, by a formula that is fairly long", "loss"):
        board.row.label_axis(name, "l")
        axis = board.row.frame.left
        middle = axis.label.mapRectToParent(axis.label.boundingRect()).center().y()
        assert middle == pytest.approx(axis.height() / 2, abs=2), "in the middle of its axis"
