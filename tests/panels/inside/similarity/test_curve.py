"""The curve of differences: positions of values, legend and axis labels."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import near, shown
from xorviz.core.analysis.symmetry import Spread, SpreadCurve
from xorviz.panels.inside.similarity.curve import CurveData, DifferenceAxis, SimilarityCurve
from xorviz.ui.theme.palette import LIGHT


def curve_of(
    largest: list[float], smallest: list[float], step: int | None = None, sentence: str = ""
) -> CurveData:
    """Return the data of a curve with these differences at steps 0, 10, 20 ..."""
    steps = np.arange(len(largest)) * 10
    at = len(largest) - 1 if step is None else step // 10
    now = Spread(np.array(largest[at : at + 1]), np.array(smallest[at : at + 1]))
    spread = Spread(np.array(largest), np.array(smallest))
    return CurveData(SpreadCurve(steps, spread), now, at * 10, step is not None, sentence)


@pytest.fixture
def curve(qtbot: QtBot) -> Iterator[SimilarityCurve]:
    curve = SimilarityCurve()
    curve.apply_theme(LIGHT)
    curve.setStyleSheet(f"background: {LIGHT.panel}")
    yield shown(qtbot, curve, 400, 200)
    curve.hide()


def inked(picture: QImage, color: str, tolerance: int = 60) -> list[QPoint]:
    ys, xs = np.nonzero(near(picture, color, tolerance))
    return [QPoint(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]


def test_the_axis_is_logarithmic() -> None:
    axis = DifferenceAxis.fitted(np.array([2e-6, 0.5]), 10, 130)
    assert (axis.low, axis.high, axis.has_zero) == (-6, 0, False)
    assert axis.positions(np.array([1.0, 1e-3, 1e-6])) == pytest.approx([10, 70, 130])


def test_zero_is_below_all_powers_of_ten() -> None:
    axis = DifferenceAxis.fitted(np.array([0, 1e-3, 0.9]), 10, 130)
    assert axis.positions(np.array([0.0])) == [130]
    assert axis.positions(np.array([1e-3]))[0] < 125
    assert axis.ticks(15)[0] == (130, "0")
    axis = DifferenceAxis.fitted(np.zeros(3), 10, 130)
    assert axis.positions(np.zeros(2)) == [130, 130]
    assert axis.ticks(15) == [(130, "0")]


def test_an_axis_has_at_least_one_decade() -> None:
    for values in ([1.0], [5.0], [10.0], [5e-324], [1e308]):
        axis = DifferenceAxis.fitted(np.array(values), 0, 100)
        assert axis.high > axis.low
        assert 0 <= axis.positions(np.array(values))[0] <= 100


@pytest.mark.parametrize(
    "values", some([[0.0, 1e-6, 10.0], [1e-6, 10.0], [1e-300, 1e6], [0.0, 0.5]], 1)
)
@pytest.mark.parametrize("height", some([20, 60, 200], 1))
def test_axis_labels_do_not_overlap(values: list[float], height: int) -> None:
    ticks = DifferenceAxis.fitted(np.array(values), 0, height).ticks(15)
    positions = sorted(y for y, _ in ticks)
    assert len({text for _, text in ticks}) == len(ticks)
    assert all(later - before >= 15 - 1e-9 for before, later in pairwise(positions))


def test_axis_labels_are_powers_of_ten() -> None:
    texts = {text for _, text in DifferenceAxis.fitted(np.array([1e-4, 1e4]), 0, 400).ticks(15)}
    assert texts == {"10⁻⁴", "10⁻³", "0.01", "0.1", "1", "10", "100", "1000", "10⁴"}


def test_the_axis_reaches_from_the_least_to_the_largest_number() -> None:
    axis = DifferenceAxis.fitted(np.array([5e-324, np.finfo(float).max]), 0, 100)
    texts = [text for _, text in axis.ticks(15)]
    assert texts[0] == "10³⁰⁹"
    assert len(set(texts)) == len(texts) > 3


def test_the_curve_of_the_smallest_difference_is_dashed(curve: SimilarityCurve) -> None:
    curve.show_curve(curve_of([0.5] * 12, [0.005] * 12))
    picture = curve.grab().toImage()
    solid = inked(picture.copy(60, 20, 300, 150), LIGHT.text)
    dashed = inked(picture.copy(60, 20, 300, 150), LIGHT.quiet, 40)
    rows = {point.y() for point in solid}
    assert {point.x() for point in solid} == set(range(300))
    below = [point for point in dashed if point.y() > max(rows) + 20]
    assert 100 < len({point.x() for point in below}) < 280


def test_one_pair_has_one_curve(curve: SimilarityCurve) -> None:
    curve.show_curve(curve_of([0.5, 0.2] * 6, [0.5, 0.2] * 6))
    picture = curve.grab().toImage().copy(60, 20, 300, 150)
    assert {point.x() for point in inked(picture, LIGHT.text)} == set(range(300))


def test_no_line_is_drawn_through_a_few_steps_of_many(curve: SimilarityCurve) -> None:
    curve.show_curve(curve_of([0.5, 0.2, 0.1], [0.5, 0.2, 0.1]))
    picture = curve.grab().toImage().copy(60, 20, 300, 150)
    dots = {point.x() for point in inked(picture, LIGHT.text)}
    assert 2 <= len(dots) <= 12


def test_equal_units_are_mentioned_in_a_sentence(curve: SimilarityCurve) -> None:
    curve.show_curve(curve_of([0.0] * 5, [0.0] * 5))
    without = curve.grab().toImage()
    said = "All 3 units are equal to the last bit"
    curve.show_curve(curve_of([0.0] * 5, [0.0] * 5, sentence=said))
    assert curve.accessibleDescription() == said
    first_line = inked(curve.grab().toImage().copy(0, 0, 400, 16), LIGHT.text)
    assert max(point.x() for point in first_line) > 180
    assert inked(without.copy(0, 0, 400, 16), LIGHT.text)


@pytest.mark.parametrize(
    "size",
    [
        (120, 40),
        *(pytest.param(s, marks=pytest.mark.thorough) for s in [(160, 60), (240, 90), (900, 400)]),
    ],
)
def test_it_can_be_painted_at_any_size(curve: SimilarityCurve, size: tuple[int, int]) -> None:
    curve.resize(*size)
    for made in (
        curve_of([1.0], [1e-9]),
        curve_of([1.0, 2.0], [0.0, 1e-6], step=0, sentence="Equal to the last bit: h1 and h2"),
        curve_of([1e306, 1e306], [1e-300, 0.0]),
    ):
        curve.show_curve(made)
        curve.grab()
    curve.show_curve(None)
    blank = curve.grab().toImage()
    assert not inked(blank, LIGHT.text)
