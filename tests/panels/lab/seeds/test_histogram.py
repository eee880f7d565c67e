"""Bars of the steps at which networks came right."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.support.screen import is_near, move_pressed, pixel, shown
from xorviz.lab.results.histogram import StepHistogram, histogram_of
from xorviz.panels.lab.seeds.histogram import SeedHistogram
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


def of(*firsts: int, never: int = 0, steps: int = 10_000) -> StepHistogram:
    first = np.array([*firsts, *[-1] * never], dtype=np.int64)
    return histogram_of(first, np.ones(len(first), dtype=bool), first > 0, steps)


@pytest.fixture
def bars(qtbot: QtBot) -> SeedHistogram:
    found = shown(qtbot, SeedHistogram(), 500, 200)
    found.show_histogram(of(*[150] * 4, *[1500] * 8, 5000, never=75))
    return found


def bin_of(bars: SeedHistogram, step: int) -> int:
    place = bars.bin_of(step)
    assert place is not None
    return place


def test_bars_are_as_high_as_their_counts(bars: SeedHistogram) -> None:
    heights = [bars.bar(bin_of(bars, step)).height() for step in (150, 1500, 5000, 700)]
    assert heights[0] == pytest.approx(heights[1] / 2)
    assert heights[2] == pytest.approx(heights[1] / 8)
    assert heights[3] == 0


def test_equal_ratios_of_steps_are_equal_distances(bars: SeedHistogram) -> None:
    lefts = [bars.bar(bin_of(bars, step)).left() for step in (150, 1500, 150 * 33)]
    # Bins begin at whole steps.
    assert lefts[1] - lefts[0] == pytest.approx((lefts[2] - lefts[0]) / 1.52, rel=0.03)


def test_bars_stay_where_they_are_while_networks_train(bars: SeedHistogram) -> None:
    before = bars.bar(bin_of(bars, 150))
    bars.show_histogram(of(*[150] * 4, *[1500] * 8, *[5000] * 3, never=75))
    assert bars.bar(bin_of(bars, 150)) == before


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_bar_has_the_colour_of_what_is_right(bars: SeedHistogram, theme: Theme) -> None:
    bars.apply_theme(theme)
    middle = bars.bar(bin_of(bars, 1500)).center().toPoint()
    assert is_near(pixel(bars, middle), QColor(theme.accent))
    bars.mark(bin_of(bars, 1500))
    assert is_near(pixel(bars, middle), QColor(theme.text))


def test_a_single_seed_among_thousands_is_seen(bars: SeedHistogram) -> None:
    bars.show_histogram(of(*[150] * 5000, 5000))
    bar = bars.bar(bin_of(bars, 5000))
    assert bar.height() < 0.1
    foot = QPoint(round(bar.center().x()), round(bar.bottom()) - 1)
    color = pixel(bars, foot)
    assert not is_near(color, pixel(bars, foot - QPoint(0, 6)), 20)


def test_pointing_at_a_bin_tells_it(bars: SeedHistogram) -> None:
    seen: list[int | None] = []
    bars.pointed_at.connect(seen.append)
    middle = bars.bar(bin_of(bars, 1500)).center()
    move_pressed(bars, middle.toPoint())
    move_pressed(bars, QPoint(2, 50))
    assert seen == [bin_of(bars, 1500), None]


def test_a_bin_says_its_steps_and_its_count(bars: SeedHistogram) -> None:
    text = bars.bin_text(bin_of(bars, 1500))
    assert text == "right at step 1\u2009259 to 1\u2009584: 8 seeds"
    assert bars.bin_text(bin_of(bars, 1)) == "right at step 1: 0 seeds"
    assert bars.bin_text(bin_of(bars, 5000)).endswith(": 1 seed")


def test_it_says_aloud_what_it_shows(bars: SeedHistogram) -> None:
    said = "Histogram of the first steps right, median 1\u2009500; 75 never"
    assert bars.accessibleName() == said


def test_a_median_at_the_very_end_has_its_words_inside(qtbot: QtBot) -> None:
    bars = shown(qtbot, SeedHistogram(), 300, 160)
    bars.show_histogram(of(100, *[9900] * 5))
    image = bars.grab().toImage()
    line = bars.bar(bin_of(bars, 9900)).center().x()
    ground = image.pixelColor(0, 0)
    words = [
        x for x in range(50, 300) if any(image.pixelColor(x, y) != ground for y in range(3, 11))
    ]
    assert max(words) <= line + 8
    assert min(words) < line - 60


def test_without_room_or_seeds_it_paints_what_it_can(qtbot: QtBot) -> None:
    bars = shown(qtbot, SeedHistogram(), 60, 20)
    bars.grab()
    bars.show_histogram(of(100))
    bars.grab()
    assert bars.bar(0).isEmpty()
    bars.resize(300, 150)
    bars.show_histogram(of(never=3))
    bars.grab()
    assert bars.bar(3).height() == 0
    assert bars.bin_of(0) is None
    move_pressed(bars, QPointF(150, 50).toPoint())
