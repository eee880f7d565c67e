"""Axes: round ends, ticks at any zoom, extreme values, and a look equal to pyqtgraph's."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.ui.plot.axes import ScaledAxis, StillAxis, loss_text, nice_above, step_text
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

SIZE = 300.0


@pytest.fixture
def axis(qtbot: QtBot) -> Iterator[ScaledAxis]:
    """Return a logarithmic axis; it lives as long as its plot."""
    axis = ScaledAxis("left", loss_text, 0.0)
    axis.set_log(True)
    plot = shown(qtbot, Plot(left=axis))
    yield axis
    plot.hide()


def labels(axis: ScaledAxis, low: float, high: float) -> list[str]:
    """Return the labels of an axis with this range."""
    texts = [
        text
        for spacing, values in axis.tickValues(low, high, SIZE)
        for text in axis.tickStrings(values, 1.0, spacing)
    ]
    return [text for text in texts if text]


def test_the_next_round_number_is_found() -> None:
    for value, nice in [
        (1, 1),
        (1.01, 1.2),
        (7, 8),
        (8.5, 10),
        (100, 100),
        (101, 120),
        (0.0031, 0.004),
        (1e-12, 1e-12),
    ]:
        assert nice_above(value) == pytest.approx(nice)


@given(st.floats(1e-300, 1e300))
def test_a_round_number_is_at_most_a_third_above(value: float) -> None:
    assert value * (1 - 1e-9) <= nice_above(value) <= value * 4 / 3 * (1 + 1e-9)


def test_view_coordinates_are_values_or_exponents(axis: ScaledAxis) -> None:
    axis.set_log(False)
    values = np.array([0.0, 1.5, 1e10])
    assert axis.to_view(values).tolist() == values.tolist()
    assert axis.from_view(1.5) == 1.5
    axis.set_log(True)

    assert axis.to_view(np.array([1e-3, 1.0, 1e5])).tolist() == pytest.approx([-3, 0, 5])


def test_from_view_inverts_to_view(axis: ScaledAxis) -> None:
    for value in [1e-12, 3.7e-5, 1.0, 60_000.0, 1e299]:
        (position,) = axis.to_view(np.array([value]))
        assert axis.from_view(position) == pytest.approx(value)


def test_tiny_values_are_at_the_lower_end(axis: ScaledAxis) -> None:
    for value in [0.0, 5e-324, 1e-13]:
        assert axis.to_view(np.array([value])).tolist() == [-12.0]


def test_step_zero_is_at_step_one_on_a_logarithmic_axis(qtbot: QtBot) -> None:
    axis = ScaledAxis("bottom", step_text, 1.0)
    plot = Plot(bottom=axis)
    qtbot.addWidget(plot)
    axis.set_log(True)
    assert axis.to_view(np.array([0.0, 1.0])).tolist() == [0.0, 0.0]


def test_far_positions_have_finite_values(axis: ScaledAxis) -> None:
    for position in [301.0, 1e6]:
        assert math.isfinite(axis.from_view(position))


def test_a_logarithmic_axis_has_2_to_12_labels(axis: ScaledAxis) -> None:
    for span in [0.302, 0.45, 0.61, 0.9, 1.0, 2.5, 3.0, 3.5, 9.0, 25.0, 200.0]:
        for low in [-11.9, -3.7, -0.62, 0.0, 1.3, 100.55]:
            texts = labels(axis, low, low + span)
            assert 2 <= len(texts) <= 12
            assert len(set(texts)) == len(texts)


def test_a_logarithmic_axis_has_labels_at_any_zoom(axis: ScaledAxis) -> None:
    for low, span in [(-3.5, 0.1), (-0.62, 0.02), (0.95, 0.002)]:
        texts = labels(axis, low, low + span)
        assert len(texts) >= 2
        assert len(set(texts)) == len(texts)


@given(low=st.floats(-12, 300), span=st.floats(0.31, 310))
def test_ticks_are_inside_the_range(axis: ScaledAxis, low: float, span: float) -> None:
    ticks = [tick for _, values in axis.tickValues(low, low + span, SIZE) for tick in values]
    assert all(low - 1e-6 <= tick <= low + span + 1e-6 for tick in ticks)
    assert ticks == sorted(ticks)


def test_labels_are_the_values_of_their_ticks(axis: ScaledAxis) -> None:
    (_, values), *_ = axis.tickValues(-1.0, 0.0, SIZE)
    texts = axis.tickStrings(values, 1.0, 1.0)
    assert [float(text) for text in texts] == pytest.approx([10**value for value in values])


def test_steps_are_whole_numbers_with_thin_spaces() -> None:
    for value, text in [
        (0.0, "0"),
        (1.0, "1"),
        (60_000.0, "60\u2009000"),
        (2.5, ""),
        (0.4, ""),
        (1e10 + 0.001, "10\u2009000\u2009000\u2009000"),
    ]:
        assert step_text(value) == text


def test_losses_are_short() -> None:
    for value, text in [
        (0.0, "0"),
        (0.25, "0.25"),
        (1e-4, "0.0001"),
        (1e-5, "1·10⁻⁵"),
        (12_000.0, "12000"),
        (1e300, "1·10³⁰⁰"),
    ]:
        assert loss_text(value) == text


class Board:
    """A plot with a curve and a grid, painted into an image in parts as on a screen."""

    def __init__(self, qtbot: QtBot, kind: type[pg.AxisItem]) -> None:
        self.plot = shown(qtbot, Plot(left=kind("left"), bottom=kind("bottom")))
        self.curve = self.plot.plot(np.zeros(3))
        self.apply_theme(LIGHT)
        self.show_range(3.0)
        self.image = self.whole()

    def apply_theme(self, theme: Theme) -> None:
        self.plot.recolour(theme)
        self.plot.showGrid(x=False, y=True, alpha=0.25)

    def show_range(self, high: float) -> None:
        self.plot.setRange(xRange=(0, 2), yRange=(0, high), padding=0)

    def draw(self, values: list[float]) -> None:
        """Change the curve, and repaint what that exposes: the inside of the plot."""
        self.curve.setData(values)
        box = self.plot.getPlotItem().getViewBox()
        area = self.plot.mapFromScene(box.sceneBoundingRect()).boundingRect()
        self.plot.viewport().render(self.image, area.topLeft(), QRegion(area))

    def whole(self) -> QImage:
        """Return the whole plot, repainted."""
        for _ in range(3):  # painting sets the widths of the axes
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


def test_it_looks_like_pyqtgraph_s_own_axis_after_each_change(boards: tuple[Board, Board]) -> None:
    still, plain = boards
    assert still.image == plain.image

    for values in ([0.0, 3.0, 1.0], [2.0, 0.0, 2.5]):
        for board in boards:
            board.draw(values)
        still, plain = boards
        assert still.image == plain.image == plain.whole()

    still, plain = boards
    pictures = [still.whole()]
    changes: list[Callable[[Board], Any]] = [
        lambda board: board.apply_theme(DARK),
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


def test_texts_are_repainted_only_when_exposed(
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
