"""The seeds: the success rate, what is told of each network, and the parts that show it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.lab import RECIPE, trained_seeds, trained_snapshot, with_outcomes
from tests.support.page import Page
from tests.support.screen import (
    active_window,
    child,
    is_near,
    near,
    painted_at,
    pixel,
    shown,
    svg_of,
)
from xorviz.core.diagnosis.stuck_states import THREE_ROWS
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.published import EXPERIMENTS
from xorviz.lab.results.success import StepHistogram, histogram_of
from xorviz.panels.lab import seed_marks
from xorviz.panels.lab.lab_seeds import COLUMNS, Headline, LabSeeds, SeedHead, SeedRows
from xorviz.panels.lab.outcomes import (
    NOT_YET,
    OUTCOMES,
    RIGHT,
    RIGHT_SO_FAR,
    OutcomeLegend,
    color_of,
    network_text,
)
from xorviz.ui.table import Table
from xorviz.ui.theme.palette import DARK, LIGHT

SNAPSHOT = with_outcomes([RIGHT, THREE_ROWS, RIGHT, "two rows learned"] * 25, first_seed=50)
HINTON = next(one for one in EXPERIMENTS if one.name == "hinton_problems")
RESTING = "click a seed to open its network"
SP = "\u00a0"


def over(*outcomes: str) -> LabSnapshot:
    """Return networks of a plan that was cancelled."""
    return replace(with_outcomes(outcomes), is_over=True)


HEADLINES = (
    (with_outcomes([RIGHT] * 425 + [THREE_ROWS] * 75), "85.0 %", "425 of 500", "81.6 to 87.9"),
    (with_outcomes([THREE_ROWS] * 10), "0.0 %", "0 of 10", "0.0 to 27.8"),
    (with_outcomes([RIGHT] * 999 + [THREE_ROWS]), "99.9 %", "999 of 1\u202f000", "99.4 to 100.0"),
    (with_outcomes([RIGHT, "still learning"]), "50.0 %", "1 still learning", "9.5 to 90.5"),
    (with_outcomes([RIGHT, THREE_ROWS, RIGHT_SO_FAR, NOT_YET]), "2 of 4", "75 % done", ""),
    (
        over(*[RIGHT] * 15, *[THREE_ROWS] * 5, *[RIGHT_SO_FAR] * 10, *[NOT_YET] * 10),
        *("75.0 %", "15 of 20 that finished", "53.1 to 88.8"),
    ),
    (over(RIGHT_SO_FAR, NOT_YET), "1 of 2", "cancelled at 50 %", ""),
)
"""Snapshots, with rate, counts and interval of their headlines."""


def test_the_headline_has_the_rate_with_its_interval() -> None:
    for snapshot, number, counts, interval in HEADLINES:
        headline = Headline.of(snapshot)
        notes = "; ".join(headline.notes).replace(SP, " ")
        assert headline.number.replace(SP, " ") == number
        assert counts in notes
        assert interval in notes
        assert headline.word == ("correct" if interval else "correct so far")
        assert ("cancelled" in notes) == snapshot.was_stopped
        assert ("learned" in notes) == snapshot.done.all()
        assert headline.spoken.startswith(f"{headline.number} {headline.word}; {headline.notes[0]}")
        assert headline.spoken.endswith(headline.recipe)


def test_only_networks_that_took_all_steps_make_a_rate_of_a_cancelled_plan() -> None:
    early = over("diverging", *[RIGHT_SO_FAR] * 3, NOT_YET)
    early.steps[0] = 6
    assert Headline.of(early).number == "3 of 5"
    assert "interval" not in Headline.of(early).spoken
    lost = with_outcomes([RIGHT, THREE_ROWS, RIGHT_SO_FAR, NOT_YET])
    lost.first_right[1] = 5  # it was right, and is no more
    lost.steps[0] = 10  # it was stopped early
    assert (Headline.of(lost).number, [*Headline.of(lost).notes]) == ("2 of 4", [f"75{SP}% done"])


def test_the_read_out_of_a_seed_has_its_story() -> None:
    names = [RIGHT, THREE_ROWS, "diverging", RIGHT_SO_FAR, NOT_YET, "oscillating"]
    snapshot = with_outcomes(names, first_seed=40)
    snapshot.first_right[5] = 12
    assert [network_text(snapshot, place) for place in range(6)] == [
        "seed 40: correct, first at step 10, loss 0.0004000",
        "seed 41: three rows learned, never correct in 1\u202f000 steps, loss 0.5000",
        "seed 42: diverging, diverged at step 7, loss 0.5000",
        "seed 43: correct so far, at step 500, first at step 40",
        "seed 44: not yet correct, at step 500",
        "seed 45: oscillating, first correct at step 12, loss 0.5000",
    ]


def test_rows_of_the_table_are_the_networks_of_a_recipe(qapp: object) -> None:
    snapshot = with_outcomes([THREE_ROWS, RIGHT, NOT_YET], first_seed=7)
    rows = SeedRows(snapshot, snapshot.plan.places_of(0))
    texts = [[column.text(rows[number]) for column in COLUMNS] for number in range(len(rows))]
    assert texts == [
        ["7", THREE_ROWS, "–", "–", "0.5000", "0.1250", *["0.50"] * 4],
        ["8", RIGHT, "20", "40", "0.0004000", "0.1250", "0.01", "0.99", "0.99", "0.01"],
        ["9", NOT_YET, *[""] * 8],  # what may still come
    ]
    keys = {column.title: column.keys(rows) for column in COLUMNS if column.keys}
    assert [OUTCOMES[int(code)] for code in keys["outcome"]] == [THREE_ROWS, RIGHT, NOT_YET]
    np.testing.assert_array_equal(keys["first correct"], [np.nan, 20, np.nan])
    assert len(keys) == len(COLUMNS)
    for number, outcome in enumerate((THREE_ROWS, RIGHT)):
        mark = COLUMNS[1].looks[Qt.ItemDataRole.DecorationRole](rows[number], DARK)
        assert near(mark.toImage(), color_of(DARK, outcome)).mean() > 0.5
    two = trained_seeds(seeds=4, steps=50, widths=(1, 3))
    np.testing.assert_array_equal(SeedRows(two, two.plan.places_of(1)).values["loss"], two.loss[4:])


def test_the_headline_of_a_published_plan_has_both_results(qtbot: QtBot) -> None:
    whole = trained_snapshot(HINTON.plan)
    none_yet = LabResults(HINTON.plan).snapshot()
    head = shown(qtbot, SeedHead(), 500, 100)
    for snapshot, result in ((none_yet, None), (whole, HINTON.read(whole))):
        told = HINTON.beside(result)
        assert HINTON.published in told
        assert (result is not None) == ("here: " in told)
        head.show_headline(Headline.of(snapshot))
        page = child(head, QTextDocument).toPlainText()
        assert told in page.replace(SP, " ").replace("\u202f", " ")
        assert told.removesuffix(".") in head.accessibleName()
    other = replace(HINTON.plan, seeds=range(1, 31))
    assert not Headline.of(LabResults(other).snapshot()).published


def test_the_headline_is_written_again_and_in_the_colours_of_its_theme(qtbot: QtBot) -> None:
    head = shown(qtbot, SeedHead(), 300, 100)
    looks: list[Any] = []
    for snapshot, *_ in HEADLINES[3:5]:
        head.show_headline(Headline.of(snapshot))
        assert head.accessibleName() == Headline.of(snapshot).spoken
        assert Headline.of(snapshot).word in child(head, QTextDocument).toPlainText()
        looks += [head.grab().toImage(), head.height_for(300)]
    assert looks[0] != looks[2]
    assert head.height_for(300, has_recipe=False) < looks[3] < head.height_for(150)
    without = head.height_for(150, has_recipe=False)
    assert head.height_for(150, is_small=True, has_recipe=False) < 0.8 * without
    head.apply_theme(DARK)
    assert near(head.grab().toImage(), DARK.text).any()


class Seeds(Page[LabSeeds]):
    """The view, and its parts."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot, LabSeeds(), SNAPSHOT, (540, 518))
        QApplication.processEvents()  # the layout follows
        self.strip, self.table = child(self.view, seed_marks.SeedStrip), child(self.view, Table)
        self.histogram, self.head = (
            child(self.view, seed_marks.SeedHistogram),
            child(self.view, SeedHead),
        )
        self.legend = child(self.view, OutcomeLegend)

    def center(self, number: int) -> QPoint:
        return self.strip.rect_of(number).center().toPoint()

    def seen(self) -> tuple[bool, bool]:
        """Return whether strip and table are visible."""
        return self.strip.isVisible(), self.table.isVisible()


