"""The histogram of first steps right: bars, axis and texts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, move_pressed, pixel, shown
from xorviz.lab.results.histogram import StepHistogram, histogram_of
from xorviz.panels.lab.seeds.histogram import SeedAxis, SeedHistogram
from xorviz.ui.theme.palette import DARK, LIGHT, Theme


def of(*firsts: int, never: int = 0, steps: int = 10_000) -> StepHistogram:
    first = np.array([*firsts, *[-1] * never], dtype=np.int64)
    none = np.zeros(len(first), dtype=bool)
    return histogram_of(first, ~none, first > 0, none, steps)


@pytest.fixture
def bars(qtbot: QtBot) -> SeedHistogram:
    found = shown(qtbot, SeedHistogram(), 500, 200)
    found.show_histogram(of(*[150] * 4, *[1500] * 8, 5000, never=75))
    return found


def bin_of(bars: SeedHistogram, step: int) -> int:
    place = bars.bin_of(step)
    assert place is not None
    return place


def test_heights_are_proportional_to_counts(bars: SeedHistogram) -> None:
    heights = [bars.bar(bin_of(bars, step)).height() for step in (150, 1500, 5000, 700)]
    assert heights[0] == pytest.approx(heights[1] / 2)
    assert heights[2] == pytest.approx(heights[1] / 8)
    assert heights[3] == 0


def test_the_axis_is_logarithmic(bars: SeedHistogram) -> None:
    lefts = [bars.bar(bin_of(bars, step)).left() for step in (150, 1500, 150 * 33)]
    # Bins begin at whole steps.
    assert lefts[1] - lefts[0] == pytest.approx((lefts[2] - lefts[0]) / 1.52, rel=0.03)


def test_bars_keep_their_positions_during_training(bars: SeedHistogram) -> None:
    before = bars.bar(bin_of(bars, 150))
    bars.show_histogram(of(*[150] * 4, *[1500] * 8, *[5000] * 3, never=75))
    assert bars.bar(bin_of(bars, 150)) == before


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
def test_bars_have_the_accent_colour(bars: SeedHistogram, theme: Theme) -> None:
    bars.apply_theme(theme)
    middle = bars.bar(bin_of(bars, 1500)).center().toPoint()
    assert is_near(pixel(bars, middle), QColor(theme.accent))
    bars.mark(bin_of(bars, 1500))
    assert is_near(pixel(bars, middle), QColor(theme.text))


def test_one_seed_among_thousands_is_visible(bars: SeedHistogram) -> None:
    bars.show_histogram(of(*[150] * 5000, 5000))
    bar = bars.bar(bin_of(bars, 5000))
    assert bar.height() < 0.1
    foot = QPoint(round(bar.center().x()), round(bar.bottom()) - 1)
    color = pixel(bars, foot)
    assert not is_near(color, pixel(bars, foot - QPoint(0, 6)), 20)


def test_the_bin_under_the_mouse_is_reported(bars: SeedHistogram) -> None:
    seen: list[int | None] = []
    bars.pointed_at.connect(seen.append)
    middle = bars.bar(bin_of(bars, 1500)).center()
    move_pressed(bars, middle.toPoint())
    move_pressed(bars, QPoint(2, 50))
    assert seen == [bin_of(bars, 1500), None]


def test_the_text_of_a_bin(bars: SeedHistogram) -> None:
    text = bars.bin_text(bin_of(bars, 1500))
    assert text == "right at step 1\u2009259 to 1\u2009584: 8 seeds"
    assert bars.bin_text(bin_of(bars, 1)) == "right at step 1: 0 seeds"
    assert bars.bin_text(bin_of(bars, 5000)).endswith(": 1 seed")


def test_the_accessible_name_summarizes_the_histogram(bars: SeedHistogram) -> None:
    said = "Histogram of the first steps right, median 1\u2009500; 75 never"
    assert bars.accessibleName() == said


def test_the_label_of_a_late_median_is_inside(qtbot: QtBot) -> None:
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


def test_it_can_be_painted_without_space_or_seeds(qtbot: QtBot) -> None:
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


def trained_to(*firsts: int, steps: int = 20_000) -> StepHistogram:
    yes = np.ones(len(firsts), dtype=bool)
    return histogram_of(np.array(firsts, dtype=np.int64), yes, yes, ~yes, steps)


@pytest.mark.parametrize(
    ("first", "low"),
    some([(29, 10), (1, 1), (40, 30), (130, 100), (290, 100), (330, 300), (4000, 3000)], 3),
)
def test_the_axis_starts_just_below_the_first_bar(first: int, low: int) -> None:
    assert SeedAxis.of(of(first, 9000, steps=20_000), 0, 100).low == low


def test_without_bars_the_axis_starts_at_step_1() -> None:
    axis = SeedAxis.of(of(steps=20_000), 0, 100)
    assert (axis.low, axis.high) == (1, 20_001)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_positions_and_steps_of_the_axis_are_inverse(first: int, steps: int) -> None:
    axis = SeedAxis.of(trained_to(min(first, steps), steps=steps), 20, 320)
    x = axis.x_at(min(first, steps))
    assert 20 - 1e-9 <= x <= 320 + 1e-9
    assert axis.step_at(x) == pytest.approx(min(first, steps))


def test_there_are_as_many_ticks_as_fit() -> None:
    histogram = of(130, steps=20_000)
    texts = [
        [text for _, text in SeedAxis.of(histogram, 0, width).ticks(lambda text: 7.0 * len(text))]
        for width in (900, 350, 150)
    ]
    assert texts[0][:4] == ["100", "200", "300", "500"]
    assert texts[1] == ["100", "300", "1\u2009000", "3\u2009000", "10\u2009000"]
    assert texts[2] == ["100", "1\u2009000", "10\u2009000"]


@given(st.floats(60, 900), st.integers(1, 10**9))
def test_tick_labels_do_not_overlap(width: float, steps: int) -> None:
    axis = SeedAxis.of(of(steps=steps), 0, width)
    ticks = axis.ticks(lambda text: 7.0 * len(text))
    assert ticks
    ends = [(x - 3.5 * len(text), x + 3.5 * len(text)) for x, text in ticks]
    assert all(a[1] < b[0] for a, b in pairwise(ends))
