"""The strip of seeds: grid, marks and export."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, pixel, shown, svg_of
from xorviz.core import numerals
from xorviz.panels.lab.outcomes import OUTCOMES, color_of, paint_mark
from xorviz.panels.lab.seed_strip import (
    LARGEST,
    SMALLEST,
    Codes,
    SeedStrip,
    seed_tiles,
    strip_image,
)
from xorviz.ui.draw.tiles import Tiles
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

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
