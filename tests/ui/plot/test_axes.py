"""Axes: round ends, ticks at any zoom, extreme values, pixels, and lines as thick everywhere."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QFontMetricsF, QImage, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.screen import near, painted_at, shown
from tests.ui.plot.board import Board
from xorviz.ui.plot.axes import ScaledAxis, linear_ticks, log_ticks, step_text
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.plot.curve_row import Curve
from xorviz.ui.plot.overlay import Scales
from xorviz.ui.theme.palette import DARK, LIGHT

SIZE = 300.0
is_log = pytest.mark.parametrize("is_log", [False, True])


def step_axis() -> ScaledAxis:
    return ScaledAxis("bottom", step_text, 1.0, is_whole=True, lead="step ")


# Round numbers and ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (1, 1000, 12, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]),
        (1, 1000, 9, [1, 3, 10, 30, 100, 300, 1000]),
        (1, 1000, 4, [1, 10, 100, 1000]),
        (1e-12, 1, 5, [1e-12, 1e-9, 1e-6, 1e-3, 1]),
        (0.9, 2.2, 5, [1, 1.5, 2]),
        (1.02, 1.4, 5, [1.1, 1.2, 1.3, 1.4]),
        (7, 7, 5, []),
    ],
)
def test_log_ticks_are_as_dense_as_allowed(
    low: float, high: float, most: float, ticks: list[float]
) -> None:
    assert log_ticks(low, high, most) == pytest.approx(ticks)


def test_linear_ticks_are_round_and_few() -> None:
    assert linear_ticks(0, 10, 5) == [0, 2, 4, 6, 8, 10]
    assert linear_ticks(-1, 1, 4) == [-1, -0.5, 0, 0.5, 1]
    assert linear_ticks(3, 17, 3) == [5, 10, 15]
    assert linear_ticks(0, 2, 10, is_whole=True) == [0, 1, 2], "only whole ones"
    assert linear_ticks(2, 2, 5) == []


@given(st.floats(0, 1e6), st.floats(1e-2, 1e6), st.floats(0.5, 12))
def test_ticks_of_whole_numbers_are_whole_and_evenly_spaced(
    low: float, span: float, most: float
) -> None:
    ticks = linear_ticks(low, low + span, most, is_whole=True)
    assert all(tick == round(tick) for tick in ticks)
    assert len(set(np.diff(ticks).tolist())) <= 1
    assert len(ticks) <= most + 1


@given(st.floats(-12, 12), st.floats(1e-3, 20), st.integers(2, 12))
def test_ticks_lie_between_the_ends(low: float, span: float, most: int) -> None:
    first, last = 10.0**low, 10.0 ** (low + span)
    assume(math.isfinite(last))
    for found in (log_ticks(first, last, most), linear_ticks(first, last, most)):
        assert len(found) <= most + 1
        assert found == sorted(found)
        assert all(first - 1e-8 * last <= tick <= last * (1 + 1e-8) for tick in found)


# An axis


@pytest.fixture
def axis(qtbot: QtBot) -> Iterator[ScaledAxis]:
    """Return a logarithmic axis; it lives as long as its plot."""
    axis = ScaledAxis("left")
    axis.set_log(True)
    plot = shown(qtbot, CurvePlot("", axis))
    yield axis
    plot.hide()


def test_view_coordinates_are_values_or_exponents_and_stay_finite(axis: ScaledAxis) -> None:
    values = np.array([1e-12, 3.7e-5, 1.0, 60_000.0, 1e299])
    places = axis.to_view(values)
    assert places == pytest.approx(np.log10(values))
    assert [axis.from_view(place) for place in places] == pytest.approx(values)
    assert axis.to_view(np.array([0.0, 5e-324, 1e-13])).tolist() == [-12.0] * 3
    assert np.isfinite([axis.from_view(1e6), *axis.to_view(np.array([1.7e308, np.inf]))]).all()
    axis.set_log(False)
    assert axis.to_view(values).tolist() == values.tolist()
    assert axis.from_view(1.5) == 1.5
    steps = step_axis()
    steps.set_log(True)
    assert steps.to_view(np.array([0.0, 1.0])).tolist() == [0.0, 0.0], "step 0 is at step 1"


def test_a_logarithmic_axis_has_2_to_12_labels_at_any_zoom(axis: ScaledAxis) -> None:
    spans = [0.002, 0.02, 0.302, 0.61, 1.0, 3.5, 25.0, 200.0]
    for low, span in itertools.product([-11.9, -0.62, 0.0, 1.3, 100.55], spans):
        ((spacing, values),) = axis.tickValues(low, low + span, SIZE)
        texts = [text for text in axis.tickStrings(values, 1.0, spacing) if text]
        assert 2 <= len(texts) <= 12
        assert len(set(texts)) == len(texts)
        assert values == sorted(values)
        assert low - 1e-6 <= values[0] <= values[-1] <= low + span + 1e-6
    ((_, values),) = axis.tickValues(-1.0, 0.0, SIZE)
    texts = axis.tickStrings(values, 1.0, 1.0)
    assert [float(text) for text in texts] == pytest.approx([10**value for value in values])


@is_log
@given(lowest=st.floats(0, 1e250), ratio=st.floats(1, 1e40), least=st.sampled_from([2.0, 10.0]))
def test_fitted_ends_are_round_and_hold_the_values_tightly(
    qtbot: QtBot, is_log: bool, lowest: float, ratio: float, least: float
) -> None:
    axis = ScaledAxis("left", least_ratio=least)
    axis.set_log(is_log)
    values = np.array([lowest, lowest * ratio])
    bottom, top = axis.fitted(*values.tolist())
    low, high = axis.to_view(values)
    assert bottom <= low <= high <= top
    if is_log:
        assert top - bottom >= math.log10(least) - 1e-9
        assert top - bottom <= max(high - low + 0.4, math.log10(least) + 1e-9)
    else:
        assert bottom == 0
        assert top <= max(high, 1e-12) * 1.05 * 4 / 3 * (1 + 1e-9)


def test_fitted_ends_change_in_jumps_and_are_finite(axis: ScaledAxis) -> None:
    ends = [axis.fitted(0.5 * 0.99**step, 0.9) for step in range(500)]
    assert 5 < len({*ends}) < 30
    for is_log in (False, True):
        axis.set_log(is_log)
        low, high = axis.limits()
        for values in [(0.0, 0.0), (5e-324, 0.5), (1.0, 1.7e308), (0.0, 1.7e308)]:
            bottom, top = axis.fitted(*values)
            assert low <= bottom < top <= high


def test_texts_at_the_ends_are_not_dropped(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    written: dict[str, list[tuple[float, str]]] = {}
    draw = ScaledAxis.drawPicture

    def noted(self: ScaledAxis, p: Any, line: Any, ticks: Any, texts: Any) -> None:
        draw(self, p, line, ticks, texts)
        written[self.orientation] = [(rect.left(), text) for rect, _, text in texts]

    monkeypatch.setattr(ScaledAxis, "drawPicture", noted)
    value = ScaledAxis("left", "{:g}".format)
    value.fix((0.0, 0.5, 1.0))
    plot = shown(qtbot, CurvePlot("", value))
    plot.rows[0].box.setRange(xRange=(0, 100), yRange=(0, 1), padding=0)
    for _ in range(3):
        plot.grab()
        QApplication.processEvents()
    assert [text for _, text in written["left"]] == ["0", "0.5", "1"]
    (left, first), *_, (_, last) = written["bottom"]
    assert (first, last, left >= 0) == ("step 0", "100", True)
    assert value.widest_text() == QFontMetricsF(plot.font()).horizontalAdvance("0.5")
    assert value.tickValues(0.4, 0.6, SIZE) == [(1.0, [0, 0.5, 1])], "at every range"
    plot.hide()


@is_log
def test_ticks_of_steps_are_whole_and_only_the_first_is_named_in_full(is_log: bool) -> None:
    axis = step_axis()
    axis.set_log(is_log)
    for size, newest in itertools.product(range(150, 900, 50), [100, 120, 40_000, 10**12]):
        low, high = axis.to_view(np.array([0.0, newest]))
        ((_, tried),) = axis.tickValues(low, high, size)
        named = zip(tried, axis.tickStrings(tried, 1.0, 1.0), strict=True)
        ticks, texts = zip(*(one for one in named if one[1]), strict=True)
        steps = [axis.from_view(tick) for tick in ticks]
        assert steps == pytest.approx([round(step) for step in steps])
        assert texts[0] == f"step {step_text(steps[0])}"
        assert not any("step" in text for text in texts[1:])
        assert len(texts) >= 2 or size == 150
    names = {0.0: "0", 60_000.0: "60\u202f000", 2.5: "", 0.4: "", 1e6 + 1e-3: "1\u202f000\u202f000"}
    assert {value: step_text(value) for value in names} == names


# Pixels


@pytest.fixture
def scales(qtbot: QtBot) -> Iterator[Scales]:
    plot = shown(qtbot, CurvePlot("", ScaledAxis("left")))
    yield plot.rows[0].scales
    plot.hide()


def test_pixels_over_a_plot_equal_pyqtgraph_s_and_stay_finite(scales: Scales) -> None:
    steps, values = np.array([1.0, 2.0, 500.0]), np.array([0.9, 0.5, 0.01])
    for is_log in (False, True):
        scales.step_axis.set_log(is_log)
        scales.value_axis.set_log(is_log)
        scales.box.setRange(xRange=(0, 3), yRange=(-2, 1), padding=0)
        view = scales.step_axis.to_view(steps), scales.value_axis.to_view(values)
        for place, at in enumerate(np.transpose(view).tolist()):
            pixel = scales.box.mapFromView(QPointF(*at))
            x, y = scales.x_of(steps)[place], scales.y_of(values)[place]
            assert (x, y) == pytest.approx((pixel.x(), pixel.y()), abs=1e-6)
            assert scales.at(steps[place], values[place]) == (x, y)
    scales.box.setRange(xRange=(0, 1e-6), yRange=(0, 1e-9), padding=0)
    far = scales.x_of(np.array([0.0, 2.0**62])), scales.y_of(np.array([5e-324, 1.7e308]))
    assert np.isfinite(far).all()


def whole(plot: CurvePlot) -> QImage:
    """Return the whole plot, repainted."""
    for _ in range(2):  # painting sets the widths of the axes
        plot.grab()
        QApplication.processEvents()
    image = QImage(plot.viewport().size(), QImage.Format.Format_RGB32)
    plot.viewport().render(image, QPoint())
    return image


def test_what_is_repainted_in_parts_looks_like_the_whole(board: Board) -> None:
    plot, row = board.plot, board.row
    board.fix()
    image = whole(plot)
    for values in ([0.0, 1.0, 0.5], [0.7, 0.0, 0.9]):
        row.show([Curve(np.array([0, 500, 1000]), np.array(values), LIGHT.text)])
        area = plot.mapFromScene(row.box.sceneBoundingRect()).boundingRect()
        plot.viewport().render(image, area.topLeft(), QRegion(area))  # what is exposed
        assert image == whole(plot)
    changes: list[Callable[[], Any]] = [
        lambda: plot.apply_theme(DARK),
        lambda: row.box.setRange(yRange=(0, 40), padding=0),
        lambda: board.resize(300, 420),
        lambda: row.label_axis("loss"),
    ]
    for change in changes:
        before = whole(plot)
        change()
        assert whole(plot) != before


def test_lines_of_an_axis_are_as_thick_on_every_screen(board: Board) -> None:
    board.fix()
    (x, _), area = board.row.scales.at(0), board.area()
    for ratio in (1, 1.5, 2):
        image = painted_at(board.viewport, ratio)
        inked = near(image, LIGHT.rule, 3)[round(ratio * area.center().y()) + 5]
        assert inked[: round(ratio * (area.left() + x + 4))].sum() == round(ratio)