@pytest.fixture
def page(qtbot: QtBot) -> Seeds:
    return Seeds(qtbot)


def test_all_parts_show_the_networks_of_the_recipe_chosen(page: Seeds) -> None:
    snapshot = trained_seeds(seeds=20, steps=1200, widths=(1, 3))
    for recipe in (0, 1):
        page.view.show_snapshot(snapshot, recipe)
        assert page.view.places == snapshot.plan.places_of(recipe)
        summary, headline = snapshot.summary(recipe), page.head.headline
        assert summary is not None
        assert headline == Headline.of(snapshot, recipe)
        count = summary.right.count
        assert headline.notes[0].startswith(f"{count} of 20 seeds")
        assert f"recipe {recipe + 1} of 2: width {(1, 3)[recipe]}" in headline.recipe
        assert page.histogram.histogram is not None
        assert page.histogram.histogram.counts.sum() == page.legend.counts.get(RIGHT, 0) == count
        assert sum(page.legend.counts.values()) == len(page.strip.codes) == 20
        assert page.strip.accessibleName() == f"Seeds: {page.legend.accessibleName()}"
        outcomes = f"Outcomes: {page.legend.accessibleName()}."
        assert page.view.description() == f"{headline.spoken}. {outcomes}"
    page.click(page.center(4), page.strip)
    assert page.heard["open_requested"] == [(replace(RECIPE, width=3, seed=4), 1200)]
    assert "recipe" not in Headline.of(SNAPSHOT).recipe


