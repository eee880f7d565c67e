"""The still axis looks like any other at all times, and writes nothing while only curves change."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.ui.plot.axes import StillAxis
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


class Board:
    """A plot with a curve and a grid; what is painted of it is kept, as on a screen."""

    def __init__(self, qtbot: QtBot, kind: type[pg.AxisItem]) -> None:
        self.plot = shown(qtbot, Plot(left=kind("left"), bottom=kind("bottom")))
        self.curve = self.plot.plot(np.zeros(3))
        self.dress(LIGHT)
        self.show_range(3.0)
        self.image = self.whole()

    def dress(self, theme: Theme) -> None:
        self.plot.recolour(theme)
        self.plot.showGrid(x=False, y=True, alpha=0.25)

    def show_range(self, high: float) -> None:
        self.plot.setRange(xRange=(0, 2), yRange=(0, high), padding=0)

    def draw(self, values: list[float]) -> None:
        """Change the curve, and paint what that exposes: the inside of the plot."""
        self.curve.setData(values)
        box = self.plot.getPlotItem().getViewBox()
        area = self.plot.mapFromScene(box.sceneBoundingRect()).boundingRect()
        self.plot.viewport().render(self.image, area.topLeft(), QRegion(area))

    def whole(self) -> QImage:
        """Return all of it, painted anew."""
        for _ in range(3):  # axes find their widths while they are painted
            self.plot.grab()
            QApplication.processEvents()
        image = QImage(self.plot.viewport().size(), QImage.Format.Format_RGB32)
        self.plot.viewport().render(image, QPoint())
        return image


@pytest.fixture
def boards(qtbot: QtBot) -> Iterator[tuple[Board, Board]]:
    """Return a plot with still axes, and one with pyqtgraph's own."""
    still, plain = Board(qtbot, StillAxis), Board(qtbot, pg.AxisItem)
    yield still, plain
    for board in (still, plain):
        board.plot.hide()


def test_it_looks_like_pyqtgraph_s_own(boards: tuple[Board, Board]) -> None:
    still, plain = boards
    assert still.image == plain.image


def test_what_a_curve_exposes_is_painted_with_lines_and_grid(boards: tuple[Board, Board]) -> None:
    for values in ([0.0, 3.0, 1.0], [2.0, 0.0, 2.5]):
        for board in boards:
            board.draw(values)
        still, plain = boards
        assert still.image == plain.image == plain.whole()


def test_it_follows_theme_range_and_size(boards: tuple[Board, Board]) -> None:
    still, plain = boards
    pictures = [still.whole()]
    changes: list[Callable[[Board], Any]] = [
        lambda board: board.dress(DARK),
        lambda board: board.show_range(40.0),
        lambda board: board.plot.resize(300, 420),
        lambda board: board.plot.getAxis("left").setLabel("loss"),
    ]
    for change in changes:
        for board in boards:
            change(board)
        pictures.append(still.whole())
        assert pictures[-1] == plain.whole()
        assert pictures[-1] != pictures[-2]


def test_texts_are_written_when_they_are_exposed_and_not_for_a_curve(
    boards: tuple[Board, Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    still, _ = boards
    written: list[str] = []
    paint = pg.AxisItem.paint

    def noted(self: pg.AxisItem, *args: Any) -> None:
        written.append(self.orientation)
        paint(self, *args)

    monkeypatch.setattr(pg.AxisItem, "paint", noted)
    still.draw([1.0, 2.0, 0.5])
    assert not written
    still.whole()
    assert set(written) == {"left", "bottom"}
