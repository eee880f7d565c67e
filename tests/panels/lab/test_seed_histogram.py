"""The histogram of first correct steps: bars, axis and texts."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, pixel, shown
from xorviz.lab.results.histogram import StepHistogram, histogram_of
from xorviz.panels.lab.seed_histogram import SeedHistogram
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
