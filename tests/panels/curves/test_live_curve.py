"""The curve of the current run and its dots."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import shown
from tests.support.snapshots import QUICK
from xorviz.core.arrays import Array
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.curves.live_curve import LiveCurve, LiveLine
from xorviz.panels.curves.overlay import Scales
from xorviz.ui.plot.axes import ScaledAxis, loss_text, step_text
from xorviz.ui.plot.plot import Dot, Plot
from xorviz.ui.theme.palette import LIGHT


@pytest.fixture
def curve(qtbot: QtBot) -> Iterator[LiveCurve]:
    step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left", loss_text, 0.0)
    loss.set_log(True)
    plot = Plot(bottom=step, left=loss)
    qtbot.addWidget(plot)
    made = LiveCurve(Scales(plot.getPlotItem().getViewBox(), step, loss))
    for dot in made.dots:
        plot.addItem(dot)
    yield made
    plot.hide()


@pytest.fixture(scope="module")
def recording() -> Recording:
    recording = Recording(QUICK)
    recording.advance(300)
    return recording


def place(dot: Dot) -> tuple[float, float]:
    return dot.pos().x(), dot.pos().y()


def at(snapshot: Snapshot) -> object:
    return pytest.approx((snapshot.step, np.log10(snapshot.loss)))


def test_nothing_is_visible_at_first(curve: LiveCurve) -> None:
    assert not any(item.isVisible() for item in (curve.line, *curve.dots))


def test_at_the_newest_step_there_is_one_dot(curve: LiveCurve, recording: Recording) -> None:
    newest = recording.snapshot()
    curve.show_snapshot(newest)
    assert place(curve.here) == at(newest)
    assert curve.here.isVisible()
    assert not curve.newest.isVisible()


def test_at_an_earlier_step_another_dot_is_at_the_newest(
    curve: LiveCurve, recording: Recording
) -> None:
    past, newest = recording.state_at(120), recording.snapshot()
    curve.show_snapshot(past)
    assert place(curve.here) == at(past)
    assert place(curve.newest) == at(newest)
    assert curve.newest.isVisible()
    assert len(curve.line.points[0]) == 301
    curve.show_snapshot(newest)
    assert not curve.newest.isVisible()


def test_the_curve_can_be_hidden(curve: LiveCurve, recording: Recording) -> None:
    curve.show_snapshot(recording.state_at(120))
    curve.show_snapshot(None)
    assert not any(item.isVisible() for item in (curve.line, *curve.dots))


def test_a_loss_of_zero_has_a_finite_position(curve: LiveCurve, recording: Recording) -> None:
    curve.show_snapshot(replace(recording.snapshot(), loss=0.0))
    assert np.isfinite(place(curve.here)).all()


class Board:
    """A plot of a run whose curve is ours, and one whose curve is pyqtgraph's."""

    def __init__(self, qtbot: QtBot) -> None:
        self.plots = [self._made(qtbot) for _ in range(2)]
        boxes = [plot.getPlotItem().getViewBox() for plot in self.plots]
        axes = [(plot.getAxis("bottom"), plot.getAxis("left")) for plot in self.plots]
        self.ours = LiveLine(Scales(boxes[0], *axes[0]))
        self.plain = pg.PlotCurveItem(antialias=False)
        self.plain.setSegmentedLineMode("on")
        self.plots[1].addItem(self.plain, ignoreBounds=True)
        self.ours.recolour(LIGHT.text)
        self.plain.setPen(pg.mkPen(LIGHT.text, width=2))

    def _made(self, qtbot: QtBot) -> Plot:
        step, loss = ScaledAxis("bottom", step_text, 1.0), ScaledAxis("left", loss_text, 0.0)
        plot = shown(qtbot, Plot(bottom=step, left=loss))
        plot.recolour(LIGHT)
        return plot

    def draw(self, x: Array, y: Array) -> None:
        self.ours.show_points(x, y)
        self.plain.setData(x, y)

    def show_range(self, right: float, top: float) -> None:
        for plot in self.plots:
            plot.setRange(xRange=(0, right), yRange=(0, top), padding=0)

    def unlike(self) -> float:
        """Return the percentage of differing pixels among those either curve covers."""
        ours, plain = (self._pixels(plot) for plot in self.plots)
        is_covered = (ours != ours[0, -1]) | (plain != plain[0, -1])
        assert is_covered.sum() > 1000
        return 100 * float((ours != plain)[is_covered].mean())

    def _pixels(self, plot: Plot) -> NDArray[np.uint32]:
        for _ in range(3):
            plot.grab()
            QApplication.processEvents()
        image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return np.array(image.constBits()).view(np.uint32).reshape(image.height(), image.width())


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[Board]:
    board = Board(qtbot)
    yield board
    for plot in board.plots:
        plot.hide()


X = np.arange(4096.0)
CURVES = {
    "falling": 0.9 * np.exp(-X / 900),
    "steps": 0.1 + 0.2 * (X // 1000),
    "spikes": 0.3 + 0.5 * (X % 512 == 300),
}


@pytest.mark.parametrize("name", some(CURVES, 2))
def test_fewer_points_cover_the_same_pixels(board: Board, name: str) -> None:
    board.show_range(4096, 1)
    board.draw(X, CURVES[name])
    assert board.unlike() < 2


def test_the_curve_follows_range_and_size(board: Board) -> None:
    board.draw(X, CURVES["falling"])
    for right, top, size in ((4096, 1, (400, 300)), (500, 2, (400, 300)), (9000, 1, (520, 410))):
        board.show_range(right, top)
        for plot in board.plots:
            plot.resize(*size)
        assert board.unlike() < 2


def test_a_curve_that_oscillates_is_its_lowest_and_highest(board: Board) -> None:
    board.show_range(4096, 1)
    board.draw(X, 0.5 + 0.25 * (-1) ** X)
    image = board.plots[0].grab().toImage()
    area = board.ours.mapRectToScene(board.ours.boundingRect())
    middle = round(area.center().x())
    at = {
        v: image.pixelColor(middle, round(area.bottom() - v * area.height()))
        for v in (0.1, 0.5, 0.9)
    }
    ground, ink = QColor(LIGHT.panel), QColor(LIGHT.text)
    assert at[0.1] == at[0.9] == ground
    assert ink.lightness() < at[0.5].lightness() < ground.lightness()
    across = [image.pixelColor(middle, y) for y in range(image.height())]
    assert sum(color == ink for color in across) == 4  # two lines of two pixels
