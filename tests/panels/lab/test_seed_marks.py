"""The strip of seeds: grid, marks and export."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, pixel, shown, svg_of
from xorviz.core import numerals
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
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


def of(*firsts: int, never: int = 0, steps: int = 10_000) -> StepHistogram:
    first = np.array([*firsts, *[-1] * never], dtype=np.int64)
    none = np.zeros(len(first), dtype=bool)
    return histogram_of(first, ~none, first > 0, none, steps)


@pytest.fixture
def bars(qtbot: QtBot) -> SeedHistogram:
    found = shown(qtbot, SeedHistogram(), 500, 200)
    found.apply_theme(LIGHT)
    found.show_histogram(of(*[150] * 4, *[1500] * 8, 5000, never=75))
    settle(found)
    return found


def settle(bars: SeedHistogram) -> None:
    """Paint until the axes have their final widths."""
    for _ in range(3):
        bars.grab()
        QApplication.processEvents()


def rect_of(bars: SeedHistogram, step: int) -> QRectF:
    """Return the rectangle of the bar of a step, in the widget."""
    place = bars.bar_at(step)
    assert place is not None
    rect, box = bars.bars.rects()[place], bars.rows[0].box
    return QRectF(QPointF(bars.mapFromScene(box.mapToScene(rect.topLeft()))), rect.size())


def test_heights_are_proportional_to_counts(bars: SeedHistogram) -> None:
    heights = [rect_of(bars, step).height() for step in (150, 1500, 5000, 700)]
    assert heights[0] == pytest.approx(heights[1] / 2, abs=1)
    assert heights[2] == pytest.approx(heights[1] / 8, abs=1)
    assert heights[3] == 0


def test_the_axis_is_logarithmic_and_starts_just_below_the_first_bar(bars: SeedHistogram) -> None:
    lefts = [rect_of(bars, step).left() for step in (150, 1500, 150 * 33)]
    # Bins begin at whole steps.
    assert lefts[1] - lefts[0] == pytest.approx((lefts[2] - lefts[0]) / 1.52, rel=0.03)
    for first, low in [(29, 10), (1, 1), (40, 30), (130, 100), (290, 100), (330, 300)]:
        bars.show_histogram(of(first, 9000, steps=20_000))
        (left, right), _ = bars.rows[0].box.viewRange()
        assert 10**left == pytest.approx(low)
        assert 10**right == pytest.approx(20_001)


def test_a_plan_of_other_steps_is_fitted_after_zooming(bars: SeedHistogram) -> None:
    bars.zoom_by(3)
    bars.show_histogram(of(150, 1500))
    assert bars.rows[0].box.viewRange()[0][1] < 4
    bars.show_histogram(of(150, 1500, steps=100_000))
    assert bars.rows[0].box.viewRange()[0][1] == pytest.approx(5, abs=1e-4)


def test_bars_keep_their_positions_during_training(bars: SeedHistogram) -> None:
    before = rect_of(bars, 150)
    bars.show_histogram(of(*[150] * 4, *[1500] * 8, *[5000] * 3, never=75))
    assert rect_of(bars, 150) == before


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_bars_have_the_accent_colour(bars: SeedHistogram, theme: Theme) -> None:
    bars.apply_theme(theme)
    assert is_near(pixel(bars, rect_of(bars, 5000).center().toPoint() - QPoint(2, 2)), theme.accent)


def test_the_text_of_a_bin(bars: SeedHistogram) -> None:
    def text(step: int) -> str:
        bars.mark(step)
        return bars.marked_text()

    assert text(1500) == "first correct at step 1\u202f259 to 1\u202f584: 8 seeds"
    assert text(1) == "first correct at step 1: 0 seeds"
    assert text(5000).endswith(": 1 seed")


def test_the_accessible_name_summarizes_the_histogram(bars: SeedHistogram) -> None:
    said = "Histogram of first correct steps, median 1\u202f500; 75 never correct"
    assert bars.accessibleName() == said


def test_the_median_is_marked_and_failures_are_noted(bars: SeedHistogram) -> None:
    assert [mark.text for mark in bars._median.marks] == ["median 1\u202f500"]
    (note,) = bars.rows[0].pointers.labels
    assert note.text == "75 never correct"
    bars.show_histogram(of(never=3))
    assert bars._median.marks == []
    assert bars.rows[0].pointers.readings == ("no network is correct",)
    bars.show_histogram(of())
    assert bars.rows[0].pointers.readings == ("no network is correct yet",)


def test_it_can_be_painted_without_space_or_seeds(qtbot: QtBot) -> None:
    bars = shown(qtbot, SeedHistogram(), 60, 20)
    bars.grab()
    assert bars.bar_at(5) is None
    for histogram in (of(100), of(never=3), of()):
        bars.show_histogram(histogram)
        for size in ((60, 20), (300, 150)):
            bars.resize(*size)
            settle(bars)
    assert bars.bar_at(0) is None


THEMES = pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)


def codes(count: int) -> Codes:
    return (np.arange(count) % 5).astype(np.uint8)


@pytest.fixture
def strip(qtbot: QtBot) -> SeedStrip:
    found = shown(qtbot, SeedStrip(), 400, 200)
    found.show_codes(codes(300))
    return found


@THEMES
def test_a_seed_has_the_colour_of_its_outcome(strip: SeedStrip, theme: Theme) -> None:
    strip.apply_theme(theme)
    for index in (0, 1, 2, 5, 299 - 299 % 5):
        color = QColor(color_of(theme, OUTCOMES[index % 5]))
        assert is_near(pixel(strip, strip.center_of(index).toPoint()), color), index


def test_new_outcomes_are_painted(strip: SeedStrip) -> None:
    strip.grab()
    strip.show_codes(np.roll(codes(300), 1))
    assert is_near(pixel(strip, strip.center_of(1).toPoint()), QColor(LIGHT.accent))


def test_the_pointed_and_the_chosen_seed_are_framed(strip: SeedStrip) -> None:
    corner = (strip.center_of(45) - QPointF(1, 1) * (strip.grid.side / 2 + 1)).toPoint()
    plain = pixel(strip, corner)
    strip.mark(45)
    pointed = pixel(strip, corner)
    strip.mark(None)
    strip.choose(45)
    chosen = pixel(strip, corner)
    strip.choose(None)
    assert pixel(strip, corner) == plain
    assert plain not in (pointed, chosen)


@pytest.mark.parametrize(
    ("width", "height"), some([(284, 70), (540, 240), (300, 400), (90, 60)], 1)
)
@pytest.mark.parametrize("count", some([10_000, 1, 30, 500], 1))
def test_the_height_is_limited(qtbot: QtBot, width: int, height: int, count: int) -> None:
    strip = SeedStrip()
    strip.show_codes(codes(count))
    needed = strip.height_for(width, height)
    assert needed <= height
    shown(qtbot, strip, width, needed)
    before = strip.grid
    strip.resize(width, height)
    assert strip.grid == before, "what is left over would make cells no larger"


def test_a_note_says_if_not_all_seeds_fit(strip: SeedStrip) -> None:
    assert " shown." not in svg_of(strip)
    strip.show_codes(codes(100_000))
    assert strip.grid.pitch == 3
    assert f"{numerals.whole(strip.grid.count)} of 100\u202f000 shown." in svg_of(strip)


def test_an_svg_export_has_marks_and_text(strip: SeedStrip) -> None:
    text = svg_of(strip)
    assert "<image" not in text
    rings = text.count("<circle") + text.count("<ellipse")
    assert rings >= 120  # three rows learned, no row learned


@given(st.integers(1, 20_000), st.integers(60, 1200), st.integers(20, 700))
def test_cells_fit_and_are_as_large_as_possible(count: int, width: int, height: int) -> None:
    grid = seed_tiles(count, width, height)
    assert SMALLEST <= grid.pitch <= LARGEST
    assert grid.columns * grid.pitch <= width
    assert grid.rows * grid.pitch <= height
    assert grid.count == count or grid.pitch == SMALLEST


@pytest.mark.parametrize(
    ("count", "cell", "shown"),
    [(1, 16, 1), (500, 14, 500), (2000, 7, 2000), (10_000, 3, 10_000), (1_000_000, 3, 180 * 70)],
)
def test_cell_sizes(count: int, cell: int, shown: int) -> None:
    grid = seed_tiles(count, 540, 210)
    assert (grid.pitch, grid.count) == (cell, shown)


CODES = (np.arange(40) % len(OUTCOMES)).astype(np.uint8)


def by_hand(grid: Tiles, ratio: int) -> QImage:
    size = grid.columns * grid.pitch * ratio, grid.rows * grid.pitch * ratio
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(ratio, ratio)
    for index in range(grid.count):
        paint_mark(painter, grid.picture(index), OUTCOMES[CODES[index]], LIGHT)
    painter.end()
    return image


def channels(image: QImage) -> NDArray[np.uint8]:
    return np.frombuffer(image.constBits(), dtype=np.uint8)


@pytest.mark.parametrize("ratio", some([2, 1], 1))
@pytest.mark.parametrize("cell", some([3, 7, 16]))
def test_the_image_equals_painted_marks(qtbot: QtBot, cell: int, ratio: int) -> None:
    grid = replace(seed_tiles(33, 7 * cell, 999), side=cell - 1, gap=1)
    image, wanted = strip_image(CODES, grid, LIGHT, ratio), by_hand(grid, ratio)
    assert image.devicePixelRatio() == ratio
    assert image.size() == wanted.size()
    difference = np.abs(channels(image).astype(int) - channels(wanted))
    assert difference.max() <= 2


def test_the_image_covers_its_cells_at_a_fractional_scale(qtbot: QtBot) -> None:
    image = strip_image(CODES, seed_tiles(40, 130, 60), LIGHT, 1.25)
    assert image.deviceIndependentSize().width() == pytest.approx(130)
    assert image.deviceIndependentSize().height() == pytest.approx(52)
