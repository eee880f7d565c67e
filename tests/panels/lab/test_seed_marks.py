"""The histogram of first correct steps, and the strip of the outcomes of seeds."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, pixel, rgb, shown, svg_of
from xorviz.lab.results.histogram import StepHistogram, histogram_of
from xorviz.panels.lab.outcomes import OUTCOMES, color_of, paint_mark
from xorviz.panels.lab.seed_marks import (
    LARGEST,
    SMALLEST,
    Codes,
    SeedHistogram,
    SeedStrip,
    seed_tiles,
    strip_image,
)
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.theme.palette import DARK, LIGHT

USUAL = *[150] * 4, *[1500] * 8, 5000


def of(*firsts: int, never: int = 0, learning: int = 0, steps: int = 10_000) -> StepHistogram:
    """Return the histogram of networks that are done, with these first steps or without one."""
    first = np.array([*firsts, *[-1] * (never + learning)], dtype=np.int64)
    is_learning = np.arange(len(first)) >= len(firsts) + never
    return histogram_of(first, np.ones(len(first), dtype=bool), first > 0, is_learning, steps)


@pytest.fixture
def bars(qtbot: QtBot) -> SeedHistogram:
    found = shown(qtbot, SeedHistogram(), 500, 200)
    found.apply_theme(LIGHT)
    show(found, of(*USUAL, never=75))
    return found


def show(bars: SeedHistogram, histogram: StepHistogram) -> None:
    """Show a histogram, and paint until the axes have their final widths."""
    bars.show_histogram(histogram)
    for _ in range(3):
        bars.grab()
        QApplication.processEvents()


def rect_of(bars: SeedHistogram, step: int) -> QRectF:
    """Return the rectangle of the bar of a step, in the widget."""
    place = bars.bar_at(step)
    assert place is not None
    rect, box = bars.bars.rects()[place], bars.rows[0].box
    return QRectF(QPointF(bars.mapFromScene(box.mapToScene(rect.topLeft()))), rect.size())


def ends(bars: SeedHistogram) -> tuple[float, float]:
    """Return the first and the last step of the axis."""
    (low, high), _ = bars.rows[0].box.viewRange()
    return 10**low, 10**high


def test_bars_are_as_high_as_their_counts_on_a_logarithmic_axis(bars: SeedHistogram) -> None:
    heights = [rect_of(bars, step).height() for step in (150, 1500, 5000, 700)]
    assert heights == pytest.approx([heights[1] * share for share in (1 / 2, 1, 1 / 8, 0)], abs=1)
    lefts = [rect_of(bars, step).left() for step in (150, 1500, 150 * 33)]
    # Bins begin at whole steps.
    assert lefts[1] - lefts[0] == pytest.approx((lefts[2] - lefts[0]) / 1.52, rel=0.03)
    at = rect_of(bars, 5000).center().toPoint()
    assert is_near(pixel(bars, at), LIGHT.accent)
    before = rect_of(bars, 150)
    show(bars, of(*USUAL, 5000, 5000, never=75))
    assert rect_of(bars, 150) == before, "bars keep their places during training"


def test_the_axis_starts_just_below_the_first_bar_and_is_fitted_to_a_new_plan(
    bars: SeedHistogram,
) -> None:
    for first, low in [(29, 10), (1, 1), (40, 30), (130, 100), (290, 100), (330, 300)]:
        bars.show_histogram(of(first, 9000, steps=20_000))
        assert ends(bars) == pytest.approx((low, 20_001))
    bars.zoom_by(3)
    bars.show_histogram(of(150, 1500, steps=20_000))
    assert ends(bars)[1] < 20_000
    bars.show_histogram(of(150, 1500, steps=100_000))
    assert ends(bars)[1] == pytest.approx(100_001)


def test_the_median_is_marked_and_networks_without_a_step_are_noted(bars: SeedHistogram) -> None:
    row = bars.rows[0]
    assert [mark.text for mark in bars._median.marks] == ["median 1\u202f500"]
    assert [label.text for label in row.pointers.labels] == ["75 never correct"]
    for part in ("median 1\u202f500", "75 never correct"):
        assert part in bars.accessibleName()
    for histogram, notes, said in (
        (of(never=3), ["3 never correct"], "no network is correct"),
        (of(never=1, learning=2), ["2 still learning", "1 never correct"], "no network is correct"),
        (of(), [], "no network is correct yet"),
        (replace(of(150), lost=2), ["2 later failed again"], ""),
    ):
        bars.show_histogram(histogram)
        assert [label.text for label in row.pointers.labels] == notes
        assert row.pointers.readings == (said,)
        assert len(bars._median.marks) == (histogram.median is not None)


def test_a_bin_is_read_out_and_it_can_be_painted_without_space_or_seeds(
    bars: SeedHistogram,
) -> None:
    assert bars.marked_text() == ""
    for step, text in (
        (1500, "at step 1\u202f259 to 1\u202f584: 8 seeds"),
        (1, "at step 1: 0 seeds"),
        (5000, "to 5\u202f011: 1 seed"),
    ):
        bars.mark(step)
        assert bars.marked_text().endswith(text)
        assert bars.marked_text().startswith("first correct at step ")
    bars.resize(60, 20)
    for histogram in (of(100), of(never=3), of()):
        show(bars, histogram)
    assert bars.bar_at(0) is None


def codes(count: int) -> Codes:
    return (np.arange(count) % 5).astype(np.uint8)


@pytest.fixture
def strip(qtbot: QtBot) -> SeedStrip:
    found = shown(qtbot, SeedStrip(), 400, 200)
    found.show_codes(codes(300))
    return found


def test_a_seed_has_the_colour_of_its_outcome_and_frames_of_pointer_and_choice(
    strip: SeedStrip,
) -> None:
    at = strip.center_of(1).toPoint()
    for theme in (LIGHT, DARK):
        strip.apply_theme(theme)
        for shift in (0, 1):
            strip.show_codes(np.roll(codes(300), shift))
            assert is_near(pixel(strip, at), color_of(theme, OUTCOMES[1 - shift]))
    assert strip.spot_at(strip.center_of(299)) == 299
    corner = (strip.center_of(45) - QPointF(1, 1) * (strip.grid.side / 2 + 1)).toPoint()
    looks = [pixel(strip, corner)]
    for mark in (strip.mark, strip.choose):
        mark(45)
        looks.append(pixel(strip, corner))
        mark(None)
        looks.append(pixel(strip, corner))
    assert looks[0] == looks[2] == looks[4] not in (looks[1], looks[3])


def test_its_height_is_limited_and_no_larger_than_the_cells_need(strip: SeedStrip) -> None:
    for count, (width, height) in product((1, 30, 500, 10_000), ((284, 70), (540, 240))):
        strip.show_codes(codes(count))
        needed = strip.height_for(width, height)
        assert needed <= height
        strip.resize(width, needed)
        before = strip.grid
        strip.resize(width, height)
        assert strip.grid == before, "what is left over would make cells no larger"


def test_a_drawing_has_a_mark_of_each_seed_and_says_if_not_all_fit(strip: SeedStrip) -> None:
    text = svg_of(strip)
    assert "<image" not in text
    assert text.count("<circle") + text.count("<ellipse") >= 120  # three rows, no row learned
    assert " shown." not in text
    strip.resize(100, 60)
    strip.show_codes(codes(2_000))
    assert strip.grid.pitch == SMALLEST
    assert f"{strip.grid.count} of 2\u202f000 shown." in svg_of(strip)


@given(st.integers(1, 20_000), st.integers(60, 1200), st.integers(20, 700))
def test_cells_fit_and_are_as_large_as_possible(count: int, width: int, height: int) -> None:
    grid = seed_tiles(count, width, height)
    assert SMALLEST <= grid.pitch <= LARGEST
    assert grid.columns * grid.pitch <= width
    assert grid.rows * grid.pitch <= height
    assert grid.count == count or grid.pitch == SMALLEST
    if grid.pitch < LARGEST and grid.count == count:
        columns = width // (grid.pitch + 1)
        columns -= columns % 5 if columns >= 20 else 0
        assert columns * (height // (grid.pitch + 1)) < count, "the next size has no room"


MARKS = (np.arange(40) % len(OUTCOMES)).astype(np.uint8)


def by_hand(grid: Tiles, ratio: int) -> QImage:
    size = grid.columns * grid.pitch * ratio, grid.rows * grid.pitch * ratio
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(ratio, ratio)
    for index in range(grid.count):
        paint_mark(painter, grid.picture(index), OUTCOMES[MARKS[index]], LIGHT)
    painter.end()
    return image


@pytest.mark.parametrize(("cell", "ratio"), some([(3, 1), (16, 1), (7, 2), (16, 2)], 3))
def test_the_image_equals_marks_painted_one_by_one(qapp: object, cell: int, ratio: int) -> None:
    grid = replace(seed_tiles(33, 7 * cell, 999), side=cell - 1, gap=1)
    image, wanted = strip_image(MARKS, grid, LIGHT, ratio), by_hand(grid, ratio)
    assert (image.devicePixelRatio(), image.size()) == (ratio, wanted.size())
    assert np.abs(rgb(image) - rgb(wanted)).max() <= 2
    fraction = strip_image(MARKS, seed_tiles(40, 130, 60), LIGHT, 1.25).deviceIndependentSize()
    assert fraction.toTuple() == pytest.approx((130, 52))