def test_networks_without_a_step_have_outcomes_but_no_histogram_of_steps(page: Seeds) -> None:
    plan = LabPlan((RunConfig(width=2, biases=True, init_range=10),), range(2000, 2400), 0)
    snapshot = trained_snapshot(plan)
    page.view.show_snapshot(snapshot)
    right = int(snapshot.right.sum())
    counts = {RIGHT: right, NOT_YET: 400 - right}
    assert page.legend.counts == {name: count for name, count in counts.items() if count}
    assert (page.histogram.isVisible(), page.strip.isVisible()) == (False, True)
    page.view.show_snapshot(SNAPSHOT)
    assert page.histogram.isVisible()


def test_the_seed_at_the_mouse_is_read_out_and_its_bin_marked(page: Seeds) -> None:
    assert page.read() == RESTING
    for number, step in ((4, 50), (3, None)):
        assert page.point(page.center(number), page.strip) == network_text(SNAPSHOT, number)
        marked = None if step is None else page.histogram.bar_at(step)
        assert page.histogram.bars.marked == marked
        assert page.strip.toolTip() == page.read()
    page.point(page.center(4), page.strip)
    assert page.point(page.strip.rect().bottomLeft(), page.strip) == RESTING
    assert page.histogram.bars.marked is None
    page.histogram.pointed_at.emit(500)
    assert page.read() == page.histogram.marked_text() != ""
    assert page.histogram.bars.marked == page.histogram.bar_at(500)
    page.histogram.pointed_at.emit(None)
    assert page.read() == RESTING


def test_cursor_and_choice_stay_for_the_same_plan(page: Seeds) -> None:
    page.click(page.center(4), page.strip)
    page.show(replace(SNAPSHOT, loss=SNAPSHOT.loss + 1))
    assert page.read() == "seed 54: correct, first at step 50, loss 1.000"
    for marked in (4, None):
        assert (page.strip.marked, page.strip.chosen) == (marked, 4)
        page.press(Qt.Key.Key_Escape)
    page.show(with_outcomes([RIGHT] * 3))  # another plan
    assert page.strip.chosen is None


def test_the_table_is_below_the_strip_or_in_its_place_and_up_to_date(page: Seeds) -> None:
    assert page.seen() == (True, False)
    page.show(replace(SNAPSHOT, loss=SNAPSHOT.loss + 1))
    page.choose("seed_table_shown")
    assert page.seen() == (True, True)
    assert page.table.model().index(0, 4).data() == "1.000"
    page.show(replace(SNAPSHOT, loss=SNAPSHOT.loss + 2))
    assert page.table.model().index(0, 4).data() == "2.000"
    page.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    page.click(page.center(42), page.strip)
    assert page.table.current_number() == 42
    QTest.keyClick(page.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    number = page.table.current_number()
    assert number not in {None, 42}
    assert (page.strip.marked, page.strip.chosen) == (number, 42)
    page.view.resize(404, 428)
    assert page.seen() == (False, True)
    page.choose("seed_table_shown")
    assert page.seen() == (True, False)
    page.show(None)
    assert page.table.model().rowCount() == 0


def test_without_the_strip_the_table_has_the_focus(qtbot: QtBot) -> None:
    view = LabSeeds()
    window, table = active_window(qtbot, view), child(view, Table)
    window.resize(404, 420)
    view.show_snapshot(SNAPSHOT)
    QApplication.processEvents()
    for is_table in (True, False, True):
        view.options[0].trigger()
        assert child(view, seed_marks.SeedStrip).isVisible() != is_table
        assert (table.hasFocus(), view.hasFocus()) == (is_table, not is_table)
        policy = Qt.FocusPolicy.NoFocus if is_table else Qt.FocusPolicy.TabFocus
        assert view.focusPolicy() == policy


def test_in_a_low_panel_the_headline_leaves_the_histogram_its_height(page: Seeds) -> None:
    page.view.resize(230, 299)
    assert page.head.height() < page.histogram.height()


def test_large_text_in_a_low_panel_leaves_the_strip_no_negative_height(page: Seeds) -> None:
    font = page.view.font()
    font.setPointSizeF(3 * font.pointSizeF())  # 200 % of the larger fonts of some systems
    page.view.setFont(font)
    page.view.resize(page.view.minimumSize())  # Qt's warning would fail the test
    assert page.head.height() < page.view.height() / 3
    assert page.histogram.isVisible()


USUAL = *[150] * 4, *[1500] * 8, 5000


def of(*firsts: int, never: int = 0, learning: int = 0, steps: int = 10_000) -> StepHistogram:
    """Return the histogram of networks that are done, with these first steps or without one."""
    first = np.array([*firsts, *[-1] * (never + learning)], dtype=np.int64)
    is_learning = np.arange(len(first)) >= len(firsts) + never
    return histogram_of(first, np.ones(len(first), dtype=bool), first > 0, is_learning, steps)


@pytest.fixture
def bars(qtbot: QtBot) -> seed_marks.SeedHistogram:
    found = shown(qtbot, seed_marks.SeedHistogram(), 500, 200)
    found.apply_theme(LIGHT)
    show(found, of(*USUAL, never=75))
    return found


def show(bars: seed_marks.SeedHistogram, histogram: StepHistogram) -> None:
    """Show a histogram, and paint until the axes have their final widths."""
    bars.show_histogram(histogram)
    for _ in range(3):
        bars.grab()
        QApplication.processEvents()


def ends(bars: seed_marks.SeedHistogram) -> tuple[float, float]:
    """Return the first and the last step of the axis."""
    (low, high), _ = bars.rows[0].box.viewRange()
    return 10**low, 10**high


def test_the_axis_starts_just_below_the_first_bar_and_is_fitted_to_a_new_plan(
    bars: seed_marks.SeedHistogram,
) -> None:
    for first, low in [(29, 10), (1, 1), (40, 30), (130, 100), (290, 100), (330, 300)]:
        bars.show_histogram(of(first, 9000, steps=20_000))
        assert ends(bars) == pytest.approx((low, 20_001))
    bars.zoom_by(3)
    bars.show_histogram(of(150, 1500, steps=20_000))
    assert ends(bars)[1] < 20_000
    bars.show_histogram(of(150, 1500, steps=100_000))
    assert ends(bars)[1] == pytest.approx(100_001)


def test_the_median_is_marked_and_networks_without_a_step_are_noted(
    bars: seed_marks.SeedHistogram,
) -> None:
    row = bars.rows[0]
    assert [mark.text for mark in row.marks.marks] == ["median 1\u202f500"]
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
        assert len(row.marks.marks) == (histogram.median is not None)


def test_a_bin_is_read_out_and_it_can_be_painted_without_space_or_seeds(
    bars: seed_marks.SeedHistogram,
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


def codes(count: int) -> seed_marks.Codes:
    return (np.arange(count) % 5).astype(np.uint8)


@pytest.fixture
def strip(qtbot: QtBot) -> seed_marks.SeedStrip:
    found = shown(qtbot, seed_marks.SeedStrip(), 400, 200)
    found.show_codes(codes(300))
    return found


def test_a_seed_has_the_mark_of_its_outcome_and_frames_of_pointer_and_choice(
    strip: seed_marks.SeedStrip,
) -> None:
    strip.show_codes(codes(300) % 4)  # the next one is a ring
    for theme, ratio in ((LIGHT, 1), (DARK, 2), (LIGHT, 1.25)):
        strip.apply_theme(theme)
        strip.show_codes(np.roll(strip.codes, 1))
        image = painted_at(strip, ratio)
        for seed, code in enumerate(strip.codes):
            at = strip.rect_of(seed).center()
            assert strip.spot_at(at) == seed
            color = image.pixelColor((at * ratio).toPoint())
            assert is_near(color, color_of(theme, OUTCOMES[code]), 12), (seed, ratio)
    corner = (strip.rect_of(45).center() - QPointF(1, 1) * (strip.grid.side / 2 + 1)).toPoint()
    looks = [pixel(strip, corner)]
    for mark in (strip.mark, strip.choose):
        mark(45)
        looks.append(pixel(strip, corner))
        mark(None)
        looks.append(pixel(strip, corner))
    assert looks[0] == looks[2] == looks[4] not in (looks[1], looks[3])


def test_a_drawing_has_a_mark_of_each_seed_and_says_if_not_all_fit(
    strip: seed_marks.SeedStrip,
) -> None:
    text = svg_of(strip)
    assert "<image" not in text
    assert text.count("<circle") + text.count("<ellipse") >= 120  # three rows, no row learned
    assert " shown." not in text
    strip.resize(100, 60)
    strip.show_codes(codes(2_000))
    assert strip.grid.pitch == seed_marks.SMALLEST
    assert f"{strip.grid.count} of 2\u202f000 shown." in svg_of(strip)


@given(st.integers(1, 20_000), st.integers(60, 1200), st.integers(20, 700))
def test_cells_fit_and_are_as_large_as_possible(count: int, width: int, height: int) -> None:
    grid = seed_marks.seed_tiles(count, width, height)
    assert seed_marks.SMALLEST <= grid.pitch <= seed_marks.LARGEST
    assert grid.columns * grid.pitch <= width
    assert grid.rows * grid.pitch <= height
    cases = [seed_marks.seed_tiles(n, 540, 210) for n in (1, 500, 2000, 5000, 10_000, 1_000_000)]
    assert [one.pitch for one in cases] == [16, 14, 7, 4, 3, 3]
    assert cases[-1].count == 180 * 70
    assert grid.count == count or grid.pitch == seed_marks.SMALLEST
